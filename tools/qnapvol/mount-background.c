// SPDX-License-Identifier: GPL-2.0-only
/*
 * Going on in the background once all is ready
 *
 * The process that was started waits for the one that does the work, so that messages are seen and
 * the exit status tells whether it is mounted. It has to be begun before there are threads.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "cli.h"
#include "mount-background.h"

/*
 * Returns -1 in the process that is to do the work, with where to report; in the other one, once
 * that is ready or has failed, the exit status.
 */
int background_begin(int *report)
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC)) {
		cli_error("cannot make a pipe: %s", strerror(errno));
		return QV_ERR_SYSTEM;
	}
	pid = fork();
	if (pid < 0) {
		cli_error("cannot make a process: %s", strerror(errno));
		return QV_ERR_SYSTEM;
	}
	if (!pid) {
		close(ends[0]);
		*report = ends[1];
		return -1;
	}

	close(ends[1]);
	if (read(ends[0], &byte, 1) == 1)
		return 0;

	return child_wait(pid);
}

/* All is ready: leave the terminal and the directory, and let the other process end. */
void background_ready(int report)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	if (chdir("/"))
		cli_error("cannot leave the current directory: %s", strerror(errno));
	for (int fd = 0; fd <= STDERR_FILENO && null >= 0; fd++)
		dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
	if (write(report, "", 1) == 1)
		close(report);
}
