// SPDX-License-Identifier: GPL-2.0-only
/* Settings of faults by chance: see setting.h. */

#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "setting.h"

static const char no_such_kind[] =
	"one of flip lose noise twice late split refuse8 refuse9 silence restart reset babble";

/* Returns what is behind the kind's name and the mark, NULL if there is no such kind. */
static const char *parse_kind(const char *text, char mark, enum seeded_kind *kind)
{
	const char *end = strchrnul(text, mark);

	if (!seeded_find(text, end - text, kind))
		return NULL;

	return *end ? end + 1 : end;
}

/**
 * setting_seed() - parse a seed and begin anew with it
 * @seeded: the faults
 * @text: a number
 *
 * Return: what is wrong, or NULL.
 */
const char *setting_seed(struct seeded *seeded, const char *text)
{
	long seed;

	if (!number_parse(text, 0, INT64_MAX, &seed))
		return "a seed is a number from 0";
	seeded_seed(seeded, seed);

	return NULL;
}

/**
 * setting_fault() - parse how often a kind of fault strikes
 * @seeded: the faults
 * @text: KIND=PERCENT
 *
 * Return: what is wrong, or NULL.
 */
const char *setting_fault(struct seeded *seeded, const char *text)
{
	enum seeded_kind kind;
	const char *percent = parse_kind(text, '=', &kind);

	if (!percent)
		return no_such_kind;
	if (!number_parse_percent(percent, &seeded->odds[kind]))
		return "a fault is KIND=PERCENT, 0 to 100";

	return NULL;
}

/**
 * setting_fault_time() - parse the time that belongs to a kind of fault
 * @seeded: the faults
 * @text: KIND=MS
 *
 * Return: what is wrong, or NULL.
 */
const char *setting_fault_time(struct seeded *seeded, const char *text)
{
	enum seeded_kind kind;
	const char *ms = parse_kind(text, '=', &kind);

	if (!ms)
		return no_such_kind;
	if (!number_parse_ms(ms, &seeded->time[kind]))
		return "the time of a fault is KIND=MS, in milliseconds";

	return NULL;
}

/**
 * setting_fault_nth() - parse which frame a fault strikes
 * @seeded: the faults
 * @text: KIND:N or KIND:N:BYTE
 *
 * Return: what is wrong, or NULL.
 */
const char *setting_fault_nth(struct seeded *seeded, const char *text)
{
	static const char usage[] = "which frame is KIND:N or KIND:N:BYTE";
	unsigned long nth, byte = 0;
	enum seeded_kind kind;
	const char *number = parse_kind(text, ':', &kind);
	char *end;

	if (!number)
		return no_such_kind;
	nth = strtoul(number, &end, 10);
	if (end == number || nth > INT32_MAX)
		return usage;
	if (*end == ':') {
		number = end + 1;
		byte = strtoul(number, &end, 10);
	}
	if (*end || end == number || byte > UINT8_MAX)
		return usage;
	seeded_set_nth(seeded, kind, nth, byte);

	return NULL;
}
