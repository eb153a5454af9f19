// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes from both sides into the decoder of captures: each is printed once and in its order,
 * whatever frames the decoder finds.
 */

#include "decode.h"
#include "fuzz.h"

/**
 * struct side - what one side has said
 * @mark: how its lines are marked
 * @fed: its bytes
 * @len: how many
 * @seen: how many of them were printed
 */
struct side {
	char mark;
	u8 *fed;
	size_t len;
	size_t seen;
};

static void say(struct decode *decode, struct side *side, u8 byte)
{
	side->fed[side->len++] = byte;
	if (side->mark == '>')
		decode_host(decode, byte);
	else
		decode_mcu(decode, byte);
}

/* Each piece is preceded by a byte that says who sends it and how long it is. */
static void feed(struct decode *decode, struct side *host, struct side *mcu, struct input *in)
{
	size_t left;
	u8 control;

	while (in->len) {
		control = take_byte(in);
		for (left = control / 2; left && in->len; left--)
			say(decode, control & 1 ? host : mcu, take_byte(in));
	}
	decode_finish(decode);
}

/* A line is a mark, bytes, a bar and words. */
static void check_line(const char *line, struct side *side)
{
	unsigned int byte;
	int used;

	for (line += 2; sscanf(line, " %2x%n", &byte, &used) == 1; line += used) {
		require(side->seen < side->len);
		require(side->fed[side->seen] == byte);
		side->seen++;
	}
	require(!strncmp(line, " | ", 3) && line[3]);
}

static void check_text(char *text, struct side *host, struct side *mcu)
{
	char *line;

	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		require(line[0] == ' ' && (line[1] == host->mark || line[1] == mcu->mark));
		check_line(line, line[1] == host->mark ? host : mcu);
	}
	require(host->seen == host->len);
	require(mcu->seen == mcu->len);
}

int fuzz_one(const u8 *data, size_t len)
{
	struct side host = { .mark = '>', .fed = malloc(len) };
	struct side mcu = { .mark = '<', .fed = malloc(len) };
	struct input in = { data, len };
	struct decode decode;
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	require(host.fed && mcu.fed && memory);
	decode_init(&decode, memory);
	feed(&decode, &host, &mcu, &in);
	require(!fclose(memory));
	check_text(text, &host, &mcu);
	free(text);
	free(host.fed);
	free(mcu.fed);

	return 0;
}
