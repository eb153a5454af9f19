// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes the core again and again, each time with STEP allocations more before one that fails, the
 * first time with the FIRST one, until a probe gets through without:
 *
 *	failslab DEVICE FIRST STEP
 *
 * Those of the core's own functions count, and of all that these call: the work that adds the
 * children calls their probe functions, too. Prints about how many there were.
 */

#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define DRIVER		"/sys/bus/serial/drivers/qnap-mcu/"
#define CHILDREN	"/sys/bus/serial/devices/*/qnap-mcu-*.*/driver"
#define CHILDREN_MAX	5
#define PATIENCE_S	60
#define POLL_US		10000

static void put(const char *path, const char *text)
{
	const int file = open(path, O_WRONLY);

	/* To unbind or to bind may well fail here. */
	if (file < 0 || (write(file, text, strlen(text)) < 0 && strncmp(path, DRIVER, 5))) {
		perror(path);
		exit(1);
	}
	close(file);
}

static void put_number(const char *path, unsigned long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", number);
	put(path, text);
}

static bool was_hit(void)
{
	FILE *file = fopen(FAILSLAB "times", "r");
	int left = -1;

	if (!file || fscanf(file, "%d", &left) != 1) {
		perror(FAILSLAB "times");
		exit(1);
	}
	fclose(file);

	return !left;
}

static bool all_bound(void)
{
	glob_t found;
	bool all;

	all = !glob(CHILDREN, 0, NULL, &found) && found.gl_pathc == CHILDREN_MAX;
	globfree(&found);

	return all;
}

/* The core's code, from its first to its last function. */
static void find_core(void)
{
	unsigned long first = -1UL, last = 0, address;
	char line[256], type, module[64];
	FILE *file = fopen("/proc/kallsyms", "r");

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx %c %*s %63s", &address, &type, module) != 3 ||
		    strcmp(module, "[qnap_mcu]") || (type != 't' && type != 'T'))
			continue;
		first = address < first ? address : first;
		last = address > last ? address : last;
	}
	if (!last) {
		fprintf(stderr, "the core is not loaded\n");
		exit(1);
	}
	fclose(file);
	put_number(FAILSLAB "require-start", first);
	put_number(FAILSLAB "require-end", last);
}

/*
 * The kernel counts allocations all through, and lets those fail whose number is a multiple of the
 * interval: a number that is larger than all before has no multiple but itself.
 */
static void fail_after(unsigned long allocations)
{
	static unsigned long number = 1;

	number += allocations;
	put_number(FAILSLAB "interval", number);
	put_number(FAILSLAB "times", 1);
}

/* Returns false if the probe got through before its Nth allocation. */
static bool probe_without(const char *device, unsigned long n)
{
	const time_t end = time(NULL) + PATIENCE_S;

	put(DRIVER "unbind", device);
	fail_after(n);
	put(DRIVER "bind", device);
	while (!was_hit()) {
		if (all_bound())
			return was_hit();
		if (time(NULL) > end) {
			fprintf(stderr, "stuck at allocation %lu\n", n);
			exit(1);
		}
		usleep(POLL_US);
	}

	return true;
}

int main(int argc, char **argv)
{
	unsigned long n, step;

	if (argc != 4) {
		fprintf(stderr, "usage: failslab DEVICE FIRST STEP\n");
		return 2;
	}
	n = strtoul(argv[2], NULL, 10);
	step = strtoul(argv[3], NULL, 10);
	find_core();
	put_number(FAILSLAB "stacktrace-depth", 32);
	put(FAILSLAB "ignore-gfp-wait", "N");
	put_number(FAILSLAB "verbose", 0);
	put_number(FAILSLAB "times", 0);
	put_number(FAILSLAB "probability", 100);
	while (probe_without(argv[1], n))
		n += step;
	put_number(FAILSLAB "probability", 0);
	printf("%lu allocations, one of %s failed, first %s\n", n - 1, argv[3], argv[2]);

	return 0;
}
