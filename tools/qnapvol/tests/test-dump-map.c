// SPDX-License-Identifier: GPL-2.0-only
/* Tests of a dump's mapfile, against a plain array with a state for each byte */

#include <stdlib.h>
#include <string.h>

#include "dump-map.h"
#include "ktap.h"

#define SIZE	300
#define ROUNDS	20000

static const enum dump_status all[] = { DUMP_TODO, DUMP_DONE, DUMP_BAD };

static bool is_like(const struct dump_map *map, const char *model)
{
	u64 start = 0;

	for (size_t i = 0; i < map->num; start = map->runs[i].end, i++) {
		if (map->runs[i].end <= start ||
		    (i && map->runs[i].status == map->runs[i - 1].status))
			return false;
		for (u64 at = start; at < map->runs[i].end; at++) {
			if (at >= SIZE || model[at] != (char)map->runs[i].status)
				return false;
		}
	}

	return start == SIZE;
}

static u64 count(const char *model, char status)
{
	u64 sum = 0;

	for (size_t i = 0; i < SIZE; i++)
		sum += model[i] == status;

	return sum;
}

static bool is_found(const struct dump_map *map, const char *model, u64 place)
{
	u64 start = place, end, got_end, got;

	while (start < SIZE && model[start] != DUMP_TODO)
		start++;
	for (end = start; end < SIZE && model[end] == DUMP_TODO;)
		end++;
	got = dump_map_find(map, place, DUMP_TODO, &got_end);

	return got == start && got_end == end;
}

static void test_random(struct dump_map *map, char *model)
{
	bool good = true, sums = true, found = true;

	memset(model, DUMP_TODO, SIZE);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		const u64 start = rand() % SIZE;
		const u64 len = rand() % (rand() % 4 ? 9 : SIZE - start) % (SIZE - start + 1);
		const enum dump_status status = all[rand() % 3];

		good = good && !dump_map_set(map, start, len, status);
		memset(model + start, status, len);
		good = good && is_like(map, model);
		sums = sums && dump_map_sum(map, status) == count(model, status);
		found = found && is_found(map, model, rand() % (SIZE + 1));
	}
	ktap_check(good, "ranges as in an array");
	ktap_check(sums, "sums as in an array");
	ktap_check(found, "what is to do is found as in an array");
}

static void test_file(const struct dump_map *map, const char *model)
{
	char text[65536] = "", identity[DUMP_IDENTITY_MAX];
	FILE *file = fmemopen(text, sizeof(text), "w");
	struct dump_map got;

	ktap_check(!dump_map_write(map, "vg1/lv1, 300 bytes", file) && !fclose(file),
		   "a mapfile is written");
	file = fmemopen(text, strlen(text), "r");
	ktap_check(!dump_map_read(&got, identity, file) && is_like(&got, model) &&
		   got.size == SIZE, "and read again");
	ktap_check(!strcmp(identity, "vg1/lv1, 300 bytes"), "and knows what it belongs to");
	fclose(file);
	dump_map_free(&got);
}

static void test_copy(struct dump_map *map, char *model)
{
	struct dump_map copy;

	ktap_check(!dump_map_copy(&copy, map) && is_like(&copy, model), "a map is copied");
	dump_map_replace(&copy, DUMP_BAD, DUMP_TODO);
	ktap_check(is_like(map, model), "and the copy is one of its own");
	for (size_t i = 0; i < SIZE; i++)
		model[i] = model[i] == DUMP_BAD ? DUMP_TODO : model[i];
	ktap_check(is_like(&copy, model), "a state is replaced");
	ktap_check(!dump_map_set(&copy, 3, 1, DUMP_BAD), "and the copy can grow");
	dump_map_free(&copy);
}

static bool is_taken(const char *text)
{
	char identity[DUMP_IDENTITY_MAX];
	struct dump_map map;
	FILE *file = fmemopen((void *)text, strlen(text), "r");
	const bool good = !dump_map_read(&map, identity, file);

	fclose(file);
	if (good)
		dump_map_free(&map);

	return good && !map.runs;
}

/* With its command line, which can be long. */
static void test_comment(void)
{
	char text[4000];

	snprintf(text, sizeof(text), "#%3900s\n0 ? 1\n0 5 +\n", "x");
	ktap_check(is_taken(text), "a long comment");
}

static void test_others(void)
{
	ktap_check(is_taken("# x\n0 ? 1\n0 5 +\n5 0x10 *\n0x15 1 -\n"), "ddrescue's are read");
	ktap_check(!is_taken("0 ?\n0 5 +\n6 1 -\n"), "not with a gap");
	ktap_check(!is_taken("0 ?\n0 5 +\n4 2 -\n"), "not with an overlap");
	ktap_check(!is_taken("0 ?\n1 5 +\n"), "not if the beginning is missing");
	ktap_check(!is_taken("0 ?\n0 5 x\n"), "not with an unknown state");
	ktap_check(!is_taken("0 ?\n0 0 +\n"), "not with a range of no length");
	ktap_check(!is_taken("0 ?\n0 -5 +\n"), "not with a negative length");
	ktap_check(!is_taken("0 ?\n0 0x7fffffffffffffff +\n0x7fffffffffffffff 1 +\n"),
		   "not beyond all numbers");
	ktap_check(!is_taken("0 ?\n"), "not without ranges");
	ktap_check(!is_taken("#\n"), "not if it is empty");
	ktap_check(!is_taken("0 ?\nhello\n"), "not something else");
}

int main(void)
{
	char model[SIZE];
	struct dump_map map;

	ktap_begin();
	srand(1);
	ktap_check(!dump_map_init(&map, SIZE) && dump_map_sum(&map, DUMP_TODO) == SIZE,
		   "nothing is done at first");
	test_random(&map, model);
	test_file(&map, model);
	test_copy(&map, model);
	dump_map_free(&map);
	test_comment();
	test_others();

	return ktap_end();
}
