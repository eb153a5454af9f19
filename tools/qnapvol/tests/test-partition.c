// SPDX-License-Identifier: GPL-2.0-only
/* Tests of partition tables: GPT with both block sizes and its copy, MBR with logical partitions */

#include <stdio.h>
#include <string.h>

#include "crc32.h"
#include "ktap.h"
#include "memory.h"
#include "partition.h"

#define DISK_SIZE	(4 * 1024 * 1024)
#define NUM_ENTRIES	8
#define ENTRY_SIZE	128

static void put32(u8 *to, u32 number)
{
	for (int i = 0; i < 4; i++)
		to[i] = number >> (8 * i);
}

static void put64(u8 *to, u64 number)
{
	put32(to, number);
	put32(to + 4, number >> 32);
}

static void put_entry(u8 *entries, unsigned int i, u64 first, u64 last)
{
	u8 *entry = entries + i * ENTRY_SIZE;

	memset(entry, 0x11, 32);
	put64(entry + 32, first);
	put64(entry + 40, last);
}

/* Writes a header at @block whose entries are at @entries; all in blocks of @size. */
static void put_gpt(u8 *disk, u64 block, u64 entries, u32 size)
{
	u8 *header = disk + block * size;

	memcpy(header, "EFI PART", 8);
	put32(header + 8, 0x10000);
	put32(header + 12, 92);
	put64(header + 24, block);
	put64(header + 72, entries);
	put32(header + 80, NUM_ENTRIES);
	put32(header + 84, ENTRY_SIZE);
	put32(header + 88, qv_crc32(0, disk + entries * size, NUM_ENTRIES * ENTRY_SIZE));
	put32(header + 16, 0);
	put32(header + 16, qv_crc32(0, header, 92));
}

static void make_gpt(u8 *disk, u32 size)
{
	const u64 last = DISK_SIZE / size - 1;

	memset(disk, 0, DISK_SIZE);
	put_entry(disk + 2 * size, 0, 40, 99);
	put_entry(disk + 2 * size, 2, 100, 299);
	memcpy(disk + (last - 8) * size, disk + 2 * size, NUM_ENTRIES * ENTRY_SIZE);
	put_gpt(disk, 1, 2, size);
	put_gpt(disk, last, last - 8, size);
}

static bool has(const struct qv_partitions *table, unsigned int i, unsigned int number, u64 start,
		u64 size)
{
	const struct qv_partition *part = &table->part[i];

	return i < table->num && part->number == number && part->start == start &&
	       part->size == size;
}

static void read_table(struct qv *qv, const u8 *disk, struct qv_partitions *table)
{
	qv_partitions_read(memory_new(qv, disk, DISK_SIZE, "disk"), table);
}

static bool is_gpt(const struct qv_partitions *table, u32 size)
{
	return table->scheme && !strcmp(table->scheme, "gpt") && table->num == 2 &&
	       has(table, 0, 1, 40 * size, 60 * size) && has(table, 1, 3, 100 * size, 200 * size);
}

static void test_gpt(struct qv *qv, u8 *disk, u32 size)
{
	struct qv_partitions table;
	char name[64];

	make_gpt(disk, size);
	read_table(qv, disk, &table);
	snprintf(name, sizeof(name), "gpt with blocks of %u", size);
	ktap_check(is_gpt(&table, size), name);

	disk[size + 40] ^= 1;
	read_table(qv, disk, &table);
	snprintf(name, sizeof(name), "copy of a damaged gpt with blocks of %u", size);
	ktap_check(is_gpt(&table, size) && qv_num_remarks(qv), name);

	make_gpt(disk, size);
	disk[2 * size + 33] ^= 1;
	read_table(qv, disk, &table);
	snprintf(name, sizeof(name), "copy of damaged entries with blocks of %u", size);
	ktap_check(is_gpt(&table, size), name);

	disk[DISK_SIZE - size] ^= 1;
	read_table(qv, disk, &table);
	snprintf(name, sizeof(name), "no gpt if both are damaged, blocks of %u", size);
	ktap_check(!table.scheme && !table.num, name);
}

static void test_gpt_beyond(struct qv *qv, u8 *disk)
{
	struct qv_partitions table;

	make_gpt(disk, 512);
	put_entry(disk + 1024, 1, DISK_SIZE / 512 - 1, DISK_SIZE / 512);
	put_entry(disk + 1024, 3, UINT64_MAX / 512 + 2, UINT64_MAX / 512 + 3);
	put_entry(disk + 1024, 4, 200, 100);
	put_gpt(disk, 1, 2, 512);
	read_table(qv, disk, &table);
	ktap_check(table.num == 3 && !table.part[0].cut && !table.part[2].cut,
		   "a partition that ends before it begins is none, nor one beyond all numbers");
	ktap_check(table.part[1].number == 2 && table.part[1].cut,
		   "a partition beyond the end is cut");
}

/* Master Boot Record */

static void put_mbr_entry(u8 *disk, u64 sector, unsigned int i, u8 type, u32 first, u32 num)
{
	u8 *entry = disk + sector * 512 + 446 + i * 16;

	memset(entry, 0, 16);
	entry[4] = type;
	put32(entry + 8, first);
	put32(entry + 12, num);
	disk[sector * 512 + 510] = 0x55;
	disk[sector * 512 + 511] = 0xaa;
}

static void make_mbr(u8 *disk)
{
	memset(disk, 0, DISK_SIZE);
	put_mbr_entry(disk, 0, 0, 0x83, 63, 100);
	put_mbr_entry(disk, 0, 1, 0x05, 1000, 2000);
	put_mbr_entry(disk, 0, 3, 0xfd, 200, 50);
	put_mbr_entry(disk, 1000, 0, 0x83, 10, 20);
	put_mbr_entry(disk, 1000, 1, 0x05, 500, 100);
	put_mbr_entry(disk, 1500, 0, 0x83, 5, 30);
}

static void test_mbr(struct qv *qv, u8 *disk)
{
	struct qv_partitions table;

	make_mbr(disk);
	read_table(qv, disk, &table);
	ktap_check(table.scheme && !strcmp(table.scheme, "mbr") && table.num == 4 &&
		   has(&table, 0, 1, 63 * 512, 100 * 512), "mbr");
	ktap_check(has(&table, 1, 5, 1010 * 512, 20 * 512) &&
		   has(&table, 2, 6, 1505 * 512, 30 * 512), "logical partitions");
	ktap_check(has(&table, 3, 4, 200 * 512, 50 * 512), "what follows an extended partition");

	put_mbr_entry(disk, 1500, 1, 0x05, 0, 100);
	read_table(qv, disk, &table);
	ktap_check(table.num > 3 && table.num <= QV_PARTITIONS_MAX, "a circle of tables ends");
}

static void test_no_mbr(struct qv *qv, u8 *disk)
{
	struct qv_partitions table;

	make_mbr(disk);
	disk[446] = 0x13;
	read_table(qv, disk, &table);
	ktap_check(!table.scheme, "a boot sector of a file system is no table");

	make_mbr(disk);
	disk[511] = 0;
	read_table(qv, disk, &table);
	ktap_check(!table.scheme, "without the signature there is no table");

	memset(disk, 0, DISK_SIZE);
	read_table(qv, disk, &table);
	ktap_check(!table.scheme && !table.num, "zeros are no table");
}

static void test_unreadable(struct qv *qv, u8 *disk)
{
	struct qv_partitions table;
	struct qv_dev *dev;

	make_gpt(disk, 512);
	dev = memory_new(qv, disk, DISK_SIZE, "bad disk");
	memory_set_bad(dev, 0, 4096);
	qv_partitions_read(dev, &table);
	ktap_check(is_gpt(&table, 512), "the copy if the first sectors cannot be read");
}

int main(void)
{
	static u8 disk[DISK_SIZE];
	struct qv *qv = qv_new();

	ktap_begin();
	test_gpt(qv, disk, 512);
	test_gpt(qv, disk, 4096);
	test_gpt_beyond(qv, disk);
	test_mbr(qv, disk);
	test_no_mbr(qv, disk);
	test_unreadable(qv, disk);
	qv_free(qv);

	return ktap_end();
}
