// SPDX-License-Identifier: GPL-2.0-only
/* mcu-emu as a process of its own: see process.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ktap.h"
#include "process.h"
#include "rig.h"

#define ARGUMENTS_MAX 16
#define ANSWER_MAX 8192

static char directory[32];

/* Make a directory for the names that a test uses. */
void process_begin(void)
{
	signal(SIGPIPE, SIG_IGN);
	snprintf(directory, sizeof(directory), "/tmp/mcu-emu-test.XXXXXX");
	if (!mkdtemp(directory))
		exit(EXIT_FAILURE);
}

/* Remove the directory, which is empty unless something was left behind. */
void process_end(void)
{
	ktap_check(!rmdir(directory), "nothing is left behind");
}

/* A name in the directory, good for the next few calls. */
const char *process_path(const char *name)
{
	static char names[8][64];
	static unsigned int next;
	char *text = names[next++ % 8];

	snprintf(text, sizeof(names[0]), "%s/%s", directory, name);
	return text;
}

void process_sleep(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static pid_t spawn(int end, va_list list)
{
	const char *arguments[ARGUMENTS_MAX] = { "./mcu-emu" };
	pid_t pid;
	int i = 1;

	while (i < ARGUMENTS_MAX - 1 && (arguments[i] = va_arg(list, const char *)))
		i++;
	pid = fork();
	if (!pid) {
		dup2(end, STDIN_FILENO);
		dup2(end, STDOUT_FILENO);
		execv(arguments[0], (char **)arguments);
		_exit(127);
	}
	close(end);

	return pid;
}

/* Starts the emulator with its standard input and output on a socket. */
pid_t process_start(int *io, ...)
{
	int ends[2];
	va_list list;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		exit(EXIT_FAILURE);
	va_start(list, io);
	pid = spawn(ends[1], list);
	va_end(list);
	*io = ends[0];

	return pid;
}

/* Starts it with its standard input and output on a terminal. */
pid_t process_start_on_terminal(int *io, int columns, int lines, ...)
{
	const struct winsize size = { .ws_col = columns, .ws_row = lines };
	va_list list;
	pid_t pid;
	int end;

	if (openpty(io, &end, NULL, NULL, &size))
		exit(EXIT_FAILURE);
	fcntl(*io, F_SETFD, FD_CLOEXEC);
	va_start(list, lines);
	pid = spawn(end, list);
	va_end(list);

	return pid;
}

/* Returns the exit code, or -1 if it did not end by itself. */
int process_finish(pid_t pid, int io)
{
	int status = 0;
	int waited;

	for (waited = 0; waited < PROCESS_PATIENCE_MS; waited += 10) {
		if (waitpid(pid, &status, WNOHANG) == pid) {
			close(io);
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		}
		process_sleep(10);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(io);

	return -1;
}

int process_connect(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int waited, fd;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", name);
	for (waited = 0; waited < PROCESS_PATIENCE_MS; waited += 10) {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
			return fd;
		close(fd);
		process_sleep(10);
	}
	ktap_remark("cannot connect to", name);

	return -1;
}

void process_put(int fd, const void *data, size_t len)
{
	if (write(fd, data, len) != (ssize_t)len)
		ktap_remark("cannot write", strerror(errno));
}

/* Reads what comes within a time. */
size_t process_get(int fd, void *data, size_t size, int patience)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t len;

	if (poll(&wait, 1, patience) <= 0)
		return 0;
	len = read(fd, data, size);

	return len > 0 ? len : 0;
}

/* Sends a command and compares what comes back, byte for byte; "" for silence. */
bool process_exchange(int fd, const char *request, const char *reply)
{
	u8 bytes[RIG_MAX], expected[RIG_MAX], got[RIG_MAX];
	const size_t want = rig_bytes(reply, expected);
	size_t len = 0, more;

	process_put(fd, bytes, rig_bytes(request, bytes));
	do {
		more = process_get(fd, got + len, sizeof(got) - len,
				   want ? PROCESS_PATIENCE_MS : PROCESS_SILENCE_MS);
		len += more;
	} while (more && len < want);

	return len == want && !memcmp(got, expected, len);
}

static bool complete(const char *answer)
{
	const char *last = strstr(answer, "error: ");

	if (last)
		return strchr(last, '\n');
	return !strcmp(answer, "ok\n") || strstr(answer, "\nok\n");
}

/* Sends a control command and returns the answer, good until the next. */
const char *process_ask(int fd, const char *command)
{
	static char answer[ANSWER_MAX];
	size_t len = 0, more;

	process_put(fd, command, strlen(command));
	process_put(fd, "\n", 1);
	answer[0] = '\0';
	do {
		more = process_get(fd, answer + len, sizeof(answer) - 1 - len, PROCESS_PATIENCE_MS);
		len += more;
		answer[len] = '\0';
	} while (more && !complete(answer));

	return answer;
}

/* Asks again and again until the answer begins as expected. */
bool process_await(int fd, const char *command, const char *expected)
{
	int waited;

	for (waited = 0; waited < PROCESS_PATIENCE_MS; waited += 20) {
		if (!strncmp(process_ask(fd, command), expected, strlen(expected)))
			return true;
		process_sleep(20);
	}

	return false;
}

void process_check(int fd, const char *command, const char *expected, const char *name)
{
	const char *answer = process_ask(fd, command);
	const bool good = strstr(answer, expected);

	if (!good)
		ktap_remark("answer", answer);
	ktap_check(good, name);
}

bool process_left(const char *name)
{
	struct stat status;

	return !lstat(name, &status);
}
