// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz target of md: members are cut out of the input, assembled and read
 *
 * The first byte says how many members there are, the second where their superblocks go. Their
 * checksums are made right, as the fuzzer would not find them.
 */

#include "fuzz.h"
#include "md-array.h"
#include "memory.h"

#define SUPER1_CSUM	216
#define SUPER1_MAX_DEV	220
#define SUPER1_PLACE	144
#define SUPER0_CSUM	152
#define MAGIC		0xa92b4efc
#define READ_MAX	(3 << 20)
#define FIRST		40000

static void put32(u8 *p, u32 number)
{
	for (int i = 0; i < 4; i++)
		p[i] = number >> (8 * i);
}

static u32 sum(const u8 *bytes, size_t size)
{
	u64 sum = 0;
	size_t i;

	for (i = 0; i + 4 <= size; i += 4)
		sum += qv_le32(bytes + i);
	if (i < size)
		sum += qv_le16(bytes + i);

	return sum + (sum >> 32);
}

static void repair1(u8 *bytes, size_t size, size_t at)
{
	u8 *super = bytes + at;
	u32 max_dev;

	if (at > size || size - at < 256 + 2 * 384 || qv_le32(super) != MAGIC)
		return;

	put32(super + SUPER1_PLACE, at / QV_SECTOR);
	put32(super + SUPER1_PLACE + 4, 0);
	max_dev = qv_le32(super + SUPER1_MAX_DEV) % 384;
	put32(super + SUPER1_MAX_DEV, max_dev);
	put32(super + SUPER1_CSUM, 0);
	put32(super + SUPER1_CSUM, sum(super, 256 + 2 * max_dev));
}

static void repair0(u8 *bytes, size_t size)
{
	u8 *super = bytes + size / 65536 * 65536 - 65536;

	if (size < 2 * 65536 || qv_le32(super) != MAGIC)
		return;

	put32(super + SUPER0_CSUM, 0);
	put32(super + SUPER0_CSUM, sum(super, 4096));
}

/* The input is too short for a place at the end: it begins with the superblock then. */
static void add_member(struct qv *qv, const u8 *data, size_t size, unsigned int form,
		       unsigned int number)
{
	struct qv_item *item = qv_item_new(qv, QV_ITEM_SOURCE, NULL, "disk%u", number);
	const size_t whole = form == 3 ? 4 * 65536 : 16384 + size;
	struct qv_dev *dev = memory_new(qv, NULL, whole, item->name);
	u8 *bytes = memory_bytes(dev);
	size_t at = 0;

	if (form == 0)
		at = (whole / QV_SECTOR - 16) / 8 * 8 * QV_SECTOR;
	else if (form == 2)
		at = 4096;
	else if (form == 3)
		at = whole - 65536;
	memcpy(bytes + at, data, size < whole - at ? size : whole - at);
	if (form == 3)
		repair0(bytes, whole);
	else
		repair1(bytes, whole, at);
	qv_item_set_dev(item, dev);
	if (number == 1)
		memory_set_bad(dev, 8192, 512);
}

static void look(struct qv_dev *dev, u64 start)
{
	static u8 buf[READ_MAX];
	struct qv_extent extent;

	if (start >= dev->size)
		return;

	qv_dev_read(dev, buf, dev->size - start < READ_MAX ? dev->size - start : READ_MAX, start);
	qv_dev_read(dev, buf, dev->size - start < 777 ? dev->size - start : 777, start);
	require(!qv_dev_extent(dev, start, UINT64_MAX, &extent));
	require(extent.start == start && extent.length && extent.length <= dev->size - start);
}

int fuzz_one(const u8 *data, size_t size)
{
	const struct qv_item *item;
	unsigned int num, form;
	struct qv *qv;

	if (size < 3)
		return 0;

	num = 1 + data[0] % 4;
	form = data[1] % 4;
	data += 2;
	size -= 2;
	qv = qv_new();
	for (unsigned int i = 0; i < num; i++)
		add_member(qv, data + size / num * i, size / num, form, i);
	qv_md_scan(qv);
	for (item = qv_items(qv); item; item = qv_next(item)) {
		if (item->kind != QV_ITEM_ARRAY || !item->dev)
			continue;
		for (u64 start = 0; start < FIRST; start += 3000)
			look(item->dev, start);
		look(item->dev, item->dev->size / 2);
		look(item->dev, item->dev->size - 1);
	}
	qv_free(qv);

	return 0;
}
