// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: numbers that look random, and are the same for the same seed (SplitMix64) */

#include "gen.h"

static u64 state;

void random_seed(u64 seed)
{
	state = seed;
}

u64 random_number(void)
{
	u64 number = state += 0x9e3779b97f4a7c15;

	number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
	number = (number ^ number >> 27) * 0x94d049bb133111eb;

	return number ^ number >> 31;
}

u64 random_below(u64 limit)
{
	return random_number() % limit;
}

void random_bytes(void *buf, size_t len)
{
	u8 *bytes = buf;
	u64 number;
	size_t part;

	for (; len; len -= part, bytes += part) {
		number = random_number();
		part = len < sizeof(number) ? len : sizeof(number);
		memcpy(bytes, &number, part);
	}
}

/* An identifier of LVM, without the dashes. */
void random_id(char *id)
{
	static const char letters[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (int i = 0; i < ID_SIZE - 1; i++)
		id[i] = letters[random_below(sizeof(letters) - 1)];
	id[ID_SIZE - 1] = '\0';
}
