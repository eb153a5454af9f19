// SPDX-License-Identifier: GPL-2.0-only
/* Text that is made while the program runs. */

#include <ctype.h>
#include <err.h>
#include <stdarg.h>
#include <stdlib.h>

#include "text.h"

/**
 * text_format() - make a text
 * @format: as for printf()
 *
 * Return: the text, to be freed. The program ends if there is no memory.
 */
char *text_format(const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		errx(EXIT_FAILURE, "no memory");

	return text;
}

/**
 * text_print() - print a text that may have anything in it
 * @out: where
 * @text: the text; control characters are no good for a terminal, and become question marks
 */
void text_print(FILE *out, const char *text)
{
	for (; *text; text++)
		putc(iscntrl((unsigned char)*text) ? '?' : *text, out);
}

/**
 * text_sentence() - print a sentence, with a line of its own
 * @out: where
 * @text: the sentence; its first letter becomes a capital one, and it gets a full stop
 */
void text_sentence(FILE *out, const char *text)
{
	putc(toupper((unsigned char)*text), out);
	text_print(out, text + 1);
	fputs(".\n", out);
}
