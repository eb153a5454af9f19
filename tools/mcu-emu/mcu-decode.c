// SPDX-License-Identifier: GPL-2.0-only
/* mcu-decode: print a capture of the QNAP microcontroller's line in words. */

#include <ctype.h>
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "number.h"
#include "version.h"

#define EXIT_USAGE 2

static const char help_text[] =
"Usage: mcu-decode [FILE]\n"
"Print what is said on the line of a QNAP microcontroller in words.\n"
"\n"
"FILE, or standard input, holds lines of bytes in hexadecimal, with '>' before what\n"
"the host sent and '<' before what the MCU sent:\n"
"\n"
"  > 40 43 56 55\n"
"  < 40 43 56 30 65\n"
"  > 0x40 (@)\n"
"       12.345 > 40 43 56 55 | power button?\n"
"\n"
"  --help           print this\n"
"  --version        print the version\n";

static const char *skip_space(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;

	return text;
}

/* A time stamp is anything of digits, dots and colons before the mark. */
static size_t stamp_len(const char *line)
{
	const size_t len = strspn(line, "0123456789.:");

	return isspace((unsigned char)line[len]) ? len : 0;
}

/* "(A)" behind a byte is that byte again. */
static const char *skip_character(const char *text)
{
	if (text[0] == '(' && text[1] && text[2] == ')')
		return skip_space(text + 3);

	return text;
}

static const char *take_byte(const char *text, u8 *byte)
{
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	if (!number_parse_hex(text, byte) || isxdigit((unsigned char)text[2]))
		return NULL;

	return skip_character(skip_space(text + 2));
}

static void take_bytes(struct decode *decode, char mark, const char *text)
{
	u8 byte;

	while (*text) {
		text = take_byte(text, &byte);
		if (!text)
			return;
		if (mark == '>')
			decode_host(decode, byte);
		else
			decode_mcu(decode, byte);
	}
}

static void take_line(struct decode *decode, const char *line)
{
	const char *stamp = skip_space(line);
	const size_t len = stamp_len(stamp);
	const char *text = skip_space(stamp + len);
	const char mark = *text;

	if (mark == '*')
		fputs(line, decode->out);
	if (mark != '<' && mark != '>')
		return;
	decode_stamp(decode, mark, stamp, len);
	take_bytes(decode, mark, skip_space(text + 1));
}

static bool decode_file(FILE *file)
{
	struct decode decode;
	char *line = NULL;
	size_t size = 0;

	decode_init(&decode, stdout);
	while (getline(&line, &size, file) >= 0)
		take_line(&decode, line);
	free(line);
	decode_finish(&decode);

	return decode.frames;
}

static const char *parse_command_line(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ }
	};

	switch (getopt_long(argc, argv, "", options, NULL)) {
	case 'h':
		fputs(help_text, stdout);
		exit(EXIT_SUCCESS);
	case 'v':
		printf("mcu-decode %s\n", MCU_EMU_VERSION);
		exit(EXIT_SUCCESS);
	case -1:
		if (argc - optind <= 1)
			return argv[optind];
		warnx("%s: give one file only", argv[optind + 1]);
	}
	fprintf(stderr, "Try 'mcu-decode --help'.\n");
	exit(EXIT_USAGE);
}

int main(int argc, char **argv)
{
	const char *path = parse_command_line(argc, argv);
	FILE *file = path && strcmp(path, "-") ? fopen(path, "r") : stdin;
	bool found;

	if (!file)
		err(EXIT_FAILURE, "cannot open %s", path);
	setvbuf(stdout, NULL, _IOLBF, 0);
	found = decode_file(file);
	if (ferror(file))
		err(EXIT_FAILURE, "cannot read %s", path ? path : "standard input");
	if (!found)
		errx(EXIT_FAILURE, "no frame found: the lines should look like '> 40 43 56 55'");

	return EXIT_SUCCESS;
}
