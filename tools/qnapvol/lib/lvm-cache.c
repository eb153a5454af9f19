// SPDX-License-Identifier: GPL-2.0-only
/*
 * Caches on an SSD: the volume below them, and whether it has all that was written
 *
 * How QNAP's LVM describes its caches is not known. The rule here needs no more than that a cache
 * names the volume below it, or that this has the name of the cache and a suffix.
 */

#include <string.h>

#include "lvm-volume.h"

static struct qv_lvm_lv *named_by(const struct qv_lvm_group *group, const struct qv_lvm_lv *lv,
				  const struct qv_lvm_node *node)
{
	struct qv_lvm_lv *named;

	if (node->kind != QV_LVM_STRING || !strcmp(node->key, "type"))
		return NULL;

	named = qv_lvm_find_part(group, node->string);

	return named != lv ? named : NULL;
}

static struct qv_lvm_lv *find_by_key(const struct qv_lvm_group *group, const struct qv_lvm_lv *lv)
{
	const struct qv_lvm_node *node;
	struct qv_lvm_lv *named;

	for (node = lv->segments->node->child; node; node = node->next) {
		named = strstr(node->key, "orig") ? named_by(group, lv, node) : NULL;
		if (named)
			return named;
	}

	return NULL;
}

/**
 * qv_lvm_cache_origin() - the volume below a cache
 * @group: group
 * @lv: volume, of a type that may be a cache
 *
 * Return: the volume that is as long as the cache, at least, and that the cache is for; or NULL.
 */
struct qv_lvm_lv *qv_lvm_cache_origin(const struct qv_lvm_group *group,
				      const struct qv_lvm_lv *lv)
{
	struct qv_lvm_lv *origin;

	if (lv->num_segments != 1)
		return NULL;

	origin = find_by_key(group, lv);
	if (!origin)
		origin = qv_lvm_find_lv_named(group, lv->name, "_fcorig");
	if (!origin)
		origin = qv_lvm_find_lv_named(group, lv->name, "_corig");

	return origin && origin->extents >= lv->extents ? origin : NULL;
}

static bool is_flashcache(struct qv_dev *dev, struct qv_content *content)
{
	qv_content_probe(dev, content);

	return content->kind == QV_CONTENT_FLASHCACHE;
}

/* Looks for the superblock in the volumes that the segment names. Returns the volume, or NULL. */
static struct qv_lvm_lv *find_cache(struct qv_lvm_group *group, const struct qv_lvm_lv *lv,
				    const struct qv_lvm_lv *origin, struct qv_content *content)
{
	const struct qv_lvm_node *node, *value;
	struct qv_lvm_lv *named;
	struct qv_dev *dev;

	for (node = lv->segments->node->child; node; node = node->next) {
		value = node->kind == QV_LVM_LIST ? node->child : node;
		for (; value; value = node->kind == QV_LVM_LIST ? value->next : NULL) {
			named = named_by(group, lv, value);
			dev = named && named != origin && named->progress != QV_LVM_BUSY ?
			      qv_lvm_lv_open(group, named) : NULL;
			if (dev && is_flashcache(dev, content))
				return named;
		}
	}

	return NULL;
}

/* Any cache in the set; whose it is cannot be told. */
static const struct qv_item *find_other_cache(const struct qv_lvm_group *group)
{
	const struct qv_item *item;

	for (item = qv_items(group->qv); item; item = qv_next(item)) {
		if (item->content.kind == QV_CONTENT_FLASHCACHE)
			return item;
	}

	return NULL;
}

static void warn_unknown(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
			 const struct qv_lvm_lv *origin)
{
	const struct qv_item *other = find_other_cache(group);

	if (other)
		qv_lvm_lv_warn(group, lv,
			       "what an SSD cache (%s) has not written to %s is missing; %s says that there is%s any",
			       lv->segments->type, origin->full, other->name,
			       other->content.cache_dirty ? "" : " not");
	else
		qv_lvm_lv_warn(group, lv,
			       "what an SSD cache (%s) has not written to %s is missing, if there is any",
			       lv->segments->type, origin->full);
}

/**
 * qv_lvm_cache_warn() - say whether the volume below a cache has all that was written
 * @group: group
 * @lv: the cache
 * @origin: the volume below it
 */
void qv_lvm_cache_warn(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
		       const struct qv_lvm_lv *origin)
{
	struct qv_content content;
	const struct qv_lvm_lv *cache = find_cache(group, lv, origin, &content);

	if (!cache)
		warn_unknown(group, lv, origin);
	else if (content.cache_dirty)
		qv_lvm_lv_warn(group, lv,
			       "the SSD cache %s has blocks that were not written to %s: they are missing",
			       cache->full, origin->full);
	else
		qv_note(group->qv, QV_INFO, lv->full,
			"the SSD cache %s says that all was written to %s", cache->full,
			origin->full);
}
