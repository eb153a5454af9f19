// SPDX-License-Identifier: GPL-2.0-only
/* Tests of descriptions that are damaged, old, or from a file */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "lvm-scan.h"
#include "lvm.h"

static const struct qv_options by_default;

/* Descriptions that make no sense */

static void test_nonsense(const char *text, const char *why)
{
	char name[100];
	struct qv *qv;

	begin(1);
	linear("good", 1, 1);
	lvm_text_lv("bad", true, 1);
	lvm_text_segment(0, 3, "%s", text);
	qv = scan(lvm_text_end());
	snprintf(name, sizeof(name), "refused: %s", why);
	ktap_check(fails(qv_find(qv, "vg1/bad"), QV_ERR_DAMAGED, why) &&
		   is_from(qv_find(qv, "vg1/good"), 0, 0, place_of(1)), name);
	qv_free(qv);
}

static void test_segments(u64 first, u64 second, unsigned int should, const char *why)
{
	char name[100];
	struct qv *qv;

	begin(1);
	lvm_text_lv("bad", true, should);
	lvm_text_segment(first, 2, "type = \"zero\"");
	lvm_text_segment(second, 2, "type = \"zero\"");
	qv = scan(lvm_text_end());
	snprintf(name, sizeof(name), "segments: %s", why ?: "in any order");
	if (why)
		ktap_check(fails(qv_find(qv, "vg1/bad"), QV_ERR_DAMAGED, why), name);
	else
		ktap_check(qv_find(qv, "vg1/bad")->dev, name);
	qv_free(qv);
}

static void test_broken(void)
{
	test_nonsense("foo = 1", "the segment makes no sense");
	test_nonsense("type = \"striped\"", "whole stripes");
	test_nonsense("type = \"striped\"\nstripe_count = 2\nstripe_size = 8\n"
		      "stripes = [\"pv0\", 0, \"pv1\", 0]", "whole stripes");
	test_nonsense("type = \"striped\"\nstripe_count = 3\nstripe_size = 3\n"
		      "stripes = [\"pv0\", 0, \"pv1\", 0, \"pv0\", 1]", "size of its stripes");
	test_nonsense("type = \"striped\"\nstripe_count = 3\nstripes = [\"pv0\", 0]",
		      "size of its stripes");
	test_nonsense("type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", 98]",
		      "beyond the end");
	test_nonsense("type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", -1]",
		      "no list of extents");
	test_nonsense("type = \"striped\"\nstripe_count = 1\nstripes = [1, \"pv0\"]",
		      "no list of extents");
	test_nonsense("type = \"striped\"\nstripe_count = 1\nstripes = [\"pv7\", 1]",
		      "volume that is not there");
	test_nonsense("type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\"]",
		      "what it lies on");
	test_nonsense("type = \"raid1\"\nraids = [\"a\"]", "what it lies on");
	test_nonsense("type = \"raid1\"\nraids = [\"a\", \"good\"]", "shorter than it");
	test_nonsense("type = \"mirror\"\nmirrors = [\"good\", 0]", "what it lies on");
	test_segments(2, 0, 2, NULL);
	test_segments(0, 3, 2, "a gap or overlap at extent 2");
	test_segments(0, 1, 2, "a gap or overlap at extent 2");
	test_segments(1, 3, 2, "a gap or overlap at extent 0");
	test_segments(0, 2, 3, "should have 3 segments");
}

static void test_broken_group(void)
{
	struct qv *qv;

	begin(1);
	linear("lv1", 0, 1);
	linear("lv1", 1, 1);
	qv = scan(lvm_text_end());
	ktap_check(qv_find(qv, "vg1")->state == QV_NOT_READABLE &&
		   strstr(qv_find(qv, "vg1")->why, "described twice") && !qv_find(qv, "vg1/lv1"),
		   "a volume that is described twice");
	qv_free(qv);

	lvm_text_begin("vg1", GROUP_ID, 1, 0);
	qv = scan(lvm_text_end());
	ktap_check(!qv_find(qv, "vg1") && is_noted(qv, "md0", "have no length"),
		   "extents of no length");
	qv_free(qv);

	lvm_text_begin("vg1", GROUP_ID, 1, EXTENT);
	lvm_text_pv("pv0", "short", 1, 1, 1);
	qv = scan(lvm_text_end());
	ktap_check(!qv_find(qv, "vg1") && is_noted(qv, "md0", "pv0 makes no sense"),
		   "a physical volume without an identifier");
	qv_free(qv);
}

/* Returns its path. */
static const char *write_file(const void *bytes, size_t len)
{
	static char path[32];
	int fd;

	snprintf(path, sizeof(path), "/tmp/test-lvm-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		ktap_check(false, "a temporary file");
	close(fd);

	return path;
}

/* Damaged labels and areas */

static struct qv *scan_image(struct lvm_image *image)
{
	struct qv *qv = qv_new();

	lvm_image_add(qv, image, 0);
	qv_lvm_scan(qv, &by_default);

	return qv;
}

static void begin_one(unsigned int sequence)
{
	lvm_text_begin("vg1", GROUP_ID, sequence, EXTENT);
	lvm_text_pv("pv0", PV0, PV_SECTORS, START, COUNT);
	linear("lv1", sequence, 1);
}

static void test_damage(void)
{
	struct lvm_image image = lvm_image_new(PV0, PV_SECTORS * QV_SECTOR, AREA);
	struct qv *qv;

	begin_one(1);
	lvm_image_commit(&image, lvm_text_end());
	begin_one(2);
	lvm_image_commit(&image, lvm_text_end());
	image.bytes[LVM_AREA + 100] ^= 1;
	qv = scan_image(&image);
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(2)) &&
		   warns(qv_find(qv, "vg1"), "generation 2 is read in its place") &&
		   is_noted(qv, "md0", "header of the metadata area is damaged"),
		   "the header is damaged: the newest text is used");
	qv_free(qv);

	image.bytes[QV_SECTOR + 100] ^= 1;
	qv = scan_image(&image);
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(2)) &&
		   is_noted(qv, "md0", "label of the physical volume is damaged"),
		   "the label is damaged too: there is only one that it can be");
	qv_free(qv);
	image.bytes[QV_SECTOR + 100] ^= 1;
	image.bytes[LVM_AREA + 100] ^= 1;

	image.bytes[LVM_AREA + 512 + (image.next - 512) / 2 + 20] ^= 1;
	qv = scan_image(&image);
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(1)) &&
		   warns(qv_find(qv, "vg1/lv1"), "generation 1 is read in its place") &&
		   is_noted(qv, "md0", "is number 1"), "the text is damaged: an older one is used");
	qv_free(qv);
	free(image.bytes);
}

static void test_damaged_label_of_two(void)
{
	struct lvm_image image = lvm_image_new(PV0, PV_SECTORS * QV_SECTOR, AREA);
	struct qv *qv;

	begin(1);
	linear("lv1", 1, 1);
	lvm_image_commit(&image, lvm_text_end());
	image.bytes[QV_SECTOR + 100] ^= 1;
	qv = scan_image(&image);
	ktap_check(fails(qv_find(qv, "vg1/lv1"), QV_ERR_INCOMPLETE, "pv0 is missing"),
		   "a damaged label is not guessed at");
	qv_free(qv);
	free(image.bytes);
}

/* A file does not tell which of two devices without a label it is about. */
static void test_two_damaged_labels(void)
{
	struct lvm_image image = lvm_image_new(PV0, PV_SECTORS * QV_SECTOR, AREA);
	struct qv_options options = { };
	struct qv *qv = qv_new();
	const char *text;

	begin_one(1);
	text = lvm_text_end();
	options.vgtext = write_file(text, strlen(text));
	image.bytes[QV_SECTOR + 100] ^= 1;
	lvm_image_add(qv, &image, 0);
	lvm_image_add(qv, &image, 1);
	qv_lvm_scan(qv, &options);
	ktap_check(fails(qv_find(qv, "vg1/lv1"), QV_ERR_INCOMPLETE, "pv0 is missing"),
		   "two devices with damaged labels");
	qv_free(qv);
	unlink(options.vgtext);
	free(image.bytes);
}

/* Options */

static struct qv *scan_options(const struct lvm_image *image, const struct qv_options *options,
			       int expected, const char *name)
{
	struct qv *qv = qv_new();
	int ret;

	lvm_image_add(qv, image, 0);
	ret = qv_lvm_scan(qv, options);
	ktap_check(ret == expected, name);
	if (ret != expected)
		ktap_remark("error", qv_error_text(qv));

	return qv;
}

static void test_generation(void)
{
	struct lvm_image image = lvm_image_new(PV0, PV_SECTORS * QV_SECTOR, AREA);
	struct qv_options options = { .generation = 12 };
	const struct qv_item *group;
	struct qv *qv;

	for (unsigned int i = 11; i <= 13; i++) {
		begin_one(i);
		lvm_image_commit(&image, lvm_text_end());
	}
	qv = scan_options(&image, &options, 0, "an older generation");
	group = qv_find(qv, "vg1");
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(12)), "it is read");
	ktap_check(group->group.sequence == 12 && group->group.num_generations == 3 &&
		   group->group.generations[0] == 13 && group->group.generations[2] == 11,
		   "all generations are told");
	qv_free(qv);
	options.generation = 10;
	qv = scan_options(&image, &options, -QV_ERR_NOT_FOUND, "a generation that is not there");
	ktap_check(strstr(qv_error_text(qv), "no generation 10; there is: 13, 11, 12"),
		   "it says which there are");
	qv_free(qv);

	/* As vgremove leaves it. */
	memset(image.bytes + LVM_AREA + 40, 0, 24);
	lvm_image_seal_area(&image);
	options.generation = 0;
	qv = scan_options(&image, &options, 0, "a group that was removed");
	ktap_check(!qv_find(qv, "vg1") && is_noted(qv, "md0", "until generation 13"),
		   "it is not there, but could be");
	qv_free(qv);
	options.generation = 13;
	qv = scan_options(&image, &options, 0, "a generation of a group that was removed");
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(13)), "it is read");
	qv_free(qv);
	free(image.bytes);
}

static void test_vgtext(void)
{
	struct lvm_image image = lvm_image_new(PV0, PV_SECTORS * QV_SECTOR, AREA);
	struct lvm_image other = lvm_image_new(PV0, PV_SECTORS * QV_SECTOR, AREA);
	struct qv_options options = { };
	const char *text;
	struct qv *qv;

	begin_one(11);
	text = lvm_text_end();
	lvm_image_commit(&other, text);
	options.vgtext = write_file(text, strlen(text));
	begin_one(12);
	lvm_image_commit(&image, lvm_text_end());
	qv = scan_options(&image, &options, 0, "a description from a file");
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(11)) &&
		   qv_find(qv, "vg1/lv1")->state == QV_READABLE &&
		   !strcmp(qv_find(qv, "vg1")->group.text, options.vgtext), "it is used");
	qv_free(qv);

	memset(image.bytes + LVM_AREA, 0, AREA);
	qv = scan_options(&image, &options, 0, "a description from a file, and none on the disk");
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(11)), "it is used");
	qv_free(qv);
	unlink(options.vgtext);

	begin_one(14);
	lvm_image_commit(&other, lvm_text_end());
	options.vgtext = write_file(other.bytes + LVM_AREA, AREA);
	qv = scan_options(&image, &options, 0, "a copy of a metadata area");
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(14)), "it is used");
	qv_free(qv);
	options.generation = 11;
	qv = scan_options(&image, &options, 0, "an older generation in a copy");
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(11)), "it is used");
	qv_free(qv);
	options.generation = 7;
	qv_free(scan_options(&image, &options, -QV_ERR_NOT_FOUND, "one that is not in the copy"));
	unlink(options.vgtext);

	options.generation = 0;
	options.vgtext = write_file(other.bytes, 65536);
	qv = scan_options(&image, &options, 0, "a copy of the beginning of a physical volume");
	ktap_check(is_from(qv_find(qv, "vg1/lv1"), 0, 0, place_of(14)), "it is used");
	qv_free(qv);
	unlink(options.vgtext);
	free(image.bytes);
	free(other.bytes);
}

static void test_bad_vgtext(void)
{
	struct lvm_image image = lvm_image_new(PV0, PV_SECTORS * QV_SECTOR, AREA);
	struct qv_options options = { .vgtext = "/nonexistent" };
	struct qv *qv;

	qv = scan_options(&image, &options, -QV_ERR_SOURCE, "a file that is not there");
	ktap_check(strstr(qv_error_text(qv), "cannot open /nonexistent"), "it is named");
	qv_free(qv);
	options.vgtext = "/";
	qv_free(scan_options(&image, &options, -QV_ERR_SOURCE, "a directory"));
	options.vgtext = write_file("vg1 {\nid = 3\n", 13);
	qv = scan_options(&image, &options, -QV_ERR_DAMAGED, "a file that is no description");
	ktap_check(strstr(qv_error_text(qv), "line 3: a section has no end"), "it says where");
	qv_free(qv);
	unlink(options.vgtext);
	options.vgtext = write_file("", 0);
	qv_free(scan_options(&image, &options, -QV_ERR_DAMAGED, "an empty file"));
	unlink(options.vgtext);
	free(image.bytes);
}

int main(void)
{
	ktap_begin();
	test_broken();
	test_broken_group();
	test_damage();
	test_damaged_label_of_two();
	test_two_damaged_labels();
	test_generation();
	test_vgtext();
	test_bad_vgtext();

	return ktap_end();
}
