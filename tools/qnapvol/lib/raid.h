/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the data of an array is on its members */

#ifndef _QNAPVOL_RAID_H
#define _QNAPVOL_RAID_H

#include "dev.h"

#define QV_RAID_DISKS_MAX	384

/* Layouts of levels 5 and 6; those from 8 on are of level 6 only. */
enum qv_raid_layout {
	QV_RAID_LEFT_ASYMMETRIC = 0,
	QV_RAID_RIGHT_ASYMMETRIC = 1,
	QV_RAID_LEFT_SYMMETRIC = 2,
	QV_RAID_RIGHT_SYMMETRIC = 3,
	QV_RAID_PARITY_FIRST = 4,
	QV_RAID_PARITY_LAST = 5,
	/* Of the Common RAID Disk Data Format. */
	QV_RAID_ROTATING_ZERO_RESTART = 8,
	QV_RAID_ROTATING_N_RESTART = 9,
	QV_RAID_ROTATING_N_CONTINUE = 10,
	/* As in level 5, with the second parity on the last member. */
	QV_RAID_LEFT_ASYMMETRIC_6 = 16,
	QV_RAID_RIGHT_ASYMMETRIC_6 = 17,
	QV_RAID_LEFT_SYMMETRIC_6 = 18,
	QV_RAID_RIGHT_SYMMETRIC_6 = 19,
	QV_RAID_PARITY_FIRST_6 = 20,
};

/* Layouts of level 0 with unequal members. */
enum qv_raid0_layout {
	QV_RAID0_UNKNOWN = 0,
	QV_RAID0_ORIGINAL = 1,
	QV_RAID0_ALTERNATE = 2,
};

/**
 * struct qv_raid_member - a member of an array
 * @dev: its data, or NULL: it is missing
 * @size: how much of it the array uses; known also of one that is missing, but not with levels 0
 *	  and linear
 * @end: how much of that is there and up to date
 */
struct qv_raid_member {
	struct qv_dev *dev;
	u64 size;
	u64 end;
};

/**
 * struct qv_raid_geometry - how an array is made up
 * @level: 0, 1, 4, 5, 6, 10, or -1: linear
 * @layout: of the level
 * @chunk: length of a chunk
 * @disks: how many members there should be
 * @in_sync: what members have twice, or as parity, is alike
 * @members: the members
 */
struct qv_raid_geometry {
	int level;
	u32 layout;
	u64 chunk;
	u32 disks;
	bool in_sync;
	const struct qv_raid_member *members;
};

struct qv_raid;

/**
 * struct qv_raid_level - a level
 * @check: says if the geometry is one that is known: 0, or an error that has its text
 * @size: size of the array, 0 if it makes no sense
 * @is_enough: can all data be had if those members are used that @has says?
 * @read: reads from the array, see struct qv_dev_ops
 * @piece: how much of what begins at @start is alike, at most @len: it can be read, or not. NULL
 *	   for a device that is not asked this
 */
struct qv_raid_level {
	int (*check)(struct qv *qv, const struct qv_raid_geometry *geometry);
	u64 (*size)(const struct qv_raid_geometry *geometry);
	bool (*is_enough)(const struct qv_raid_geometry *geometry, const bool *has);
	int (*read)(struct qv_dev *dev, void *buf, size_t len, u64 start);
	u64 (*piece)(const struct qv_raid *raid, u64 start, u64 len, bool *good);
};

/**
 * struct qv_raid - an array that can be read
 * @dev: its data
 * @geometry: how it is made up
 * @level: its level
 * @has_gaps: there may be data that cannot be read
 */
struct qv_raid {
	struct qv_dev dev;
	struct qv_raid_geometry geometry;
	const struct qv_raid_level *level;
	bool has_gaps;
};

extern const struct qv_raid_level qv_raid_linear;
extern const struct qv_raid_level qv_raid0;
extern const struct qv_raid_level qv_raid1;
extern const struct qv_raid_level qv_raid10;
extern const struct qv_raid_level qv_raid456;

int qv_raid_check(struct qv *qv, const struct qv_raid_geometry *geometry);
u64 qv_raid_size(const struct qv_raid_geometry *geometry);
bool qv_raid_is_enough(const struct qv_raid_geometry *geometry, const bool *has);
bool qv_raid0_is_unclear(const struct qv_raid_geometry *geometry);
struct qv_dev *qv_raid_new(struct qv *qv, const struct qv_raid_geometry *geometry,
			   const char *name);

/* For the levels */

/**
 * struct qv_raid_ways - ways to the same data, to be tried one after the other
 * @num: how many there are
 * @cut: more than one may lead there, so that parts are worth a try: a bad disk takes seconds for
 *	 each
 * @read: takes one of them; returns false if that does not lead there
 * @data: for @read
 */
struct qv_raid_ways {
	unsigned int num;
	bool cut;
	bool (*read)(const void *data, unsigned int way, u8 *buf, size_t len, u64 start);
	const void *data;
};

bool qv_raid_try(const struct qv_raid_ways *ways, u8 *buf, size_t len, u64 start);
bool qv_raid_member_has(const struct qv_raid *raid, u32 disk, u64 start, u64 len);
bool qv_raid_member_read(const struct qv_raid *raid, u32 disk, void *buf, size_t len, u64 start);
u64 qv_raid_member_run(const struct qv_raid *raid, u32 disk, u64 start, u64 len, bool *good);
bool qv_raid_has_all(const struct qv_raid_geometry *geometry, const bool *has);
int qv_raid_fail(const struct qv_raid *raid, u64 start);

/**
 * struct qv_stripe - the members' parts in a stripe of a level with parity
 * @parity: number of the member with the parity
 * @syndrome: number of the member with level 6's second parity, or -1
 * @counts_all: the factors in the second parity go by the numbers of all members
 * @data: numbers of the members with data, in the order of the data
 */
struct qv_stripe {
	int parity;
	int syndrome;
	bool counts_all;
	int data[QV_RAID_DISKS_MAX];
};

bool qv_stripe_find(int level, u32 layout, u32 disks, u64 number, struct qv_stripe *stripe);
unsigned int qv_stripe_slot(const struct qv_stripe *stripe, u32 disks, int disk);

/* Arithmetic in the field of 256 elements that level 6 uses. */

/* All products of one factor. */
struct qv_gf_table {
	u8 product[256];
};

u8 qv_gf_mul(u8 a, u8 b);
u8 qv_gf_div(u8 a, u8 b);
u8 qv_gf_pow2(unsigned int exponent);
void qv_gf_table(struct qv_gf_table *table, u8 factor);
void qv_gf_add(u8 *sum, const u8 *data, size_t len);
void qv_gf_double(u8 *data, size_t len);

#endif /* _QNAPVOL_RAID_H */
