// SPDX-License-Identifier: GPL-2.0-only
/* Fuzz target: mapfiles of interrupted dumps */

#include "dump-map.h"
#include "fuzz.h"

static void check(const struct dump_map *map)
{
	require(map->num && map->size && map->runs[map->num - 1].end == map->size);
	for (size_t i = 1; i < map->num; i++)
		require(map->runs[i].end > map->runs[i - 1].end &&
			map->runs[i].status != map->runs[i - 1].status);
	require(dump_map_sum(map, DUMP_TODO) + dump_map_sum(map, DUMP_DONE) +
		dump_map_sum(map, DUMP_BAD) == map->size);
}

/* What is written is read again as it was. */
static void write_and_read(const struct dump_map *map, const char *identity)
{
	char again[DUMP_IDENTITY_MAX], *text;
	struct dump_map copy;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	require(file && !dump_map_write(map, identity, file) && !fclose(file));
	file = fmemopen(text, len, "r");
	require(file && !dump_map_read(&copy, again, file));
	fclose(file);
	require(copy.size == map->size && copy.num == map->num &&
		!memcmp(copy.runs, map->runs, map->num * sizeof(*map->runs)));
	require(!*identity || !strcmp(identity, again));
	dump_map_free(&copy);
	free(text);
}

int fuzz_one(const u8 *data, size_t size)
{
	char identity[DUMP_IDENTITY_MAX];
	FILE *file = size ? fmemopen((void *)data, size, "r") : NULL;
	struct dump_map map;

	if (!file)
		return 0;
	if (!dump_map_read(&map, identity, file)) {
		check(&map);
		write_and_read(&map, identity);
		dump_map_set(&map, map.size / 3, map.size / 2, DUMP_BAD);
		check(&map);
		dump_map_replace(&map, DUMP_BAD, DUMP_TODO);
		check(&map);
	}
	fclose(file);
	dump_map_free(&map);

	return 0;
}
