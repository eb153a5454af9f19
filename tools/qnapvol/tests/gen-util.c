// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: errors, memory, other programs */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "gen.h"

void die(const char *format, ...)
{
	va_list arguments;

	fputs("mkqnapimg: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

void *must_alloc(size_t num, size_t size)
{
	void *memory = calloc(num, size);

	if (!memory)
		die("no memory");

	return memory;
}

static char *must_text_va(const char *format, va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0)
		die("no memory");

	return text;
}

char *must_text(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = must_text_va(format, arguments);
	va_end(arguments);

	return text;
}

/* Runs a command of the shell, that has to succeed. */
void run(const char *format, ...)
{
	va_list arguments;
	char *command;

	va_start(arguments, format);
	command = must_text_va(format, arguments);
	va_end(arguments);
	if (system(command))
		die("failed: %s", command);
	free(command);
}
