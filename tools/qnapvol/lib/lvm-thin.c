// SPDX-License-Identifier: GPL-2.0-only
/* Thin volumes of a volume group: their numbers in the pool, and what they are based on */

#include "lvm-volume.h"
#include "thin.h"

static const char *find_origin(const struct qv_lvm_group *group, const struct qv_lvm_lv *lv,
			       const struct qv_thin_device *device)
{
	const struct qv_lvm_lv *origin = qv_lvm_find_part(group, qv_lvm_string(lv->segments->node,
									      "origin"));

	if (!device->is_snapshot || device->origin > QV_LVM_DEVICE_MAX)
		return origin ? origin->full : NULL;

	for (size_t i = 0; !origin && i < group->num_lvs; i++) {
		if (group->lvs[i].pool == lv->pool && group->lvs[i].device == device->origin)
			origin = &group->lvs[i];
	}

	return origin ? origin->full : NULL;
}

static void take_device(const struct qv_lvm_group *group, const struct qv_lvm_lv *lv,
			const struct qv_thin_device *device)
{
	struct qv_volume_info *info = &lv->item->volume;

	info->mapped = device->mapped;
	if (__builtin_mul_overflow(device->mapped, lv->pool->item->pool.chunk, &info->mapped))
		info->mapped = 0;
	info->transaction = device->transaction;
	info->origin = find_origin(group, lv, device);
	info->snapshot = device->is_snapshot || info->origin;
}

/* After a number was used again the description is of another volume than the metadata. */
static void compare_volumes(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
			    const struct qv_thin_device *device)
{
	u64 pool = 0, volume = 0;

	if (qv_lvm_number(lv->pool->segments->node, "transaction_id", INT64_MAX, &pool) &&
	    qv_lvm_number(lv->segments->node, "transaction_id", INT64_MAX, &volume) &&
	    pool != lv->pool->item->pool.transaction && device->transaction &&
	    device->transaction != volume)
		qv_lvm_lv_warn(group, lv,
			       "the description is of transaction %llu, volume %u in the pool of %llu: it may be another one",
			       volume, device->id, device->transaction);
}

static struct qv_dev *open_external(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
				    const char *name)
{
	struct qv_lvm_lv *origin = qv_lvm_find_part(group, name);
	struct qv_dev *dev = origin ? qv_lvm_lv_open(group, origin) : NULL;

	if (!dev)
		qv_lvm_lv_fail(group, lv, origin ? origin->error : QV_ERR_DAMAGED,
			       "the volume %s, which it is based on, cannot be read: %s", name,
			       origin ? origin->why : "it is not described");
	else if (origin->warning)
		qv_lvm_lv_warn(group, lv, "%s", origin->warning);

	return dev;
}

/* Returns the number of the volume in its pool, once both make sense, or an error negated. */
static s64 check_thin(struct qv_lvm_group *group, struct qv_lvm_lv *lv)
{
	if (!lv->pool)
		return qv_lvm_lv_fail(group, lv, QV_ERR_DAMAGED, "its pool is not described");
	if (lv->num_segments != 1 || lv->device == QV_LVM_NO_DEVICE)
		return qv_lvm_lv_fail(group, lv, QV_ERR_DAMAGED,
				      "line %u of the description: the thin volume makes no sense",
				      lv->segments->node->line);

	lv->item->volume.device = lv->device;
	if (qv_lvm_pool_open(group, lv->pool))
		return qv_lvm_lv_fail(group, lv, lv->pool->error, "%s: %s", lv->pool->full,
				      lv->pool->why);

	return lv->device;
}

/**
 * qv_lvm_thin_open() - make a device of a thin volume
 * @group: group, whose volumes have items
 * @lv: thin volume of it
 *
 * Return: the device, or NULL: the volume says why.
 */
struct qv_dev *qv_lvm_thin_open(struct qv_lvm_group *group, struct qv_lvm_lv *lv)
{
	struct qv_thin_device device = { };
	struct qv_dev *origin = NULL, *dev;
	struct qv_thin_pool *pool;
	const char *external;
	int ret;
	s64 id;

	id = check_thin(group, lv);
	if (id < 0)
		return NULL;

	pool = qv_found(lv->pool->item)->pool;
	ret = qv_thin_find(pool, id, &device);
	if (ret) {
		qv_lvm_lv_fail_as_said(group, lv, lv->pool->full, ret);
		return NULL;
	}
	take_device(group, lv, &device);
	compare_volumes(group, lv, &device);
	external = qv_lvm_string(lv->segments->node, "external_origin");
	if (external) {
		origin = open_external(group, lv, external);
		if (!origin)
			return NULL;
	}

	if (lv->pool->warning)
		qv_lvm_lv_warn(group, lv, "%s", lv->pool->warning);
	dev = qv_thin_new(pool, id, lv->size, origin, lv->full);
	if (!dev)
		qv_lvm_lv_fail_as_said(group, lv, lv->pool->full, -QV_ERR_DAMAGED);

	return dev;
}
