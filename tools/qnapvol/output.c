// SPDX-License-Identifier: GPL-2.0-only
/* Where the text that a command makes goes: standard output, or a file that -o names */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dump-guard.h"
#include "output.h"

static bool is_file(const struct cli *cli)
{
	return cli->output && strcmp(cli->output, "-");
}

/**
 * output_open() - open it
 * @cli: command line
 * @force: overwrite what is there
 *
 * Return: a stream to be closed with output_close(), or NULL after a message.
 */
FILE *output_open(const struct cli *cli, bool force)
{
	FILE *file;

	if (!is_file(cli))
		return stdout;
	if (!dump_guard(cli, cli->output))
		return NULL;

	file = fopen(cli->output, force ? "we" : "wxe");
	if (!file)
		cli_error("cannot write %s: %s%s", cli->output, strerror(errno),
			  errno == EEXIST ? ": name another file, or say --force" : "");

	return file;
}

/**
 * output_close() - close it
 * @cli: command line
 * @file: stream
 * @good: what is in it is complete; else the file is removed
 *
 * Return: true if all was written, else false; for a file after a message. Standard output is
 * flushed, and errors of it are reported, when the program ends.
 */
bool output_close(const struct cli *cli, FILE *file, bool good)
{
	bool written = !ferror(file);

	if (!is_file(cli))
		return written;

	written = !fflush(file) && !fsync(fileno(file)) && written;
	written = !fclose(file) && written;
	if (!written)
		cli_error("cannot write %s: there may be no room", cli->output);
	if (!good || !written)
		unlink(cli->output);

	return written;
}
