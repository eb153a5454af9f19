/* SPDX-License-Identifier: GPL-2.0-only */
/* A volume group, as its text describes it: physical volumes, logical volumes, segments */

#ifndef _QNAPVOL_LVM_GROUP_H
#define _QNAPVOL_LVM_GROUP_H

#include "lvm-text.h"
#include "qv.h"

struct qv_lvm_lv;

/* Numbers of thin volumes have 24 bits. */
#define QV_LVM_DEVICE_MAX	0xffffff
#define QV_LVM_NO_DEVICE	UINT32_MAX

/**
 * struct qv_lvm_pv - a physical volume
 * @name: in the text, "pv0"
 * @id: LVM's identifier
 * @hint: device that it was on, or ""
 * @size: how large it should be
 * @start: where its first extent begins
 * @count: how many extents it has
 * @was_missing: it was missing in the box already
 * @item: where it was found, or NULL
 */
struct qv_lvm_pv {
	const char *name;
	const char *id;
	const char *hint;
	u64 size;
	u64 start;
	u64 count;
	bool was_missing;
	struct qv_item *item;
};

/**
 * struct qv_lvm_part - extents that a segment lies on, of one of both
 * @pv: physical volume, or NULL
 * @lv: logical volume, or NULL
 * @start: the first extent of it
 */
struct qv_lvm_part {
	struct qv_lvm_pv *pv;
	struct qv_lvm_lv *lv;
	u64 start;
};

/**
 * struct qv_lvm_segment - a part of a logical volume
 * @start: its first extent in the volume
 * @count: how many extents it has
 * @type: type, as in the text
 * @node: its section in the text
 * @parts: for striped ones: a stripe each; for mirrors: a copy each; else none
 * @num_parts: how many
 * @stripe_size: in bytes, 0 with one part only
 */
struct qv_lvm_segment {
	u64 start;
	u64 count;
	const char *type;
	const struct qv_lvm_node *node;
	struct qv_lvm_part *parts;
	unsigned int num_parts;
	u64 stripe_size;
};

/**
 * enum qv_lvm_progress - has the device of a volume been made?
 * @QV_LVM_NEW: not begun
 * @QV_LVM_BUSY: it is being made: whoever asks for it now is a part of itself
 * @QV_LVM_DONE: it is there, or it is known why not
 */
enum qv_lvm_progress {
	QV_LVM_NEW,
	QV_LVM_BUSY,
	QV_LVM_DONE,
};

/**
 * struct qv_lvm_pool_parts - what a thin pool lies on
 * @metadata: volume with the metadata, or NULL: none is described
 * @tiers: volumes with the data by tier, without tiers the first one only; or NULL
 * @has_tiers: there are tiers
 */
struct qv_lvm_pool_parts {
	struct qv_lvm_lv *metadata;
	struct qv_lvm_lv *tiers[QV_TIERS];
	bool has_tiers;
};

/**
 * struct qv_lvm_lv - a logical volume
 * @name: in the text, "lv1"
 * @full: with the group, "vg1/lv1"
 * @visible: it is no internal part of another
 * @created: when, in seconds, or 0
 * @extents: how many extents it has
 * @size: in bytes
 * @segments: in order, without gaps
 * @num_segments: how many
 * @item: what everybody sees of it
 * @pool: pool that it is a volume or a part of, or NULL
 * @device: for thin volumes: number in the pool, or %QV_LVM_NO_DEVICE: the text does not tell
 * @parts: for pools: what it lies on, or NULL
 * @snapshot_of: it has the old data of a snapshot, not a thin one, of that volume; or NULL
 * @progress: has @dev been made?
 * @dev: to read it, or NULL
 * @error: why it cannot be read, by kind, or 0
 * @why: the same in words
 * @warning: what is to be known about its data, or NULL
 */
struct qv_lvm_lv {
	const char *name;
	const char *full;
	bool visible;
	u64 created;
	u64 extents;
	u64 size;
	struct qv_lvm_segment *segments;
	size_t num_segments;
	struct qv_item *item;
	struct qv_lvm_lv *pool;
	u32 device;
	struct qv_lvm_pool_parts *parts;
	struct qv_lvm_lv *snapshot_of;
	enum qv_lvm_progress progress;
	struct qv_dev *dev;
	enum qv_error error;
	const char *why;
	const char *warning;
};

/**
 * struct qv_lvm_group - a volume group
 * @qv: set that it is in
 * @options: how to read
 * @text: its text, to be freed with qv_lvm_text_free() when nobody needs the segments' sections
 * @title: its name, made unique
 * @name: its name
 * @id: LVM's identifier
 * @sequence: number of the generation
 * @extent_size: in bytes
 * @pvs: physical volumes
 * @num_pvs: how many
 * @lvs: logical volumes
 * @num_lvs: how many
 * @by_name: the same, sorted by name
 * @depth: how many volumes that lie on each other are being made
 */
struct qv_lvm_group {
	struct qv *qv;
	const struct qv_options *options;
	struct qv_lvm_text *text;
	const char *title;
	const char *name;
	const char *id;
	u32 sequence;
	u64 extent_size;
	struct qv_lvm_pv *pvs;
	size_t num_pvs;
	struct qv_lvm_lv *lvs;
	size_t num_lvs;
	struct qv_lvm_lv **by_name;
	unsigned int depth;
};

int qv_lvm_group_parse(struct qv_lvm_group *group, const char *text, size_t len);
int qv_lvm_group_add_lvs(struct qv_lvm_group *group);
struct qv_lvm_pv *qv_lvm_find_pv(const struct qv_lvm_group *group, const char *name);
struct qv_lvm_lv *qv_lvm_find_lv(const struct qv_lvm_group *group, const char *name);
struct qv_lvm_lv *qv_lvm_find_lv_named(const struct qv_lvm_group *group, const char *name,
				       const char *suffix);
int qv_lvm_lv_fail(struct qv_lvm_group *group, struct qv_lvm_lv *lv, enum qv_error error,
		   const char *format, ...) __printf(4, 5);
int qv_lvm_lv_fail_as_said(struct qv_lvm_group *group, struct qv_lvm_lv *lv, const char *place,
			   int error);
void qv_lvm_lv_warn(struct qv_lvm_group *group, struct qv_lvm_lv *lv, const char *format, ...)
	__printf(3, 4);

int qv_lvm_segment_parse(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
			 struct qv_lvm_segment *segment);
bool qv_lvm_is_thin(const char *type);
bool qv_lvm_is_pool(const char *type);
bool qv_lvm_lv_is_pool(const struct qv_lvm_lv *lv);
bool qv_lvm_lv_is_thin(const struct qv_lvm_lv *lv);
struct qv_lvm_lv *qv_lvm_find_part(const struct qv_lvm_group *group, const char *name);

#endif /* _QNAPVOL_LVM_GROUP_H */
