// SPDX-License-Identifier: GPL-2.0-only
/* Tests of mcu-emu as a process: its ports, its control socket, its trace and its end. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <linux/array_size.h>

#include "ktap.h"
#include "rig.h"

#define ARGUMENTS_MAX	16
#define TEXT_MAX	8192
#define PATIENCE_MS	5000
#define SILENCE_MS	100

static char directory[32];

static const char *path(const char *name)
{
	static char names[8][64];
	static unsigned int next;
	char *text = names[next++ % 8];

	snprintf(text, sizeof(names[0]), "%s/%s", directory, name);
	return text;
}

static void sleep_ms(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* Starts the emulator with its standard input and output on a socket. */
static pid_t start(int *io, ...)
{
	const char *arguments[ARGUMENTS_MAX] = { "./mcu-emu" };
	int ends[2];
	va_list list;
	pid_t pid;
	int i = 1;

	va_start(list, io);
	while (i < ARGUMENTS_MAX - 1 && (arguments[i] = va_arg(list, const char *)))
		i++;
	va_end(list);

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		exit(EXIT_FAILURE);
	pid = fork();
	if (!pid) {
		dup2(ends[1], STDIN_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		execv(arguments[0], (char **)arguments);
		_exit(127);
	}
	close(ends[1]);
	*io = ends[0];

	return pid;
}

/* Returns the exit code, or -1 if it did not end by itself. */
static int finish(pid_t pid, int io)
{
	int status = 0;
	int waited;

	for (waited = 0; waited < PATIENCE_MS; waited += 10) {
		if (waitpid(pid, &status, WNOHANG) == pid) {
			close(io);
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		}
		sleep_ms(10);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(io);

	return -1;
}

static int connect_to(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int waited, fd;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", name);
	for (waited = 0; waited < PATIENCE_MS; waited += 10) {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
			return fd;
		close(fd);
		sleep_ms(10);
	}
	ktap_remark("cannot connect to", name);

	return -1;
}

static void put(int fd, const void *data, size_t len)
{
	if (write(fd, data, len) != (ssize_t)len)
		ktap_remark("cannot write", strerror(errno));
}

/* Reads what comes within a time. */
static size_t get(int fd, void *data, size_t size, int patience)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t len;

	if (poll(&wait, 1, patience) <= 0)
		return 0;
	len = read(fd, data, size);

	return len > 0 ? len : 0;
}

/* Sends a command and compares what comes back, byte for byte; "" for silence. */
static bool exchange(int fd, const char *request, const char *reply)
{
	u8 bytes[RIG_MAX], expected[RIG_MAX], got[RIG_MAX];
	const size_t want = rig_bytes(reply, expected);
	size_t len = 0, more;

	put(fd, bytes, rig_bytes(request, bytes));
	do {
		more = get(fd, got + len, sizeof(got) - len, want ? PATIENCE_MS : SILENCE_MS);
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
static const char *ask(int fd, const char *command)
{
	static char answer[TEXT_MAX];
	size_t len = 0, more;

	put(fd, command, strlen(command));
	put(fd, "\n", 1);
	answer[0] = '\0';
	do {
		more = get(fd, answer + len, sizeof(answer) - 1 - len, PATIENCE_MS);
		len += more;
		answer[len] = '\0';
	} while (more && !complete(answer));

	return answer;
}

static void check_answer(int fd, const char *command, const char *expected, const char *name)
{
	const char *answer = ask(fd, command);
	const bool good = strstr(answer, expected);

	if (!good)
		ktap_remark("answer", answer);
	ktap_check(good, name);
}

static bool exists(const char *name)
{
	struct stat status;

	return !lstat(name, &status);
}

static void test_socket(void)
{
	char line[64];
	int io, port, second;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", path("mcu"));
	pid = start(&io, "--socket", line, NULL);
	port = connect_to(line);
	ktap_check(exchange(port, "25 56 73", "25 56 30 31 30 35 77"), "socket: version");
	ktap_check(exchange(port, "40 43 56 54", "40 38 78"), "socket: bad checksum");
	put(port, "@C", 2);
	close(port);
	port = connect_to(line);
	ktap_check(exchange(port, "40 43 56 55", "40 43 56 30 65"),
		   "socket: another connection does not get the rest of the last one's command");
	second = connect_to(line);
	ktap_check(exchange(second, "25 56 73", ""), "socket: a second connection waits");
	close(port);
	ktap_check(exchange(second, "", "25 56 30 31 30 35 77"), "socket: until the first is gone");
	close(second);
	kill(pid, SIGTERM);
	ktap_check(!finish(pid, io) && !exists(line), "socket: SIGTERM ends it and removes it");
}

static void test_busy_socket(void)
{
	char line[64];
	int io, other, port;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", path("busy"));
	pid = start(&io, "--socket", line, NULL);
	close(connect_to(line));
	ktap_check(finish(start(&other, "--socket", line, NULL), other) == 1,
		   "socket: in use by another emulator");
	kill(pid, SIGKILL);
	finish(pid, io);
	pid = start(&io, "--socket", line, NULL);
	port = connect_to(line);
	ktap_check(exchange(port, "40 43 32 31", "40 30 70"), "socket: left behind is taken over");
	close(port);
	kill(pid, SIGINT);
	ktap_check(!finish(pid, io), "SIGINT ends it");
}

static int open_terminal(const char *name)
{
	struct termios settings;
	int fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	tcgetattr(fd, &settings);
	cfmakeraw(&settings);
	tcsetattr(fd, TCSANOW, &settings);

	return fd;
}

static void test_pty(void)
{
	char name[64] = "";
	char link[64];
	int io, other, port, tty;
	pid_t pid, user;

	snprintf(link, sizeof(link), "%s", path("pty"));
	pid = start(&io, "--pty", link, NULL);
	get(io, name, sizeof(name) - 1, PATIENCE_MS);
	name[strcspn(name, "\n")] = '\0';
	port = open_terminal(name);
	ktap_check(exchange(port, "40 54 33 27", "40 54 33 a3 84"), "pty: temperature");
	close(port);
	port = open_terminal(link);
	ktap_check(exchange(port, "f7 a1 0d 0a 51", "f7 a1 0d 0a 00 00 00 00 00 00 ff ff ff ff 51"),
		   "pty: opened again by its link, line ends are bytes like others");
	close(port);

	/* A pseudo terminal is also the nearest thing to a serial port. */
	tty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	grantpt(tty);
	unlockpt(tty);
	user = start(&other, "--tty", ptsname(tty), NULL);
	sleep_ms(SILENCE_MS);
	ktap_check(exchange(tty, "40 43 56 55", "40 43 56 30 65"), "tty: power button");
	close(tty);
	ktap_check(finish(user, other) == 1, "tty: ends when the port is gone");

	kill(pid, SIGTERM);
	ktap_check(!finish(pid, io) && !exists(link), "pty: the link is removed");
}

static void test_control_values(int control, int port)
{
	check_answer(control, "get model", "model=ts233\nok\n", "control: get model");
	check_answer(control, "get firmware", "firmware=0207\nok\n", "control: get firmware");
	check_answer(control, "temp -7", "ok\n", "control: temp");
	ktap_check(exchange(port, "40 54 33 27", "40 54 33 79 5e"), "control: temp, seen");
	check_answer(control, "rpm 12000", "ok\n", "control: rpm");
	ktap_check(exchange(port, "40 46 41 47", "40 46 41 01 90 00 d6"), "control: rpm, seen");
	check_answer(control, "get rpm", "rpm=12000\n", "control: get rpm");
	check_answer(control, "rpm auto", "ok\n", "control: rpm auto");
	check_answer(control, "pwm 77", "ok\n", "control: pwm");
	ktap_check(exchange(port, "40 46 5a 30 6c", "40 46 5a 4d 11"), "control: pwm, seen");
	ktap_check(exchange(port, "40 43 43 40", "40 30 70"), "control: status LEDs");
	check_answer(control, "state", "led.status.red=slow\nled.status.green=slow\n"
		     "led.status.phase=alternate\n", "control: state of the status LEDs");
	ktap_check(exchange(port, "40 52 31 32 11", "40 30 70"), "control: disk LED");
	check_answer(control, "state", "led.hdd1=off\nled.hdd2=fast\nled.usb=off\n",
		     "control: state of the disk LEDs");
	check_answer(control, "press", "ok\n", "control: press");
	ktap_check(exchange(port, "40 43 56 55", "40 43 56 31 64"), "control: press, seen");
	check_answer(control, "get button", "button=1\n", "control: get button");
	check_answer(control, "release", "ok\n", "control: release");
	ktap_check(exchange(port, "40 43 56 55", "40 43 56 30 65"), "control: release, seen");
	check_answer(control, "press 1", "ok\n", "control: press for a while");
	sleep_ms(20);
	check_answer(control, "get button", "button=0\n", "control: press is over by itself");
	check_answer(control, "reset", "ok\n", "control: reset");
	check_answer(control, "get led.hdd2", "led.hdd2=off\n", "control: reset, seen");
}

static void test_control_faults(int control, int port)
{
	check_answer(control, "mute on", "ok\n", "control: mute on");
	ktap_check(exchange(port, "40 43 32 31", ""), "control: mute, seen");
	check_answer(control, "mute off", "ok\n", "control: mute off");
	ktap_check(exchange(port, "40 43 32 31", "40 30 70"), "control: mute, over");
	check_answer(control, "status 1 9", "ok\n", "control: status");
	ktap_check(exchange(port, "40 43 32 31", "40 39 79"), "control: status, seen");
	check_answer(control, "drop 1", "ok\n", "control: drop");
	ktap_check(exchange(port, "40 43 32 31", ""), "control: drop, seen");
	check_answer(control, "late 1 150", "ok\n", "control: late");
	ktap_check(exchange(port, "40 43 32 31", ""), "control: late, nothing yet");
	ktap_check(exchange(port, "", "40 30 70"), "control: late, then");
	check_answer(control, "twice 1", "ok\n", "control: twice");
	ktap_check(exchange(port, "40 43 32 31", "40 30 70 40 30 70"), "control: twice, seen");
	check_answer(control, "corrupt 1", "ok\n", "control: corrupt");
	ktap_check(exchange(port, "40 43 32 31", "41 30 70"), "control: corrupt, seen");
	check_answer(control, "split 1 5", "ok\n", "control: split");
	ktap_check(exchange(port, "40 43 32 31", "40 30 70"), "control: split, seen");
	check_answer(control, "noise 4041ff", "ok\n", "control: noise");
	ktap_check(exchange(port, "", "40 41 ff"), "control: noise, seen");
	check_answer(control, "get beeps_short", "beeps_short=6\n", "control: beeps are counted");
}

static void test_control_errors(int control)
{
	static const char *const bad[] = {
		"temp 128", "temp -129", "temp warm", "temp", "pwm 256", "pwm -1", "rpm fast",
		"rpm 1966051", "press soon", "mute perhaps", "status 1 7", "status x 8", "drop x",
		"late 1", "late 1 x", "twice -1", "noise 4", "noise zz", "get", "get nothing",
		"state 1", "trace 1", "frobnicate", "help me now please",
	};
	char name[64];
	char longest[2000];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(name, sizeof(name), "control: refuses '%s'", bad[i]);
		check_answer(control, bad[i], "error: ", name);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	check_answer(control, longest, "error: the line is too long\n", "control: a long line");
	check_answer(control, "help", "mute    on|off|MS", "control: help");
}

static void test_control(void)
{
	char line[64], socket[64];
	int io, port, first, second;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", path("line"));
	snprintf(socket, sizeof(socket), "%s", path("control"));
	pid = start(&io, "--socket", line, "--control", socket, "--model", "ts233",
		    "--firmware", "0207", "--latency", "1.5", NULL);
	first = connect_to(socket);
	port = connect_to(line);
	test_control_values(first, port);
	test_control_faults(first, port);
	test_control_errors(first);
	second = connect_to(socket);
	check_answer(second, "get power", "power=on\n", "control: a second client");
	ktap_check(exchange(port, "40 43 30 33", "40 30 70"), "control: power-off");
	check_answer(first, "get power", "power=off\n", "control: power-off, seen by the first");
	check_answer(second, "get pwm", "pwm=0\n", "control: power-off, seen by the second");
	check_answer(second, "quit", "ok\n", "control: quit is answered");
	ktap_check(!finish(pid, io) && !exists(line) && !exists(socket), "control: quit, and gone");
	close(first);
	close(second);
	close(port);
}

/* Commands may come in any pieces, several at once, and from standard input. */
static void test_stdin(void)
{
	static const char expected[] = "ok\ntemp=1\nok\n";
	char text[TEXT_MAX] = "";
	char line[64];
	size_t len = 0, more;
	pid_t pid;
	int io;

	snprintf(line, sizeof(line), "%s", path("stdin"));
	pid = start(&io, "--socket", line, "--stdin", NULL);
	put(io, "te", 2);
	sleep_ms(20);
	put(io, "mp 1\n\r\nget temp\n", 16);
	do {
		more = get(io, text + len, sizeof(text) - 1 - len, PATIENCE_MS);
		len += more;
	} while (more && len < sizeof(expected) - 1);
	ktap_check(!strcmp(text, expected), "stdin: commands in pieces");
	shutdown(io, SHUT_WR);
	close(connect_to(line));
	sleep_ms(SILENCE_MS);
	ktap_check(!kill(pid, 0) && exists(line), "stdin: its end does not end the emulator");
	kill(pid, SIGTERM);
	ktap_check(!finish(pid, io), "stdin: SIGTERM does");
}

static void write_file(const char *name, size_t len)
{
	FILE *file = fopen(name, "w");

	while (file && len--)
		fputc(len & 0xff, file);
	if (file)
		fclose(file);
}

static void test_eeprom_file(void)
{
	char line[64], image[64];
	int io, port;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", path("eeprom-line"));
	snprintf(image, sizeof(image), "%s", path("eeprom"));
	write_file(image, 256);
	pid = start(&io, "--socket", line, "--eeprom", image, NULL);
	port = connect_to(line);
	ktap_check(exchange(port, "f7 a1 00 02 54", "f7 a1 00 02 ff fe 55"), "EEPROM from a file");
	close(port);
	kill(pid, SIGTERM);
	finish(pid, io);
	write_file(image, 255);
	ktap_check(finish(start(&io, "--socket", line, "--eeprom", image, NULL), io) == 1,
		   "EEPROM file too short");
	write_file(image, 257);
	ktap_check(finish(start(&io, "--socket", line, "--eeprom", image, NULL), io) == 1,
		   "EEPROM file too long");
}

static void test_trace(void)
{
	char line[64], trace[64];
	char text[TEXT_MAX] = "";
	int io, port, file;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", path("trace-line"));
	snprintf(trace, sizeof(trace), "%s", path("trace"));
	pid = start(&io, "--socket", line, "--trace", trace, "--stdin", NULL);
	port = connect_to(line);
	exchange(port, "40 46 57 30 80 e1", "40 30 70");
	exchange(port, "40 43", "");
	ask(io, "trace off");
	exchange(port, "25 56 73", "25 56 30 31 30 35 77");
	ask(io, "trace on");
	ask(io, "temp 9");
	file = open(trace, O_RDONLY | O_CLOEXEC);
	get(file, text, sizeof(text) - 1, PATIENCE_MS);
	close(file);
	ktap_check(strstr(text, " > 40 46 57 30 80 e1 | set fan PWM to 128\n"), "trace: a command");
	ktap_check(strstr(text, " < 40 30 70 | done\n"), "trace: its reply");
	ktap_check(strstr(text, " > 40 43 | half a frame, given up\n"), "trace: half a command");
	ktap_check(strstr(text, " * temperature 9\n"), "trace: a remark");
	ktap_check(text[0] && !strstr(text, "version"), "trace: nothing while it is off");
	close(port);
	kill(pid, SIGTERM);
	finish(pid, io);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec + now.tv_nsec / 1e9;
}

/* Only the lower bound can be relied on, on a machine that others use too. */
static void test_wire(void)
{
	char line[64];
	double begin, took;
	int io, port, i;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", path("wire"));
	pid = start(&io, "--socket", line, "--wire", "--latency", "2", NULL);
	port = connect_to(line);
	begin = seconds();
	for (i = 0; i < 20; i++)
		exchange(port, "40 43 32 31", "40 30 70");
	took = (seconds() - begin) / 20;
	ktap_check(took >= 0.002 + 7 * 0.0000868, "wire: an exchange is not faster than the line");
	ktap_check(took < 0.050, "wire: nor is it much slower");
	close(port);
	kill(pid, SIGTERM);
	finish(pid, io);
}

static void remove_directory(void)
{
	unlink(path("eeprom"));
	unlink(path("trace"));
	ktap_check(!rmdir(directory), "nothing is left behind");
}

int main(void)
{
	ktap_begin();
	signal(SIGPIPE, SIG_IGN);
	snprintf(directory, sizeof(directory), "/tmp/mcu-emu-test.XXXXXX");
	if (!mkdtemp(directory))
		return EXIT_FAILURE;
	test_socket();
	test_busy_socket();
	test_pty();
	test_control();
	test_stdin();
	test_eeprom_file();
	test_trace();
	test_wire();
	remove_directory();

	return ktap_end();
}
