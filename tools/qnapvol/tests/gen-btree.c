// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkqnapimg: trees of thin metadata
 *
 * A tree is built at once: leaves from left to right, then those above them. A leaf that is there
 * already is used again, as a snapshot has it.
 */

#include <stdio.h>
#include <stdlib.h>

#include "crc32.h"
#include "gen-thin.h"

#define HEADER		32
#define FLAG_INTERNAL	1
#define FLAG_LEAF	2

/* What is the same in nodes with the same content begins here; before it is where they are. */
#define CONTENT		16

u64 meta_allocate(struct meta *meta)
{
	if (meta->next == meta->num_blocks)
		die("%s: too small for this metadata", meta->lv->name);

	return meta->next++;
}

void meta_write(struct meta *meta, u64 block, u8 *bytes, u32 csum)
{
	put64(bytes + 8, block);
	put32(bytes, qv_crc32c_raw(UINT32_MAX, bytes + 4, meta->block_size - 4) ^ csum);
	lv_write(meta->lv, bytes, meta->block_size, block * meta->block_size);
}

void meta_read(const struct meta *meta, u64 block, u8 *bytes)
{
	lv_read(meta->lv, bytes, meta->block_size, block * meta->block_size);
}

static u32 max_entries(const struct meta *meta, u32 value_size)
{
	return (meta->block_size - HEADER) / (8 + value_size) / 3 * 3;
}

/* Finds the node, or a free place in the table for it. */
static u64 *find_known(const struct meta *meta, const u8 *bytes)
{
	const size_t len = meta->block_size - CONTENT;
	size_t at = qv_crc32c_raw(0, bytes + CONTENT, len) & (meta->num_known - 1);
	u8 *other = must_alloc(1, meta->block_size);

	for (; meta->known[at]; at = (at + 1) & (meta->num_known - 1)) {
		meta_read(meta, meta->known[at], other);
		if (!memcmp(other + 4, bytes + 4, 4) &&
		    !memcmp(other + CONTENT, bytes + CONTENT, len))
			break;
	}
	free(other);

	return &meta->known[at];
}

static void note_node(struct meta *meta, const char *tree, u64 block, u64 first, bool leaf)
{
	struct node *node = must_alloc(1, sizeof(*node));

	snprintf(node->tree, sizeof(node->tree), "%s", tree);
	node->block = block;
	node->first = first;
	node->leaf = leaf;
	node->next = meta->nodes;
	meta->nodes = node;
}

static u64 value_at(const u8 *p)
{
	u64 value = 0;

	for (int i = 8; i--;)
		value = value << 8 | p[i];

	return value;
}

static void count_references(struct meta *meta, const struct tree *tree, const u8 *values, u32 num,
			     bool leaf)
{
	for (u32 i = 0; i < num && !tree->uncounted; i++, values += tree->value_size) {
		if (!leaf || tree->has_trees)
			meta->refs[value_at(values)]++;
		else if (tree->is_mapping)
			meta->data_refs[VALUE_BLOCK(value_at(values))]++;
	}
}

/* Writes a node with some of the entries; values of nodes that are no leaves are blocks. */
static u64 write_node(struct meta *meta, const struct tree *tree, u64 from, u32 num, bool leaf)
{
	const u32 max = max_entries(meta, tree->value_size);
	const u8 *values = tree->values + from * tree->value_size;
	u8 *bytes = must_alloc(1, meta->block_size);
	u64 *known = NULL;
	u64 block = 0;

	put32(bytes + 4, leaf ? FLAG_LEAF : FLAG_INTERNAL);
	put32(bytes + 16, num);
	put32(bytes + 20, max);
	put32(bytes + 24, tree->value_size);
	for (u32 i = 0; i < num; i++)
		put64(bytes + HEADER + 8 * i, tree->keys ? tree->keys[from + i] : from + i);
	if (num)
		memcpy(bytes + HEADER + 8 * max, values, (size_t)num * tree->value_size);
	if (tree->shared && meta->num_known) {
		known = find_known(meta, bytes);
		block = *known;
	}
	if (!block) {
		block = meta_allocate(meta);
		meta_write(meta, block, bytes, CSUM_NODE);
		count_references(meta, tree, values, num, leaf);
	}
	if (known)
		*known = block;
	note_node(meta, tree->name, block, !num ? 0 : tree->keys ? tree->keys[from] : from, leaf);
	free(bytes);

	return block;
}

/* All are as full as the others: one that is less than a third full is an error. */
static u64 count_nodes(const struct meta *meta, const struct tree *tree)
{
	const u32 max = max_entries(meta, tree->value_size);
	const u32 fill = meta->fill && meta->fill < max ? meta->fill : max;
	const u64 wanted = (tree->num + fill - 1) / fill;
	const u64 limit = tree->num / (max / 3);
	const u64 num = wanted < limit ? wanted : limit;

	return num ?: 1;
}

static u64 write_level(struct meta *meta, const struct tree *tree, bool leaf)
{
	const u64 num_nodes = count_nodes(meta, tree);
	struct tree above = *tree;
	u64 *keys, root, from;
	u8 *values;

	if (num_nodes == 1)
		return write_node(meta, tree, 0, tree->num, leaf);

	keys = must_alloc(num_nodes, sizeof(*keys));
	values = must_alloc(num_nodes, 8);
	for (u64 i = 0; i < num_nodes; i++) {
		from = tree->num * i / num_nodes;
		keys[i] = tree->keys ? tree->keys[from] : from;
		put64(values + 8 * i, write_node(meta, tree, from,
						 tree->num * (i + 1) / num_nodes - from, leaf));
	}
	above.keys = keys;
	above.values = values;
	above.num = num_nodes;
	above.value_size = 8;
	root = write_level(meta, &above, false);
	free(keys);
	free(values);

	return root;
}

/* Returns the root. Whoever refers to it has to count that. */
u64 btree_write(struct meta *meta, const struct tree *tree)
{
	return write_level(meta, tree, true);
}
