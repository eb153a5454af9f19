// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writer of JSON
 *
 * What it writes is ASCII. A byte that is not, as a file's name may have, is written as the
 * character with that number: it is valid whatever the bytes are, and none is lost.
 */

#include "json.h"

static void write_string(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text; text++) {
		const unsigned char c = *text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(out, "\\u%04x", c);
		else
			putc(c, out);
	}
	putc('"', out);
}

static void new_line(struct json *json)
{
	putc('\n', json->out);
	for (unsigned int i = 0; i < json->depth; i++)
		fputs("  ", json->out);
}

/* The beginning of a member of an object, or with a key of NULL of an element of an array. */
static void begin_value(struct json *json, const char *key)
{
	if (json->filled)
		putc(',', json->out);
	if (json->depth)
		new_line(json);
	json->filled = true;
	if (key) {
		write_string(json->out, key);
		fputs(": ", json->out);
	}
}

/**
 * json_begin() - begin an object or an array
 * @json: what is being written
 * @key: its name, or NULL where it has none
 * @bracket: the opening one
 */
void json_begin(struct json *json, const char *key, char bracket)
{
	begin_value(json, key);
	putc(bracket, json->out);
	json->depth++;
	json->filled = false;
}

/**
 * json_end() - end an object or an array
 * @json: what is being written
 * @bracket: the closing one
 */
void json_end(struct json *json, char bracket)
{
	json->depth--;
	if (json->filled)
		new_line(json);
	putc(bracket, json->out);
	json->filled = true;
	if (!json->depth)
		putc('\n', json->out);
}

/**
 * json_text() - write a string
 * @json: what is being written
 * @key: its name, or NULL where it has none
 * @text: the string, or NULL for null
 */
void json_text(struct json *json, const char *key, const char *text)
{
	if (!text) {
		json_null(json, key);
		return;
	}
	begin_value(json, key);
	write_string(json->out, text);
}

/**
 * json_number() - write a number
 * @json: what is being written
 * @key: its name, or NULL where it has none
 * @number: the number
 */
void json_number(struct json *json, const char *key, long number)
{
	begin_value(json, key);
	fprintf(json->out, "%ld", number);
}

/**
 * json_bool() - write true or false
 * @json: what is being written
 * @key: its name, or NULL where it has none
 * @value: which
 */
void json_bool(struct json *json, const char *key, bool value)
{
	begin_value(json, key);
	fputs(value ? "true" : "false", json->out);
}

/**
 * json_null() - write that there is nothing
 * @json: what is being written
 * @key: its name, or NULL where it has none
 */
void json_null(struct json *json, const char *key)
{
	begin_value(json, key);
	fputs("null", json->out);
}
