// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the types of segments */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "lvm-scan.h"
#include "lvm.h"

static const struct qv_options by_default;

static void test_unsupported(const char *type)
{
	char name[64];
	struct qv *qv;

	begin(1);
	lvm_text_lv("lv1", true, 1);
	lvm_text_segment(0, 1, "type = \"%s\"\nfoo = 1", type);
	qv = scan(lvm_text_end());
	snprintf(name, sizeof(name), "type %s is named", type);
	ktap_check(fails(qv_find(qv, "vg1/lv1"), QV_ERR_UNSUPPORTED, type), name);
	qv_free(qv);
}

static void test_cache(void)
{
	struct qv *qv;

	begin(1);
	lvm_text_lv("cached", true, 1);
	lvm_text_segment(0, 2, "type = \"flashcache\"\nwhatever = 3");
	lvm_text_lv("cached_fcorig", false, 1);
	lvm_text_segment(0, 2, "type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", 9]");
	lvm_text_lv("named", true, 1);
	lvm_text_segment(0, 1, "type = \"qcache\"\nmy_origin = \"cached_fcorig\"");
	lvm_text_lv("short", true, 1);
	lvm_text_segment(0, 3, "type = \"qcache\"\nmy_origin = \"cached_fcorig\"");
	lvm_text_lv("stock", true, 1);
	lvm_text_segment(0, 1, "type = \"cache\"\norigin = \"cached_fcorig\"");
	qv = scan(lvm_text_end());
	ktap_check(warns(qv_find(qv, "vg1/cached"), "SSD cache (flashcache)") &&
		   is_from(qv_find(qv, "vg1/cached"), 0, 0, place_of(9)),
		   "a cache reads as what is below it, with a warning");
	ktap_check(warns(qv_find(qv, "vg1/named"), "SSD cache (qcache)") &&
		   is_from(qv_find(qv, "vg1/named"), 0, 0, place_of(9)),
		   "a type that is not known with a key that is like an origin");
	ktap_check(fails(qv_find(qv, "vg1/short"), QV_ERR_UNSUPPORTED, "qcache"),
		   "not if what is below is too short");
	ktap_check(fails(qv_find(qv, "vg1/stock"), QV_ERR_UNSUPPORTED, "vg1/cached_fcorig has"),
		   "the cache of stock LVM");
	qv_free(qv);
}

static void put_cache(u8 *at, u32 state)
{
	const u8 super[] = { 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 2, 0, 0,
			     state, state >> 8, state >> 16, state >> 24 };

	memcpy(at, super, sizeof(super));
}

/* The extents begin in what the test can write to. */
static struct qv *scan_cache(u32 state)
{
	struct lvm_image image = lvm_image_new(PV0, PV_SECTORS * QV_SECTOR, AREA);
	struct qv *qv = qv_new();

	lvm_text_begin("vg1", GROUP_ID, 1, EXTENT);
	lvm_text_pv("pv0", PV0, PV_SECTORS, 200, COUNT);
	lvm_text_lv("lv1", true, 1);
	lvm_text_segment(0, 1, "type = \"flashcache\"\norigin = \"orig\"\nssd = [\"ssd\"]");
	linear("orig", 99, 1);
	linear("ssd", 0, 1);
	lvm_image_commit(&image, lvm_text_end());
	put_cache(image.bytes + 200 * QV_SECTOR, state);
	lvm_image_add(qv, &image, 0);
	free(image.bytes);
	qv_lvm_scan(qv, &by_default);

	return qv;
}

static void test_cache_state(void)
{
	struct qv *qv = scan_cache(0xdeadbeef);

	ktap_check(warns(qv_find(qv, "vg1/lv1"), "vg1/ssd has blocks that were not written"),
		   "a cache that says that it is dirty");
	qv_free(qv);

	qv = scan_cache(0xfacecafe);
	ktap_check(qv_find(qv, "vg1/lv1")->state == QV_READABLE &&
		   is_noted(qv, "vg1/lv1", "says that all was written"),
		   "a cache that says that it is clean");
	qv_free(qv);
}

/* The cache is in a group of its own, which comes last. */
static void test_cache_in_other_group(void)
{
	struct lvm_image image = lvm_image_new(PV1, PV_SECTORS * QV_SECTOR, AREA);
	struct qv *qv = qv_new();

	lvm_text_begin("vg1", GROUP_ID, 1, EXTENT);
	lvm_text_pv("pv0", PV0, PV_SECTORS, START, COUNT);
	lvm_text_lv("tp1", false, 1);
	lvm_text_segment(0, 1, "type = \"tier-thin-pool\"");
	lvm_text_lv("tp1_tierdata_2", false, 1);
	lvm_text_segment(0, 1, "type = \"flashcache\"\norigin = \"orig\"");
	linear("orig", 9, 1);
	add_disk(qv, PV0, lvm_text_end(), 0);
	lvm_text_begin("vg256", OTHER_ID, 1, EXTENT);
	lvm_text_pv("pv0", PV1, PV_SECTORS, 200, COUNT);
	linear("lv256", 0, 1);
	lvm_image_commit(&image, lvm_text_end());
	put_cache(image.bytes + 200 * QV_SECTOR, 0xdeadbeef);
	lvm_image_add(qv, &image, 1);
	free(image.bytes);
	qv_lvm_scan(qv, &(struct qv_options){ });
	ktap_check(warns(qv_find(qv, "vg1/tp1_tierdata_2"), "vg256/lv256 says that there is any"),
		   "a cache in a group of its own");
	qv_free(qv);
}

static void test_snapshot(void)
{
	const struct qv_item *snapshot;
	struct qv *qv;

	begin(1);
	linear("lv1", 3, 1);
	linear("snap", 4, 1);
	lvm_text_lv("snapshot0", true, 1);
	lvm_text_segment(0, 1, "type = \"snapshot\"\nchunk_size = 8\norigin = \"lv1\"\n"
			 "cow_store = \"snap\"");
	qv = scan(lvm_text_end());
	ktap_check(qv_find(qv, "vg1/lv1")->state == QV_READABLE &&
		   is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(3)), "a volume with a snapshot");
	snapshot = qv_find(qv, "vg1/snap");
	ktap_check(fails(snapshot, QV_ERR_UNSUPPORTED, "read vg1/lv1") &&
		   snapshot->volume.snapshot && !snapshot->volume.hidden &&
		   !strcmp(snapshot->volume.type, "snapshot") &&
		   !strcmp(snapshot->volume.origin, "vg1/lv1"), "the snapshot");
	ktap_check(qv_find(qv, "vg1/snapshot0")->volume.hidden, "what belongs to what is hidden");
	qv_free(qv);
}

int main(void)
{
	static const char *const unsupported[] = {
		"raid5", "raid6_zr", "cache", "cache-pool", "vdo", "writecache", "something"
	};

	ktap_begin();
	for (size_t i = 0; i < sizeof(unsupported) / sizeof(*unsupported); i++)
		test_unsupported(unsupported[i]);
	test_cache();
	test_cache_state();
	test_cache_in_other_group();
	test_snapshot();

	return ktap_end();
}
