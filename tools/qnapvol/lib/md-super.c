// SPDX-License-Identifier: GPL-2.0-only
/*
 * Superblocks of md arrays: 0.90 and 1.0 at the end of a member, 1.1 at its beginning, 1.2 after
 * the first 4 KiB
 *
 * QNAP's are the kernel's own, in version 1.0, 0.90 on the oldest units.
 */

#include <stdio.h>
#include <string.h>

#include "md-super.h"

#define MD_MAGIC	0xa92b4efc

/* Version 1.x: offsets in bytes. */
enum super1_field {
	SUPER1_MAGIC = 0,
	SUPER1_MAJOR = 4,
	SUPER1_FEATURES = 8,
	SUPER1_PAD0 = 12,
	SUPER1_UUID = 16,
	SUPER1_NAME = 32,
	SUPER1_CTIME = 64,
	SUPER1_LEVEL = 72,
	SUPER1_LAYOUT = 76,
	SUPER1_DATA_USED = 80,
	SUPER1_CHUNK = 88,
	SUPER1_RAID_DISKS = 92,
	SUPER1_DATA_OFFSET = 128,
	SUPER1_DATA_SIZE = 136,
	SUPER1_SUPER_OFFSET = 144,
	SUPER1_RECOVERY_OFFSET = 152,
	SUPER1_NUMBER = 160,
	SUPER1_BAD_SHIFT = 185,
	SUPER1_BAD_SIZE = 186,
	SUPER1_BAD_OFFSET = 188,
	SUPER1_UTIME = 192,
	SUPER1_EVENTS = 200,
	SUPER1_RESYNC_OFFSET = 208,
	SUPER1_CSUM = 216,
	SUPER1_MAX_DEV = 220,
	SUPER1_EXTRA = 224,
	SUPER1_PAD3 = 228,
	SUPER1_FIXED = 256,
	SUPER1_SIZE_MAX = SUPER1_FIXED + 2 * QV_MD_ROLES_MAX,
};

enum super1_feature {
	FEATURE_RECOVERY = 0x0002,
	FEATURE_RESHAPE = 0x0004,
	FEATURE_BAD_BLOCKS = 0x0008,
	FEATURE_REPLACEMENT = 0x0010,
	FEATURE_JOURNAL = 0x0200,
	FEATURE_RAID0_LAYOUT = 0x1000,
	FEATURES_KNOWN = 0x1fff,
};

#define SUPER1_TIME_MASK	((1ull << 40) - 1)

/*
 * At SUPER1_EXTRA QNAP has its features, the first of which is RAID with unequal disks. The latest
 * stock kernels have the size of a logical block there, which does not matter for reading.
 */
#define EXTRA_FLEX	0x1

/* The kernel's limits: ten sectors; and one page. */
#define DATA_SIZE_MIN	(10 * QV_SECTOR)
#define BAD_SECTORS_MAX	8
#define BAD_SHIFT_MAX	63

/* Version 0.90: offsets in words of 32 bits. */
enum super0_field {
	SUPER0_MAGIC = 0,
	SUPER0_MAJOR = 1,
	SUPER0_MINOR = 2,
	SUPER0_UUID = 5,
	SUPER0_CTIME = 6,
	SUPER0_LEVEL = 7,
	SUPER0_DATA_USED = 8,
	SUPER0_RAID_DISKS = 10,
	SUPER0_DEVICE = 11,
	SUPER0_UUID1 = 13,
	SUPER0_UTIME = 32,
	SUPER0_STATE = 33,
	SUPER0_CSUM = 38,
	SUPER0_EVENTS = 39,
	SUPER0_LAYOUT = 64,
	SUPER0_CHUNK = 65,
	SUPER0_DISKS = 128,
	SUPER0_THIS_DISK = 992,
	SUPER0_WORDS = 1024,
};

#define SUPER0_SIZE		(4 * SUPER0_WORDS)
#define SUPER0_RESERVED		65536
#define SUPER0_MINOR_RESHAPE	91
#define SUPER0_STATE_CLEAN	0x1
#define SUPER0_DISKS_MAX	27

/* The entries of its table of disks, in words as well. */
#define DISK_WORDS	32
#define DISK_NUMBER	0
#define DISK_ROLE	3
#define DISK_STATE	4
#define DISK_FAULTY	0x1
#define DISK_SYNC	0x4

static u64 sectors(u64 number)
{
	u64 bytes;

	return __builtin_mul_overflow(number, QV_SECTOR, &bytes) ? UINT64_MAX : bytes;
}

static void take_name(struct qv_md_super *super, const char *name)
{
	snprintf(super->name, sizeof(super->name), "%s", name);
	for (char *c = super->name; *c; c++) {
		if (*c <= ' ' || *c > '~' || *c == '/')
			*c = '?';
	}
}

/* Which of the members it is, by the table of roles. */
static u32 find_role(const struct qv_md_super *super)
{
	return super->number < super->num_roles ? super->roles[super->number] : QV_MD_SPARE;
}

/* Limits that keep all later arithmetic in bounds. */
static bool is_sane(const struct qv_dev *dev, const struct qv_md_super *super)
{
	if (!super->raid_disks || super->raid_disks > QV_MD_DISKS_MAX)
		return false;
	if (super->role >= super->raid_disks && super->role < QV_MD_JOURNAL)
		return false;

	return super->data_start <= dev->size && !(super->chunk % QV_SECTOR);
}

static int refuse(struct qv_dev *dev, const char *version, const char *why)
{
	qv_note(dev->qv, QV_DAMAGE, dev->name,
		"the md superblock %s %s and is not used: if it is a member of an array that is missing, copy the disk again or ask mdadm --examine",
		version, why);

	return 0;
}

/* Version 1.x */

static u32 super1_checksum(const u8 *raw, u32 max_dev)
{
	const size_t size = SUPER1_FIXED + 2 * max_dev;
	u64 sum = 0;
	size_t i;

	for (i = 0; i + 4 <= size; i += 4)
		sum += i == SUPER1_CSUM ? 0 : qv_le32(raw + i);
	if (i < size)
		sum += qv_le16(raw + i);

	return (sum & UINT32_MAX) + (sum >> 32);
}

/* "host:name" becomes "name". */
static void super1_take_name(struct qv_md_super *super, const u8 *raw)
{
	char name[QV_MD_NAME_SIZE + 1] = { };
	const char *colon;

	memcpy(name, raw + SUPER1_NAME, QV_MD_NAME_SIZE);
	colon = strchr(name, ':');
	take_name(super, colon ? colon + 1 : name);
}

static void super1_take_roles(struct qv_md_super *super, const u8 *raw)
{
	super->number = qv_le32(raw + SUPER1_NUMBER);
	super->num_roles = qv_le32(raw + SUPER1_MAX_DEV);
	for (u32 i = 0; i < super->num_roles; i++)
		super->roles[i] = qv_le16(raw + SUPER1_FIXED + 2 * i);
	super->role = find_role(super);
}

static bool is_block_size(u32 number)
{
	return number >= QV_SECTOR && !(number & (number - 1));
}

static void super1_take_features(struct qv_md_super *super, const u8 *raw)
{
	const u32 features = qv_le32(raw + SUPER1_FEATURES);
	const u32 extra = qv_le32(raw + SUPER1_EXTRA);

	super->replacement = features & FEATURE_REPLACEMENT;
	super->reshaping = features & FEATURE_RESHAPE;
	super->journal = features & FEATURE_JOURNAL;
	super->has_layout = super->level || features & FEATURE_RAID0_LAYOUT;
	super->recovered = UINT64_MAX;
	if (features & FEATURE_RECOVERY)
		super->recovered = sectors(qv_le64(raw + SUPER1_RECOVERY_OFFSET));
	super->flex = extra & EXTRA_FLEX;
	super->unknown = features & ~FEATURES_KNOWN || qv_le32(raw + SUPER1_PAD0) ||
			 (extra & ~EXTRA_FLEX && !is_block_size(extra));
	for (int i = SUPER1_PAD3; i < SUPER1_FIXED; i++)
		super->unknown |= raw[i];
}

/* The superblock's own place is known to be sane, the sum may wrap round: then it is outside. */
static void super1_take_bad_blocks(struct qv_md_super *super, const u8 *raw, u64 start)
{
	if (!(qv_le32(raw + SUPER1_FEATURES) & FEATURE_BAD_BLOCKS))
		return;

	super->bad_start = start + (u64)((s64)(s32)qv_le32(raw + SUPER1_BAD_OFFSET) * QV_SECTOR);
	super->bad_size = qv_le16(raw + SUPER1_BAD_SIZE) * QV_SECTOR;
	super->bad_shift = raw[SUPER1_BAD_SHIFT];
	if (super->bad_size <= BAD_SECTORS_MAX * QV_SECTOR && super->bad_shift <= BAD_SHIFT_MAX)
		return;

	super->bad_size = 0;
	super->unknown = true;
}

static void super1_take_data(struct qv_md_super *super, const u8 *raw, u64 limit)
{
	super->data_start = sectors(qv_le64(raw + SUPER1_DATA_OFFSET));
	super->data_size = sectors(qv_le64(raw + SUPER1_DATA_USED));
	super->data_room = sectors(qv_le64(raw + SUPER1_DATA_SIZE));
	super->data_there = super->data_start < limit ? limit - super->data_start : 0;
	if (super->data_there > super->data_room)
		super->data_there = super->data_room;
}

static void super1_take(struct qv_md_super *super, const u8 *raw)
{
	memcpy(super->uuid, raw + SUPER1_UUID, QV_MD_UUID_SIZE);
	super1_take_name(super, raw);
	super->created = qv_le64(raw + SUPER1_CTIME) & SUPER1_TIME_MASK;
	super->level = (s32)qv_le32(raw + SUPER1_LEVEL);
	super->layout = qv_le32(raw + SUPER1_LAYOUT);
	super->chunk = sectors(qv_le32(raw + SUPER1_CHUNK));
	super->raid_disks = qv_le32(raw + SUPER1_RAID_DISKS);
	super->events = qv_le64(raw + SUPER1_EVENTS);
	super->utime = qv_le64(raw + SUPER1_UTIME) & SUPER1_TIME_MASK;
	super->in_sync = qv_le64(raw + SUPER1_RESYNC_OFFSET) >= qv_le64(raw + SUPER1_DATA_USED);
	super1_take_roles(super, raw);
	super1_take_features(super, raw);
}

static bool super1_is_here(const u8 *raw, u64 start)
{
	return qv_le32(raw + SUPER1_MAGIC) == MD_MAGIC && qv_le32(raw + SUPER1_MAJOR) == 1 &&
	       sectors(qv_le64(raw + SUPER1_SUPER_OFFSET)) == start;
}

/* Returns false if the roles cannot be read, or if the checksum is wrong. */
static bool super1_read_roles(struct qv_dev *dev, u8 *raw, u64 start)
{
	const u32 max_dev = qv_le32(raw + SUPER1_MAX_DEV);

	if (max_dev > QV_MD_ROLES_MAX ||
	    qv_dev_read(dev, raw + SUPER1_FIXED, 2 * max_dev, start + SUPER1_FIXED))
		return false;

	return qv_le32(raw + SUPER1_CSUM) == super1_checksum(raw, max_dev);
}

/* Returns 1 if there is a superblock, 0 if there is none. Data must not reach into it. */
static int super1_read(struct qv_dev *dev, u64 start, const char *version,
		       struct qv_md_super *super)
{
	const bool at_end = !strcmp(version, "1.0");
	u8 raw[SUPER1_SIZE_MAX] = { };

	if (!qv_inside(start, SUPER1_FIXED, dev->size) ||
	    qv_dev_read(dev, raw, SUPER1_FIXED, start) || !super1_is_here(raw, start))
		return 0;
	if (!super1_read_roles(dev, raw, start))
		return refuse(dev, version, "has a wrong checksum");

	*super = (struct qv_md_super){ .version = version };
	super1_take(super, raw);
	super1_take_data(super, raw, at_end ? start : dev->size);
	super1_take_bad_blocks(super, raw, start);
	if (!is_sane(dev, super) || super->data_room < DATA_SIZE_MIN ||
	    (!at_end && super->data_start < start + SUPER1_FIXED))
		return refuse(dev, version, "makes no sense");

	return 1;
}

static int super1_read_end(struct qv_dev *dev, struct qv_md_super *super)
{
	const u64 size = dev->size / QV_SECTOR;

	return size < 16 ? 0 : super1_read(dev, ((size - 16) & ~7ull) * QV_SECTOR, "1.0", super);
}

static int super1_read_start(struct qv_dev *dev, struct qv_md_super *super)
{
	return super1_read(dev, 0, "1.1", super);
}

static int super1_read_4k(struct qv_dev *dev, struct qv_md_super *super)
{
	return super1_read(dev, 4096, "1.2", super);
}

/* Version 0.90 */

static u32 word(const u8 *raw, unsigned int i)
{
	return qv_le32(raw + 4 * i);
}

/* Kernels of different machines differed in how they fold the sum, so 16 bits are compared. */
static u32 super0_fold(u32 sum)
{
	sum = (sum & UINT16_MAX) + (sum >> 16);

	return (sum & UINT16_MAX) + (sum >> 16);
}

static u32 super0_checksum(const u8 *raw)
{
	u64 sum = 0;

	for (unsigned int i = 0; i < SUPER0_WORDS; i++)
		sum += i == SUPER0_CSUM ? 0 : word(raw, i);

	return (sum & UINT32_MAX) + (sum >> 32);
}

static u32 super0_role(const u8 *raw, unsigned int disk)
{
	const u32 state = word(raw, disk + DISK_STATE);

	if (state & DISK_FAULTY)
		return QV_MD_FAULTY;
	/* Roles that make no sense must not become others by being cut. */
	if (state & DISK_SYNC && word(raw, disk + DISK_ROLE) < QV_MD_DISKS_MAX)
		return word(raw, disk + DISK_ROLE);

	return QV_MD_SPARE;
}

static void super0_take_roles(struct qv_md_super *super, const u8 *raw)
{
	super->number = word(raw, SUPER0_THIS_DISK + DISK_NUMBER);
	super->num_roles = SUPER0_DISKS_MAX;
	for (unsigned int i = 0; i < SUPER0_DISKS_MAX; i++)
		super->roles[i] = super0_role(raw, SUPER0_DISKS + i * DISK_WORDS);
	super->role = find_role(super);
}

static void super0_take(struct qv_md_super *super, const u8 *raw, u64 room)
{
	char name[QV_MD_NAME_SIZE];

	memcpy(super->uuid, raw + 4 * SUPER0_UUID, 4);
	memcpy(super->uuid + 4, raw + 4 * SUPER0_UUID1, QV_MD_UUID_SIZE - 4);
	snprintf(name, sizeof(name), "%u", word(raw, SUPER0_DEVICE));
	take_name(super, name);
	super->created = word(raw, SUPER0_CTIME);
	super->level = (s32)word(raw, SUPER0_LEVEL);
	super->has_layout = super->level;
	super->layout = super->level ? word(raw, SUPER0_LAYOUT) : 0;
	super->chunk = word(raw, SUPER0_CHUNK);
	super->raid_disks = word(raw, SUPER0_RAID_DISKS);
	super->events = word(raw, SUPER0_EVENTS) | (u64)word(raw, SUPER0_EVENTS + 1) << 32;
	super->utime = word(raw, SUPER0_UTIME);
	super->in_sync = word(raw, SUPER0_STATE) & SUPER0_STATE_CLEAN;
	super->data_size = (u64)word(raw, SUPER0_DATA_USED) * 1024;
	super->data_room = room;
	super->data_there = room;
	super->recovered = UINT64_MAX;
	super->reshaping = word(raw, SUPER0_MINOR) >= SUPER0_MINOR_RESHAPE;
	super0_take_roles(super, raw);
}

static int super0_read(struct qv_dev *dev, struct qv_md_super *super)
{
	u8 raw[SUPER0_SIZE] = { };
	u64 start;

	if (dev->size < 2 * SUPER0_RESERVED)
		return 0;

	start = dev->size / SUPER0_RESERVED * SUPER0_RESERVED - SUPER0_RESERVED;
	if (qv_dev_read(dev, raw, sizeof(raw), start) || word(raw, SUPER0_MAGIC) != MD_MAGIC ||
	    word(raw, SUPER0_MAJOR))
		return 0;
	if (super0_fold(word(raw, SUPER0_CSUM)) != super0_fold(super0_checksum(raw)))
		return refuse(dev, "0.90", "has a wrong checksum");

	*super = (struct qv_md_super){ .version = "0.90" };
	super0_take(super, raw, start);

	return is_sane(dev, super) ? 1 : refuse(dev, "0.90", "makes no sense");
}

/**
 * qv_md_super_read() - find the md superblock of a device
 * @dev: device
 * @super: what it says
 *
 * A device that was a member before may still have an older superblock of another version at
 * another place: that of the array that was made last counts.
 *
 * Return: 1 if the device is a member of an array, 0 if it is not, or if nothing there can be read.
 */
int qv_md_super_read(struct qv_dev *dev, struct qv_md_super *super)
{
	static int (*const read[])(struct qv_dev *dev, struct qv_md_super *super) = {
		super1_read_end, super1_read_start, super1_read_4k, super0_read,
	};
	struct qv_md_super found;
	int num = 0;

	*super = (struct qv_md_super){ };
	for (size_t i = 0; i < sizeof(read) / sizeof(*read); i++) {
		if (!read[i](dev, &found))
			continue;
		if (!num++ || found.created > super->created)
			*super = found;
	}
	if (num > 1)
		qv_note(dev->qv, QV_INFO, dev->name,
			"there is more than one md superblock: the one of version %s is the latest",
			super->version);

	return num > 0;
}
