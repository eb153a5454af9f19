/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzz targets have in common: taking the input apart, and saying what is wrong. */

#ifndef _FUZZ_H
#define _FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

/**
 * struct input - what is left of the fuzzer's input
 * @data: the bytes
 * @len: how many
 */
struct input {
	const u8 *data;
	size_t len;
};

/* Ends the run: libFuzzer then keeps the input. */
#define require(condition)							\
	do {									\
		if (!(condition)) {						\
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__,	\
				__LINE__, #condition);				\
			abort();						\
		}								\
	} while (0)

/* An input that is too short goes on with zeroes. */
static inline u8 take_byte(struct input *in)
{
	if (!in->len)
		return 0;
	in->len--;

	return *in->data++;
}

/* A copy of its own, so that the sanitizer sees the first byte that is read or written outside. */
static inline u8 *exact_copy(const u8 *data, size_t len)
{
	u8 *copy = malloc(len);

	require(copy);
	memcpy(copy, data, len);

	return copy;
}

static inline u8 *take_bytes(struct input *in, size_t len)
{
	u8 *bytes = malloc(len);
	size_t i;

	require(bytes);
	for (i = 0; i < len; i++)
		bytes[i] = take_byte(in);

	return bytes;
}

int fuzz_one(const u8 *data, size_t len);

#endif /* _FUZZ_H */
