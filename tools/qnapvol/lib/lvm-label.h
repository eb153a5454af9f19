/* SPDX-License-Identifier: GPL-2.0-only */
/* The label of a physical volume of LVM: who it is, and where its metadata areas are */

#ifndef _QNAPVOL_LVM_LABEL_H
#define _QNAPVOL_LVM_LABEL_H

#include "crc32.h"
#include "dev.h"

/* 32 characters, and six dashes between them. */
#define QV_LVM_ID_SIZE	39

/* As many as a sector has space for. */
#define QV_LVM_AREAS_MAX	28

/* Where LVM puts the first metadata area. */
#define QV_LVM_AREA_START	4096

/**
 * struct qv_lvm_area - a part of a physical volume
 * @start: where it begins
 * @size: how long it is; data areas may have 0: up to the end
 */
struct qv_lvm_area {
	u64 start;
	u64 size;
};

/**
 * struct qv_lvm_label - a label
 * @id: LVM's identifier, with dashes
 * @size: how large the physical volume says it is
 * @data: where extents may be
 * @num_data: how many
 * @meta: where descriptions of the group are
 * @num_meta: how many
 * @version: of the extension, 0 if there is none
 * @damaged: the checksum of the label is wrong: nothing else of it was taken
 */
struct qv_lvm_label {
	char id[QV_LVM_ID_SIZE];
	u64 size;
	struct qv_lvm_area data[QV_LVM_AREAS_MAX];
	unsigned int num_data;
	struct qv_lvm_area meta[QV_LVM_AREAS_MAX];
	unsigned int num_meta;
	u32 version;
	bool damaged;
};

/* LVM's checksum of anything. */
static inline u32 qv_lvm_crc(const void *data, size_t len)
{
	return qv_crc32_raw(0xf597a6cf, data, len);
}

int qv_lvm_label_read(struct qv_dev *dev, struct qv_lvm_label *label);

#endif /* _QNAPVOL_LVM_LABEL_H */
