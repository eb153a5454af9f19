// SPDX-License-Identifier: GPL-2.0-only
/*
 * B-trees of a pool's metadata
 *
 * A node has keys in ascending order, each with a value; in an inner node that is the block of a
 * child with the keys from there up to the next one. A tree that runs in circles is found by its
 * depth: eight levels hold more keys than there are blocks on any disk.
 */

#include <stdio.h>
#include <stdlib.h>

#include "btree.h"

/* Fields of a node. Keys follow, then values: room for max_entries of each. */
#define NODE_FLAGS		4
#define NODE_NUM		16
#define NODE_MAX		20
#define NODE_VALUE_SIZE		24
#define NODE_HEADER		32

#define FLAG_INNER		1
#define FLAG_LEAF		2

/* Trees with small nodes are deeper than those of any pool. */
#define DEPTH_MAX		16

/* Nodes */

static bool is_inner(const u8 *node)
{
	return qv_le32(node + NODE_FLAGS) == FLAG_INNER;
}

static bool is_ascending(const u8 *keys, u32 num)
{
	for (u32 i = 1; i < num; i++) {
		if (qv_le64(keys + i * sizeof(u64)) <= qv_le64(keys + (i - 1) * sizeof(u64)))
			return false;
	}

	return true;
}

/**
 * qv_btree_check_node() - can the node be used?
 * @node: node, a whole block
 * @size: size of the block
 * @why: where to put why not, %QV_WHY_MAX bytes
 *
 * Return: true if its header fits into the block, and its keys are in order.
 */
bool qv_btree_check_node(const u8 *node, u32 size, char *why)
{
	const u32 flags = qv_le32(node + NODE_FLAGS);
	const u32 num = qv_le32(node + NODE_NUM);
	const u64 max = qv_le32(node + NODE_MAX);
	const u64 value_size = qv_le32(node + NODE_VALUE_SIZE);
	const char *what = NULL;

	if (flags != FLAG_INNER && flags != FLAG_LEAF)
		what = "it is neither an inner node nor a leaf";
	else if (max > size || value_size > size ||
		 NODE_HEADER + max * (sizeof(u64) + value_size) > size)
		what = "it has more room for entries than there is";
	else if (num > max)
		what = "it has more entries than room for them";
	else if (flags == FLAG_INNER && (!num || value_size != QV_BTREE_NUMBER))
		what = "it is an inner node that leads nowhere";
	else if (!is_ascending(node + NODE_HEADER, num))
		what = "its keys are out of order";
	if (what)
		snprintf(why, QV_WHY_MAX, "%s", what);

	return !what;
}

/**
 * qv_btree_check_root() - can the root of a tree be read?
 * @dev: device with the metadata
 * @size: size of its blocks
 * @root: block of the root
 * @why: where to put why not, %QV_WHY_MAX bytes
 *
 * Return: true if it can.
 */
bool qv_btree_check_root(struct qv_dev *dev, u32 size, u64 root, char *why)
{
	u8 *node = malloc(size);
	bool good;

	if (!node) {
		snprintf(why, QV_WHY_MAX, "no memory");
		return false;
	}
	good = !qv_block_read(dev, root, size, QV_BLOCK_NODE, node, why) &&
	       qv_btree_check_node(node, size, why);
	free(node);

	return good;
}

/* Leaves */

static void say_range(const struct qv_btree *tree, const struct qv_btree_leaf *leaf, char *text,
		      size_t size)
{
	if (leaf->last != UINT64_MAX)
		snprintf(text, size, "%s: %llu to %llu", tree->keys, leaf->first, leaf->last);
	else if (leaf->first)
		snprintf(text, size, "%s: from %llu on", tree->keys, leaf->first);
	else
		snprintf(text, size, "%s: all", tree->keys);
}

static int lose(const struct qv_btree *tree, const struct qv_btree_leaf *leaf, u64 number,
		const char *why)
{
	char place[128], range[128];

	say_range(tree, leaf, range, sizeof(range));
	snprintf(place, sizeof(place), "%.80s metadata block %llu", tree->pool, number);
	qv_note(tree->qv, QV_DAMAGE, place, "%s, and so this is lost: %s", why, range);

	return -QV_ERR_DAMAGED;
}

static void look_into(struct qv_btree_leaf *leaf)
{
	const u8 *node = leaf->block->data;

	leaf->num = qv_le32(node + NODE_NUM);
	leaf->value_size = qv_le32(node + NODE_VALUE_SIZE);
	leaf->keys = node + NODE_HEADER;
	leaf->values = leaf->keys + qv_le32(node + NODE_MAX) * sizeof(u64);
}

static bool is_in_range(const struct qv_btree_leaf *leaf)
{
	return !leaf->num || (qv_btree_key(leaf, 0) >= leaf->first &&
			      qv_btree_key(leaf, leaf->num - 1) <= leaf->last);
}

/* Goes to a node, which becomes the leaf's block. The range is known from its parent. */
static int enter_node(const struct qv_btree *tree, u64 number, struct qv_btree_leaf *leaf)
{
	char why[QV_WHY_MAX];
	int ret = qv_block_get(tree->blocks, number, &leaf->block, why);

	if (ret == -QV_ERR_SYSTEM)
		return qv_no_memory(tree->qv);
	if (ret)
		return lose(tree, leaf, number, why);

	look_into(leaf);
	if (!is_in_range(leaf))
		ret = lose(tree, leaf, number, "its keys are not those that its parent leads to");
	else if (!is_inner(leaf->block->data) && tree->value_size &&
		 leaf->value_size != tree->value_size)
		ret = lose(tree, leaf, number, "its values are those of another tree");
	if (ret)
		qv_btree_put(leaf);

	return ret;
}

/* The range becomes that of the child with the key. Returns false if there is no such child. */
static bool choose_child(struct qv_btree_leaf *leaf, u64 key, u64 *number)
{
	u32 next = qv_btree_search(leaf, key);

	if (next < leaf->num && qv_btree_key(leaf, next) == key)
		next++;
	if (next < leaf->num)
		leaf->last = qv_btree_key(leaf, next) - 1;
	if (!next)
		return false;

	leaf->first = qv_btree_key(leaf, next - 1);
	*number = qv_le64(qv_btree_value(leaf, next - 1));

	return true;
}

static int descend(const struct qv_btree *tree, u64 key, struct qv_btree_leaf *leaf)
{
	u64 number = tree->root;
	int ret;

	*leaf = (struct qv_btree_leaf){ .last = UINT64_MAX };
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		ret = enter_node(tree, number, leaf);
		if (ret || !is_inner(leaf->block->data))
			return ret;

		if (!choose_child(leaf, key, &number)) {
			qv_btree_put(leaf);
			return 0;
		}
		qv_btree_put(leaf);
	}

	return lose(tree, leaf, number, "it is deeper in its tree than any");
}

/* Cursors. A thread that would have to wait for one goes down the tree instead. */

void qv_btree_cursor_init(struct qv_btree_cursor *cursor)
{
	pthread_mutex_init(&cursor->lock, NULL);
	cursor->leaf = (struct qv_btree_leaf){ };
}

void qv_btree_cursor_free(struct qv_btree_cursor *cursor)
{
	qv_btree_put(&cursor->leaf);
	pthread_mutex_destroy(&cursor->lock);
}

static bool is_at(const struct qv_btree_cursor *cursor, u64 root, u64 key)
{
	return cursor->leaf.block && cursor->root == root && key >= cursor->leaf.first &&
	       key <= cursor->leaf.last;
}

static bool take_from_cursor(struct qv_btree_cursor *cursor, u64 root, u64 key,
			     struct qv_btree_leaf *leaf)
{
	bool found;

	if (pthread_mutex_trylock(&cursor->lock))
		return false;

	found = is_at(cursor, root, key);
	if (found) {
		*leaf = cursor->leaf;
		qv_block_hold(leaf->block);
	}
	pthread_mutex_unlock(&cursor->lock);

	return found;
}

static void move_cursor(struct qv_btree_cursor *cursor, u64 root, const struct qv_btree_leaf *leaf)
{
	struct qv_btree_leaf old;

	if (pthread_mutex_trylock(&cursor->lock))
		return;

	old = cursor->leaf;
	cursor->leaf = *leaf;
	cursor->root = root;
	qv_block_hold(leaf->block);
	pthread_mutex_unlock(&cursor->lock);
	qv_btree_put(&old);
}

/**
 * qv_btree_leaf() - have the leaf that is responsible for a key
 * @tree: tree
 * @key: the key
 * @leaf: the leaf, to be given back with qv_btree_put(). Its range is set in any case
 *
 * Damage is noted.
 *
 * Context: may be called by many threads at once.
 * Return:
 * * %0: it is there, or there are no keys in the range
 * * -%QV_ERR_DAMAGED: all keys of the range are lost
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_btree_leaf(const struct qv_btree *tree, u64 key, struct qv_btree_leaf *leaf)
{
	int ret;

	if (tree->cursor && take_from_cursor(tree->cursor, tree->root, key, leaf))
		return 0;

	ret = descend(tree, key, leaf);
	if (!ret && tree->cursor && leaf->block)
		move_cursor(tree->cursor, tree->root, leaf);

	return ret;
}

/* Gives a leaf back. Its range stays. */
void qv_btree_put(struct qv_btree_leaf *leaf)
{
	if (leaf->block)
		qv_block_put(leaf->block);
	leaf->block = NULL;
	leaf->num = 0;
}

/* Returns which entry is the first with that key or a larger one: the number of entries if none. */
u32 qv_btree_search(const struct qv_btree_leaf *leaf, u64 key)
{
	u32 low = 0, high = leaf->num, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (qv_btree_key(leaf, middle) < key)
			low = middle + 1;
		else
			high = middle;
	}

	return low;
}

/**
 * qv_btree_find() - look a key up
 * @tree: tree with values that are numbers
 * @key: the key
 * @value: where to put its value
 *
 * Return: %0, -%QV_ERR_NOT_FOUND if it is not there, or what qv_btree_leaf() returns.
 */
int qv_btree_find(const struct qv_btree *tree, u64 key, u64 *value)
{
	struct qv_btree_leaf leaf;
	int ret = qv_btree_leaf(tree, key, &leaf);
	u32 i;

	if (ret)
		return ret;

	i = qv_btree_search(&leaf, key);
	if (i < leaf.num && qv_btree_key(&leaf, i) == key)
		*value = qv_le64(qv_btree_value(&leaf, i));
	else
		ret = -QV_ERR_NOT_FOUND;
	qv_btree_put(&leaf);

	return ret;
}

static int walk_leaf(const struct qv_btree_leaf *leaf, qv_btree_fn fn, void *data)
{
	int ret = 0;

	for (u32 i = 0; i < leaf->num && !ret; i++)
		ret = fn(qv_btree_key(leaf, i), qv_btree_value(leaf, i), leaf->value_size, data);

	return ret;
}

/**
 * qv_btree_walk() - all entries of a tree in the order of their keys
 * @tree: tree
 * @fn: called for each; not 0 ends the walk
 * @data: for @fn
 *
 * Return:
 * * %0: that was all
 * * -%QV_ERR_DAMAGED: that was all that is not lost
 * * -%QV_ERR_SYSTEM: no memory
 * * what @fn has returned
 */
int qv_btree_walk(const struct qv_btree *tree, qv_btree_fn fn, void *data)
{
	struct qv_btree_leaf leaf;
	int ret, lost = 0;
	u64 key = 0;

	do {
		ret = qv_btree_leaf(tree, key, &leaf);
		if (ret == -QV_ERR_DAMAGED)
			lost = ret;
		else if (ret)
			return ret;

		ret = walk_leaf(&leaf, fn, data);
		qv_btree_put(&leaf);
		if (ret)
			return ret;
		key = leaf.last + 1;
	} while (leaf.last != UINT64_MAX);

	return lost;
}
