/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * B-trees of a pool's metadata
 *
 * Keys are numbers. A tree is read leaf by leaf: each leaf is responsible for a range of keys, as
 * its parents tell, whether it has them or not. What is damaged costs its range.
 */

#ifndef _QNAPVOL_BTREE_H
#define _QNAPVOL_BTREE_H

#include "thin-block.h"

#define QV_BTREE_KEYS_MAX	48

/* Length of the values of most trees. */
#define QV_BTREE_NUMBER		8

/**
 * struct qv_btree_leaf - a leaf, or a range of keys without any
 * @first: first key that it is responsible for
 * @last: last key, likewise
 * @block: block that is held, or NULL: there are no keys in the range
 * @num: how many keys there are
 * @value_size: how long a value is
 * @keys: the keys, ascending
 * @values: their values
 */
struct qv_btree_leaf {
	u64 first;
	u64 last;
	struct qv_block *block;
	u32 num;
	u32 value_size;
	const u8 *keys;
	const u8 *values;
};

/**
 * struct qv_btree_cursor - the leaf that was read last: the next key is often in it
 * @lock: guards the rest
 * @root: of the tree that the leaf is of
 * @leaf: the leaf, if it has a block
 */
struct qv_btree_cursor {
	pthread_mutex_t lock;
	u64 root;
	struct qv_btree_leaf leaf;
};

/**
 * struct qv_btree - a B-tree
 * @qv: where damage is noted
 * @pool: of which pool, for messages
 * @blocks: cache of its blocks
 * @root: block of its root
 * @value_size: how long its values are, 0: as the leaf says
 * @cursor: where it was read last, or NULL
 * @keys: what its keys are, for messages: "chunks of device 1"
 */
struct qv_btree {
	struct qv *qv;
	const char *pool;
	struct qv_blocks *blocks;
	u64 root;
	u32 value_size;
	struct qv_btree_cursor *cursor;
	char keys[QV_BTREE_KEYS_MAX];
};

typedef int (*qv_btree_fn)(u64 key, const u8 *value, u32 value_size, void *data);

bool qv_btree_check_node(const u8 *node, u32 size, char *why);
bool qv_btree_check_root(struct qv_dev *dev, u32 size, u64 root, char *why);

void qv_btree_cursor_init(struct qv_btree_cursor *cursor);
void qv_btree_cursor_free(struct qv_btree_cursor *cursor);

int qv_btree_leaf(const struct qv_btree *tree, u64 key, struct qv_btree_leaf *leaf);
void qv_btree_put(struct qv_btree_leaf *leaf);
u32 qv_btree_search(const struct qv_btree_leaf *leaf, u64 key);
int qv_btree_find(const struct qv_btree *tree, u64 key, u64 *value);
int qv_btree_walk(const struct qv_btree *tree, qv_btree_fn fn, void *data);

static inline u64 qv_btree_key(const struct qv_btree_leaf *leaf, u32 i)
{
	return qv_le64(leaf->keys + i * sizeof(u64));
}

static inline const u8 *qv_btree_value(const struct qv_btree_leaf *leaf, u32 i)
{
	return leaf->values + (size_t)i * leaf->value_size;
}

#endif /* _QNAPVOL_BTREE_H */
