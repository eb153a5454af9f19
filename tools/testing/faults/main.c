// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's side of the fault sweep
 *
 *	faults RUN OPERATIONS SEED
 *
 * Works on all that the drivers offer while the emulator garbles their line, and compares each
 * result with what the emulator knows. Prints KTAP, remarks on all that went wrong, and progress on
 * lines that begin with "+++". See tools/testing/faults.sh for the runs.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box.h"
#include "runs.h"

int main(int argc, char **argv)
{
	if (argc != 4)
		errx(EXIT_BROKEN, "usage: faults RUN OPERATIONS SEED");

	setvbuf(stdout, NULL, _IOLBF, 0);
	emulator_open("/dev/vport0p1");
	emulator_tell("fault off");
	box_open();

	return runs_run(argv[1], strtol(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
}
