// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the view of file systems whose index of directories is by QNAP's hash */

#include <string.h>

#include "ktap.h"
#include "memory.h"

#define SIZE		16384
#define SUPER		1024
#define COMPAT		(SUPER + 0x5c)
#define RO_COMPAT	(SUPER + 0x64)
#define DIR_INDEX	0x20
#define OTHERS		0x1c
#define AROUND		700

/* As mke2fs makes it, then QNAP's mark and the index switched on. */
static void make_ext4(u8 *image)
{
	for (size_t i = 0; i < SIZE; i++)
		image[i] = i * 7;
	memset(image + SUPER, 0, SUPER);
	image[SUPER + 4] = SIZE / 1024;
	image[SUPER + 0x38] = 0x53;
	image[SUPER + 0x39] = 0xef;
	image[COMPAT] = DIR_INDEX | OTHERS;
	image[SUPER + 0x60] = 0x40;
	memcpy(image + SUPER + 0x3fc, "QNAP", 4);
}

static bool is_view_of(struct qv *qv, const u8 *image)
{
	struct qv_dev *dev = memory_new(qv, image, SIZE, "volume");

	return qv_ext_view(qv, dev) != dev;
}

static void test_choice(struct qv *qv)
{
	u8 image[SIZE];

	make_ext4(image);
	ktap_check(is_view_of(qv, image), "view of an index by QNAP's hash");
	image[COMPAT] &= ~DIR_INDEX;
	ktap_check(!is_view_of(qv, image), "no view if the index is off");
	make_ext4(image);
	image[SUPER + 0x3fc] = 'q';
	ktap_check(!is_view_of(qv, image), "no view without the mark");
	make_ext4(image);
	image[RO_COMPAT + 1] = 4;
	ktap_check(!is_view_of(qv, image), "no view with metadata_csum");
	make_ext4(image);
	image[SUPER + 0x38] = 0;
	ktap_check(!is_view_of(qv, image), "no view of another file system");
	memset(image, 0, sizeof(image));
	ktap_check(!is_view_of(qv, image), "no view of nothing");
}

static bool reads_as(struct qv_dev *view, const u8 *image, u64 start, size_t len)
{
	u8 buf[SIZE];

	memset(buf, 0xa5, sizeof(buf));

	return !qv_dev_read(view, buf, len, start) && !memcmp(buf, image + start, len) &&
	       (len == SIZE || buf[len] == 0xa5);
}

/* All ranges that begin and end around the byte that differs, and some others. */
static void test_read(struct qv *qv)
{
	u8 image[SIZE], expected[SIZE];
	struct qv_dev *view;
	bool good = true;

	make_ext4(image);
	view = qv_ext_view(qv, memory_new(qv, image, SIZE, "volume"));
	memcpy(expected, image, SIZE);
	expected[COMPAT] = OTHERS;
	for (u64 start = COMPAT - 5; start <= COMPAT + 5; start++) {
		for (size_t len = 1; len < 12; len++)
			good = good && reads_as(view, expected, start, len);
	}
	ktap_check(good, "reads around the feature");
	ktap_check(reads_as(view, expected, 0, SIZE), "read of all");
	ktap_check(reads_as(view, expected, 0, 1024) && reads_as(view, expected, 4096, 4096),
		   "reads that do not touch it");
	ktap_check(qv_dev_size(view) == SIZE, "size");
}

static void test_extents(struct qv *qv)
{
	struct qv_dev *dev, *view;
	struct qv_extent extent;
	bool good = true;
	u64 place = 0;
	u8 image[SIZE];

	make_ext4(image);
	dev = memory_new(qv, image, SIZE, "volume");
	view = qv_ext_view(qv, dev);
	for (; good && place < SIZE; place += extent.length) {
		good = !qv_dev_extent(view, place, SIZE, &extent) && extent.start == place &&
		       extent.length && extent.kind == QV_EXTENT_DATA && extent.physical == place;
		good = good && extent.below == (place >= 1024 && place < 1536 ? view : dev);
	}
	ktap_check(good && place == SIZE, "extents: the sector that differs is in the view");
	good = !qv_dev_extent(view, AROUND, 10, &extent) && extent.length == 10 &&
	       !qv_dev_extent(view, 1100, 10, &extent) && extent.length == 10;
	ktap_check(good, "extents end where they are to end");
}

int main(void)
{
	struct qv *qv = qv_new();

	ktap_begin();
	test_choice(qv);
	test_read(qv);
	test_extents(qv);
	qv_free(qv);

	return ktap_end();
}
