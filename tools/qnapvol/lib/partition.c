// SPDX-License-Identifier: GPL-2.0-only
/*
 * Partition tables: GPT, with its copy at the end of the disk, and MBR with logical partitions
 *
 * Tables count in logical blocks. A disk of an image file does not say how large these are: a GPT
 * is looked for at 512 and at 4096 bytes.
 */

#include <stdlib.h>
#include <string.h>

#include "crc32.h"
#include "partition.h"

#define GPT_SIGNATURE		"EFI PART"
#define GPT_HEADER_MIN		92
#define GPT_ENTRY_MIN		128
#define GPT_ENTRY_MAX		4096
#define GPT_ENTRIES_MAX		1024

#define MBR_SIGNATURE		0xaa55
#define MBR_TABLE		446
#define MBR_ENTRIES		4
#define MBR_ENTRY_SIZE		16
#define MBR_TYPE_EXTENDED	0x05
#define MBR_TYPE_EXTENDED_LBA	0x0f
#define MBR_TYPE_EXTENDED_LINUX	0x85
#define MBR_TYPE_PROTECTIVE	0xee
#define MBR_FIRST_LOGICAL	5

/* Chains of logical partitions have been seen to be circles. */
#define MBR_LOGICAL_MAX		64

/* Takes the partition, also if it is not inside the disk. Its numbers are in blocks. */
static void add(struct qv_partitions *table, const struct qv_dev *disk, unsigned int number,
		u64 first, u64 blocks, u32 block_size)
{
	struct qv_partition *part = &table->part[table->num];

	if (!blocks || table->num == QV_PARTITIONS_MAX ||
	    __builtin_mul_overflow(first, block_size, &part->start) ||
	    __builtin_mul_overflow(blocks, block_size, &part->size))
		return;
	part->cut = !qv_inside(part->start, part->size, disk->size);
	if (part->cut)
		qv_note(disk->qv, QV_WARNING, disk->name,
			"partition %u reaches beyond the end of the disk: is the image complete?",
			number);
	part->number = number;
	table->num++;
}

/* GUID Partition Table */

struct gpt {
	u32 block_size;
	u64 entries_start;
	u32 num_entries;
	u32 entry_size;
	u32 entries_crc;
};

/* Returns false if there is no sound header. */
static bool gpt_read_header(struct qv_dev *disk, u64 block, u32 block_size, struct gpt *gpt)
{
	u8 header[QV_SECTOR];
	u32 size, crc;

	if (qv_dev_read(disk, header, sizeof(header), block * block_size) ||
	    memcmp(header, GPT_SIGNATURE, strlen(GPT_SIGNATURE)))
		return false;

	size = qv_le32(header + 12);
	crc = qv_le32(header + 16);
	if (size < GPT_HEADER_MIN || size > sizeof(header))
		return false;
	memset(header + 16, 0, 4);
	if (qv_crc32(0, header, size) != crc || qv_le64(header + 24) != block)
		return false;

	gpt->block_size = block_size;
	gpt->num_entries = qv_le32(header + 80);
	gpt->entry_size = qv_le32(header + 84);
	gpt->entries_crc = qv_le32(header + 88);

	return !__builtin_mul_overflow(qv_le64(header + 72), block_size, &gpt->entries_start) &&
	       gpt->num_entries && gpt->num_entries <= GPT_ENTRIES_MAX &&
	       gpt->entry_size >= GPT_ENTRY_MIN && gpt->entry_size <= GPT_ENTRY_MAX;
}

static void gpt_add_entries(struct qv_dev *disk, const struct gpt *gpt, const u8 *entries,
			    struct qv_partitions *table)
{
	static const u8 unused[16];
	const u8 *entry = entries;
	u64 first, last;
	u32 i;

	for (i = 0; i < gpt->num_entries; i++, entry += gpt->entry_size) {
		first = qv_le64(entry + 32);
		last = qv_le64(entry + 40);
		if (memcmp(entry, unused, sizeof(unused)) && last >= first)
			add(table, disk, i + 1, first, last - first + 1, gpt->block_size);
	}
}

/* Returns false if there is no table with a sound header and sound entries. */
static bool gpt_read(struct qv_dev *disk, u64 block, u32 block_size, struct qv_partitions *table)
{
	bool good = false;
	struct gpt gpt;
	size_t len;
	u8 *entries;

	if (!gpt_read_header(disk, block, block_size, &gpt))
		return false;

	len = (size_t)gpt.num_entries * gpt.entry_size;
	entries = malloc(len);
	if (entries && !qv_dev_read(disk, entries, len, gpt.entries_start))
		good = qv_crc32(0, entries, len) == gpt.entries_crc;
	if (good)
		gpt_add_entries(disk, &gpt, entries, table);
	free(entries);

	return good;
}

static bool gpt_find(struct qv_dev *disk, struct qv_partitions *table)
{
	static const u32 block_sizes[] = { 512, 4096 };
	u32 size;

	for (size_t i = 0; i < sizeof(block_sizes) / sizeof(*block_sizes); i++) {
		size = block_sizes[i];
		if (disk->size < 3 * size)
			continue;
		if (gpt_read(disk, 1, size, table))
			return true;
		if (gpt_read(disk, disk->size / size - 1, size, table)) {
			qv_note(disk->qv, QV_WARNING, disk->name,
				"the partition table is damaged, its copy at the end is used");
			return true;
		}
	}

	return false;
}

/* Master Boot Record */

static bool mbr_read(struct qv_dev *disk, u64 sector, u8 *mbr)
{
	return !qv_dev_read(disk, mbr, QV_SECTOR, sector * QV_SECTOR) &&
	       qv_le16(mbr + QV_SECTOR - 2) == MBR_SIGNATURE;
}

static const u8 *mbr_entry(const u8 *mbr, unsigned int i)
{
	return mbr + MBR_TABLE + i * MBR_ENTRY_SIZE;
}

static bool mbr_is_extended(const u8 *entry)
{
	return entry[4] == MBR_TYPE_EXTENDED || entry[4] == MBR_TYPE_EXTENDED_LBA ||
	       entry[4] == MBR_TYPE_EXTENDED_LINUX;
}

/* Each logical partition has a table of its own: its first entry, and the way to the next. */
static void mbr_add_logical(struct qv_dev *disk, u64 extended, struct qv_partitions *table)
{
	u64 sector = extended;
	u8 mbr[QV_SECTOR];
	const u8 *entry;

	for (unsigned int i = 0; i < MBR_LOGICAL_MAX && mbr_read(disk, sector, mbr); i++) {
		entry = mbr_entry(mbr, 0);
		add(table, disk, MBR_FIRST_LOGICAL + i, sector + qv_le32(entry + 8),
		    qv_le32(entry + 12), QV_SECTOR);
		entry = mbr_entry(mbr, 1);
		if (!mbr_is_extended(entry) || !qv_le32(entry + 12))
			return;
		sector = extended + qv_le32(entry + 8);
	}
}

/* A boot sector of a file system ends alike: its entries make no sense then. */
static bool mbr_makes_sense(const struct qv_dev *disk, const u8 *mbr)
{
	unsigned int used = 0;
	const u8 *entry;

	for (unsigned int i = 0; i < MBR_ENTRIES; i++) {
		entry = mbr_entry(mbr, i);
		if (entry[0] & 0x7f)
			return false;
		if (!entry[4])
			continue;
		if (!qv_le32(entry + 8) || (u64)qv_le32(entry + 8) * QV_SECTOR >= disk->size)
			return false;
		used++;
	}

	return used;
}

static bool mbr_find(struct qv_dev *disk, struct qv_partitions *table)
{
	u8 mbr[QV_SECTOR];
	const u8 *entry;

	if (!mbr_read(disk, 0, mbr) || !mbr_makes_sense(disk, mbr))
		return false;

	for (unsigned int i = 0; i < MBR_ENTRIES; i++) {
		entry = mbr_entry(mbr, i);
		if (mbr_is_extended(entry))
			mbr_add_logical(disk, qv_le32(entry + 8), table);
		else if (entry[4] == MBR_TYPE_PROTECTIVE)
			qv_note(disk->qv, QV_DAMAGE, disk->name,
				"the partition table and its copy are damaged: is the image complete?");
		else if (entry[4])
			add(table, disk, i + 1, qv_le32(entry + 8), qv_le32(entry + 12),
			    QV_SECTOR);
	}

	return true;
}

/*
 * Reads the partition table of a disk. Without one the scheme is NULL: what cannot be read is no
 * partition table.
 */
void qv_partitions_read(struct qv_dev *disk, struct qv_partitions *table)
{
	*table = (struct qv_partitions){ };
	if (gpt_find(disk, table))
		table->scheme = "gpt";
	else if (mbr_find(disk, table))
		table->scheme = "mbr";
}
