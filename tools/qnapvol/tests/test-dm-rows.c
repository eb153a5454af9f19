// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the rows of a table of device mapper */

#include <string.h>

#include "dm-rows.h"
#include "ktap.h"
#include "memory.h"
#include "qv.h"
#include "shuffled.h"

#define CHUNK	4096
#define CHUNKS	8

static const u32 places[CHUNKS] = { 5, 6, SHUFFLED_ZERO, SHUFFLED_ZERO, 1, SHUFFLED_BAD, 2, 3 };

static const char wanted[] =
	"0 16 linear below 40\n"
	"16 16 zero\n"
	"32 8 linear below 8\n"
	"40 8 error\n"
	"48 16 linear below 16\n";

static const char *name_below(const struct qv_dev *below, void *data)
{
	return data ? qv_dev_name(below) : NULL;
}

static void test_table(struct qv_dev *dev)
{
	struct dm_rows rows = { .max = 5 };
	char text[4096] = "";
	FILE *file = fmemopen(text, sizeof(text), "w");

	ktap_check(dm_rows_make(&rows, dev) == DM_GOOD && rows.num == 5, "rows");
	ktap_check(rows.bad == CHUNK, "what cannot be read");
	ktap_check(!dm_rows_print(&rows, name_below, NULL, file), "not without a name");
	rewind(file);
	ktap_check(dm_rows_print(&rows, name_below, text, file), "a table");
	fclose(file);
	ktap_check(!strcmp(text, wanted), "is as it should be");
	dm_rows_free(&rows);
}

static enum dm_result make(struct qv_dev *dev, size_t max)
{
	struct dm_rows rows = { .max = max };
	enum dm_result result = dm_rows_make(&rows, dev);

	dm_rows_free(&rows);

	return result;
}

int main(void)
{
	struct qv *qv = qv_new();
	struct qv_dev *below, *dev;

	ktap_begin();
	below = memory_new(qv, NULL, CHUNK * CHUNKS, "below");
	dev = shuffled_new(below, CHUNK, places, CHUNKS, CHUNK * CHUNKS);
	test_table(dev);
	ktap_check(make(dev, 4) == DM_TOO_MANY, "too many rows");
	ktap_check(make(qv_slice_new(dev, 0, 1000, "short"), 9) == DM_UNALIGNED,
		   "the end is not at a sector");
	ktap_check(make(qv_slice_new(below, 100, 1024, "shifted"), 9) == DM_UNALIGNED,
		   "nor is the beginning below");
	qv_free(qv);

	return ktap_end();
}
