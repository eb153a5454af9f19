/* SPDX-License-Identifier: GPL-2.0-only */
/* A logical volume as a device: pieces that lie on other devices, or nowhere */

#ifndef _QNAPVOL_LVM_MAP_H
#define _QNAPVOL_LVM_MAP_H

#include "qv.h"

/**
 * enum qv_lvm_piece_kind - where a piece of a volume is
 * @QV_LVM_PIECE_DATA: on other devices
 * @QV_LVM_PIECE_ZERO: nowhere, it reads as zeros
 * @QV_LVM_PIECE_ERROR: nowhere, it cannot be read
 */
enum qv_lvm_piece_kind {
	QV_LVM_PIECE_DATA,
	QV_LVM_PIECE_ZERO,
	QV_LVM_PIECE_ERROR,
};

/**
 * struct qv_lvm_stripe - where a stripe of a piece is
 * @dev: device
 * @start: where it begins there; may be beyond its end, which then cannot be read
 */
struct qv_lvm_stripe {
	struct qv_dev *dev;
	u64 start;
};

/**
 * struct qv_lvm_piece - a piece of a volume
 * @start: where it begins in the volume
 * @length: how long it is
 * @kind: where it is
 * @stripes: for data
 * @num_stripes: how many, at least 1
 * @stripe_size: how much is taken from a stripe before the next; with one stripe: no matter
 */
struct qv_lvm_piece {
	u64 start;
	u64 length;
	enum qv_lvm_piece_kind kind;
	struct qv_lvm_stripe *stripes;
	unsigned int num_stripes;
	u64 stripe_size;
};

struct qv_dev *qv_lvm_map_new(struct qv *qv, const char *name, const struct qv_lvm_piece *pieces,
			      size_t num, u64 size);

#endif /* _QNAPVOL_LVM_MAP_H */
