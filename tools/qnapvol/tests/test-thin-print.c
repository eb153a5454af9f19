// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the metadata of a pool in the form that thin_restore takes */

#include <string.h>

#include "ktap.h"
#include "thin-print.h"

#define BLOCKS	100

static const struct qv_thin_device devices[] = {
	{ .id = 1, .mapped = 9, .transaction = 1, .creation_time = 0, .snapshotted_time = 2 },
	{ .id = 7, .mapped = 1, .transaction = 2, .creation_time = 2, .snapshotted_time = 2 },
};

static const struct qv_mapping mappings[] = {
	{ .chunk = 0, .block = 10, .count = 3, .time = 0 },
	{ .chunk = 3, .block = 0, .count = 1, .time = 3 },
	{ .chunk = 5, .block = 40, .count = 5, .time = 1, .zeroed = true },
	{ .chunk = 1000000, .block = 99, .count = 1, .time = 0 },
};

static const struct qv_mapping outside = { .chunk = 50, .block = 99, .count = 2 };

#define SUPERBLOCK	\
	"<superblock uuid='' time='3' transaction='5' version='2' data_block_size='1024' nr_data_blocks='100'>\n"

static const char wanted[] =
	SUPERBLOCK
	"  <device dev_id='1' mapped_blocks='5' transaction='1' creation_time='0' snap_time='2'>\n"
	"    <range_mapping origin_begin='0' data_begin='10' length='3' time='0'/>\n"
	"    <single_mapping origin_block='3' data_block='0' time='3'/>\n"
	"    <single_mapping origin_block='1000000' data_block='99' time='0'/>\n"
	"  </device>\n"
	"  <device dev_id='7' mapped_blocks='0' transaction='2' creation_time='2' snap_time='2'>\n"
	"  </device>\n"
	"</superblock>\n";

/* As wanted, but for the kind of quotes. */
static bool is_wanted(char *text)
{
	for (char *quote = text; (quote = strchr(quote, '"'));)
		*quote = '\'';

	return !strcmp(text, wanted);
}

static bool damaged;
static bool beyond;

static int list_devices(const struct qv_item *pool, qv_thin_device_fn fn, void *data)
{
	(void)pool;

	return fn(&devices[0], data) ?: fn(&devices[1], data);
}

static int list_mappings(const struct qv_item *pool, u32 device, qv_mapping_fn fn, void *data)
{
	int ret = 0;

	(void)pool;
	for (size_t i = 0; i < sizeof(mappings) / sizeof(*mappings) && device == 1 && !ret; i++)
		ret = fn(&mappings[i], data);
	if (!ret && device == 7 && beyond)
		ret = fn(&outside, data);
	if (!ret && device == 7 && damaged)
		ret = -QV_ERR_DAMAGED;

	return ret;
}

static void check(bool skip_bad, int prepared, const char *name)
{
	struct qv_item pool = { .pool = { .transaction = 5, .chunk = 524288 } };
	struct thin_print print = {
		.pool = &pool, .num_blocks = BLOCKS, .devices = list_devices,
		.mappings = list_mappings, .skip_bad = skip_bad,
	};
	char text[4096] = "";
	FILE *file;
	bool good = thin_print_prepare(&print) == prepared;

	if (good && !prepared) {
		file = fmemopen(text, sizeof(text), "w");
		good = !thin_print_write(&print, file) && !fclose(file) && is_wanted(text);
		good = good && print.zeroed == 5 && print.damaged == damaged &&
		       print.outside == (beyond ? 2 : 0);
	}
	if (!good)
		ktap_remark("text", text);
	ktap_check(good, name);
	thin_print_free(&print);
}

int main(void)
{
	ktap_begin();
	check(false, 0, "a pool");
	damaged = true;
	check(false, -QV_ERR_DAMAGED, "a damaged one is refused");
	check(true, 0, "but not on request");
	damaged = false;
	beyond = true;
	check(false, -QV_ERR_DAMAGED, "mappings beyond the end of the pool are refused");
	check(true, 0, "and left out on request");

	return ktap_end();
}
