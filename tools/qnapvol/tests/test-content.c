// SPDX-License-Identifier: GPL-2.0-only
/* Tests of what is known of a device by its marks */

#include <stdio.h>
#include <string.h>

#include "ktap.h"
#include "memory.h"

#define SIZE	(256 * 1024)

static u8 disk[SIZE];

static void put(size_t offset, const void *data, size_t len)
{
	memcpy(disk + offset, data, len);
}

static void put32(size_t offset, u32 number)
{
	const u8 bytes[] = { number, number >> 8, number >> 16, number >> 24 };

	put(offset, bytes, sizeof(bytes));
}

static struct qv_content probe(struct qv *qv)
{
	struct qv_content content;

	qv_content_probe(memory_new(qv, disk, SIZE, "disk"), &content);

	return content;
}

/* Begins anew with something everywhere that is no mark. */
static void clear(void)
{
	memset(disk, 0x5c, SIZE);
}

static void test_mark(struct qv *qv, const char *type, enum qv_content_kind kind, size_t offset,
		      const void *mark, size_t len)
{
	struct qv_content content;
	char name[64];

	clear();
	put(offset, mark, len);
	content = probe(qv);
	snprintf(name, sizeof(name), "%s at %zu", type, offset);
	ktap_check(content.kind == kind && !strcmp(content.type, type), name);

	disk[offset] ^= 1;
	content = probe(qv);
	snprintf(name, sizeof(name), "no %s at %zu with another mark", type, offset);
	ktap_check(content.kind == QV_CONTENT_UNKNOWN && !*content.type, name);
}

static void test_marks(struct qv *qv)
{
	test_mark(qv, "LUKS1", QV_CONTENT_LUKS, 0, "LUKS\xba\xbe\0\1", 8);
	test_mark(qv, "LVM2", QV_CONTENT_LVM, 512, "LABELONE", 8);
	test_mark(qv, "LVM2", QV_CONTENT_LVM, 1536, "LABELONE", 8);
	test_mark(qv, "swap", QV_CONTENT_SWAP, 4086, "SWAPSPACE2", 10);
	test_mark(qv, "NTFS", QV_CONTENT_OTHER, 3, "NTFS    ", 8);
	test_mark(qv, "xfs", QV_CONTENT_OTHER, 0, "XFSB", 4);
	test_mark(qv, "btrfs", QV_CONTENT_OTHER, 65600, "_BHRfS_M", 8);
}

/* Feature words and the journal's inode at their places in the superblock. */
static void put_ext(u32 compat, u32 incompat, u32 ro_compat)
{
	clear();
	memset(disk + 1024, 0, 1024);
	put32(1024 + 4, 1000);
	put32(1024 + 0x18, 2);
	put(1024 + 0x38, "\x53\xef", 2);
	put32(1024 + 0x5c, compat);
	put32(1024 + 0x60, incompat);
	put32(1024 + 0x64, ro_compat);
	put(1024 + 0x68, "\x12\x34\x56\x78\x9a\xbc\xde\xf0\1\2\3\4\5\6\7\x8", 16);
	put(1024 + 0x78, "Data\x07Vol", 8);
	put32(1024 + 0xe0, 8);
}

static void test_ext_kinds(struct qv *qv)
{
	struct qv_content content;

	put_ext(0, 0, 0);
	ktap_check(!strcmp(probe(qv).type, "ext2"), "ext2");
	put_ext(0x4, 0, 0);
	ktap_check(!strcmp(probe(qv).type, "ext3"), "ext3");
	put_ext(0x4, 0x40, 0);
	content = probe(qv);
	ktap_check(content.kind == QV_CONTENT_EXT && !strcmp(content.type, "ext4"), "ext4");
	ktap_check(content.size == 4096000 && content.ext.block_size == 4096, "its size");
	ktap_check(!strcmp(content.label, "Data?Vol"), "its label, printable");
	ktap_check(!strcmp(content.uuid, "12345678-9abc-def0-0102-030405060708"), "its UUID");
	ktap_check(!content.ext.qnap && !content.ext.hides_names && !content.ext.needs_recovery &&
		   !content.ext.external_journal, "nothing is special");
	put_ext(0x4, 0xc0, 0);
	put32(1024 + 0x150, 1);
	ktap_check(probe(qv).size == ((1ull << 32) + 1000) * 4096, "more than 16 TiB");
	put32(1024 + 0x18, 9);
	ktap_check(probe(qv).kind == QV_CONTENT_UNKNOWN, "no blocks of 512 KiB");
}

static void test_ext_marks(struct qv *qv)
{
	put_ext(0x4, 0x40, 0);
	put(1024 + 0x3fc, "QNAP", 4);
	ktap_check(probe(qv).ext.qnap && !probe(qv).ext.hides_names, "QNAP's mark");
	put_ext(0x24, 0x44, 0);
	put(1024 + 0x3fc, "QNAP", 4);
	ktap_check(probe(qv).ext.hides_names, "QNAP's hash and dir_index");
	ktap_check(probe(qv).ext.needs_recovery, "a journal to be replayed");
	put_ext(0x24, 0x40, 0x400);
	put(1024 + 0x3fc, "QNAP", 4);
	ktap_check(!probe(qv).ext.qnap && !probe(qv).ext.hides_names,
		   "a checksum that reads QNAP is none of its marks");
	put_ext(0x4, 0x40, 0);
	put32(1024 + 0xe0, 0);
	put32(1024 + 0xd0, 77);
	ktap_check(probe(qv).ext.external_journal, "a journal elsewhere");
	put_ext(0, 0x8, 0);
	ktap_check(probe(qv).kind == QV_CONTENT_UNKNOWN, "a journal is no file system");
}

static void put_flashcache(u32 state)
{
	clear();
	put32(8, 8);
	put32(12, 512);
	put32(16, state);
}

static void test_flashcache(struct qv *qv)
{
	put_flashcache(0xdeadbeef);
	ktap_check(probe(qv).kind == QV_CONTENT_FLASHCACHE && probe(qv).cache_dirty, "dirty cache");
	put_flashcache(0xfacecafe);
	ktap_check(probe(qv).kind == QV_CONTENT_FLASHCACHE && !probe(qv).cache_dirty,
		   "clean cache");
	put_flashcache(0xc8249756);
	ktap_check(probe(qv).cache_dirty, "unstable cache");
	put_flashcache(0xcafefeed);
	ktap_check(probe(qv).cache_dirty, "cache that was removed in a hurry");
	put_flashcache(0xdeadbeee);
	ktap_check(probe(qv).kind == QV_CONTENT_UNKNOWN, "no cache in another state");
	put_flashcache(0xdeadbeef);
	put32(12, 500);
	ktap_check(probe(qv).kind == QV_CONTENT_UNKNOWN, "no cache with odd sets");
}

static void test_zfs_and_drbd(struct qv *qv)
{
	clear();
	put(16384 + 20, "version", 7);
	ktap_check(probe(qv).kind == QV_CONTENT_UNKNOWN, "a word is no ZFS");
	put(16384 + 100, "pool_guid", 9);
	ktap_check(probe(qv).kind == QV_CONTENT_ZFS, "ZFS");

	clear();
	put(SIZE - 4096 + 60, "\x83\x74\x02\x6b", 4);
	ktap_check(probe(qv).drbd, "DRBD at the end");
	put(SIZE - 4096 + 60, "\x83\x74\x02\x6c", 4);
	ktap_check(probe(qv).drbd, "unclean DRBD");
	put(SIZE - 4096 + 60, "\x83\x74\x02\x6d", 4);
	ktap_check(!probe(qv).drbd, "no DRBD with another mark");
}

static void test_blank_and_bad(struct qv *qv)
{
	struct qv_content content;
	struct qv_dev *dev;

	memset(disk, 0, SIZE);
	ktap_check(probe(qv).kind == QV_CONTENT_BLANK, "zeros");

	put_ext(0x4, 0x40, 0);
	dev = memory_new(qv, disk, SIZE, "bad");
	memory_set_bad(dev, 8192, 4096);
	qv_content_probe(dev, &content);
	ktap_check(content.kind == QV_CONTENT_EXT, "a bad sector beside the marks");
	memory_set_bad(dev, 0, SIZE);
	qv_content_probe(dev, &content);
	ktap_check(content.kind == QV_CONTENT_UNKNOWN, "a device that cannot be read");

	qv_content_probe(memory_new(qv, disk, 0, "empty"), &content);
	ktap_check(content.kind == QV_CONTENT_UNKNOWN, "a device without size");
	qv_content_probe(memory_new(qv, disk, 3000, "short"), &content);
	ktap_check(content.kind == QV_CONTENT_EXT, "a short device");
}

int main(void)
{
	struct qv *qv = qv_new();

	ktap_begin();
	test_marks(qv);
	test_ext_kinds(qv);
	test_ext_marks(qv);
	test_flashcache(qv);
	test_zfs_and_drbd(qv);
	test_blank_and_bad(qv);
	qv_free(qv);

	return ktap_end();
}
