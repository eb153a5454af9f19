/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libqnapvol: reads the volumes of QNAP NAS boxes on any system, and writes nothing
 *
 * A disk is partitioned, its partitions are members of md arrays, an array is a physical volume of
 * LVM, a logical volume is a piece of it or a thin volume in a pool, a volume holds ext4 or LUKS.
 * Each layer is a struct qv_dev that is read like a file and knows the one below it; what was found
 * is a tree of struct qv_item. All numbers are bytes if nothing else is said. What comes from a
 * disk is checked before it is used.
 *
 * For C11 and C++11. A set is for one thread at a time,
 * but its devices can be read, and its remarks be looked at, by many at once after qv_scan().
 *
 *	qv = qv_new();
 *	qv_add_source(qv, "disk1.img", NULL);
 *	qv_scan(qv, NULL);
 *	volume = qv_find(qv, "vg1/lv1");
 *	if (volume && volume->dev)
 *		qv_dev_read(volume->dev, buf, sizeof(buf), 0);
 *	qv_free(qv);
 */

#ifndef _QNAPVOL_H
#define _QNAPVOL_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct qv;
struct qv_dev;

/**
 * enum qv_error - what went wrong, by kind
 * @QV_OK: nothing
 * @QV_ERR_SYSTEM: no memory, no space, or another error of the system
 * @QV_ERR_SOURCE: a source is not there or cannot be opened
 * @QV_ERR_NOT_FOUND: nothing of that name, or nothing that this library knows
 * @QV_ERR_INCOMPLETE: members, physical volumes or tiers are missing
 * @QV_ERR_UNSUPPORTED: known, but of a version or with a feature that is not
 * @QV_ERR_DAMAGED: a structure on the disk contradicts itself
 * @QV_ERR_UNREADABLE: the data cannot be had: a bad sector, or what leads there is damaged
 *
 * Functions return these negated. They are exit statuses of the program as well, see qnapvol(1).
 */
enum qv_error {
	QV_OK = 0,
	QV_ERR_SYSTEM = 1,
	QV_ERR_SOURCE = 3,
	QV_ERR_NOT_FOUND = 4,
	QV_ERR_INCOMPLETE = 5,
	QV_ERR_UNSUPPORTED = 6,
	QV_ERR_DAMAGED = 7,
	QV_ERR_UNREADABLE = 8,
};

/* Devices */

/**
 * enum qv_extent_kind - what is in a part of a device
 * @QV_EXTENT_DATA: data, at a known place of the device below
 * @QV_EXTENT_ZERO: reads as zeros, and takes no space below: in the pool
 * @QV_EXTENT_BAD: cannot be read
 */
enum qv_extent_kind {
	QV_EXTENT_DATA,
	QV_EXTENT_ZERO,
	QV_EXTENT_BAD,
};

/**
 * struct qv_extent - a part of a device that is of one kind and lies in one piece
 * @start: where it begins in the device
 * @length: how long it is, at least 1
 * @kind: what is there
 * @below: for data: the lowest device that keeps the order of the disk, an array or a source; else
 *	   not set
 * @physical: for data: where it begins in @below
 */
struct qv_extent {
	__u64 start;
	__u64 length;
	enum qv_extent_kind kind;
	const struct qv_dev *below;
	__u64 physical;
};

__u64 qv_dev_size(const struct qv_dev *dev);
const char *qv_dev_name(const struct qv_dev *dev);
int qv_dev_read(struct qv_dev *dev, void *buf, size_t len, __u64 start);
int qv_dev_extent(struct qv_dev *dev, __u64 start, __u64 len, struct qv_extent *extent);

/* What is in a device */

/**
 * enum qv_content_kind - what is in a device, by its marks
 * @QV_CONTENT_UNKNOWN: nothing that is known
 * @QV_CONTENT_BLANK: zeros where all marks would be
 * @QV_CONTENT_TABLE: a partition table
 * @QV_CONTENT_MD: member of an md array
 * @QV_CONTENT_LVM: physical volume of LVM
 * @QV_CONTENT_EXT: ext2, ext3 or ext4
 * @QV_CONTENT_LUKS: a LUKS container
 * @QV_CONTENT_SWAP: swap space
 * @QV_CONTENT_FLASHCACHE: an SSD cache of flashcache
 * @QV_CONTENT_ZFS: member of a ZFS pool, as QuTS hero makes them
 * @QV_CONTENT_OTHER: something of another system, named by the type
 */
enum qv_content_kind {
	QV_CONTENT_UNKNOWN,
	QV_CONTENT_BLANK,
	QV_CONTENT_TABLE,
	QV_CONTENT_MD,
	QV_CONTENT_LVM,
	QV_CONTENT_EXT,
	QV_CONTENT_LUKS,
	QV_CONTENT_SWAP,
	QV_CONTENT_FLASHCACHE,
	QV_CONTENT_ZFS,
	QV_CONTENT_OTHER,
};

#define QV_LABEL_SIZE	64
#define QV_UUID_SIZE	40

/**
 * struct qv_content - what is in a device
 * @kind: kind
 * @type: its name, such as "ext4" or "LUKS1"; never NULL
 * @label: its label, printable, or ""
 * @uuid: its UUID as text, or ""
 * @size: how large it says it is, 0 if it does not
 * @drbd: DRBD's metadata is at the end; it does no harm and must not be wiped
 * @ext: for ext2, ext3 and ext4
 * @ext.qnap: QNAP's mark is where the checksum would be
 * @ext.hides_names: the index of directories is by QNAP's hash and switched on: without the patch
 *		     of qv_ext_view() a stock kernel finds no file by its name
 * @ext.needs_recovery: the journal has to be replayed
 * @ext.external_journal: the journal is on another device
 * @ext.block_size: in bytes; above 4096 most kernels do not mount it
 * @ext.metadata_csum: metadata has checksums
 * @cache_dirty: for flashcache: blocks of it were not written to the disk yet
 */
struct qv_content {
	enum qv_content_kind kind;
	const char *type;
	char label[QV_LABEL_SIZE + 1];
	char uuid[QV_UUID_SIZE];
	__u64 size;
	bool drbd;
	struct {
		bool qnap;
		bool hides_names;
		bool needs_recovery;
		bool external_journal;
		bool metadata_csum;
		__u32 block_size;
	} ext;
	bool cache_dirty;
};

void qv_content_probe(struct qv_dev *dev, struct qv_content *content);

/* What was found */

/**
 * enum qv_item_kind - what was found, from the disk up
 * @QV_ITEM_SOURCE: a disk, a partition, an array or an image file that was named
 * @QV_ITEM_PARTITION: a partition of a source
 * @QV_ITEM_ARRAY: an md array
 * @QV_ITEM_GROUP: a volume group of LVM
 * @QV_ITEM_POOL: a thin pool
 * @QV_ITEM_VOLUME: a logical volume, thin or not, or a snapshot
 */
enum qv_item_kind {
	QV_ITEM_SOURCE,
	QV_ITEM_PARTITION,
	QV_ITEM_ARRAY,
	QV_ITEM_GROUP,
	QV_ITEM_POOL,
	QV_ITEM_VOLUME,
};

/**
 * enum qv_state - can it be read?
 * @QV_READABLE: yes
 * @QV_READABLE_WARNING: yes, but the data may be incomplete or old
 * @QV_NOT_READABLE: no
 */
enum qv_state {
	QV_READABLE,
	QV_READABLE_WARNING,
	QV_NOT_READABLE,
};

/**
 * struct qv_source_info - a source
 * @scheme: of its partition table: "gpt", "mbr", or NULL
 * @rescue_map: path of ddrescue's mapfile, or NULL
 * @rescued: how much of it ddrescue has read; all without a mapfile
 */
struct qv_source_info {
	const char *scheme;
	const char *rescue_map;
	__u64 rescued;
};

/**
 * struct qv_member - a member of an array
 * @item: the partition or source, NULL for one that is missing
 * @role: its number among those with data, from 0 on, or -1: it has none, such as a spare
 * @events: how often its superblock was written
 * @used: the array is read from it
 * @why: if not: why not, or NULL
 */
struct qv_member {
	const struct qv_item *item;
	int role;
	__u64 events;
	bool used;
	const char *why;
};

/**
 * struct qv_array_info - an md array
 * @version: of the superblock: "0.90", "1.0", "1.1" or "1.2"
 * @uuid: UUID as md prints it
 * @level: 0, 1, 4, 5, 6, 10, or -1: linear
 * @layout: of the level, as in the superblock
 * @chunk: length of a chunk, 0 for level 1
 * @disks: members with data that there should be
 * @missing: how many of them are not there or too old
 * @members: what is there: one for each disk that should be, then those that are not used
 * @num_members: how many
 */
struct qv_array_info {
	const char *version;
	char uuid[QV_UUID_SIZE];
	int level;
	__u32 layout;
	__u64 chunk;
	__u32 disks;
	__u32 missing;
	const struct qv_member *members;
	size_t num_members;
};

/**
 * struct qv_physical - a physical volume of a group
 * @name: "pv0"
 * @id: LVM's identifier
 * @hint: device that it was on in the box
 * @item: where it was found, or NULL: it is missing
 * @size: how large it should be
 */
struct qv_physical {
	const char *name;
	const char *id;
	const char *hint;
	const struct qv_item *item;
	__u64 size;
};

/**
 * struct qv_group_info - a volume group
 * @id: LVM's identifier
 * @text: where its description was found: "disk", or the path of a file
 * @sequence: number of the generation in use
 * @generations: numbers of all generations that are there and sound, the latest first
 * @num_generations: how many
 * @extent_size: length of an extent
 * @physicals: its physical volumes
 * @num_physicals: how many
 */
struct qv_group_info {
	const char *id;
	const char *text;
	__u32 sequence;
	const __u32 *generations;
	size_t num_generations;
	__u64 extent_size;
	const struct qv_physical *physicals;
	size_t num_physicals;
};

#define QV_TIERS	3

/**
 * enum qv_tier_map - how blocks of a pool are found on its data devices
 * @QV_TIER_AUTO: by what the metadata says: @QV_TIER_TREE if its tree has entries, else
 *		  @QV_TIER_IDENTITY on the highest tier that is there
 * @QV_TIER_TREE: by the tree
 * @QV_TIER_IDENTITY: one to one on one tier
 * @QV_TIER_NONE: the pool has no tiers
 */
enum qv_tier_map {
	QV_TIER_AUTO,
	QV_TIER_TREE,
	QV_TIER_IDENTITY,
	QV_TIER_NONE,
};

/**
 * struct qv_pool_info - a thin pool
 * @type: of the segment: "thin-pool" or "tier-thin-pool"
 * @version: of the metadata, 1 to 4; 0 if it cannot be read
 * @qnap: the metadata is in QNAP's form, not in that of the stock kernel
 * @block_size: of the metadata, 4096 or 8192
 * @superblock: number of the metadata block with the superblock in use; not 0: a backup
 * @flags: of the superblock
 * @transaction: number of the transaction
 * @chunk: length of a chunk
 * @map: how blocks are found on the tiers, after the decision
 * @tier: for %QV_TIER_IDENTITY: on which
 * @tiers: the data devices; with %QV_TIER_NONE the first one only
 * @num_volumes: thin volumes and snapshots in the metadata
 */
struct qv_pool_info {
	const char *type;
	__u32 version;
	bool qnap;
	__u32 block_size;
	__u64 superblock;
	__u32 flags;
	__u64 transaction;
	__u64 chunk;
	enum qv_tier_map map;
	unsigned int tier;
	const struct qv_dev *tiers[QV_TIERS];
	size_t num_volumes;
};

/**
 * struct qv_volume_info - a logical volume
 * @type: of its segments: "linear", "striped", "thin", "thick", "snapshot" or what the text says
 * @hidden: a part of something else, such as a pool's metadata
 * @thin: it is in a pool
 * @device: for thin ones: its number in the pool
 * @snapshot: for thin ones: it is a snapshot
 * @origin: name of the volume that it is a snapshot of, or NULL
 * @mapped: for thin ones: how much of it has space in the pool
 * @transaction: for thin ones: the transaction that made it
 * @created: when it was made, in seconds, or 0
 */
struct qv_volume_info {
	const char *type;
	bool hidden;
	bool thin;
	__u32 device;
	bool snapshot;
	const char *origin;
	__u64 mapped;
	__u64 transaction;
	__u64 created;
};

/**
 * struct qv_item - something that was found
 * @kind: what
 * @name: its name, as qv_find() takes it: "vg1/lv1", "md1", "disk1.img:3". Unique, if no source was
 *	  named twice
 * @size: its size
 * @dev: to read it, or NULL: it cannot be read; groups and pools have none
 * @state: can it be read?
 * @why: why not, or what the warning is: a sentence without a full stop, or NULL
 * @error: if it cannot be read: of what kind that is, else %QV_OK
 * @content: what is in it
 * @holder: what it is a part of: the array of a member, the group of a physical volume, or NULL
 * @parent: what it is in, or NULL
 * @child: the first of what is in it, or NULL
 * @next: the next in the same parent, or NULL
 * @source: for %QV_ITEM_SOURCE
 * @array: for %QV_ITEM_ARRAY
 * @group: for %QV_ITEM_GROUP
 * @pool: for %QV_ITEM_POOL
 * @volume: for %QV_ITEM_VOLUME
 *
 * Sources have partitions as children, groups have pools and volumes, pools have thin volumes.
 * Arrays have no children: they hold a file system, or are physical volumes of a group.
 */
struct qv_item {
	enum qv_item_kind kind;
	const char *name;
	__u64 size;
	struct qv_dev *dev;
	enum qv_state state;
	const char *why;
	enum qv_error error;
	struct qv_content content;
	struct qv_item *holder;
	struct qv_item *parent;
	struct qv_item *child;
	struct qv_item *next;
	union {
		struct qv_source_info source;
		struct qv_array_info array;
		struct qv_group_info group;
		struct qv_pool_info pool;
		struct qv_volume_info volume;
	};
};

/**
 * enum qv_severity - how bad a remark is
 * @QV_INFO: worth knowing
 * @QV_WARNING: the data may be incomplete or old
 * @QV_DAMAGE: something could not be read, the rest can
 */
enum qv_severity {
	QV_INFO,
	QV_WARNING,
	QV_DAMAGE,
};

/**
 * struct qv_remark - something that was noticed
 * @severity: how bad it is
 * @place: the device and the place in it, such as "vg1/tp1 metadata block 41016"
 * @text: what it is and what to do, one sentence
 * @count: how often it was noticed
 */
struct qv_remark {
	enum qv_severity severity;
	const char *place;
	const char *text;
	unsigned long count;
};

/**
 * struct qv_options - how to read, where there is a choice
 * @vgtext: path of a description of a volume group, such as a backup of the box, to be used in
 *	    place of that on the disks; or NULL
 * @generation: sequence number of the description to use, 0: the latest that is sound
 * @tier_map: how blocks of pools are found on the tiers
 * @tier: for %QV_TIER_IDENTITY: on which
 * @superblock: metadata block with the superblock to use in pools, 0: the first, or if that is
 *		damaged the latest backup
 */
struct qv_options {
	const char *vgtext;
	__u32 generation;
	enum qv_tier_map tier_map;
	unsigned int tier;
	__u64 superblock;
};

struct qv *qv_new(void);
void qv_free(struct qv *qv);
int qv_add_source(struct qv *qv, const char *path, const char *rescue_map);
int qv_scan(struct qv *qv, const struct qv_options *options);
const struct qv_item *qv_items(const struct qv *qv);
const struct qv_item *qv_next(const struct qv_item *item);
const struct qv_item *qv_find(struct qv *qv, const char *name);

const char *qv_error_text(const struct qv *qv);
enum qv_error qv_error_kind(const struct qv *qv);
size_t qv_num_remarks(const struct qv *qv);
struct qv_remark qv_remark(const struct qv *qv, size_t index);

/* Views of a device */

struct qv_dev *qv_ext_view(struct qv *qv, struct qv_dev *dev);

/* Overlays: devices that can be written, which goes into a file */

struct qv_dev *qv_overlay_open(struct qv *qv, struct qv_dev *below, const char *path);
int qv_overlay_write(struct qv_dev *dev, const void *buf, size_t len, __u64 start);
int qv_overlay_sync(struct qv_dev *dev);

/* Pools */

/**
 * struct qv_mapping - chunks of a thin volume that lie one behind the other in the pool
 * @chunk: first chunk of the volume
 * @block: first block of the pool, each as long as a chunk
 * @count: how many, at least 1
 * @time: when they were mapped, as the metadata counts
 * @zeroed: they read as zeros, whatever is in the pool
 */
struct qv_mapping {
	__u64 chunk;
	__u64 block;
	__u64 count;
	__u32 time;
	bool zeroed;
};

/**
 * struct qv_thin_device - a thin volume or snapshot in the metadata of a pool
 * @id: its number
 * @mapped: how many chunks it has
 * @transaction: the transaction that made it
 * @creation_time: when it was made, as the metadata counts
 * @snapshotted_time: when it was last made a snapshot of, likewise
 * @is_snapshot: QNAP's metadata says of what it is a snapshot
 * @origin: of which
 */
struct qv_thin_device {
	__u32 id;
	__u64 mapped;
	__u64 transaction;
	__u32 creation_time;
	__u32 snapshotted_time;
	bool is_snapshot;
	__u64 origin;
};

typedef int (*qv_thin_device_fn)(const struct qv_thin_device *device, void *data);
typedef int (*qv_mapping_fn)(const struct qv_mapping *mapping, void *data);

__u64 qv_pool_num_blocks(const struct qv_item *pool);
int qv_pool_devices(const struct qv_item *pool, qv_thin_device_fn fn, void *data);
int qv_pool_mappings(const struct qv_item *pool, __u32 device, qv_mapping_fn fn, void *data);

#ifdef __cplusplus
}
#endif

#endif /* _QNAPVOL_H */
