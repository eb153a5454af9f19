// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's side of the fault sweep
 *
 *	faults [--modest] RUN:OPERATIONS:SEED...
 *
 * Works on all that the drivers offer while the emulator garbles their line, and compares each
 * result with what the emulator knows. Prints KTAP, remarks on all that went wrong, and progress on
 * lines that begin with "+++". With --modest LEDs do not blink, and temperature and speed are what
 * one byte can say. See tools/testing/faults.sh for the runs.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box.h"
#include "operation.h"
#include "runs.h"

static int carry_out(const char *text)
{
	unsigned long long seed;
	long operations;
	char name[16];
	int status;

	if (sscanf(text, "%15[a-z0-9]:%ld:%llu", name, &operations, &seed) != 3)
		errx(EXIT_BROKEN, "%s: a run is NAME:OPERATIONS:SEED", text);
	status = runs_run(name, operations, seed);
	printf("+++ run ended: %d\n", status);

	return status;
}

int main(int argc, char **argv)
{
	int status = EXIT_SUCCESS;

	if (argc > 1 && !strcmp(argv[1], "--modest")) {
		operation_be_modest();
		argv++;
	}
	if (!argv[1])
		errx(EXIT_BROKEN, "usage: faults [--modest] RUN:OPERATIONS:SEED...");

	setvbuf(stdout, NULL, _IOLBF, 0);
	emulator_start();
	box_open();
	while (*++argv)
		status |= carry_out(*argv);

	return status;
}
