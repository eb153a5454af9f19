/* SPDX-License-Identifier: GPL-2.0-only */
/* What a layer has to be, and what all layers use */

#ifndef _QNAPVOL_DEV_H
#define _QNAPVOL_DEV_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <pthread.h>

#include "qnapvol.h"

#define QV_SECTOR	512
#define QV_MIB		(1024 * 1024)

/**
 * struct qv_dev_ops - a layer
 * @read: fills the buffer; the range is inside the device and not empty. Called by many threads at
 *	  once
 * @extent: describes what begins at @start, at most @len long; the range is inside the device.
 *	    NULL: the device is data from end to end, and keeps the order of the disk
 * @free: frees what the layer has, but not the devices below it, nor the device itself
 */
struct qv_dev_ops {
	int (*read)(struct qv_dev *dev, void *buf, size_t len, u64 start);
	int (*extent)(struct qv_dev *dev, u64 start, u64 len, struct qv_extent *extent);
	void (*free)(struct qv_dev *dev);
};

/**
 * struct qv_dev - a device of a layer, to be embedded in what the layer knows of it
 * @ops: the layer
 * @qv: what it belongs to, and is freed with
 * @next: the device that was made before it
 * @name: for messages
 * @size: in bytes
 */
struct qv_dev {
	const struct qv_dev_ops *ops;
	struct qv *qv;
	struct qv_dev *next;
	char *name;
	u64 size;
};

void *qv_dev_new(struct qv *qv, size_t bytes, const struct qv_dev_ops *ops, u64 size,
		 const char *name, ...) __printf(5, 6);
struct qv_dev *qv_slice_new(struct qv_dev *below, u64 start, u64 size, const char *name);

bool qv_extent_continues(const struct qv_extent *extent, const struct qv_extent *next);

int qv_no_memory(struct qv *qv);
int qv_fail(struct qv *qv, enum qv_error error, const char *format, ...) __printf(3, 4);
void qv_note(struct qv *qv, enum qv_severity severity, const char *place, const char *format, ...)
	__printf(4, 5);

/* Little-endian numbers at any address */

static inline u16 qv_le16(const void *p)
{
	const u8 *b = p;

	return b[0] | b[1] << 8;
}

static inline u32 qv_le32(const void *p)
{
	const u8 *b = p;

	return qv_le16(b) | (u32)qv_le16(b + 2) << 16;
}

static inline u64 qv_le64(const void *p)
{
	const u8 *b = p;

	return qv_le32(b) | (u64)qv_le32(b + 4) << 32;
}

static inline u64 qv_min(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* Is [start, start + len) inside of size bytes? */
static inline bool qv_inside(u64 start, u64 len, u64 size)
{
	return start <= size && len <= size - start;
}

#endif /* _QNAPVOL_DEV_H */
