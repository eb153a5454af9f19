/* SPDX-License-Identifier: GPL-2.0-only */
/* Physical volumes of LVM in memory, for tests */

#ifndef _QNAPVOL_LVM_IMAGE_H
#define _QNAPVOL_LVM_IMAGE_H

#include "lvm-label.h"

#define LVM_AREA	QV_LVM_AREA_START

/**
 * struct lvm_image - a physical volume
 * @bytes: its first bytes, with all metadata
 * @size: how many
 * @device_size: how large the physical volume is
 * @area_size: how large its metadata area is
 * @next: where the next text is written, from the beginning of the area on
 */
struct lvm_image {
	u8 *bytes;
	size_t size;
	u64 device_size;
	size_t area_size;
	size_t next;
};

struct lvm_image lvm_image_new(const char *id, u64 device_size, size_t area_size);
void lvm_image_seal_label(struct lvm_image *image);
void lvm_image_seal_area(struct lvm_image *image);
void lvm_image_commit(struct lvm_image *image, const char *text);
struct qv_item *lvm_image_add(struct qv *qv, const struct lvm_image *image, u8 number);

/* What the device of a physical volume has everywhere behind its metadata, in words of 8 bytes. */
static inline u64 lvm_image_word(u8 number, u64 offset)
{
	return (u64)number << 56 | (offset & ~7ull);
}

/* Texts, section by section; what is open is closed. */
void lvm_text_begin(const char *group, const char *id, unsigned int sequence,
		    unsigned int extent_size);
void lvm_text_pv(const char *name, const char *id, u64 sectors, u64 start, u64 count);
void lvm_text_lv(const char *name, bool visible, unsigned int num_segments);
void lvm_text_segment(u64 start, u64 count, const char *format, ...) __printf(3, 4);
const char *lvm_text_end(void);

#endif /* _QNAPVOL_LVM_IMAGE_H */
