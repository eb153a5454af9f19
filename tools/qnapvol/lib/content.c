// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in a device, by its marks
 *
 * QNAP's own things are known by name and by what matters for reading them. Others are named only,
 * so that a disk of another system is not taken for a damaged one of QNAP's.
 */

#include <stdio.h>
#include <string.h>

#include "dev.h"
#include "md-super.h"

/* All marks but those at the end of the device are in this much of its beginning. */
#define HEAD_SIZE	(68 * 1024)

/* ext2, ext3 and ext4: the superblock and its fields. */
#define EXT_SUPER		1024
#define EXT_MAGIC		0xef53
#define EXT_COMPAT		0x5c
#define EXT_INCOMPAT		0x60
#define EXT_RO_COMPAT		0x64
#define EXT_COMPAT_JOURNAL	0x0004
#define EXT_COMPAT_DIR_INDEX	0x0020
#define EXT_INCOMPAT_RECOVER	0x0004
#define EXT_INCOMPAT_JOURNAL_DEV	0x0008
#define EXT_INCOMPAT_EXTENTS	0x0040
#define EXT_INCOMPAT_64BIT	0x0080
#define EXT_RO_COMPAT_CSUM	0x0400
#define EXT_QNAP		0x3fc
#define EXT_LOG_BLOCK_SIZE_MAX	6

/* DRBD's metadata is in the last block of 4 KiB; its numbers are big-endian. */
#define DRBD_SIZE		4096
#define DRBD_MAGIC_OFFSET	60

/* QNAP's kernels have ZFS labels at the beginning and at the end: 256 KiB, with names at 16 KiB. */
#define ZFS_NAMES		16384
#define ZFS_NAMES_SIZE		1024

struct mark {
	enum qv_content_kind kind;
	const char *type;
	unsigned int offset;
	unsigned int length;
	const char *bytes;
};

static const struct mark marks[] = {
	{ QV_CONTENT_LUKS, "LUKS1", 0, 8, "LUKS\xba\xbe\0\1" },
	{ QV_CONTENT_LUKS, "LUKS2", 0, 8, "LUKS\xba\xbe\0\2" },
	{ QV_CONTENT_LVM, "LVM2", 0, 8, "LABELONE" },
	{ QV_CONTENT_LVM, "LVM2", 512, 8, "LABELONE" },
	{ QV_CONTENT_LVM, "LVM2", 1024, 8, "LABELONE" },
	{ QV_CONTENT_LVM, "LVM2", 1536, 8, "LABELONE" },
	{ QV_CONTENT_SWAP, "swap", 4086, 10, "SWAPSPACE2" },
	{ QV_CONTENT_SWAP, "swap", 8182, 10, "SWAPSPACE2" },
	{ QV_CONTENT_SWAP, "swap", 16374, 10, "SWAPSPACE2" },
	{ QV_CONTENT_SWAP, "swap", 65526, 10, "SWAPSPACE2" },
	{ QV_CONTENT_OTHER, "xfs", 0, 4, "XFSB" },
	{ QV_CONTENT_OTHER, "btrfs", 65600, 8, "_BHRfS_M" },
	{ QV_CONTENT_OTHER, "NTFS", 3, 8, "NTFS    " },
	{ QV_CONTENT_OTHER, "exFAT", 3, 8, "EXFAT   " },
	{ QV_CONTENT_OTHER, "FAT", 54, 3, "FAT" },
	{ QV_CONTENT_OTHER, "FAT", 82, 5, "FAT32" },
	{ QV_CONTENT_OTHER, "HFS+", 1024, 2, "H+" },
	{ QV_CONTENT_OTHER, "HFS+", 1024, 2, "HX" },
	{ QV_CONTENT_OTHER, "APFS", 32, 4, "NXSB" },
	{ QV_CONTENT_OTHER, "BitLocker", 3, 8, "-FVE-FS-" },
	{ QV_CONTENT_OTHER, "ReFS", 3, 4, "ReFS" },
	{ QV_CONTENT_OTHER, "bcache", 4120, 16,
	  "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf7\x2f\x3c\xcb\xf6\x9d" },
};

/*
 * States that flashcache's superblock knows: dirty, clean, removed in a hurry, unstable. In all but
 * the second blocks may wait to be written to the disk.
 */
static const struct {
	u32 state;
	bool dirty;
} flashcache_states[] = {
	{ 0xdeadbeef, true },
	{ 0xfacecafe, false },
	{ 0xcafefeed, true },
	{ 0xc8249756, true },
};

static void set_text(char *to, size_t size, const u8 *from, size_t len)
{
	size_t i;

	for (i = 0; i < len && i < size - 1 && from[i]; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
	to[i] = '\0';
}

static void set_uuid(struct qv_content *content, const u8 *u)
{
	snprintf(content->uuid, sizeof(content->uuid),
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12],
		 u[13], u[14], u[15]);
}

/* ext2, ext3, ext4 */

static const char *ext_type(const u8 *super)
{
	if (qv_le32(super + EXT_INCOMPAT) & (EXT_INCOMPAT_EXTENTS | EXT_INCOMPAT_64BIT))
		return "ext4";

	return qv_le32(super + EXT_COMPAT) & EXT_COMPAT_JOURNAL ? "ext3" : "ext2";
}

static void ext_take_marks(struct qv_content *content, const u8 *super)
{
	static const u8 no_uuid[16];

	content->ext.metadata_csum = qv_le32(super + EXT_RO_COMPAT) & EXT_RO_COMPAT_CSUM;
	content->ext.qnap = !content->ext.metadata_csum && !memcmp(super + EXT_QNAP, "QNAP", 4);
	content->ext.hides_names = content->ext.qnap &&
				   (qv_le32(super + EXT_COMPAT) & EXT_COMPAT_DIR_INDEX);
	content->ext.needs_recovery = qv_le32(super + EXT_INCOMPAT) & EXT_INCOMPAT_RECOVER;
	content->ext.external_journal = (qv_le32(super + EXT_COMPAT) & EXT_COMPAT_JOURNAL) &&
					memcmp(super + 0xd0, no_uuid, sizeof(no_uuid)) &&
					!qv_le32(super + 0xe0);
}

static bool ext_probe(struct qv_content *content, const u8 *head)
{
	const u8 *super = head + EXT_SUPER;
	const u32 log_block_size = qv_le32(super + 0x18);
	u64 blocks = qv_le32(super + 4);

	if (qv_le16(super + 0x38) != EXT_MAGIC || log_block_size > EXT_LOG_BLOCK_SIZE_MAX ||
	    (qv_le32(super + EXT_INCOMPAT) & EXT_INCOMPAT_JOURNAL_DEV))
		return false;

	content->kind = QV_CONTENT_EXT;
	content->type = ext_type(super);
	content->ext.block_size = 1024u << log_block_size;
	if (qv_le32(super + EXT_INCOMPAT) & EXT_INCOMPAT_64BIT)
		blocks |= (u64)qv_le32(super + 0x150) << 32;
	if (__builtin_mul_overflow(blocks, content->ext.block_size, &content->size))
		return false;
	set_text(content->label, sizeof(content->label), super + 0x78, 16);
	set_uuid(content, super + 0x68);
	ext_take_marks(content, super);

	return true;
}

/* Caches, ZFS, DRBD */

static bool flashcache_probe(struct qv_content *content, const u8 *head)
{
	const u32 state = qv_le32(head + 16);

	/* The size of a block and the number of blocks in a set, in sectors: powers of two. */
	if (!qv_le32(head + 8) || (qv_le32(head + 8) & (qv_le32(head + 8) - 1)) ||
	    !qv_le32(head + 12) || (qv_le32(head + 12) & (qv_le32(head + 12) - 1)))
		return false;

	for (size_t i = 0; i < sizeof(flashcache_states) / sizeof(*flashcache_states); i++) {
		if (state != flashcache_states[i].state)
			continue;
		content->kind = QV_CONTENT_FLASHCACHE;
		content->type = "flashcache";
		content->cache_dirty = flashcache_states[i].dirty;
		return true;
	}

	return false;
}

static bool zfs_probe(struct qv_content *content, const u8 *head)
{
	const u8 *names = head + ZFS_NAMES;

	if (!memmem(names, ZFS_NAMES_SIZE, "version", 7) ||
	    !memmem(names, ZFS_NAMES_SIZE, "pool_guid", 9))
		return false;

	content->kind = QV_CONTENT_ZFS;
	content->type = "ZFS";

	return true;
}

static bool has_drbd(struct qv_dev *dev)
{
	static const u8 magics[][4] = { { 0x83, 0x74, 0x02, 0x6b }, { 0x83, 0x74, 0x02, 0x6c } };
	u8 super[DRBD_MAGIC_OFFSET + 4];

	if (dev->size < 2 * DRBD_SIZE ||
	    qv_dev_read(dev, super, sizeof(super), (dev->size / DRBD_SIZE - 1) * DRBD_SIZE))
		return false;

	return !memcmp(super + DRBD_MAGIC_OFFSET, magics[0], 4) ||
	       !memcmp(super + DRBD_MAGIC_OFFSET, magics[1], 4);
}

static bool md_probe(struct qv_dev *dev, struct qv_content *content)
{
	struct qv_md_super super;

	if (!qv_md_super_read(dev, &super))
		return false;

	content->kind = QV_CONTENT_MD;
	content->type = "md";
	set_uuid(content, super.uuid);

	return true;
}

/* Looks for marks of what a QNAP has, or of what @others have: these marks are short. */
static bool mark_probe(struct qv_content *content, const u8 *head, bool others)
{
	bool other;

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		other = marks[i].kind == QV_CONTENT_OTHER;
		if (other != others ||
		    memcmp(head + marks[i].offset, marks[i].bytes, marks[i].length))
			continue;
		content->kind = marks[i].kind;
		content->type = marks[i].type;
		if (marks[i].kind == QV_CONTENT_LUKS)
			set_text(content->uuid, sizeof(content->uuid), head + 168, 36);
		return true;
	}

	return false;
}

static bool is_blank(const u8 *head)
{
	return !head[0] && !memcmp(head, head + 1, HEAD_SIZE - 1);
}

/* Reads what can be read; the rest stays zero. Returns false if that is nothing. */
static bool read_head(struct qv_dev *dev, u8 *head)
{
	bool any = false;
	u64 len;

	for (u64 start = 0; start < HEAD_SIZE && start < dev->size; start += len) {
		len = dev->size - start < QV_SECTOR * 8 ? dev->size - start : QV_SECTOR * 8;
		if (!qv_dev_read(dev, head + start, len, start))
			any = true;
	}

	return any;
}

/**
 * qv_content_probe() - find out what is in a device
 * @dev: device
 * @content: what is in it
 *
 * What cannot be read has no marks.
 */
void qv_content_probe(struct qv_dev *dev, struct qv_content *content)
{
	u8 head[HEAD_SIZE] = { };

	*content = (struct qv_content){ .type = "" };
	content->drbd = has_drbd(dev);
	if (md_probe(dev, content) || !read_head(dev, head))
		return;

	if (mark_probe(content, head, false) || ext_probe(content, head) ||
	    flashcache_probe(content, head) || zfs_probe(content, head) ||
	    mark_probe(content, head, true))
		return;
	if (is_blank(head))
		content->kind = QV_CONTENT_BLANK;
}
