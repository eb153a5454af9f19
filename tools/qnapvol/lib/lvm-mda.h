/* SPDX-License-Identifier: GPL-2.0-only */
/* Metadata areas of LVM: rings of texts, of which one is in use, and older ones may be whole */

#ifndef _QNAPVOL_LVM_MDA_H
#define _QNAPVOL_LVM_MDA_H

#include "lvm-label.h"
#include "lvm-text.h"

/**
 * struct qv_lvm_generation - a sound text that describes a volume group
 * @text: the text
 * @len: its length
 * @start: where it begins in its area
 * @group: identifier of the group
 * @sequence: number of the generation
 * @created: when it was written, in seconds
 * @committed: it is the one in use
 */
struct qv_lvm_generation {
	char *text;
	size_t len;
	u64 start;
	char group[QV_LVM_ID_SIZE];
	u32 sequence;
	u64 created;
	bool committed;
};

/**
 * struct qv_lvm_generations - texts that were found in metadata areas
 * @all: all of them
 * @num: how many
 * @damaged: a text was in use, and is damaged
 */
struct qv_lvm_generations {
	struct qv_lvm_generation *all;
	size_t num;
	bool damaged;
};

int qv_lvm_mda_read(struct qv_dev *dev, const struct qv_lvm_area *area,
		    struct qv_lvm_generations *found);
int qv_lvm_mda_parse(struct qv *qv, const char *place, const u8 *area, size_t size,
		     struct qv_lvm_generations *found);
int qv_lvm_generation_add(struct qv *qv, struct qv_lvm_generations *found, const char *bytes,
			  size_t len, struct qv_lvm_generation *generation);
void qv_lvm_generations_free(struct qv_lvm_generations *found);
bool qv_lvm_mda_is_header(const u8 *sector);
const struct qv_lvm_generation *qv_lvm_newest(const struct qv_lvm_generations *found);

#endif /* _QNAPVOL_LVM_MDA_H */
