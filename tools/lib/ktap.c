// SPDX-License-Identifier: GPL-2.0-only
/* Test results in KTAP: see ktap.h. */

#include <stdio.h>

#include "ktap.h"

static unsigned int count;
static unsigned int failed;

/* Begin: unbuffered, so that a crash loses no result. */
void ktap_begin(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	printf("KTAP version 1\n");
}

/* Print the result of one check. */
void ktap_check(bool good, const char *name)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++count, name);
	failed += !good;
}

/* Say why the next check will fail. */
void ktap_remark(const char *what, const char *value)
{
	printf("# %s: %s\n", what, value);
}

/* Print the plan. Returns the exit code. */
int ktap_end(void)
{
	printf("1..%u\n", count);

	return failed || !count;
}
