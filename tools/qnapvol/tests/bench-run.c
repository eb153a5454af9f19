// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a command costs
 *
 * bench-run COMMAND [ARGUMENT]...: runs it, with its output thrown away, and prints how many
 * seconds it took and how many KiB of memory it had at most.
 */

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);

	return time.tv_sec + time.tv_nsec / 1e9;
}

static void run(char **command)
{
	const int null = open("/dev/null", O_WRONLY);

	dup2(null, STDOUT_FILENO);
	execvp(*command, command);
	perror(*command);
	_exit(127);
}

int main(int argc, char **argv)
{
	const double start = now();
	struct rusage usage;
	int status = 1;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: bench-run COMMAND [ARGUMENT]...\n");
		return 2;
	}

	pid = fork();
	if (!pid)
		run(argv + 1);
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status)
		return 1;
	printf("%.3f %ld\n", now() - start, usage.ru_maxrss);

	return 0;
}
