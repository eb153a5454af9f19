// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz target: volume groups, from labels to what is read
 *
 * The input is what there may be in a physical volume: a byte that chooses options, the label, the
 * header of the metadata area, and the ring of texts. Checksums are made right.
 */

#include <string.h>

#include "fuzz.h"
#include "lvm-label.h"
#include "lvm.h"
#include "memory.h"
#include "qv.h"

#define LABEL_BYTES	160
#define HEADER_BYTES	64
#define DISK_SIZE	65536
#define RING_MAX	(DISK_SIZE - QV_LVM_AREA_START - QV_SECTOR)

#define EXTENTS_MAX	50

static u8 bytes[DISK_SIZE];

static void put32(u8 *to, u32 number)
{
	for (int i = 0; i < 4; i++)
		to[i] = number >> 8 * i;
}

static void seal(void)
{
	u8 *area = bytes + QV_LVM_AREA_START;
	const u64 start = qv_le64(area + 40), len = qv_le64(area + 48);

	put32(bytes + QV_SECTOR + 16, qv_lvm_crc(bytes + QV_SECTOR + 20, QV_SECTOR - 20));
	if (qv_inside(start, len, DISK_SIZE - QV_LVM_AREA_START))
		put32(area + 56, qv_lvm_crc(area + start, len));
	put32(area, qv_lvm_crc(area + 4, QV_SECTOR - 4));
}

static void read_item(struct qv_dev *dev)
{
	struct qv_extent extent;
	u64 start = 0;
	u8 buf[700];

	for (int i = 0; i < EXTENTS_MAX && start < qv_dev_size(dev); i++) {
		require(!qv_dev_extent(dev, start, qv_dev_size(dev), &extent));
		require(extent.start == start && extent.length);
		require(qv_inside(start, extent.length, qv_dev_size(dev)));
		if (extent.kind == QV_EXTENT_DATA)
			require(qv_inside(extent.physical, extent.length,
					  qv_dev_size(extent.below)));
		qv_dev_read(dev, buf, extent.length < sizeof(buf) ? extent.length : sizeof(buf),
			    start);
		start += extent.length;
	}
}

int fuzz_one(const u8 *data, size_t size)
{
	struct qv_options options = { };
	const struct qv_item *item;
	struct qv_item *disk;
	struct qv *qv;

	if (size < 1 + LABEL_BYTES + HEADER_BYTES ||
	    size > 1 + LABEL_BYTES + HEADER_BYTES + RING_MAX)
		return 0;

	if (*data < 16)
		options.generation = *data;
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes + QV_SECTOR, data + 1, LABEL_BYTES);
	memcpy(bytes + QV_LVM_AREA_START, data + 1 + LABEL_BYTES, HEADER_BYTES);
	memcpy(bytes + QV_LVM_AREA_START + QV_SECTOR, data + 1 + LABEL_BYTES + HEADER_BYTES,
	       size - 1 - LABEL_BYTES - HEADER_BYTES);
	seal();
	qv = qv_new();
	disk = qv_item_new(qv, QV_ITEM_SOURCE, NULL, "disk");
	qv_item_set_dev(disk, memory_new(qv, bytes, sizeof(bytes), "disk"));
	qv_lvm_scan(qv, &options);
	for (item = qv_items(qv); item; item = qv_next(item)) {
		require((item->state == QV_NOT_READABLE) == !!item->error);
		require(item->state == QV_READABLE || item->why);
		if (item->dev)
			read_item(item->dev);
	}
	qv_free(qv);

	return 0;
}
