// SPDX-License-Identifier: GPL-2.0-only
/* Programs of the system that do a part of the work */

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "cli.h"

/* As shells have it: the program cannot be started, or a signal ended it. */
#define STATUS_NOT_STARTED	127
#define STATUS_SIGNAL		128

/* What users' search paths lack on some systems, and what we need is there. */
static const char *const more_directories[] = { "/usr/sbin", "/sbin" };

static void extend_path(void)
{
	static bool done;
	const char *path = getenv("PATH") ?: "/usr/bin:/bin";
	char *longer;

	if (done)
		return;

	done = true;
	if (asprintf(&longer, "%s:%s:%s", path, more_directories[0], more_directories[1]) < 0)
		return;
	setenv("PATH", longer, 1);
	free(longer);
}

/* Is the program installed? */
bool child_find(const char *program)
{
	char file[4096];
	const char *directory;
	size_t len;

	extend_path();
	for (directory = getenv("PATH") ?: ""; *directory; directory += len + !!directory[len]) {
		len = strcspn(directory, ":");
		snprintf(file, sizeof(file), "%.*s/%s", (int)len, directory, program);
		if (!access(file, X_OK))
			return true;
	}

	return false;
}

static int start(pid_t *pid, const char *const *arguments, int input)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int error;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	if (input >= 0)
		posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	error = posix_spawnp(pid, arguments[0], &actions, &attributes, (char *const *)arguments,
			     environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);

	return error;
}

/*
 * Starts a program; the list of its arguments begins with its name and ends with NULL. Its standard
 * input is that file, or ours for -1. Returns -1 after a message.
 */
pid_t child_start(const char *const *arguments, int input)
{
	pid_t pid;
	int error;

	extend_path();
	error = start(&pid, arguments, input);
	if (!error)
		return pid;

	cli_error("cannot start %s: %s", arguments[0], strerror(error));

	return -1;
}

/* In the new process: nothing may be called here that takes a lock. */
static void become(const char *const *arguments, int output, pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent)
		execvp(arguments[0], (char *const *)arguments);
	_exit(STATUS_NOT_STARTED);
}

/*
 * Starts a program that does not outlive the thread that started it, and that the terminal has no
 * signals for. What it prints goes to that file. Returns -1 after a message.
 */
pid_t child_start_bound(const char *const *arguments, int output)
{
	const pid_t parent = getpid();
	pid_t pid;

	extend_path();
	pid = fork();
	if (!pid)
		become(arguments, output, parent);
	if (pid < 0)
		cli_error("cannot start %s: %s", arguments[0], strerror(errno));

	return pid;
}

/* Has it ended? It can still be waited for. */
bool child_has_ended(pid_t pid)
{
	siginfo_t info = { };

	return waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid;
}

/* Waits until it ends. Returns its exit status, above 128 if a signal ended it. */
int child_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return STATUS_NOT_STARTED;
	}

	return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
}

int child_run(const char *const *arguments)
{
	pid_t pid = child_start(arguments, -1);

	return pid < 0 ? STATUS_NOT_STARTED : child_wait(pid);
}
