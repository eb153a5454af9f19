// SPDX-License-Identifier: GPL-2.0-only
/* Tests of B-trees: small and large nodes, and damage of every kind */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "btree.h"
#include "ktap.h"
#include "memory.h"
#include "thin-image.h"

#define BLOCK_SIZE	4096
#define BLOCKS		2048
#define ENTRIES		1000

/* Keys are three apart, and begin at ten. */
#define KEY(i)		(10 + 3 * (u64)(i))

struct forest {
	struct qv *qv;
	struct thin_image image;
	struct qv_dev *dev;
	struct qv_blocks *blocks;
	struct qv_btree_cursor cursor;
	struct qv_btree tree;
};

static void begin(struct forest *forest, u32 node_max, size_t num)
{
	struct image_entry *entries = calloc(num + 1, sizeof(*entries));

	*forest = (struct forest){ .qv = qv_new() };
	image_init(&forest->image, calloc(BLOCKS, BLOCK_SIZE), BLOCK_SIZE, BLOCKS);
	forest->image.node_max = node_max;
	for (size_t i = 0; i < num; i++)
		entries[i] = (struct image_entry){ KEY(i), i * 7 };
	forest->tree.root = image_tree(&forest->image, entries, num);
	free(entries);
}

/* From now on the tree can be read. */
static void plant(struct forest *forest)
{
	forest->dev = memory_new(forest->qv, forest->image.bytes,
				 forest->image.num_blocks * BLOCK_SIZE, "tmeta");
	forest->blocks = qv_blocks_new(forest->dev, BLOCK_SIZE, QV_BLOCK_NODE,
				       qv_btree_check_node);
	forest->tree.qv = forest->qv;
	forest->tree.pool = "vg1/tp1";
	forest->tree.blocks = forest->blocks;
	forest->tree.value_size = 8;
	forest->tree.cursor = &forest->cursor;
	qv_btree_cursor_init(&forest->cursor);
	snprintf(forest->tree.keys, sizeof(forest->tree.keys), "keys");
}

static void end(struct forest *forest)
{
	qv_btree_cursor_free(&forest->cursor);
	qv_blocks_free(forest->blocks);
	qv_free(forest->qv);
	free(forest->image.bytes);
}

/* Sound trees */

static bool finds_all(struct forest *forest, size_t num)
{
	u64 value;
	int ret;

	for (u64 key = 0; key < KEY(num) + 10; key++) {
		ret = qv_btree_find(&forest->tree, key, &value);
		if (key >= 10 && key < KEY(num) && key % 3 == 1) {
			if (ret || value != (key - 10) / 3 * 7)
				return false;
		} else if (ret != -QV_ERR_NOT_FOUND) {
			return false;
		}
	}

	return qv_btree_find(&forest->tree, UINT64_MAX, &value) == -QV_ERR_NOT_FOUND;
}

struct walked {
	size_t num;
	bool good;
	size_t limit;
};

static int walk(u64 key, const u8 *value, u32 value_size, void *data)
{
	struct walked *walked = data;

	walked->good &= key == KEY(walked->num) && qv_le64(value) == walked->num * 7 &&
			value_size == 8;
	walked->num++;

	return walked->num == walked->limit ? 99 : 0;
}

static bool walks_all(struct forest *forest, size_t num)
{
	struct walked walked = { .good = true };

	return !qv_btree_walk(&forest->tree, walk, &walked) && walked.good && walked.num == num;
}

/* Each leaf continues where the one before it ends. */
static bool has_no_gaps(struct forest *forest)
{
	struct qv_btree_leaf leaf = { };
	u64 key = 0;

	do {
		if (qv_btree_leaf(&forest->tree, key, &leaf) || leaf.first > key ||
		    leaf.last < key)
			return false;
		qv_btree_put(&leaf);
		key = leaf.last + 1;
	} while (leaf.last != UINT64_MAX);

	return true;
}

static void test_sound(u32 node_max, size_t num)
{
	struct forest forest;
	char name[64];

	begin(&forest, node_max, num);
	plant(&forest);
	snprintf(name, sizeof(name), "%zu entries, %u a node: look up", num, node_max);
	ktap_check(finds_all(&forest, num), name);
	snprintf(name, sizeof(name), "%zu entries, %u a node: walk", num, node_max);
	ktap_check(walks_all(&forest, num), name);
	snprintf(name, sizeof(name), "%zu entries, %u a node: no gaps", num, node_max);
	ktap_check(has_no_gaps(&forest) && !qv_num_remarks(forest.qv), name);
	end(&forest);
}

static void test_end_of_walk(void)
{
	struct walked walked = { .good = true, .limit = 5 };
	struct forest forest;

	begin(&forest, 3, 100);
	plant(&forest);
	ktap_check(qv_btree_walk(&forest.tree, walk, &walked) == 99 && walked.num == 5,
		   "a walk that is ended");
	end(&forest);
}

static void test_all_keys(void)
{
	const struct image_entry entries[] = { { 0, 1 }, { 1, 2 }, { 5, 3 }, { UINT64_MAX, 4 } };
	struct forest forest;
	u64 value;

	begin(&forest, 2, 0);
	forest.tree.root = image_tree(&forest.image, entries, 4);
	plant(&forest);
	ktap_check(!qv_btree_find(&forest.tree, 0, &value) && value == 1 &&
		   !qv_btree_find(&forest.tree, UINT64_MAX, &value) && value == 4 &&
		   qv_btree_find(&forest.tree, UINT64_MAX - 1, &value) == -QV_ERR_NOT_FOUND &&
		   has_no_gaps(&forest), "the first and the last key that there can be");
	end(&forest);
}

/* What a cursor has kept of one tree is not taken for another's. */
static void test_shared_cursor(void)
{
	const struct image_entry entry = { KEY(0), 4711 };
	struct forest forest;
	struct qv_btree other;
	u64 root, one_value, other_value;
	bool good = true;

	begin(&forest, 0, 10);
	root = image_tree(&forest.image, &entry, 1);
	plant(&forest);
	other = forest.tree;
	other.root = root;
	for (int i = 0; i < 3; i++) {
		good &= !qv_btree_find(&forest.tree, KEY(0), &one_value) && !one_value;
		good &= !qv_btree_find(&other, KEY(0), &other_value) && other_value == 4711;
	}
	ktap_check(good, "a cursor of two trees");
	end(&forest);
}

/* Some threads look up keys of a tree that is larger than the cache. */
#define MANY_LEAVES	5000
#define MANY		(MANY_LEAVES * 252)
#define THREADS		4

static void *look_up_many(void *data)
{
	struct forest *forest = data;
	u64 value, key = 0, state = 1;

	/* Three of four keys are next to each other. */
	for (int i = 0; i < 100000; i++) {
		state = state * 6364136223846793005 + 1442695040888963407;
		key = (state >> 60) & 3 ? (key + 1) % MANY : (state >> 32) % MANY;
		if (qv_btree_find(&forest->tree, key, &value) || value != (key ^ 0x5555))
			return forest;
	}

	return NULL;
}

static void begin_many(struct forest *forest)
{
	struct image_entry *entries = calloc(MANY, sizeof(*entries));

	*forest = (struct forest){ .qv = qv_new() };
	image_init(&forest->image, calloc(MANY_LEAVES + 100, BLOCK_SIZE), BLOCK_SIZE,
		   MANY_LEAVES + 100);
	for (size_t i = 0; i < MANY; i++)
		entries[i] = (struct image_entry){ i, i ^ 0x5555 };
	forest->tree.root = image_tree(&forest->image, entries, MANY);
	free(entries);
	plant(forest);
}

static void test_threads(bool cursor)
{
	pthread_t threads[THREADS];
	struct forest forest;
	bool good = true;
	void *ret;

	begin_many(&forest);
	if (!cursor)
		forest.tree.cursor = NULL;
	for (int i = 0; i < THREADS; i++)
		good &= !pthread_create(&threads[i], NULL, look_up_many, &forest);
	for (int i = 0; i < THREADS; i++)
		good &= !pthread_join(threads[i], &ret) && !ret;
	ktap_check(good && !qv_num_remarks(forest.qv),
		   cursor ? "threads, and a tree larger than the cache" :
			    "threads without cursors");
	end(&forest);
}

/* Damage */

/* A tree of three levels: nodes of ten entries. Leaves are blocks 1 to 100, the root comes last. */
#define NODE_MAX	10
#define LEAF		42
#define LEAF_FIRST	KEY(410)
#define LEAF_LAST	(KEY(420) - 1)
#define INNER		105
#define INNER_FIRST	KEY(400)
#define INNER_LAST	(KEY(500) - 1)

typedef void (*harm_fn)(u8 *block);

static void harm_flags(u8 *block)
{
	put_le32(block + 4, 3);
}

static void harm_number(u8 *block)
{
	put_le64(block + 8, 256);
}

static void harm_num(u8 *block)
{
	put_le32(block + 16, NODE_MAX + 1);
}

static void harm_max(u8 *block)
{
	put_le32(block + 20, 1000);
}

static void harm_max_wraps(u8 *block)
{
	put_le32(block + 20, 0x80000000);
}

static void harm_value_size(u8 *block)
{
	put_le32(block + 24, 16);
}

static void harm_value_size_wraps(u8 *block)
{
	put_le32(block + 24, 0xfffffff8);
}

static void harm_order(u8 *block)
{
	put_le64(block + 32 + 8 * 5, qv_le64(block + 32 + 8 * 4));
}

static void harm_low_key(u8 *block)
{
	put_le64(block + 32, qv_le64(block + 32) - 1);
}

static void harm_high_key(u8 *block)
{
	put_le64(block + 32 + 8 * 9, KEY(1000));
}

static void harm_no_children(u8 *block)
{
	put_le32(block + 16, 0);
}

static const struct {
	const char *name;
	harm_fn harm;
	const char *why;
	bool inner_only;
} harms[] = {
	{ "flags", harm_flags, "neither", false },
	{ "block number", harm_number, "it says that it is block 256", false },
	{ "too many entries", harm_num, "more entries", false },
	{ "too much room", harm_max, "more room", false },
	{ "too much room by far", harm_max_wraps, "more room", false },
	{ "length of values", harm_value_size, "", false },
	{ "length of values by far", harm_value_size_wraps, "more room", false },
	{ "order of keys", harm_order, "out of order", false },
	{ "key below those of the parent", harm_low_key, "not those that its parent", false },
	{ "key above those of the parent", harm_high_key, "not those that its parent", false },
	{ "no children", harm_no_children, "leads nowhere", true },
};

/* Exactly the keys of the range are lost, and that is noted once. */
static bool costs(struct forest *forest, u64 first, u64 last, u64 block, const char *why)
{
	char place[64], range[64];
	u64 value;
	int ret, wanted;

	for (u64 key = 0; key < KEY(ENTRIES) + 10; key++) {
		ret = qv_btree_find(&forest->tree, key, &value);
		wanted = key >= 10 && key < KEY(ENTRIES) && key % 3 == 1 ? 0 : -QV_ERR_NOT_FOUND;
		if (key >= first && key <= last)
			wanted = -QV_ERR_DAMAGED;
		if (ret != wanted)
			return false;
	}
	snprintf(place, sizeof(place), "vg1/tp1 metadata block %llu", block);
	snprintf(range, sizeof(range), "lost: keys: %llu to %llu", first, last);

	return qv_num_remarks(forest->qv) == 1 &&
	       !strcmp(qv_remark(forest->qv, 0).place, place) &&
	       strstr(qv_remark(forest->qv, 0).text, why) &&
	       strstr(qv_remark(forest->qv, 0).text, range);
}

static bool walks_past(struct forest *forest, size_t lost)
{
	struct walked walked = { };

	return qv_btree_walk(&forest->tree, walk, &walked) == -QV_ERR_DAMAGED &&
	       walked.num == ENTRIES - lost;
}

static void test_harm(size_t i, bool inner)
{
	const u64 block = inner ? INNER : LEAF;
	struct forest forest;
	char name[96];

	begin(&forest, NODE_MAX, ENTRIES);
	harms[i].harm(image_block(&forest.image, block));
	image_seal(&forest.image, block, IMAGE_NODE);
	plant(&forest);
	snprintf(name, sizeof(name), "damaged %s: %s", inner ? "inner node" : "leaf",
		 harms[i].name);
	ktap_check(walks_past(&forest, inner ? 100 : 10) &&
		   costs(&forest, inner ? INNER_FIRST : LEAF_FIRST,
			 inner ? INNER_LAST : LEAF_LAST, block, harms[i].why), name);
	end(&forest);
}

static void test_checksum(void)
{
	struct forest forest;

	begin(&forest, NODE_MAX, ENTRIES);
	image_block(&forest.image, LEAF)[BLOCK_SIZE - 1] ^= 0x80;
	plant(&forest);
	ktap_check(costs(&forest, LEAF_FIRST, LEAF_LAST, LEAF, "its checksum is wrong"),
		   "damaged leaf: its last bit");
	end(&forest);

	begin(&forest, NODE_MAX, ENTRIES);
	image_seal(&forest.image, LEAF, IMAGE_SUPER);
	plant(&forest);
	ktap_check(costs(&forest, LEAF_FIRST, LEAF_LAST, LEAF, "its checksum is wrong"),
		   "damaged leaf: a block of another type");
	end(&forest);
}

static void test_bad_sector(void)
{
	struct forest forest;

	begin(&forest, NODE_MAX, ENTRIES);
	plant(&forest);
	memory_set_bad(forest.dev, LEAF * BLOCK_SIZE + 1024, 512);
	ktap_check(costs(&forest, LEAF_FIRST, LEAF_LAST, LEAF, "cannot be read from tmeta"),
		   "damaged leaf: a bad sector");
	end(&forest);
}

/* A block that could not be read is not tried again: the disk may be dying. */
static void test_patience(void)
{
	struct forest forest;
	u64 value;
	int ret;

	begin(&forest, NODE_MAX, ENTRIES);
	plant(&forest);
	memory_set_bad(forest.dev, LEAF * BLOCK_SIZE, 512);
	qv_btree_find(&forest.tree, LEAF_FIRST, &value);
	memory_set_bad(forest.dev, 0, 0);
	ret = qv_btree_find(&forest.tree, LEAF_FIRST, &value);
	ktap_check(ret == -QV_ERR_DAMAGED && qv_num_remarks(forest.qv) == 1 &&
		   qv_remark(forest.qv, 0).count == 2, "a bad sector is tried once");
	memory_set_bad(forest.dev, BLOCK_SIZE, 80 * BLOCK_SIZE);
	qv_btree_walk(&forest.tree, walk, &(struct walked){ });
	memory_set_bad(forest.dev, 0, 0);
	ktap_check(!qv_btree_find(&forest.tree, KEY(0), &value) &&
		   qv_btree_find(&forest.tree, KEY(799), &value) == -QV_ERR_DAMAGED,
		   "of many the first ones are tried again");
	end(&forest);
}

/* The child with the leaf's keys is somewhere else. */
static void set_child(struct forest *forest, u64 inner, u32 i, u64 child)
{
	put_le64(image_block(&forest->image, inner) + 32 + 8 * NODE_MAX + 8 * i, child);
	image_seal(&forest->image, inner, IMAGE_NODE);
}

static void test_wrong_child(void)
{
	struct forest forest;

	begin(&forest, NODE_MAX, ENTRIES);
	set_child(&forest, INNER, 1, BLOCKS);
	plant(&forest);
	ktap_check(costs(&forest, LEAF_FIRST, LEAF_LAST, BLOCKS, "beyond the end"),
		   "child: beyond the end");
	end(&forest);

	begin(&forest, NODE_MAX, ENTRIES);
	set_child(&forest, INNER, 1, UINT64_MAX);
	plant(&forest);
	ktap_check(costs(&forest, LEAF_FIRST, LEAF_LAST, UINT64_MAX, "beyond the end"),
		   "child: far beyond the end");
	end(&forest);

	begin(&forest, NODE_MAX, ENTRIES);
	set_child(&forest, INNER, 1, LEAF + 1);
	plant(&forest);
	ktap_check(costs(&forest, LEAF_FIRST, LEAF_LAST, LEAF + 1, "not those that its parent"),
		   "child: another's");
	end(&forest);
}

static void test_cycles(void)
{
	struct walked walked = { };
	struct forest forest;
	u64 root;

	begin(&forest, NODE_MAX, ENTRIES);
	set_child(&forest, INNER, 1, INNER);
	plant(&forest);
	ktap_check(costs(&forest, LEAF_FIRST, LEAF_LAST, INNER, "not those that its parent"),
		   "cycle: a node in itself");
	end(&forest);

	begin(&forest, NODE_MAX, 1);
	root = forest.image.next++;
	memcpy(image_block(&forest.image, root), image_block(&forest.image, 1), BLOCK_SIZE);
	put_le32(image_block(&forest.image, root) + 4, 1);
	put_le64(image_block(&forest.image, root) + 8, root);
	set_child(&forest, root, 0, root);
	forest.tree.root = root;
	plant(&forest);
	ktap_check(qv_btree_walk(&forest.tree, walk, &walked) == -QV_ERR_DAMAGED &&
		   !walked.num && strstr(qv_remark(forest.qv, 0).text, "deeper"),
		   "cycle: a root that is its own only child");
	end(&forest);
}

static void test_depth(u32 levels, bool good)
{
	struct forest forest;
	char name[32];
	u64 value;

	begin(&forest, NODE_MAX, 1);
	for (u32 i = 1; i < levels; i++) {
		const struct image_entry child = { KEY(0), forest.tree.root };

		forest.tree.root = image_tree(&forest.image, &child, 1);
		put_le32(image_block(&forest.image, forest.tree.root) + 4, 1);
		image_seal(&forest.image, forest.tree.root, IMAGE_NODE);
	}
	plant(&forest);
	snprintf(name, sizeof(name), "%u levels", levels);
	ktap_check(qv_btree_find(&forest.tree, KEY(0), &value) == (good ? 0 : -QV_ERR_DAMAGED),
		   name);
	end(&forest);
}

static void test_lost_root(void)
{
	struct forest forest;
	u64 value;

	begin(&forest, NODE_MAX, ENTRIES);
	image_block(&forest.image, forest.tree.root)[100] ^= 1;
	plant(&forest);
	ktap_check(qv_btree_find(&forest.tree, KEY(1), &value) == -QV_ERR_DAMAGED &&
		   strstr(qv_remark(forest.qv, 0).text, "lost: keys: all"), "damaged root");
	end(&forest);
}

int main(void)
{
	ktap_begin();
	test_sound(0, 0);
	test_sound(0, 1);
	test_sound(0, ENTRIES);
	test_sound(252, 252);
	test_sound(252, 253);
	test_sound(NODE_MAX, ENTRIES);
	test_sound(3, ENTRIES);
	test_sound(2, ENTRIES);
	test_end_of_walk();
	test_all_keys();
	test_shared_cursor();
	test_threads(true);
	test_threads(false);
	for (size_t i = 0; i < sizeof(harms) / sizeof(*harms); i++) {
		if (!harms[i].inner_only)
			test_harm(i, false);
		test_harm(i, true);
	}
	test_checksum();
	test_bad_sector();
	test_patience();
	test_wrong_child();
	test_cycles();
	test_depth(16, true);
	test_depth(17, false);
	test_lost_root();

	return ktap_end();
}
