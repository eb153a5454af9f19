/* SPDX-License-Identifier: GPL-2.0-only */
/* The set of sources and all that is found in them, as the layers see it */

#ifndef _QNAPVOL_QV_H
#define _QNAPVOL_QV_H

#include "dev.h"

struct qv_thin_pool;

/* A disk that is broken all over must not fill the memory with remarks. */
#define QV_REMARKS_MAX	1000

#define QV_ERROR_TEXT_MAX	1024

/**
 * struct qv_memory - a piece of memory that lives as long as the set
 * @next: the piece that was had before it
 * @bytes: what is in it
 */
struct qv_memory {
	struct qv_memory *next;
	max_align_t bytes[];
};

/**
 * struct qv - a set of sources, and all that is found in them
 * @lock: guards @error, @kind, @remarks and @num_remarks; the rest is changed by one thread at a
 *	  time, while nobody reads
 * @error: text of the last error
 * @kind: its kind
 * @remarks: what was noticed
 * @num_remarks: how many
 * @devices: all devices, the latest first
 * @memory: what qv_zalloc() gave
 * @items: what was found, the first at the top of the tree
 * @last_item: the last at the top of the tree
 */
struct qv {
	pthread_mutex_t lock;
	char error[QV_ERROR_TEXT_MAX];
	enum qv_error kind;
	struct qv_remark remarks[QV_REMARKS_MAX];
	size_t num_remarks;
	struct qv_dev *devices;
	struct qv_memory *memory;
	struct qv_item *items;
	struct qv_item *last_item;
};

/**
 * struct qv_found - an item with what only the layers need
 * @item: what everybody sees
 * @last_child: the last of its children
 * @pool: for pools: to look into its metadata, or NULL
 */
struct qv_found {
	struct qv_item item;
	struct qv_item *last_child;
	struct qv_thin_pool *pool;
};

static inline struct qv_found *qv_found(const struct qv_item *item)
{
	return (struct qv_found *)item;
}

void *qv_zalloc(struct qv *qv, size_t num, size_t size);
char *qv_text(struct qv *qv, const char *format, ...) __printf(2, 3);

struct qv_item *qv_item_new(struct qv *qv, enum qv_item_kind kind, struct qv_item *parent,
			    const char *name, ...) __printf(4, 5);
void qv_item_set_dev(struct qv_item *item, struct qv_dev *dev);
void qv_item_warn(struct qv *qv, struct qv_item *item, const char *format, ...) __printf(3, 4);
int qv_item_fail(struct qv *qv, struct qv_item *item, enum qv_error error, const char *format, ...)
	__printf(4, 5);

#endif /* _QNAPVOL_QV_H */
