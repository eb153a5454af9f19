// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the panel: what it draws and what its keys do. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "ktap.h"
#include "process.h"

#define SCREEN_MAX 16384

/* Reads what is drawn until it has the text. */
static bool shows(int terminal, const char *text)
{
	static char screen[SCREEN_MAX];
	size_t len = 0, more;

	do {
		more = process_get(terminal, screen + len, sizeof(screen) - 1 - len,
				   PROCESS_PATIENCE_MS);
		len += more;
		screen[len] = '\0';
	} while (more && len < sizeof(screen) - 1 && !strstr(screen, text));

	return strstr(screen, text);
}

/* Types a key and waits for what it should do. */
static void check_key(int terminal, int control, char key, const char *expected, const char *name)
{
	char command[32];

	snprintf(command, sizeof(command), "get %.*s", (int)strcspn(expected, "="), expected);
	process_put(terminal, &key, 1);
	ktap_check(process_await(control, command, expected), name);
}

static void test_keys(int terminal, int control)
{
	check_key(terminal, control, 'p', "button=1\n", "p presses the power button");
	check_key(terminal, control, 'p', "button=0\n", "p again releases it");
	check_key(terminal, control, '+', "temp=36\n", "+ is warmer");
	check_key(terminal, control, '-', "temp=35\n", "- is colder");
	check_key(terminal, control, 'f', "rpm=0\n", "f stops the fan");
	check_key(terminal, control, 'f', "fan=auto\n", "f again sets it free");
	check_key(terminal, control, 'm', "mute=1\n", "m makes the MCU mute");
	check_key(terminal, control, 'm', "mute=0\n", "m again ends that");
}

static void resize(int terminal, pid_t pid, int columns, int lines)
{
	const struct winsize size = { .ws_col = columns, .ws_row = lines };

	ioctl(terminal, TIOCSWINSZ, &size);
	/* Not its controlling terminal, so the kernel does not tell it. */
	kill(pid, SIGWINCH);
}

static void test_panel(const char *type)
{
	char line[64], control[64], name[64];
	int terminal, port, client;
	pid_t pid;

	setenv("TERM", type, 1);
	snprintf(line, sizeof(line), "%s", process_path("line"));
	snprintf(control, sizeof(control), "%s", process_path("control"));
	pid = process_start_on_terminal(&terminal, 80, 24, "--socket", line, "--control", control,
					"--panel", NULL);
	snprintf(name, sizeof(name), "%s: the front is drawn", type);
	ktap_check(shows(terminal, "p power button"), name);
	client = process_connect(control);
	port = process_connect(line);
	process_exchange(port, "40 43 44 47", "40 30 70");
	snprintf(name, sizeof(name), "%s: LEDs are shown", type);
	ktap_check(shows(terminal, "(##)"), name);
	test_keys(terminal, client);
	resize(terminal, pid, 40, 10);
	snprintf(name, sizeof(name), "%s: a terminal too small", type);
	ktap_check(shows(terminal, "needs 70 x 16"), name);
	resize(terminal, pid, 100, 30);
	snprintf(name, sizeof(name), "%s: all is drawn when it is larger again", type);
	ktap_check(shows(terminal, "red on, green on"), name);
	process_put(terminal, "q", 1);
	snprintf(name, sizeof(name), "%s: q ends it", type);
	ktap_check(!process_finish(pid, terminal) && !process_left(line), name);
	close(client);
	close(port);
}

static void test_unknown_terminal(void)
{
	int terminal;
	pid_t pid;

	setenv("TERM", "no-such-terminal", 1);
	pid = process_start_on_terminal(&terminal, 80, 24, "--pty", "--panel", NULL);
	ktap_check(process_finish(pid, terminal) == 1, "an unknown terminal");
}

int main(void)
{
	ktap_begin();
	process_begin();
	test_panel("xterm-256color");
	test_panel("linux");
	test_unknown_terminal();
	process_end();

	return ktap_end();
}
