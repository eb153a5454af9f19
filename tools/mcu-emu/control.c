// SPDX-License-Identifier: GPL-2.0-only
/* Where commands to the emulator come from: see control.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "control.h"
#include "socket.h"

/* A client that asks and asks but never reads is shown the door. */
#define ANSWER_MAX (1024 * 1024)

static void close_session(struct session *session)
{
	if (session->in != STDIN_FILENO)
		close(session->in);
	free(session->answer);
	session->answer = NULL;
	session->answer_len = 0;
	session->in = -1;
}

static bool open_session(struct control *control, int in, int out)
{
	struct session *session = control->sessions;

	while (session < control->sessions + CONTROL_SESSIONS && session->in >= 0)
		session++;
	if (session == control->sessions + CONTROL_SESSIONS)
		return false;

	memset(session, 0, sizeof(*session));
	session->emu = control->emu;
	session->in = in;
	session->out = out;

	return true;
}

/* Sends what the client takes without making us wait. */
static bool flush(struct session *session)
{
	ssize_t done;

	if (!session->answer_len)
		return true;
	done = write(session->out, session->answer, session->answer_len);
	if (done < 0)
		return errno == EAGAIN || errno == EINTR;
	session->answer_len -= done;
	memmove(session->answer, session->answer + done, session->answer_len);

	return true;
}

static bool add_answer(struct session *session, const char *text, size_t len)
{
	char *larger;

	if (session->answer_len + len > ANSWER_MAX)
		return false;
	larger = realloc(session->answer, session->answer_len + len);
	if (!larger)
		return false;
	memcpy(larger + session->answer_len, text, len);
	session->answer = larger;
	session->answer_len += len;

	return true;
}

static bool run_line(struct session *session)
{
	char *text = NULL;
	FILE *memory;
	size_t size;
	bool kept;

	memory = open_memstream(&text, &size);
	if (!memory)
		return false;
	session->line[session->len] = '\0';
	if (session->overlong)
		fprintf(memory, "error: the line is too long\n");
	else
		console_run(session->emu, session->line, memory);
	fclose(memory);
	kept = !size || add_answer(session, text, size);
	free(text);
	session->len = 0;
	session->overlong = false;

	return kept;
}

static bool take_text(struct session *session, const char *text, size_t len)
{
	for (; len--; text++) {
		if (*text == '\n') {
			if (!run_line(session))
				return false;
		} else if (session->len < CONTROL_LINE_MAX - 1) {
			session->line[session->len++] = *text;
		} else {
			session->overlong = true;
		}
	}

	return flush(session);
}

static void handle_input(void *context, short events)
{
	struct session *session = context;
	char text[CONTROL_LINE_MAX];
	ssize_t len;

	if (events & POLLOUT && !flush(session)) {
		close_session(session);
		return;
	}
	if (!(events & ~POLLOUT))
		return;
	len = read(session->in, text, sizeof(text));
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0 || !take_text(session, text, len))
		close_session(session);
}

static void handle_listener(void *context, short events)
{
	static const char full[] = "error: too many clients\n";
	struct control *control = context;
	const int fd = socket_accept(control->listener);

	(void)events;
	if (fd < 0 || open_session(control, fd, fd))
		return;
	if (write(fd, full, sizeof(full) - 1) < 0)
		errno = 0;
	close(fd);
}

/**
 * control_open() - begin to take commands
 * @control: the control
 * @emu: the emulator
 * @path: name of the socket, or NULL for none
 * @use_stdin: whether to read standard input too
 *
 * Return: false if that failed, with the reason printed.
 */
bool control_open(struct control *control, struct emu *emu, const char *path, bool use_stdin)
{
	size_t i;

	control->emu = emu;
	control->path = path;
	control->listener = -1;
	for (i = 0; i < CONTROL_SESSIONS; i++)
		control->sessions[i].in = -1;
	if (use_stdin)
		open_session(control, STDIN_FILENO, STDOUT_FILENO);
	if (!path)
		return true;
	control->listener = socket_listen(path);

	return control->listener >= 0;
}

/**
 * control_close() - end all sessions and remove the socket
 * @control: the control
 */
void control_close(struct control *control)
{
	size_t i;

	for (i = 0; i < CONTROL_SESSIONS; i++) {
		if (control->sessions[i].in >= 0)
			close_session(&control->sessions[i]);
	}
	if (control->listener < 0)
		return;
	close(control->listener);
	unlink(control->path);
}

/**
 * control_watch() - say what the control waits for
 * @control: the control
 * @loop: the loop
 */
void control_watch(struct control *control, struct loop *loop)
{
	struct session *session;
	size_t i;

	for (i = 0; i < CONTROL_SESSIONS; i++) {
		session = &control->sessions[i];
		if (session->in < 0)
			continue;
		loop_watch(loop, session->in, POLLIN | (session->answer_len ? POLLOUT : 0),
			   handle_input, session);
	}
	/* Behind the clients, so that one who left makes room for one who came. */
	if (control->listener >= 0)
		loop_watch(loop, control->listener, POLLIN, handle_listener, control);
}
