// SPDX-License-Identifier: GPL-2.0-only
/* Fuzz target: mapfiles of ddrescue, beside a source */

#include <stdint.h>

#include "fuzz.h"
#include "rescue-map.h"

/* Mapfiles have signed numbers. */
#define END	((u64)INT64_MAX + 1)

/* The runs alternate, and end where a mapfile can end at most. */
static void walk(const struct qv_rescue_map *map)
{
	bool good, last = false;
	u64 start, len;

	for (start = 0; start < END; start += len) {
		len = qv_rescue_map_run(map, start, END - start, &good);
		require(len && len <= END - start && (!start || good != last));
		require(qv_rescue_map_has(map, start, len) == good);
		require(start + len == END || !qv_rescue_map_has(map, start, len + 1));
		last = good;
	}
}

int fuzz_one(const u8 *data, size_t size)
{
	struct qv_rescue_map map = { };
	FILE *file = size ? fmemopen((void *)data, size, "r") : NULL;

	if (!file)
		return 0;
	if (!qv_rescue_map_read(&map, file))
		walk(&map);
	fclose(file);
	qv_rescue_map_free(&map);

	return 0;
}
