/* SPDX-License-Identifier: GPL-2.0-only */
/* Superblocks of md arrays */

#ifndef _QNAPVOL_MD_SUPER_H
#define _QNAPVOL_MD_SUPER_H

#include "dev.h"

#define QV_MD_UUID_SIZE	16
#define QV_MD_NAME_SIZE	32
#define QV_MD_DISKS_MAX	384

/* What fits behind the fixed part of a superblock 1.x, which is 4 KiB at most. */
#define QV_MD_ROLES_MAX	1920

#define QV_MD_LINEAR	(-1)

/* Roles of members that hold no data. */
#define QV_MD_SPARE	0xffff
#define QV_MD_FAULTY	0xfffe
#define QV_MD_JOURNAL	0xfffd

/**
 * struct qv_md_super - what a superblock says
 * @version: "0.90", "1.0", "1.1" or "1.2": where it is and what it looks like
 * @uuid: of the array
 * @name: of the array, without that of a host; with 0.90 the number of its device
 * @created: when the array was made, in seconds
 * @level: 0, 1, 4, 5, 6, 10 or %QV_MD_LINEAR
 * @layout: of the level
 * @has_layout: with level 0: the layout is known
 * @chunk: length of a chunk
 * @raid_disks: number of members that hold data
 * @number: of this member, in the table of roles
 * @role: which of those that hold data this is, or one of the roles above
 * @events: how often the superblock was written
 * @utime: when it was last, in seconds
 * @in_sync: the array was stopped in order: what members have twice, or as parity, is alike
 * @data_start: where the member's data begins
 * @data_size: how much of it the array uses; levels 0 and linear use all of @data_room
 * @data_room: how much there should be
 * @data_there: how much there is: less if the end of the member is cut off
 * @recovered: how much of it was rebuilt so far; all if it is not being rebuilt
 * @replacement: it is to replace another member of the same role
 * @reshaping: the array was being reshaped
 * @journal: a device of the array is a journal of what is to be written
 * @flex: QNAP's feature for RAID with unequal disks
 * @unknown: there is a feature that is not known
 * @bad_start: where the list of bad blocks is
 * @bad_size: how long it is, 0: there are none
 * @bad_shift: its unit is a sector shifted by this
 * @num_roles: entries of @roles
 * @roles: what role the member of each number has
 */
struct qv_md_super {
	const char *version;
	u8 uuid[QV_MD_UUID_SIZE];
	char name[QV_MD_NAME_SIZE + 1];
	u64 created;
	int level;
	u32 layout;
	bool has_layout;
	u64 chunk;
	u32 raid_disks;
	u32 number;
	u32 role;
	u64 events;
	u64 utime;
	bool in_sync;
	u64 data_start;
	u64 data_size;
	u64 data_room;
	u64 data_there;
	u64 recovered;
	bool replacement;
	bool reshaping;
	bool journal;
	bool flex;
	bool unknown;
	u64 bad_start;
	u32 bad_size;
	u8 bad_shift;
	u32 num_roles;
	u16 roles[QV_MD_ROLES_MAX];
};

int qv_md_super_read(struct qv_dev *dev, struct qv_md_super *super);

#endif /* _QNAPVOL_MD_SUPER_H */
