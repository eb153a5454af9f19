// SPDX-License-Identifier: GPL-2.0-only
/* Small volume groups, and what is found in them, for tests */

#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "lvm-scan.h"
#include "lvm.h"
#include "qv.h"

/* Where an extent of a physical volume is. */
u64 place_of(u64 extent)
{
	return (START + extent * EXTENT) * QV_SECTOR;
}

/* A text with two physical volumes. */
void begin(unsigned int sequence)
{
	lvm_text_begin("vg1", GROUP_ID, sequence, EXTENT);
	lvm_text_pv("pv0", PV0, PV_SECTORS, START, COUNT);
	lvm_text_pv("pv1", PV1, PV_SECTORS, START, COUNT);
}

/* Adds a volume that lies on the first of them. */
void linear(const char *name, u64 extent, u64 count)
{
	lvm_text_lv(name, true, 1);
	lvm_text_segment(0, count,
			 "type = \"striped\"\nstripe_count = 1\nstripes = [\n\"pv0\", %llu\n]",
			 extent);
}

/* Adds a physical volume, with a text or without. */
void add_disk(struct qv *qv, const char *id, const char *text, u8 number)
{
	struct lvm_image image = lvm_image_new(id, PV_SECTORS * QV_SECTOR, AREA);

	if (text)
		lvm_image_commit(&image, text);
	lvm_image_add(qv, &image, number);
	free(image.bytes);
}

/* Scans the first, the second, or both. */
struct qv *scan_with(const char *text, bool first, bool second)
{
	struct qv *qv = qv_new();

	if (first)
		add_disk(qv, PV0, text, 0);
	if (second)
		add_disk(qv, PV1, text, 1);
	if (qv_lvm_scan(qv, &(struct qv_options){ }))
		ktap_remark("error", qv_error_text(qv));

	return qv;
}

struct qv *scan(const char *text)
{
	return scan_with(text, true, true);
}

/* Is what is at a place of a volume that of a place of a physical one? */
bool is_from(const struct qv_item *item, u64 start, u8 number, u64 place)
{
	u8 word[8];

	return item && item->dev && !qv_dev_read(item->dev, word, sizeof(word), start) &&
	       qv_le64(word) == lvm_image_word(number, place);
}

/* It cannot be read, for that reason. */
bool fails(const struct qv_item *item, enum qv_error error, const char *why)
{
	if (item && item->state == QV_NOT_READABLE && item->error == error && !item->dev &&
	    strstr(item->why, why))
		return true;

	ktap_remark("why", item ? item->why ?: "readable" : "not found");

	return false;
}

/* It can be read, with that warning. */
bool warns(const struct qv_item *item, const char *why)
{
	if (item && item->state == QV_READABLE_WARNING && !item->error && strstr(item->why, why))
		return true;

	ktap_remark("why", item ? item->why ?: "readable" : "not found");

	return false;
}

bool is_noted(const struct qv *qv, const char *place, const char *text)
{
	for (size_t i = 0; i < qv_num_remarks(qv); i++) {
		if (!strcmp(qv_remark(qv, i).place, place) && strstr(qv_remark(qv, i).text, text))
			return true;
	}
	for (size_t i = 0; i < qv_num_remarks(qv); i++)
		ktap_remark(qv_remark(qv, i).place, qv_remark(qv, i).text);

	return false;
}
