// SPDX-License-Identifier: GPL-2.0-only
/*
 * Thin pools of a volume group: what they lie on
 *
 * How QNAP's LVM describes a pool with tiers is not known in full. So a pool takes what the text
 * names, and what has the name of the pool and a suffix: "tp1_tmeta", "tp1_tdata",
 * "tp1_tierdata_2". Keys that are not known do no harm.
 */

#include <string.h>

#include "lvm-volume.h"
#include "thin.h"

#define TYPE_STOCK	"thin-pool"

/* What a pool lies on */

static struct qv_lvm_lv *find_metadata(const struct qv_lvm_group *group,
				       const struct qv_lvm_lv *pool)
{
	return qv_lvm_find_part(group, qv_lvm_string(pool->segments->node, "metadata")) ?:
	       qv_lvm_find_lv_named(group, pool->name, "_tmeta");
}

static void find_tiers_by_name(const struct qv_lvm_group *group, const struct qv_lvm_lv *pool)
{
	char suffix[] = "_tierdata_0";

	for (int tier = 0; tier < QV_TIERS; tier++) {
		suffix[sizeof(suffix) - 2] = '0' + tier;
		pool->parts->tiers[tier] = qv_lvm_find_lv_named(group, pool->name, suffix);
		if (pool->parts->tiers[tier])
			pool->parts->has_tiers = true;
	}
}

static void add_tier(const struct qv_lvm_group *group, const struct qv_lvm_lv *pool,
		     const struct qv_lvm_node *value)
{
	struct qv_lvm_lv *lv = value->kind == QV_LVM_STRING ?
			       qv_lvm_find_part(group, value->string) : NULL;
	struct qv_lvm_lv **tiers = pool->parts->tiers;
	int tier = 0;

	if (!lv || lv == pool->parts->metadata || qv_lvm_lv_is_thin(lv))
		return;

	while (tier < QV_TIERS && tiers[tier] && tiers[tier] != lv)
		tier++;
	if (tier < QV_TIERS)
		tiers[tier] = lv;
}

/* In the order in which the text names them. */
static void find_tiers_by_order(const struct qv_lvm_group *group, const struct qv_lvm_lv *pool)
{
	const struct qv_lvm_node *node, *value;

	for (node = pool->segments->node->child; node; node = node->next) {
		if (node->kind == QV_LVM_STRING)
			add_tier(group, pool, node);
		for (value = node->kind == QV_LVM_LIST ? node->child : NULL; value;
		     value = value->next)
			add_tier(group, pool, value);
	}
}

static void find_parts(const struct qv_lvm_group *group, struct qv_lvm_lv *pool)
{
	struct qv_lvm_pool_parts *parts = pool->parts;

	parts->metadata = find_metadata(group, pool);
	if (!strcmp(pool->segments->type, TYPE_STOCK))
		parts->tiers[0] = qv_lvm_find_part(group, qv_lvm_string(pool->segments->node,
									"pool")) ?:
				  qv_lvm_find_lv_named(group, pool->name, "_tdata");
	if (parts->tiers[0])
		return;

	find_tiers_by_name(group, pool);
	if (parts->has_tiers)
		return;

	parts->has_tiers = strstr(pool->segments->type, "tier");
	find_tiers_by_order(group, pool);
	if (!parts->tiers[0])
		parts->tiers[0] = qv_lvm_find_lv_named(group, pool->name, "_tdata");
}

static void mark_parts(struct qv_lvm_lv *pool)
{
	if (pool->parts->metadata)
		pool->parts->metadata->pool = pool;
	for (int tier = 0; tier < QV_TIERS; tier++) {
		if (pool->parts->tiers[tier])
			pool->parts->tiers[tier]->pool = pool;
	}
}

/* "tp1_tierdata_2_fcorig" is below "tp1_tierdata_2", that is all that is known of it. */
static struct qv_lvm_lv *find_pool_by_prefix(const struct qv_lvm_group *group,
					     const struct qv_lvm_lv *lv)
{
	const size_t len = strcspn(lv->name, "_");
	struct qv_lvm_lv *pool;
	char name[64];

	if (lv->visible || !lv->name[len] || len >= sizeof(name))
		return NULL;

	memcpy(name, lv->name, len);
	name[len] = '\0';
	pool = qv_lvm_find_lv(group, name);

	return pool && pool->parts ? pool : NULL;
}

static struct qv_lvm_lv *find_pool(const struct qv_lvm_group *group, const struct qv_lvm_lv *lv)
{
	const char *name = qv_lvm_string(lv->segments->node, "thin_pool");
	struct qv_lvm_lv *pool = name ? qv_lvm_find_lv(group, name) : NULL;

	return pool && pool->parts ? pool : NULL;
}

static u32 find_device(const struct qv_lvm_lv *lv)
{
	u64 device = QV_LVM_NO_DEVICE;

	qv_lvm_number(lv->segments->node, "device_id", QV_LVM_DEVICE_MAX, &device);

	return device;
}

/**
 * qv_lvm_mark_pools() - find what the pools of a group lie on, and what is in them
 * @group: group, with all its volumes
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory.
 */
int qv_lvm_mark_pools(struct qv_lvm_group *group)
{
	struct qv_lvm_lv *lv, *end = group->lvs + group->num_lvs;

	for (lv = group->lvs; lv < end; lv++) {
		if (!qv_lvm_lv_is_pool(lv))
			continue;
		lv->parts = qv_zalloc(group->qv, 1, sizeof(*lv->parts));
		if (!lv->parts)
			return qv_no_memory(group->qv);
		find_parts(group, lv);
		mark_parts(lv);
	}
	for (lv = group->lvs; lv < end; lv++) {
		lv->device = QV_LVM_NO_DEVICE;
		if (qv_lvm_lv_is_thin(lv)) {
			lv->pool = find_pool(group, lv);
			lv->device = find_device(lv);
		} else if (!lv->pool && !lv->parts) {
			lv->pool = find_pool_by_prefix(group, lv);
		}
	}

	return 0;
}

/* Opening a pool */

/* A tier that the box does not have is made of segments without data. */
static bool is_void(const struct qv_lvm_lv *lv)
{
	for (size_t i = 0; i < lv->num_segments; i++) {
		if (strcmp(lv->segments[i].type, "error") && strcmp(lv->segments[i].type, "zero"))
			return false;
	}

	return true;
}

static void open_tier(struct qv_lvm_group *group, struct qv_lvm_lv *pool, int tier,
		      struct qv_thin_config *config)
{
	struct qv_lvm_lv *lv = pool->parts->tiers[tier];

	if (!lv || (!lv->error && is_void(lv)))
		return;

	config->tiers[tier] = qv_lvm_lv_open(group, lv);
	config->missing[tier] = !config->tiers[tier];
	if (lv->warning)
		qv_lvm_lv_warn(group, pool, "%s", lv->warning);
	if (config->missing[tier])
		qv_lvm_lv_warn(group, pool, "%s cannot be read: %s", lv->full, lv->why);
}

/* A pool without tiers has nothing that could be read in place of its only data volume. */
static int check_data(struct qv_lvm_group *group, struct qv_lvm_lv *pool,
		      const struct qv_thin_config *config)
{
	const struct qv_lvm_lv *lv = NULL;

	for (int tier = 0; tier < QV_TIERS; tier++) {
		if (config->tiers[tier])
			return 0;
		if (config->missing[tier])
			lv = pool->parts->tiers[tier];
	}
	if (lv)
		return qv_lvm_lv_fail(group, pool, lv->error, "its data, %s: %s", lv->full,
				      lv->why);

	return qv_lvm_lv_fail(group, pool, QV_ERR_DAMAGED,
			      "the description does not say where its data is");
}

static int open_parts(struct qv_lvm_group *group, struct qv_lvm_lv *pool,
		      struct qv_thin_config *config)
{
	struct qv_lvm_lv *metadata = pool->parts->metadata;

	if (!metadata)
		return qv_lvm_lv_fail(group, pool, QV_ERR_DAMAGED,
				      "the description does not say where its metadata is");

	config->metadata = qv_lvm_lv_open(group, metadata);
	if (!config->metadata)
		return qv_lvm_lv_fail(group, pool, metadata->error, "its metadata, %s: %s",
				      metadata->full, metadata->why);
	if (metadata->warning)
		qv_lvm_lv_warn(group, pool, "%s", metadata->warning);
	for (int tier = 0; tier < QV_TIERS; tier++)
		open_tier(group, pool, tier, config);

	return check_data(group, pool, config);
}

static int open_pool(struct qv_lvm_group *group, struct qv_lvm_lv *pool)
{
	const struct qv_options *options = group->options;
	struct qv_thin_config config = {
		.name = pool->full,
		.has_tiers = pool->parts->has_tiers,
		.map = options->tier_map,
		.tier = options->tier,
		.superblock = options->superblock,
	};
	struct qv_thin_pool **thin = &qv_found(pool->item)->pool;
	const struct qv_lvm_node *node = pool->segments->node;
	u64 sectors = 0;
	int ret;

	pool->item->pool.type = pool->segments->type;
	if (pool->num_segments != 1)
		return qv_lvm_lv_fail(group, pool, QV_ERR_UNSUPPORTED,
				      "pools with more than one segment are not supported: look for a newer qnapvol");

	qv_lvm_number(node, "chunk_size", UINT32_MAX, &sectors);
	config.chunk = sectors * QV_SECTOR;
	qv_lvm_number(node, "transaction_id", INT64_MAX, &config.transaction);
	ret = open_parts(group, pool, &config);
	if (ret)
		return ret;

	ret = qv_thin_pool_open(group->qv, &config, &pool->item->pool, thin);
	if (ret)
		return qv_lvm_lv_fail_as_said(group, pool, pool->full, ret);
	if (pool->item->pool.superblock)
		qv_lvm_lv_warn(group, pool,
			       "the backup superblock in block %llu is used: what was written last may be missing",
			       pool->item->pool.superblock);

	return 0;
}

/**
 * qv_lvm_pool_open() - open a thin pool of a group
 * @group: group
 * @pool: pool of it, with its item; may have been asked for before
 *
 * Return: 0, or an error negated: the pool says why.
 */
int qv_lvm_pool_open(struct qv_lvm_group *group, struct qv_lvm_lv *pool)
{
	if (pool->progress == QV_LVM_DONE)
		return -(int)pool->error;
	if (pool->progress == QV_LVM_BUSY)
		return qv_lvm_lv_fail(group, pool, QV_ERR_DAMAGED, "it lies on itself");

	pool->progress = QV_LVM_BUSY;
	if (!pool->error)
		open_pool(group, pool);
	pool->progress = QV_LVM_DONE;

	return -(int)pool->error;
}
