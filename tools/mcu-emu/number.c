// SPDX-License-Identifier: GPL-2.0-only
/* Numbers out of text: see number.h. */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "mcu.h"
#include "number.h"
#include "prng.h"

#define MS_MAX 1e9

/**
 * number_parse() - parse a decimal number
 * @text: the text
 * @min: smallest number allowed
 * @max: largest
 * @value: where to put it
 *
 * Return: false if the text is anything else.
 */
bool number_parse(const char *text, long min, long max, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(text, &end, 10);

	return !errno && end != text && !*end && *value >= min && *value <= max;
}

/**
 * number_parse_ms() - parse a time in milliseconds, with or without a fraction
 * @text: the text
 * @nanoseconds: where to put it
 *
 * Return: false if the text is anything else, or more than eleven days.
 */
bool number_parse_ms(const char *text, u64 *nanoseconds)
{
	char *end;
	double ms;

	ms = strtod(text, &end);
	if (end == text || *end || !(ms >= 0 && ms <= MS_MAX))
		return false;
	*nanoseconds = ms * NSEC_PER_MSEC;

	return true;
}

/**
 * number_parse_percent() - parse a percentage, with or without a fraction
 * @text: the text
 * @odds: where to put it, as odds of %PRNG_CERTAIN
 *
 * Return: false if the text is anything else, or more than 100.
 */
bool number_parse_percent(const char *text, u64 *odds)
{
	char *end;
	double percent;

	percent = strtod(text, &end);
	if (end == text || *end || !(percent >= 0 && percent <= 100))
		return false;
	*odds = percent / 100 * PRNG_CERTAIN;

	return true;
}

static int digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';

	return tolower((unsigned char)c) - 'a' + 10;
}

/**
 * number_parse_hex() - parse two hexadecimal digits
 * @text: the text, which may go on behind them
 * @byte: where to put the number
 *
 * Return: false if they are anything else.
 */
bool number_parse_hex(const char *text, u8 *byte)
{
	if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]))
		return false;
	*byte = digit(text[0]) << 4 | digit(text[1]);

	return true;
}
