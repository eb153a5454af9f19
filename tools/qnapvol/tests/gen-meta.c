// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: the metadata of a thin pool as a whole, and damage to it */

#include <stdio.h>
#include <stdlib.h>

#include "crc32.h"
#include "gen-thin.h"

#define FLAG_BACKUP	0x80000000
#define FLAG_CLONE	0x40000000

#define DETAILS_STOCK	24
#define DETAILS_V3	32
#define DETAILS_V4	44
#define DETAILS_MAX	DETAILS_V4

/* Room for more than all leaves of a pool that has snapshots */
#define NUM_KNOWN	16384

/* A tree of those of @num values that are there, by their numbers */
static u64 write_values(struct meta *meta, struct tree *tree, const u64 *from, u64 num)
{
	u64 *keys = must_alloc(num + 1, sizeof(*keys));
	u8 *values = must_alloc(num + 1, 8);
	u64 root;

	for (u64 i = 0; i < num; i++) {
		if (from[i] == UNMAPPED)
			continue;
		keys[tree->num] = i;
		put64(values + 8 * tree->num++, from[i]);
	}
	tree->value_size = 8;
	tree->keys = keys;
	tree->values = values;
	root = btree_write(meta, tree);
	free(keys);
	free(values);

	return root;
}

static u64 write_volume(struct meta *meta, const struct thin *thin, u64 num, bool old)
{
	struct tree tree = { .shared = !old, .is_mapping = true, .uncounted = old };
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), old ? "old:%u" : "mapping:%u", thin->id);
	tree.name = name;

	return write_values(meta, &tree, thin->values, num);
}

/* The tree of the devices, with their trees. In former times half of each volume was not there. */
static u64 write_mappings(struct meta *meta, const struct pool *pool, bool old)
{
	u64 keys[VOLUMES_MAX];
	u8 values[VOLUMES_MAX * 8];
	const struct tree tree = {
		.name = old ? "old" : "devices", .keys = keys, .values = values,
		.num = pool->num_thins, .value_size = 8, .has_trees = true, .uncounted = old,
	};
	u64 root;

	for (unsigned int i = 0; i < pool->num_thins; i++) {
		const struct thin *thin = &pool->thins[i];

		keys[i] = thin->id;
		put64(values + 8 * i, write_volume(meta, thin, old ? thin->num / 2 : thin->num,
						   old));
	}
	root = btree_write(meta, &tree);
	if (!old)
		meta->refs[root]++;

	return root;
}

static u64 count_mapped(const struct thin *thin)
{
	u64 mapped = 0;

	for (u64 i = 0; i < thin->num; i++)
		mapped += thin->values[i] != UNMAPPED;

	return mapped;
}

static void put_details(u8 *p, const struct thin *thin, u32 size)
{
	put64(p, count_mapped(thin));
	put64(p + 8, thin->transaction);
	put32(p + 16, thin->created);
	put32(p + 20, thin->snapshotted);
	if (size == DETAILS_V3)
		put64(p + 24, thin->origin);
	if (size != DETAILS_V4)
		return;
	put32(p + 24, 0);
	put64(p + 28, UINT64_MAX);
	put64(p + 36, thin->origin);
}

static u64 write_details(struct meta *meta, const struct pool *pool, u32 size)
{
	u64 keys[VOLUMES_MAX];
	u8 values[VOLUMES_MAX * DETAILS_MAX] = { };
	const struct tree tree = {
		.name = "details", .keys = keys, .values = values, .num = pool->num_thins,
		.value_size = size,
	};
	u64 root;

	for (unsigned int i = 0; i < pool->num_thins; i++) {
		keys[i] = pool->thins[i].id;
		put_details(values + i * size, &pool->thins[i], size);
	}
	root = btree_write(meta, &tree);
	meta->refs[root]++;

	return root;
}

static u64 write_empty(struct meta *meta, const char *name, u32 value_size)
{
	const u64 root = btree_write(meta, &(struct tree){
		.name = name, .value_size = value_size });

	meta->refs[root]++;

	return root;
}

static u64 write_tiers(struct meta *meta, const struct pool *pool)
{
	const u64 num = pool->num_blocks / (TIER_BLOCK / pool->chunk);
	struct tree tree = { .name = "tiers" };
	const u64 root = write_values(meta, &tree, pool->tier_values, pool->filled ? num : 0);

	meta->refs[root]++;

	return root;
}

static void write_qnap_trees(struct meta *meta, const struct pool *pool, struct super *super)
{
	super->clone_root = write_empty(meta, "clones", 4);
	super->num_tiers = pool->num_tiers;
	if (!pool->num_tiers)
		return;

	super->tier_root = write_tiers(meta, pool);
	for (unsigned int i = 0; i < TIERS; i++)
		super->tiers[i] = space_map_write(meta, pool->tier_refs[i], pool->tier_blocks[i]);
}

/*
 * Copies of the superblock, as commits leave them: the latest says what the first block says, those
 * before it what was there before.
 */
static void write_backups(struct meta *meta, const struct pool *pool, struct super super, u64 count)
{
	const u64 current = super.mapping_root, last = super.backup_id;

	for (u64 i = 0; i < BACKUP_SLOTS; i++)
		super_write_unused(meta, meta->num_blocks - 1 - i);
	super.mapping_root = write_mappings(meta, pool, true);
	super.transaction--;
	for (u64 id = last - count + 1; id < last; id++) {
		super.backup_id = id;
		super_write(meta, &super, meta->num_blocks - 1 - id % BACKUP_SLOTS);
	}
	super.mapping_root = current;
	super.transaction++;
	super.backup_id = last;
	super_write(meta, &super, meta->num_blocks - 1 - last % BACKUP_SLOTS);
}

/* Returns the block of a node of that tree; the latest one in the list is the root. */
static const struct node *find_node(const struct meta *meta, const char *tree, bool leaf,
				    u64 index)
{
	const struct node *node;
	u64 leaves = 0;

	for (node = meta->nodes; node; node = node->next)
		leaves += node->leaf && !strcmp(node->tree, tree);
	for (node = meta->nodes; node; node = node->next) {
		if (strcmp(node->tree, tree))
			continue;
		if (!leaf || (node->leaf && --leaves == index))
			return node;
	}
	die("the tree %s has no such node", tree);
}

static u64 next_first(const struct meta *meta, const struct node *of)
{
	u64 first = UINT64_MAX;

	for (const struct node *node = meta->nodes; node; node = node->next) {
		if (node->leaf && !strcmp(node->tree, of->tree) && node->first > of->first &&
		    node->first < first)
			first = node->first;
	}

	return first;
}

/* What cannot be found any more reads as zeros, if reading goes on. */
void thin_lose(struct thin *thin, u64 chunk, u64 first, u64 end)
{
	struct json_object *lost = get(thin->truth, "lost");
	struct json_object *range = json_object_new_object();
	const u64 size = thin->image->size;
	u8 *zeros = must_alloc(1, chunk);
	u64 len;

	if (end > (size + chunk - 1) / chunk)
		end = (size + chunk - 1) / chunk;
	if (!lost) {
		lost = json_object_new_array();
		json_object_object_add(thin->truth, "lost", lost);
	}
	json_object_object_add(range, "start", json_object_new_int64(first * chunk));
	len = (end * chunk < size ? end * chunk : size) - first * chunk;
	json_object_object_add(range, "length", json_object_new_int64(len));
	json_object_array_add(lost, range);
	for (u64 i = first; i < end; i++)
		image_write(thin->image, zeros, (i + 1) * chunk <= size ? chunk : size % chunk,
			    i * chunk);
	free(zeros);
}

/* Which volumes cannot be read where a node was damaged? */
static void lose(struct meta *meta, struct pool *pool, const struct node *damaged)
{
	char tree[NAME_SIZE];

	for (unsigned int i = 0; i < pool->num_thins; i++) {
		snprintf(tree, sizeof(tree), "mapping:%u", pool->thins[i].id);
		for (const struct node *node = meta->nodes; node; node = node->next) {
			if (node->leaf && node->block == damaged->block &&
			    !strcmp(node->tree, tree))
				thin_lose(&pool->thins[i], pool->chunk, node->first,
					  next_first(meta, node));
		}
	}
}

/* Another block, sound in itself, is in the wrong place. */
static void move_block(const struct meta *meta, u8 *bytes)
{
	put64(bytes + 8, 256);
	put32(bytes, qv_crc32c_raw(UINT32_MAX, bytes + 4, meta->block_size - 4) ^ CSUM_NODE);
}

static void damage_block(struct meta *meta, u64 block, const char *how)
{
	u8 *bytes = must_alloc(1, meta->block_size);

	meta_read(meta, block, bytes);
	if (!strcmp(how, "zero"))
		memset(bytes, 0, meta->block_size);
	else if (!strcmp(how, "blocknr"))
		move_block(meta, bytes);
	else
		bytes[100] ^= 0x40;
	lv_write(meta->lv, bytes, meta->block_size, block * meta->block_size);
	free(bytes);
}

static void damage(struct meta *meta, struct pool *pool, struct json_object *description)
{
	const char *what = get_text(description, "what", "superblock");
	const char *how = get_text(description, "how", "flip");
	const struct node *node;

	check_keys(description, "what is damaged", "what how leaf");
	if (!strcmp(what, "superblock")) {
		damage_block(meta, 0, how);
		return;
	}
	node = find_node(meta, what, get(description, "leaf"), get_number(description, "leaf", 0));
	damage_block(meta, node->block, how);
	lose(meta, pool, node);
}

static void prepare(struct meta *meta, const struct pool *pool, const struct lv *lv,
		    struct json_object *description)
{
	meta->lv = lv;
	meta->block_size = get_number(description, "block_size", 8192);
	meta->num_blocks = lv_size(lv) / meta->block_size;
	meta->next = 1;
	meta->refs = must_alloc(meta->num_blocks, sizeof(*meta->refs));
	meta->data_blocks = pool->num_blocks;
	meta->data_refs = must_alloc(pool->num_blocks, sizeof(*meta->data_refs));
	meta->fill = get_number(description, "fill", 0);
	if (pool->num_thins > 1) {
		meta->num_known = NUM_KNOWN;
		meta->known = must_alloc(NUM_KNOWN, sizeof(*meta->known));
	}
	meta->refs[0] = 1;
}

static u32 default_flags(u32 version)
{
	return version > 3 ? FLAG_BACKUP | FLAG_CLONE : version == 3 ? FLAG_BACKUP : 0;
}

static u32 default_details(u32 version)
{
	return version > 3 ? DETAILS_V4 : DETAILS_V3;
}

static void write_super(struct meta *meta, struct pool *pool, struct super *super,
			struct json_object *description)
{
	const u64 backups = get_number(description, "backups", 3);

	super->incompat = get_number(description, "incompat", 0);
	super->flags = get_number(description, "flags", default_flags(super->version));
	super->backup_id = super->version < 3 ? 0 : get_number(description, "backup_id", backups);
	if (super->flags & FLAG_BACKUP)
		write_backups(meta, pool, *super, backups);
	super_write(meta, super, 0);
}

void pool_write_meta(struct pool *pool, struct lv *lv, struct json_object *description)
{
	struct json_object *damages = get_list(description, "damage");
	struct super super = {
		.version = get_number(description, "version", 4), .time = pool->time,
		.transaction = get_number(description, "transaction", 7), .chunk = pool->chunk,
		.device_sectors = lv_size(lv) / SECTOR,
	};
	struct meta meta = { };
	u32 details;

	prepare(&meta, pool, lv, description);
	super.mapping_root = write_mappings(&meta, pool, false);
	details = get_number(description, "details", default_details(super.version));
	super.details_root = write_details(&meta, pool, details);
	super.data = space_map_write(&meta, meta.data_refs, pool->num_blocks);
	if (super.version > 3)
		write_qnap_trees(&meta, pool, &super);
	for (u64 i = 0; super.version > 2 && i < BACKUP_SLOTS; i++)
		meta.refs[meta.num_blocks - 1 - i] = 1;
	super.metadata = space_map_write_own(&meta);
	write_super(&meta, pool, &super, description);
	for (size_t i = 0; i < json_object_array_length(damages); i++)
		damage(&meta, pool, json_object_array_get_idx(damages, i));
	free(meta.refs);
	free(meta.data_refs);
	free(meta.known);
}
