// SPDX-License-Identifier: GPL-2.0-only
/*
 * Thin pools: their volumes, and what these have mapped
 *
 * Opening a pool reads its superblock, the roots of its trees and the list of its volumes. All else
 * is read when it is asked for.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thin-pool.h"

/* Devices are numbered in this many bits. */
#define DEVICE_MAX	0xffffff

/*
 * What a mapping has below the number of its block: when it was made, in 24 bits. QNAP has taken
 * two of them to say that the chunk reads as zeros.
 */
#define TIME_MASK	0xffffff
#define ZEROED_MASK	0xc00000

/* Records of what is known of a device, by their length. */
#define DETAILS_STOCK	24
#define DETAILS_SNAP	32
#define DETAILS_CLONE	44

#define NO_ORIGIN	UINT64_MAX

/* Opening */

static void note_config(struct qv_thin_pool *pool, const struct qv_thin_config *config)
{
	if (config->chunk && config->chunk != pool->chunk)
		qv_note(pool->qv, QV_WARNING, pool->name,
			"the group says that chunks have %llu bytes, the metadata says %llu and is used",
			config->chunk, pool->chunk);
	if (config->transaction && config->transaction != pool->super.transaction)
		qv_note(pool->qv, QV_WARNING, pool->name,
			"the group is of transaction %llu, the metadata of %llu: volumes made or removed between them may be wrong",
			config->transaction, pool->super.transaction);
}

static struct qv_btree make_tree(const struct qv_thin_pool *pool, u64 root, const char *keys)
{
	struct qv_btree tree = {
		.qv = pool->qv,
		.pool = pool->name,
		.blocks = pool->blocks,
		.root = root,
		.value_size = QV_BTREE_NUMBER,
	};

	snprintf(tree.keys, sizeof(tree.keys), "%s", keys);

	return tree;
}

static void take_super(struct qv_thin_pool *pool)
{
	const struct qv_thin_super *super = &pool->super;
	/* More blocks cannot be: so nothing overflows. */
	const u64 most = UINT64_MAX / ((u64)super->chunk * QV_SECTOR);

	pool->chunk = (u64)super->chunk * QV_SECTOR;
	pool->num_blocks = super->num_blocks && super->num_blocks < most ? super->num_blocks : most;
	pool->time_mask = TIME_MASK;
	/* A stock pool with millions of snapshots uses all bits for the time. */
	if (super->qnap || super->time <= (TIME_MASK & ~ZEROED_MASK)) {
		pool->zeroed_mask = ZEROED_MASK;
		pool->time_mask &= ~ZEROED_MASK;
	}
	pool->mapping = make_tree(pool, super->mapping_root, "volumes by their number");
	pool->details = make_tree(pool, super->details_root, "details of volumes by their number");
	pool->details.value_size = 0;
}

static void take_info(const struct qv_thin_pool *pool, struct qv_pool_info *info)
{
	const struct qv_thin_super *super = &pool->super;

	info->version = super->version;
	info->qnap = super->qnap;
	info->block_size = super->block_size;
	info->superblock = super->block;
	info->flags = super->flags;
	info->transaction = super->transaction;
	info->chunk = (u64)super->chunk * QV_SECTOR;
}

static void take_tiers(const struct qv_tiers *tiers, struct qv_pool_info *info)
{
	info->map = tiers->map;
	info->tier = tiers->tier;
	memset(info->tiers, 0, sizeof(info->tiers));
	if (tiers->map == QV_TIER_NONE) {
		info->tiers[0] = tiers->dev[tiers->tier];
		return;
	}
	for (int tier = 0; tier < QV_TIERS; tier++)
		info->tiers[tier] = tiers->dev[tier];
}

static int count_device(u64 key, const u8 *value, u32 value_size, void *data)
{
	size_t *num = data;

	(void)key;
	(void)value;
	(void)value_size;
	(*num)++;

	return 0;
}

static int open_trees(struct qv_thin_pool *pool, const struct qv_thin_config *config,
		      struct qv_pool_info *info)
{
	int ret;

	pool->blocks = qv_blocks_new(config->metadata, pool->super.block_size, QV_BLOCK_NODE,
				     qv_btree_check_node);
	if (!pool->blocks)
		return qv_no_memory(pool->qv);

	take_super(pool);
	note_config(pool, config);
	ret = qv_tiers_open(pool->qv, config, &pool->super, pool->blocks, &pool->tiers);
	pool->tiers.pool = pool->name;
	pool->tiers.tree.pool = pool->name;
	pool->tiers.tree.cursor = &pool->tier_cursor;
	if (ret)
		return ret;

	take_tiers(&pool->tiers, info);
	info->num_volumes = 0;
	ret = qv_btree_walk(&pool->details, count_device, &info->num_volumes);

	return ret == -QV_ERR_DAMAGED ? 0 : ret;
}

/**
 * qv_thin_pool_open() - open a thin pool
 * @qv: set
 * @config: what LVM knows of it
 * @info: what its metadata says is added; as far as it is known if the pool cannot be opened
 * @pool: the pool, to be freed with qv_thin_pool_free() before the set's devices are
 *
 * Damage that leaves some of the pool readable is noted.
 *
 * Return:
 * * %0: it is open
 * * -%QV_ERR_INCOMPLETE: its data devices are missing
 * * -%QV_ERR_NOT_FOUND: the superblock or the map of tiers that the user wants is none
 * * -%QV_ERR_UNSUPPORTED: the metadata has an unknown version or unknown features
 * * -%QV_ERR_DAMAGED, -%QV_ERR_UNREADABLE: the superblock and all backups are of no use
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_thin_pool_open(struct qv *qv, const struct qv_thin_config *config,
		      struct qv_pool_info *info, struct qv_thin_pool **pool)
{
	struct qv_thin_pool *new = calloc(1, sizeof(*new));
	int ret;

	if (new)
		new->name = strdup(config->name);
	if (!new || !new->name) {
		free(new);
		return qv_no_memory(qv);
	}

	qv_btree_cursor_init(&new->tier_cursor);
	for (int i = 0; i < QV_CURSORS; i++)
		qv_btree_cursor_init(&new->cursors[i]);
	new->qv = qv;
	new->metadata = config->metadata;
	new->forced = config->has_tiers && config->map != QV_TIER_AUTO;
	ret = qv_thin_super_choose(qv, config, &new->super);
	take_info(new, info);
	if (!ret)
		ret = open_trees(new, config, info);
	if (ret)
		qv_thin_pool_free(new);
	else
		*pool = new;

	return ret;
}

/**
 * qv_thin_pool_free() - close a pool
 * @pool: pool, or NULL; its volumes are not to be read any more
 */
void qv_thin_pool_free(struct qv_thin_pool *pool)
{
	if (!pool)
		return;

	qv_btree_cursor_free(&pool->tier_cursor);
	for (int i = 0; i < QV_CURSORS; i++)
		qv_btree_cursor_free(&pool->cursors[i]);
	qv_blocks_free(pool->blocks);
	free(pool->name);
	free(pool);
}

/* Volumes */

static bool take_device(u64 id, const u8 *record, u32 size, struct qv_thin_device *device)
{
	u64 origin = NO_ORIGIN;

	if (id > DEVICE_MAX)
		return false;
	if (size == DETAILS_SNAP)
		origin = qv_le64(record + 24);
	else if (size == DETAILS_CLONE)
		origin = qv_le64(record + 36);
	else if (size != DETAILS_STOCK)
		return false;

	*device = (struct qv_thin_device){
		.id = id,
		.mapped = qv_le64(record),
		.transaction = qv_le64(record + 8),
		.creation_time = qv_le32(record + 16),
		.snapshotted_time = qv_le32(record + 20),
		.is_snapshot = origin != NO_ORIGIN,
		.origin = origin == NO_ORIGIN ? 0 : origin,
	};

	return true;
}

static int find_details(struct qv_thin_pool *pool, u32 id, struct qv_thin_device *device)
{
	struct qv_btree_leaf leaf;
	int ret = qv_btree_leaf(&pool->details, id, &leaf);
	u32 i;

	if (ret)
		return ret;

	i = qv_btree_search(&leaf, id);
	if (i == leaf.num || qv_btree_key(&leaf, i) != id)
		ret = -QV_ERR_NOT_FOUND;
	else if (!take_device(id, qv_btree_value(&leaf, i), leaf.value_size, device))
		ret = -QV_ERR_DAMAGED;
	qv_btree_put(&leaf);

	return ret;
}

/**
 * qv_thin_find() - what is known of a volume
 * @pool: pool
 * @id: number of the volume
 * @device: what is known
 *
 * If that is lost but the volume's mappings are there, they are what is known. That is noted.
 *
 * Return:
 * * %0: the volume is there
 * * -%QV_ERR_NOT_FOUND: it is not
 * * -%QV_ERR_DAMAGED: the metadata is damaged where it would be
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_thin_find(struct qv_thin_pool *pool, u32 id, struct qv_thin_device *device)
{
	u64 root = 0;
	int ret = find_details(pool, id, device), found;

	if (!ret || ret == -QV_ERR_SYSTEM)
		return ret;

	found = qv_btree_find(&pool->mapping, id, &root);
	if (!found) {
		*device = (struct qv_thin_device){ .id = id };
		qv_note(pool->qv, QV_WARNING, pool->name,
			"how much volume %u has mapped and what it is a snapshot of is lost, its data is not",
			id);
		return 0;
	}
	if (ret == -QV_ERR_NOT_FOUND && found == ret)
		return qv_fail(pool->qv, QV_ERR_NOT_FOUND,
			       "%s: the metadata has no volume with the number %u: is it of the same time as the group's description?",
			       pool->name, id);

	return qv_fail(pool->qv, QV_ERR_DAMAGED,
		       "%s: the metadata is damaged where volume %u would be", pool->name, id);
}

static int fail_root(struct qv_thin_pool *pool, u32 id, u64 root, const char *why)
{
	const struct qv_thin_config config = {
		.name = pool->name,
		.metadata = pool->metadata,
	};
	char names[256];

	qv_thin_super_name_backups(&config, &pool->super, names, sizeof(names));

	return qv_fail(pool->qv, QV_ERR_DAMAGED,
		       "%s: the mappings of volume %u are lost, metadata block %llu is damaged: %s; with --superblock an older state can be tried: %s",
		       pool->name, id, root, why, names);
}

/**
 * qv_thin_tree() - find the tree from chunks to blocks of a volume
 * @pool: pool
 * @id: number of the volume
 * @tree: the tree
 *
 * Return:
 * * %0: its root can be read
 * * -%QV_ERR_NOT_FOUND: there is none
 * * -%QV_ERR_DAMAGED: its root is damaged, or cannot be read, or what leads there
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_thin_tree(struct qv_thin_pool *pool, u32 id, struct qv_btree *tree)
{
	char keys[QV_BTREE_KEYS_MAX], why[QV_WHY_MAX];
	struct qv_block *block;
	u64 root = 0;
	int ret = qv_btree_find(&pool->mapping, id, &root);

	if (ret == -QV_ERR_NOT_FOUND)
		return qv_fail(pool->qv, QV_ERR_NOT_FOUND,
			       "%s: the metadata has no mappings of volume %u", pool->name, id);
	if (ret == -QV_ERR_DAMAGED)
		return fail_root(pool, id, pool->super.mapping_root,
				 "it or what is below it is not sound");
	if (ret)
		return ret;

	ret = qv_block_get(pool->blocks, root, &block, why);
	if (ret)
		return fail_root(pool, id, root, why);
	qv_block_put(block);
	snprintf(keys, sizeof(keys), "chunks of volume %u", id);
	*tree = make_tree(pool, root, keys);
	tree->cursor = &pool->cursors[root % QV_CURSORS];

	return 0;
}

/* Looking into the metadata */

/**
 * qv_pool_num_blocks() - how large a pool is
 * @pool: item of the pool
 *
 * Return: how many blocks it has, each as long as a chunk; 0 if its metadata cannot be read.
 */
u64 qv_pool_num_blocks(const struct qv_item *pool)
{
	return qv_found(pool)->pool ? qv_found(pool)->pool->super.num_blocks : 0;
}

struct device_walk {
	qv_thin_device_fn fn;
	void *data;
	bool lost;
};

static int walk_device(u64 key, const u8 *value, u32 value_size, void *data)
{
	struct device_walk *walk = data;
	struct qv_thin_device device;

	if (!take_device(key, value, value_size, &device)) {
		walk->lost = true;
		return 0;
	}

	return walk->fn(&device, walk->data);
}

/**
 * qv_pool_devices() - all volumes and snapshots in the metadata of a pool
 * @pool: item of the pool
 * @fn: called for each in the order of their numbers; not 0 ends it
 * @data: for @fn
 *
 * Return:
 * * %0: these were all
 * * -%QV_ERR_NOT_FOUND: the metadata of the pool cannot be read, see the item
 * * -%QV_ERR_DAMAGED: these were all that are not lost
 * * -%QV_ERR_SYSTEM: no memory
 * * what @fn has returned
 */
int qv_pool_devices(const struct qv_item *pool, qv_thin_device_fn fn, void *data)
{
	struct device_walk walk = { .fn = fn, .data = data };
	struct qv_thin_pool *thin = qv_found(pool)->pool;
	int ret;

	if (!thin)
		return -QV_ERR_NOT_FOUND;

	ret = qv_btree_walk(&thin->details, walk_device, &walk);
	if (ret == -QV_ERR_DAMAGED || (!ret && walk.lost))
		return qv_fail(thin->qv, QV_ERR_DAMAGED,
			       "%s: some volumes are lost, because the metadata is damaged",
			       thin->name);

	return ret;
}

/**
 * struct mapping_walk - mappings on their way to who has asked for them
 * @pool: pool
 * @fn: whom to tell
 * @data: for @fn
 * @run: what belongs together so far
 * @ended: they want no more
 */
struct mapping_walk {
	const struct qv_thin_pool *pool;
	qv_mapping_fn fn;
	void *data;
	struct qv_mapping run;
	bool ended;
};

static bool continues(const struct qv_mapping *run, const struct qv_mapping *next)
{
	return run->count && next->chunk == run->chunk + run->count &&
	       next->block == run->block + run->count && next->time == run->time &&
	       next->zeroed == run->zeroed;
}

static int walk_mapping(u64 key, const u8 *value, u32 value_size, void *data)
{
	struct mapping_walk *walk = data;
	const u64 raw = qv_le64(value);
	const struct qv_mapping next = {
		.chunk = key,
		.block = raw >> QV_MAPPING_BLOCK_SHIFT,
		.count = 1,
		.time = raw & walk->pool->time_mask,
		.zeroed = raw & walk->pool->zeroed_mask,
	};
	int ret = 0;

	(void)value_size;
	if (continues(&walk->run, &next)) {
		walk->run.count++;
		return 0;
	}
	if (walk->run.count)
		ret = walk->fn(&walk->run, walk->data);
	walk->ended = ret;
	walk->run = next;

	return ret;
}

/**
 * qv_pool_mappings() - all that a volume has mapped
 * @pool: item of the pool
 * @device: number of the volume
 * @fn: called for each run of chunks in their order; not 0 ends it
 * @data: for @fn
 *
 * Return:
 * * %0: these were all
 * * -%QV_ERR_NOT_FOUND: there is no such volume, or the metadata of the pool cannot be read
 * * -%QV_ERR_DAMAGED: these were all that are not lost; remarks tell which are
 * * -%QV_ERR_SYSTEM: no memory
 * * what @fn has returned
 */
int qv_pool_mappings(const struct qv_item *pool, u32 device, qv_mapping_fn fn, void *data)
{
	struct qv_thin_pool *thin = qv_found(pool)->pool;
	struct mapping_walk walk = { .pool = thin, .fn = fn, .data = data };
	struct qv_btree tree;
	int ret, last = 0;

	if (!thin)
		return -QV_ERR_NOT_FOUND;

	ret = qv_thin_tree(thin, device, &tree);
	if (ret)
		return ret;

	ret = qv_btree_walk(&tree, walk_mapping, &walk);
	if (walk.ended || ret == -QV_ERR_SYSTEM)
		return ret;
	if (walk.run.count)
		last = fn(&walk.run, data);
	if (ret)
		qv_fail(thin->qv, QV_ERR_DAMAGED,
			"%s: mappings of volume %u are lost, because the metadata is damaged",
			thin->name, device);

	return last ?: ret;
}
