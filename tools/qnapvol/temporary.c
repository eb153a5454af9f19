// SPDX-License-Identifier: GPL-2.0-only
/* Directories that nobody else can enter, for as long as they are needed */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "temporary.h"

/* Makes one where TMPDIR says. Returns its path, or NULL after a message. */
char *temporary_directory(void)
{
	const char *where = getenv("TMPDIR") ?: "/tmp";
	char *directory;

	if (asprintf(&directory, "%s/qnapvol-XXXXXX", where) < 0) {
		cli_no_memory();
		return NULL;
	}
	if (mkdtemp(directory))
		return directory;

	cli_error("cannot make a directory in %s: %s: have TMPDIR name one that can be written",
		  where, strerror(errno));
	free(directory);

	return NULL;
}

/* Removes one that is empty again. */
void temporary_remove(char *directory)
{
	rmdir(directory);
	free(directory);
}
