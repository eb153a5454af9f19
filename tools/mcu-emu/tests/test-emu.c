// SPDX-License-Identifier: GPL-2.0-only
/* Tests of mcu-emu as a process: its ports, its control socket, its trace and its end. */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <linux/array_size.h>

#include "ktap.h"
#include "process.h"

#define TEXT_MAX 8192

static void test_socket(void)
{
	char line[64];
	int io, port, second;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", process_path("mcu"));
	pid = process_start(&io, "--socket", line, NULL);
	port = process_connect(line);
	ktap_check(process_exchange(port, "25 56 73", "25 56 30 31 30 35 77"), "socket: version");
	ktap_check(process_exchange(port, "40 43 56 54", "40 38 78"), "socket: bad checksum");
	process_put(port, "@C", 2);
	close(port);
	port = process_connect(line);
	ktap_check(process_exchange(port, "40 43 56 55", "40 43 56 30 65"),
		   "socket: another connection does not get the rest of the last one's command");
	second = process_connect(line);
	ktap_check(process_exchange(second, "25 56 73", ""), "socket: a second connection waits");
	close(port);
	ktap_check(process_exchange(second, "", "25 56 30 31 30 35 77"),
		   "socket: until the first is gone");
	close(second);
	kill(pid, SIGTERM);
	ktap_check(!process_finish(pid, io) && !process_left(line),
		   "socket: SIGTERM ends it and removes it");
}

static void test_busy_socket(void)
{
	char line[64];
	int io, other, port;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", process_path("busy"));
	pid = process_start(&io, "--socket", line, NULL);
	close(process_connect(line));
	ktap_check(process_finish(process_start(&other, "--socket", line, NULL), other) == 1,
		   "socket: in use by another emulator");
	kill(pid, SIGKILL);
	process_finish(pid, io);
	pid = process_start(&io, "--socket", line, NULL);
	port = process_connect(line);
	ktap_check(process_exchange(port, "40 43 32 31", "40 30 70"),
		   "socket: left behind is taken over");
	close(port);
	kill(pid, SIGINT);
	ktap_check(!process_finish(pid, io), "SIGINT ends it");
}

/* One that does not answer at the moment is not one that was left behind. */
static void test_slow_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener, clients[3], io, i;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", process_path("slow"));
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bind(listener, (struct sockaddr *)&address, sizeof(address));
	listen(listener, 0);
	for (i = 0; i < 3; i++) {
		clients[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(clients[i], (struct sockaddr *)&address, sizeof(address));
	}
	ktap_check(process_finish(process_start(&io, "--socket", address.sun_path, NULL), io) == 1,
		   "socket: in use by another program that is slow");
	ktap_check(process_left(address.sun_path), "socket: not taken from it");
	for (i = 0; i < 3; i++)
		close(clients[i]);
	close(listener);
	unlink(address.sun_path);
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
	int io, other, port, slave, tty;
	pid_t pid, user;

	snprintf(link, sizeof(link), "%s", process_path("pty"));
	pid = process_start(&io, "--pty", link, NULL);
	process_get(io, name, sizeof(name) - 1, PROCESS_PATIENCE_MS);
	name[strcspn(name, "\n")] = '\0';
	port = open_terminal(name);
	ktap_check(process_exchange(port, "40 54 33 27", "40 54 33 a3 84"), "pty: temperature");
	close(port);
	port = open_terminal(link);
	ktap_check(process_exchange(port, "f7 a1 0d 0a 51",
				    "f7 a1 0d 0a 00 00 00 00 00 00 ff ff ff ff 51"),
		   "pty: opened again by its link, line ends are bytes like others");
	close(port);

	/* A pseudo terminal is also the nearest thing to a serial port. */
	tty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	grantpt(tty);
	unlockpt(tty);
	slave = open_terminal(ptsname(tty));
	user = process_start(&other, "--tty", ptsname(tty), NULL);
	ktap_check(process_exchange(tty, "40 43 56 55", "40 43 56 30 65"), "tty: power button");
	close(slave);
	close(tty);
	ktap_check(process_finish(user, other) == 1, "tty: ends when the port is gone");

	kill(pid, SIGTERM);
	ktap_check(!process_finish(pid, io) && !process_left(link), "pty: the link is removed");
}

static void test_control_values(int control, int port)
{
	process_check(control, "get model", "model=ts233\nok\n", "control: get model");
	process_check(control, "get firmware", "firmware=0207\nok\n", "control: get firmware");
	process_check(control, "temp -7", "ok\n", "control: temp");
	ktap_check(process_exchange(port, "40 54 33 27", "40 54 33 79 5e"), "control: temp, seen");
	process_check(control, "rpm 12000", "ok\n", "control: rpm");
	ktap_check(process_exchange(port, "40 46 41 47", "40 46 41 01 90 00 d6"),
		   "control: rpm, seen");
	process_check(control, "get rpm", "rpm=12000\n", "control: get rpm");
	process_check(control, "rpm auto", "ok\n", "control: rpm auto");
	process_check(control, "pwm 77", "ok\n", "control: pwm");
	ktap_check(process_exchange(port, "40 46 5a 30 6c", "40 46 5a 4d 11"),
		   "control: pwm, seen");
	ktap_check(process_exchange(port, "40 43 43 40", "40 30 70"), "control: status LEDs");
	process_check(control, "state",
		      "led.status.red=slow\nled.status.green=slow\n"
		      "led.status.phase=alternate\n",
		      "control: state of the status LEDs");
	ktap_check(process_exchange(port, "40 52 31 32 11", "40 30 70"), "control: disk LED");
	process_check(control, "state", "led.hdd1=off\nled.hdd2=fast\nled.usb=off\n",
		      "control: state of the disk LEDs");
	process_check(control, "press", "ok\n", "control: press");
	ktap_check(process_exchange(port, "40 43 56 55", "40 43 56 31 64"), "control: press, seen");
	process_check(control, "get button", "button=1\n", "control: get button");
	process_check(control, "release", "ok\n", "control: release");
	ktap_check(process_exchange(port, "40 43 56 55", "40 43 56 30 65"),
		   "control: release, seen");
	process_check(control, "press 1", "ok\n", "control: press for a while");
	process_sleep(20);
	process_check(control, "get button", "button=0\n", "control: press is over by itself");
	process_check(control, "reset", "ok\n", "control: reset");
	process_check(control, "get led.hdd2", "led.hdd2=off\n", "control: reset, seen");
}

static void test_control_faults(int control, int port)
{
	process_check(control, "mute on", "ok\n", "control: mute on");
	ktap_check(process_exchange(port, "40 43 32 31", ""), "control: mute, seen");
	process_check(control, "mute off", "ok\n", "control: mute off");
	ktap_check(process_exchange(port, "40 43 32 31", "40 30 70"), "control: mute, over");
	process_check(control, "status 1 9", "ok\n", "control: status");
	ktap_check(process_exchange(port, "40 43 32 31", "40 39 79"), "control: status, seen");
	process_check(control, "drop 1", "ok\n", "control: drop");
	ktap_check(process_exchange(port, "40 43 32 31", ""), "control: drop, seen");
	process_check(control, "late 1 1000", "ok\n", "control: late");
	ktap_check(process_exchange(port, "40 43 32 31", ""), "control: late, nothing yet");
	ktap_check(process_exchange(port, "", "40 30 70"), "control: late, then");
	process_check(control, "twice 1", "ok\n", "control: twice");
	ktap_check(process_exchange(port, "40 43 32 31", "40 30 70 40 30 70"),
		   "control: twice, seen");
	process_check(control, "corrupt 1", "ok\n", "control: corrupt");
	ktap_check(process_exchange(port, "40 43 32 31", "41 30 70"), "control: corrupt, seen");
	process_check(control, "split 1 5", "ok\n", "control: split");
	ktap_check(process_exchange(port, "40 43 32 31", "40 30 70"), "control: split, seen");
	process_check(control, "noise 4041ff", "ok\n", "control: noise");
	ktap_check(process_exchange(port, "", "40 41 ff"), "control: noise, seen");
	process_check(control, "fault-nth lose:2:2", "ok\n", "control: fault-nth");
	process_check(control, "fault flip=0", "ok\n", "control: fault");
	process_check(control, "fault-time late=1", "ok\n", "control: fault-time");
	process_check(control, "seed 7", "ok\n", "control: seed");
	ktap_check(process_exchange(port, "40 43 32 31", "40 30"), "control: fault-nth, seen");
	process_check(control, "faults", "fault.lose=1\n", "control: faults are counted");
	process_check(control, "faults", "damaged_replies=1\n", "control: damage is counted");
	process_check(control, "undetected", "ok\n", "control: undetected, none");
	process_check(control, "fault twice=100", "ok\n", "control: fault");
	process_check(control, "fault off", "ok\n", "control: fault off");
	ktap_check(process_exchange(port, "40 43 32 31", "40 30 70"), "control: fault off, seen");
	process_check(control, "get beeps_short", "beeps_short=8\n", "control: beeps are counted");
}

static void test_control_errors(int control)
{
	static const char *const bad[] = {
		"temp 128",   "temp -129",    "temp warm",  "temp",
		"pwm 256",    "pwm -1",	      "rpm fast",   "rpm 1966051",
		"press soon", "press 1x", "mute perhaps", "status 1 7", "status x 8",
		"drop x",     "late 1",	      "late 1 x",   "twice -1",
		"noise 4",    "noise zz",     "get",	    "get nothing",
		"state 1",    "trace 1",      "frobnicate", "help me now please",
		"seed -1",    "fault flip",   "fault-nth flip", "fault-time late=x",
	};
	char name[64];
	char longest[2000];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(name, sizeof(name), "control: refuses '%s'", bad[i]);
		process_check(control, bad[i], "error: ", name);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	process_check(control, longest, "error: the line is too long\n", "control: a long line");
	process_check(control, "help", "mute        on|off|MS", "control: help");
}

static void test_control(void)
{
	char line[64], socket[64];
	int io, port, first, second;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", process_path("line"));
	snprintf(socket, sizeof(socket), "%s", process_path("control"));
	pid = process_start(&io, "--socket", line, "--control", socket, "--model", "ts233",
			    "--firmware", "0207", "--latency", "1.5", NULL);
	first = process_connect(socket);
	port = process_connect(line);
	test_control_values(first, port);
	test_control_faults(first, port);
	test_control_errors(first);
	second = process_connect(socket);
	process_check(second, "get power", "power=on\n", "control: a second client");
	ktap_check(process_exchange(port, "40 43 30 33", "40 30 70"), "control: power-off");
	process_check(first, "get power", "power=off\n", "control: power-off, seen by the first");
	process_check(second, "get pwm", "pwm=0\n", "control: power-off, seen by the second");
	process_check(second, "quit", "ok\n", "control: quit is answered");
	ktap_check(!process_finish(pid, io) && !process_left(line) && !process_left(socket),
		   "control: quit, and gone");
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

	snprintf(line, sizeof(line), "%s", process_path("stdin"));
	pid = process_start(&io, "--socket", line, "--stdin", NULL);
	process_put(io, "te", 2);
	process_sleep(20);
	process_put(io, "mp 1\n\r\nget temp\n", 16);
	do {
		more = process_get(io, text + len, sizeof(text) - 1 - len, PROCESS_PATIENCE_MS);
		len += more;
	} while (more && len < sizeof(expected) - 1);
	ktap_check(!strcmp(text, expected), "stdin: commands in pieces");
	shutdown(io, SHUT_WR);
	close(process_connect(line));
	process_sleep(PROCESS_SILENCE_MS);
	ktap_check(!kill(pid, 0) && process_left(line), "stdin: its end does not end the emulator");
	kill(pid, SIGTERM);
	ktap_check(!process_finish(pid, io), "stdin: SIGTERM does");
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

	snprintf(line, sizeof(line), "%s", process_path("eeprom-line"));
	snprintf(image, sizeof(image), "%s", process_path("eeprom"));
	write_file(image, 256);
	pid = process_start(&io, "--socket", line, "--eeprom", image, NULL);
	port = process_connect(line);
	ktap_check(process_exchange(port, "f7 a1 00 02 54", "f7 a1 00 02 ff fe 55"),
		   "EEPROM from a file");
	close(port);
	kill(pid, SIGTERM);
	process_finish(pid, io);
	write_file(image, 255);
	ktap_check(process_finish(process_start(&io, "--socket", line, "--eeprom", image, NULL),
				  io) == 1,
		   "EEPROM file too short");
	write_file(image, 257);
	ktap_check(process_finish(process_start(&io, "--socket", line, "--eeprom", image, NULL),
				  io) == 1,
		   "EEPROM file too long");
	unlink(image);
}

static void test_trace(void)
{
	char line[64], trace[64];
	char text[TEXT_MAX] = "";
	int io, port, file;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", process_path("trace-line"));
	snprintf(trace, sizeof(trace), "%s", process_path("trace"));
	pid = process_start(&io, "--socket", line, "--trace", trace, "--stdin", NULL);
	port = process_connect(line);
	process_exchange(port, "40 46 57 30 80 e1", "40 30 70");
	process_exchange(port, "40 54 33 27", "40 54 33 a3 84");
	process_put(port, "@C", 2);
	process_await(io, "get half_frames", "half_frames=1");
	process_ask(io, "trace off");
	process_exchange(port, "25 56 73", "25 56 30 31 30 35 77");
	process_ask(io, "trace on");
	process_ask(io, "temp 9");
	process_ask(io, "remark here");
	file = open(trace, O_RDONLY | O_CLOEXEC);
	process_get(file, text, sizeof(text) - 1, PROCESS_PATIENCE_MS);
	close(file);
	ktap_check(strstr(text, " > 40 46 57 30 80 e1 | set fan PWM to 128\n"), "trace: a command");
	ktap_check(strstr(text, " < 40 30 70 | done\n"), "trace: its reply");
	ktap_check(strstr(text, " < 40 54 33 a3 84 | temperature 35 degrees\n"),
		   "trace: a reply with data");
	ktap_check(strstr(text, " > 40 43 | half a frame, given up\n"), "trace: half a command");
	ktap_check(strstr(text, " * temperature 9\n"), "trace: a remark");
	ktap_check(strstr(text, " * here\n"), "trace: a remark by hand");
	ktap_check(text[0] && !strstr(text, "version"), "trace: nothing while it is off");
	unlink(trace);
	close(port);
	kill(pid, SIGTERM);
	process_finish(pid, io);
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

	snprintf(line, sizeof(line), "%s", process_path("wire"));
	pid = process_start(&io, "--socket", line, "--latency", "2", NULL);
	port = process_connect(line);
	begin = seconds();
	for (i = 0; i < 20; i++)
		process_exchange(port, "40 43 32 31", "40 30 70");
	took = (seconds() - begin) / 20;
	ktap_check(took >= 0.002 + 7 * 0.0000868, "wire: an exchange is not faster than the line");
	ktap_check(took < 0.200, "wire: nor is it much slower");
	close(port);
	kill(pid, SIGTERM);
	process_finish(pid, io);
}

/* The fastest of many tells: the others may have waited for somebody else. */
static void test_instant(void)
{
	double begin, took, least = 1;
	char line[64];
	int io, port, i;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", process_path("instant"));
	pid = process_start(&io, "--socket", line, "--instant", "--latency", "0", NULL);
	port = process_connect(line);
	for (i = 0; i < 50; i++) {
		begin = seconds();
		process_exchange(port, "40 46 41 47", "40 46 41 00 50 00 17");
		took = seconds() - begin;
		least = took < least ? took : least;
	}
	ktap_check(least < 11 * 0.0000868, "instant: an exchange is faster than the line");
	close(port);
	kill(pid, SIGTERM);
	process_finish(pid, io);
}

int main(void)
{
	ktap_begin();
	process_begin();
	test_socket();
	test_busy_socket();
	test_slow_socket();
	test_pty();
	test_control();
	test_stdin();
	test_eeprom_file();
	test_trace();
	test_wire();
	test_instant();
	process_end();

	return ktap_end();
}
