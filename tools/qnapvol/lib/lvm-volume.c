// SPDX-License-Identifier: GPL-2.0-only
/* Logical volumes made into devices, by the types of their segments */

#include <string.h>

#include "lvm-map.h"
#include "lvm-volume.h"

/* A mirror of a cache of a stripe is at depth 4. */
#define DEPTH_MAX	16

/* Types that are known and cannot be read, besides all that begin with "raid". */
static const char *const unsupported[] = {
	"cache", "cache-pool", "writecache", "vdo", "vdo-pool", "integrity", NULL
};

static int no_memory(struct qv_lvm_group *group, struct qv_lvm_lv *lv)
{
	return qv_lvm_lv_fail(group, lv, QV_ERR_SYSTEM, "no memory");
}

/* Snapshots that are not thin: a volume with old data, and a third one that says of which */

static void mark_snapshot(struct qv_lvm_group *group, struct qv_lvm_lv *link)
{
	const struct qv_lvm_segment *segment = link->segments;
	const char *origin = qv_lvm_string(segment->node, "origin");
	const char *store = qv_lvm_string(segment->node, "cow_store");
	const char *merging = qv_lvm_string(segment->node, "merging_store");
	struct qv_lvm_lv *lv = origin ? qv_lvm_find_lv(group, origin) : NULL;
	struct qv_lvm_lv *old = NULL;

	qv_lvm_lv_fail(group, link, QV_ERR_UNSUPPORTED,
		       "it says no more than what is a snapshot of what");
	if (store || merging)
		old = qv_lvm_find_lv(group, store ?: merging);
	if (!lv || !old || lv == old)
		return;

	old->snapshot_of = lv;
	if (merging)
		qv_lvm_lv_warn(group, lv, "the snapshot %s was being merged into it", old->full);
	qv_lvm_lv_fail(group, old, QV_ERR_UNSUPPORTED,
		       "it has only what has changed in %s since the snapshot, and is no volume of its own: read %s",
		       lv->full, lv->full);
}

/* Find the volumes that have only what a snapshot needs. They are not to be read. */
void qv_lvm_mark_snapshots(struct qv_lvm_group *group)
{
	for (size_t i = 0; i < group->num_lvs; i++) {
		struct qv_lvm_lv *lv = &group->lvs[i];

		if (lv->num_segments && !strcmp(lv->segments->type, "snapshot"))
			mark_snapshot(group, lv);
	}
}

/* Parts */

static struct qv_dev *fail_missing(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
				   const struct qv_lvm_pv *pv)
{
	qv_lvm_lv_fail(group, lv, QV_ERR_INCOMPLETE,
		       "the physical volume %s is missing (%llu MiB, in the box it was %s, id %s): add the disks it is on",
		       pv->name, pv->size / QV_MIB, *pv->hint ? pv->hint : "not named", pv->id);

	return NULL;
}

static struct qv_dev *open_pv(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
			      const struct qv_lvm_pv *pv)
{
	const struct qv_item *item = pv->item;

	if (!item || !item->dev)
		return fail_missing(group, lv, pv);

	if (pv->was_missing)
		qv_lvm_lv_warn(group, lv,
			       "%s was missing in the box already: what is on it may be old",
			       item->name);
	if (item->state == QV_READABLE_WARNING)
		qv_lvm_lv_warn(group, lv, "%s: %s", item->name, item->why);
	if (item->kind == QV_ITEM_SOURCE && item->size < pv->size)
		qv_lvm_lv_warn(group, lv,
			       "%s is shorter than the physical volume on it: an image that is not complete, or a member of an array without its md superblock, and then all of this is wrong",
			       item->name);

	return item->dev;
}

static struct qv_dev *open_part_lv(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
				   struct qv_lvm_lv *part)
{
	struct qv_dev *dev = qv_lvm_lv_open(group, part);

	if (part->warning)
		qv_lvm_lv_warn(group, lv, "%s", part->warning);
	if (!dev)
		qv_lvm_lv_fail(group, lv, part->error, "it lies on %s: %s", part->full, part->why);

	return dev;
}

static int open_stripe(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
		       const struct qv_lvm_part *part, u64 length, struct qv_lvm_stripe *stripe)
{
	if (part->pv)
		stripe->dev = open_pv(group, lv, part->pv);
	else
		stripe->dev = open_part_lv(group, lv, part->lv);
	if (!stripe->dev)
		return -(int)lv->error;

	/* Neither can overflow: the extents are inside of what is described. */
	stripe->start = part->start * group->extent_size + (part->pv ? part->pv->start : 0);
	if (!qv_inside(stripe->start, length, stripe->dev->size))
		qv_lvm_lv_warn(group, lv, "what is beyond the end of %s cannot be read",
			       qv_dev_name(stripe->dev));

	return 0;
}

/* Segments */

static int open_striped(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
			const struct qv_lvm_segment *segment, struct qv_lvm_piece *piece)
{
	int ret = 0;

	piece->num_stripes = segment->num_parts;
	piece->stripe_size = segment->stripe_size;
	piece->stripes = qv_zalloc(group->qv, segment->num_parts, sizeof(*piece->stripes));
	if (!piece->stripes)
		return no_memory(group, lv);

	for (unsigned int i = 0; i < segment->num_parts && !ret; i++)
		ret = open_stripe(group, lv, &segment->parts[i], piece->length / segment->num_parts,
				  &piece->stripes[i]);

	return ret;
}

static bool is_available(struct qv_lvm_group *group, const struct qv_lvm_part *part)
{
	if (part->pv)
		return part->pv->item && part->pv->item->dev;

	return qv_lvm_lv_open(group, part->lv);
}

/* Which copies are up to date is not known without a look into the log of the mirror. */
static int open_mirror(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
		       const struct qv_lvm_segment *segment, struct qv_lvm_piece *piece)
{
	struct qv_lvm_segment one = *segment;
	unsigned int i = 0;

	while (i < segment->num_parts - 1 && !is_available(group, &segment->parts[i]))
		i++;
	one.parts = &segment->parts[i];
	one.num_parts = 1;
	if (segment->num_parts > 1)
		qv_lvm_lv_warn(group, lv,
			       "copy %u of %u is read, whether it is the latest is not checked",
			       i + 1, segment->num_parts);

	return open_striped(group, lv, &one, piece);
}

static bool is_unsupported(const char *type)
{
	for (size_t i = 0; unsupported[i]; i++) {
		if (!strcmp(type, unsupported[i]))
			return true;
	}

	return !strncmp(type, "raid", strlen("raid")) || qv_lvm_is_pool(type) ||
	       qv_lvm_is_thin(type);
}

static int fail_type(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
		     const struct qv_lvm_segment *segment)
{
	const struct qv_lvm_lv *below = qv_lvm_cache_origin(group, lv);

	if (below)
		return qv_lvm_lv_fail(group, lv, QV_ERR_UNSUPPORTED,
				      "segments of type %s are not supported; %s has what was written through to the disks",
				      segment->type, below->full);

	return qv_lvm_lv_fail(group, lv, QV_ERR_UNSUPPORTED,
			      "segments of type %s are not supported: look for a newer qnapvol, or what LVM itself makes of it",
			      segment->type);
}

/* A cache, of QNAP's or of any other kind, has a volume below it that is read in its place. */
static int open_cached(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
		       const struct qv_lvm_segment *segment, struct qv_lvm_piece *piece)
{
	struct qv_lvm_lv *below = qv_lvm_cache_origin(group, lv);
	struct qv_lvm_part part = { .lv = below };
	struct qv_lvm_segment one = *segment;
	int ret;

	if (!below)
		return fail_type(group, lv, segment);

	one.parts = &part;
	one.num_parts = 1;
	ret = open_striped(group, lv, &one, piece);
	if (!ret)
		qv_lvm_cache_warn(group, lv, below);

	return ret;
}

static int open_segment(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
			const struct qv_lvm_segment *segment, struct qv_lvm_piece *piece)
{
	const char *type = segment->type;

	piece->start = segment->start * group->extent_size;
	piece->length = segment->count * group->extent_size;
	if (!strcmp(type, "striped") || !strcmp(type, "linear"))
		return open_striped(group, lv, segment, piece);
	if (!strcmp(type, "mirror") || !strcmp(type, "raid1"))
		return open_mirror(group, lv, segment, piece);
	if (!strcmp(type, "zero")) {
		piece->kind = QV_LVM_PIECE_ZERO;
		return 0;
	}
	if (!strcmp(type, "error")) {
		piece->kind = QV_LVM_PIECE_ERROR;
		return 0;
	}
	if (is_unsupported(type))
		return fail_type(group, lv, segment);

	return open_cached(group, lv, segment, piece);
}

/* Volumes */

static struct qv_dev *open_segments(struct qv_lvm_group *group, struct qv_lvm_lv *lv)
{
	struct qv_lvm_piece *pieces = qv_zalloc(group->qv, lv->num_segments, sizeof(*pieces));
	struct qv_dev *dev;
	int ret = pieces ? 0 : no_memory(group, lv);

	for (size_t i = 0; i < lv->num_segments && !ret; i++)
		ret = open_segment(group, lv, &lv->segments[i], &pieces[i]);
	if (ret)
		return NULL;

	dev = qv_lvm_map_new(group->qv, lv->full, pieces, lv->num_segments, lv->size);
	if (!dev)
		no_memory(group, lv);

	return dev;
}

static struct qv_dev *open_new(struct qv_lvm_group *group, struct qv_lvm_lv *lv)
{
	if (lv->error)
		return NULL;
	if (group->depth == DEPTH_MAX) {
		qv_lvm_lv_fail(group, lv, QV_ERR_DAMAGED, "volumes lie on each other too deeply");
		return NULL;
	}
	if (qv_lvm_is_thin(lv->segments->type))
		return qv_lvm_thin_open(group, lv);

	return open_segments(group, lv);
}

/**
 * qv_lvm_lv_open() - make a device of a logical volume
 * @group: group
 * @lv: volume of it; may have been asked for before
 *
 * Return: the device, or NULL: the volume says why.
 */
struct qv_dev *qv_lvm_lv_open(struct qv_lvm_group *group, struct qv_lvm_lv *lv)
{
	if (lv->progress == QV_LVM_DONE)
		return lv->dev;
	if (lv->progress == QV_LVM_BUSY) {
		qv_lvm_lv_fail(group, lv, QV_ERR_DAMAGED, "it lies on itself");
		return NULL;
	}

	lv->progress = QV_LVM_BUSY;
	group->depth++;
	lv->dev = open_new(group, lv);
	group->depth--;
	lv->progress = QV_LVM_DONE;
	if (lv->error)
		lv->dev = NULL;

	return lv->dev;
}
