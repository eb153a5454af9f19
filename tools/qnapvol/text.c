// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text from disks and command lines, made fit for a terminal, for JSON and for a shell
 *
 * A name can be any bytes. What is no UTF-8 breaks parsers of JSON, control characters can do
 * anything to a terminal, and what is pasted into a shell must come out as the same bytes.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define REPLACEMENT	"\xef\xbf\xbd"

/* The smallest code point that needs so many bytes. */
static const unsigned int smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };

static size_t length_by_first_byte(unsigned char byte)
{
	if (byte < 0x80)
		return 1;
	if (byte >= 0xc0 && byte < 0xe0)
		return 2;
	if (byte >= 0xe0 && byte < 0xf0)
		return 3;

	return byte >= 0xf0 && byte < 0xf8 ? 4 : 0;
}

/* Returns how many bytes the character at the beginning of the text has, 0 if that is no UTF-8. */
static size_t utf8_length(const unsigned char *text)
{
	const size_t len = length_by_first_byte(*text);
	unsigned int code = len > 1 ? *text & (0xff >> (len + 1)) : *text;

	for (size_t i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < smallest[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;

	return len;
}

static bool is_control(const unsigned char *text, size_t len)
{
	return (len == 1 && iscntrl(*text)) || (len == 2 && *text == 0xc2 && text[1] < 0xa0);
}

/**
 * text_valid() - make UTF-8 of any text
 * @text: text
 * @terminal: control characters are no good either
 *
 * Return: the text with what is no good replaced, to be freed; NULL if there is no memory.
 */
char *text_valid(const char *text, bool terminal)
{
	const unsigned char *from = (const unsigned char *)text;
	char *valid = malloc(3 * strlen(text) + 1);
	char *to = valid;
	size_t len;

	for (; to && *from; from += len ?: 1) {
		len = utf8_length(from);
		if (!len || (terminal && is_control(from, len)))
			to = stpcpy(to, len ? "?" : REPLACEMENT);
		else
			to = mempcpy(to, from, len);
	}
	if (to)
		*to = '\0';

	return valid;
}

static bool is_plain(const char *text)
{
	static const char others[] = "_-+=./:,@%";
	const char *p = text;

	while (((*p & 0x80) == 0 && isalnum(*p)) || (*p && strchr(others, *p)))
		p++;

	return *text && !*p;
}

static bool is_printable(const char *text)
{
	size_t len;

	for (; *text; text += len) {
		len = utf8_length((const unsigned char *)text);
		if (!len || is_control((const unsigned char *)text, len))
			return false;
	}

	return true;
}

static void quote_bytes(FILE *out, const char *text)
{
	fputs("$'", out);
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if (*text < ' ' || *text > '~')
			fprintf(out, "\\%03o", (unsigned char)*text);
		else
			fputc(*text, out);
	}
	fputc('\'', out);
}

/**
 * text_quote() - write a text as a shell takes it for one word
 * @out: where to
 * @text: text
 */
void text_quote(FILE *out, const char *text)
{
	if (is_plain(text)) {
		fputs(text, out);
		return;
	}
	if (!is_printable(text)) {
		quote_bytes(out, text);
		return;
	}

	fputc('\'', out);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fputc(*text, out);
	}
	fputc('\'', out);
}
