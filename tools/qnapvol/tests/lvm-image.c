// SPDX-License-Identifier: GPL-2.0-only
/* Physical volumes of LVM in memory, for tests */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lvm-image.h"
#include "qv.h"

#define LABEL	QV_SECTOR
#define HEADER	(LABEL + 32)
#define AREAS	(HEADER + 40)

static void put32(u8 *to, u32 number)
{
	for (int i = 0; i < 4; i++)
		to[i] = number >> 8 * i;
}

static void put64(u8 *to, u64 number)
{
	put32(to, number);
	put32(to + 4, number >> 32);
}

/* The checksum of the label. */
void lvm_image_seal_label(struct lvm_image *image)
{
	put32(image->bytes + LABEL + 16, qv_lvm_crc(image->bytes + LABEL + 20, QV_SECTOR - 20));
}

/* The checksum of the header of the metadata area. */
void lvm_image_seal_area(struct lvm_image *image)
{
	u8 *header = image->bytes + LVM_AREA;

	put32(header, qv_lvm_crc(header + 4, QV_SECTOR - 4));
}

static void write_label(struct lvm_image *image, const char *id)
{
	u8 *bytes = image->bytes;

	memcpy(bytes + LABEL, "LABELONE\1\0\0\0\0\0\0\0", 16);
	put32(bytes + LABEL + 20, 32);
	memcpy(bytes + LABEL + 24, "LVM2 001", 8);
	for (u8 *to = bytes + HEADER; *id; id++) {
		if (*id != '-')
			*to++ = *id;
	}
	put64(bytes + HEADER + 32, image->device_size);
	put64(bytes + AREAS, LVM_AREA + image->area_size);
	put64(bytes + AREAS + 32, LVM_AREA);
	put64(bytes + AREAS + 40, image->area_size);
	put32(bytes + AREAS + 64, 1);
	lvm_image_seal_label(image);
}

/* The identifier has dashes. There is no text yet. The bytes are to be freed. */
struct lvm_image lvm_image_new(const char *id, u64 device_size, size_t area_size)
{
	struct lvm_image image = {
		.bytes = calloc(1, LVM_AREA + area_size),
		.size = LVM_AREA + area_size,
		.device_size = device_size,
		.area_size = area_size,
		.next = QV_SECTOR,
	};
	u8 *header = image.bytes + LVM_AREA;

	write_label(&image, id);
	memcpy(header + 4, " LVM2 x[5A%r0N*>", 16);
	put32(header + 20, 1);
	put64(header + 24, LVM_AREA);
	put64(header + 32, area_size);
	lvm_image_seal_area(&image);

	return image;
}

/* Writes a text where LVM would: from the next sector on, around the end of the area. */
void lvm_image_commit(struct lvm_image *image, const char *text)
{
	u8 *area = image->bytes + LVM_AREA;
	const size_t len = strlen(text) + 1;
	size_t at = image->next;

	put64(area + 40, at);
	put64(area + 48, len);
	put32(area + 56, qv_lvm_crc(text, len));
	lvm_image_seal_area(image);
	for (size_t i = 0; i < len; i++) {
		area[at++] = text[i];
		if (at == image->area_size)
			at = QV_SECTOR;
	}
	at = (at + QV_SECTOR - 1) / QV_SECTOR * QV_SECTOR;
	image->next = at == image->area_size ? QV_SECTOR : at;
}

/* A device that has the metadata, and then words that tell where they are */

struct patterned {
	struct qv_dev dev;
	u8 number;
	size_t size;
	u8 *bytes;
};

static int patterned_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	const struct patterned *patterned = (struct patterned *)dev;
	u8 *to = buf;

	for (; len; len--, start++, to++) {
		if (start < patterned->size)
			*to = patterned->bytes[start];
		else
			*to = lvm_image_word(patterned->number, start) >> start % 8 * 8;
	}

	return 0;
}

static void patterned_free(struct qv_dev *dev)
{
	free(((struct patterned *)dev)->bytes);
}

static const struct qv_dev_ops patterned_ops = {
	.read = patterned_read,
	.free = patterned_free,
};

/* Adds it to a set, as if it were an array with that number. */
struct qv_item *lvm_image_add(struct qv *qv, const struct lvm_image *image, u8 number)
{
	struct qv_item *item = qv_item_new(qv, QV_ITEM_ARRAY, NULL, "md%u", number);
	struct patterned *patterned = qv_dev_new(qv, sizeof(*patterned), &patterned_ops,
						 image->device_size, "md%u", number);

	patterned->number = number;
	patterned->size = image->size;
	patterned->bytes = malloc(image->size);
	memcpy(patterned->bytes, image->bytes, image->size);
	qv_item_set_dev(item, &patterned->dev);

	return item;
}

/* Texts */

#define TEXT_MAX	65536

static char text[TEXT_MAX];
static size_t text_len;
static bool in_lvs;
static unsigned int in_lv;

static void add_va(const char *format, va_list arguments)
{
	text_len += vsnprintf(text + text_len, TEXT_MAX - text_len, format, arguments);
}

static void __printf(1, 2) add(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_va(format, arguments);
	va_end(arguments);
}

void lvm_text_begin(const char *group, const char *id, unsigned int sequence,
		    unsigned int extent_size)
{
	text_len = 0;
	in_lvs = false;
	in_lv = 0;
	add("%s {\nid = \"%s\"\nseqno = %u\nformat = \"lvm2\"\n", group, id, sequence);
	add("status = [\"READ\", \"WRITE\"]\nflags = []\n");
	add("extent_size = %u\nmax_lv = 0\nmax_pv = 0\nmetadata_copies = 0\n\n", extent_size);
	add("physical_volumes {\n\n");
}

void lvm_text_pv(const char *name, const char *id, u64 sectors, u64 start, u64 count)
{
	add("%s {\nid = \"%s\"\ndevice = \"/dev/drbd1\"\n\n", name, id);
	add("status = [\"ALLOCATABLE\"]\nflags = []\ndev_size = %llu\npe_start = %llu\n", sectors,
	    start);
	add("pe_count = %llu\n}\n\n", count);
}

static void close_lv(void)
{
	if (in_lv)
		add("}\n\n");
	in_lv = 0;
}

void lvm_text_lv(const char *name, bool visible, unsigned int num_segments)
{
	if (!in_lvs)
		add("}\n\nlogical_volumes {\n\n");
	in_lvs = true;
	close_lv();
	in_lv = 1;
	add("%s {\nid = \"xxxxxx-xxxx-xxxx-xxxx-xxxx-xxxx-xxxxxx\"\n", name);
	add("status = [\"READ\", \"WRITE\"%s]\nflags = []\ncreation_time = 1234567890\n",
	    visible ? ", \"VISIBLE\"" : "");
	add("creation_host = \"NAS\"\nsegment_count = %u\n\n", num_segments);
}

void lvm_text_segment(u64 start, u64 count, const char *format, ...)
{
	va_list arguments;

	add("segment%u {\nstart_extent = %llu\nextent_count = %llu\n\n", in_lv++, start, count);
	va_start(arguments, format);
	add_va(format, arguments);
	va_end(arguments);
	add("\n}\n");
}

const char *lvm_text_end(void)
{
	close_lv();
	add("}\n}\n# Generated by LVM2 version 2.02.138\n\n");
	add("contents = \"Text Format Volume Group\"\nversion = 1\n\ndescription = \"\"\n\n");
	add("creation_host = \"NAS\"\t# Linux NAS\ncreation_time = 1234567890\n\n");

	return text;
}
