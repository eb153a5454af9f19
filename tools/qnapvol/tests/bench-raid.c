// SPDX-License-Identifier: GPL-2.0-only
/*
 * How fast arrays are read, whole and degraded: make tests/bench-raid && tests/bench-raid
 *
 * The members are in memory, so this is what the library itself takes.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "memory.h"
#include "raid.h"

#define MEMBER	(65536 << 10)
#define CHUNK	(512 << 10)
#define READ	(1024 << 10)
#define DISKS	6

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void measure(struct qv *qv, struct qv_dev *const *devs, int level, u32 layout,
		    unsigned int missing)
{
	struct qv_raid_member members[DISKS] = { };
	const struct qv_raid_geometry geometry = { level, layout, CHUNK, DISKS, true, members };
	static u8 buf[READ];
	struct qv_dev *array;
	double start;

	for (u32 i = 0; i < DISKS; i++) {
		members[i].size = MEMBER;
		members[i].end = MEMBER;
		members[i].dev = i < missing ? NULL : devs[i];
	}
	array = qv_raid_new(qv, &geometry, "array");
	start = now();
	for (u64 place = 0; place < array->size; place += READ)
		qv_dev_read(array, buf, READ, place);
	printf("level %2d of %d, %u missing: %5.0f MB/s\n", level, DISKS, missing,
	       array->size / 1e6 / (now() - start));
}

int main(void)
{
	struct qv *qv = qv_new();
	struct qv_dev *devs[DISKS];

	for (int i = 0; i < DISKS; i++) {
		devs[i] = memory_new(qv, NULL, MEMBER, "member");
		for (size_t j = 0; j < MEMBER; j++)
			memory_bytes(devs[i])[j] = j * 2654435761u >> (8 + i);
	}
	measure(qv, devs, 0, 1, 0);
	measure(qv, devs, 1, 0, 0);
	measure(qv, devs, 10, 0x102, 0);
	measure(qv, devs, 10, 0x102, 1);
	for (unsigned int missing = 0; missing <= 1; missing++)
		measure(qv, devs, 5, 2, missing);
	for (unsigned int missing = 0; missing <= 2; missing++)
		measure(qv, devs, 6, 2, missing);
	qv_free(qv);

	return 0;
}
