// SPDX-License-Identifier: GPL-2.0-only
/* The devices that are physical volumes, and the texts on them */

#include <stdlib.h>
#include <string.h>

#include "lvm-disk.h"

/* A member of an array shows what is in the array: the array is the physical volume then. */
static bool is_candidate(const struct qv_item *item)
{
	return item->content.kind == QV_CONTENT_LVM && item->dev && !item->holder;
}

static void free_disk(struct qv_lvm_disk *disk)
{
	qv_lvm_generations_free(&disk->found);
}

/**
 * qv_lvm_disks_free() - free what is known of physical volumes
 * @disks: them
 */
void qv_lvm_disks_free(struct qv_lvm_disks *disks)
{
	for (size_t i = 0; i < disks->num; i++)
		free_disk(&disks->all[i]);
	free(disks->all);
	*disks = (struct qv_lvm_disks){ };
}

/* The text in use; if that is damaged, the latest one that is whole. */
static const struct qv_lvm_generation *find_own(struct qv *qv, const struct qv_lvm_disk *disk)
{
	const struct qv_lvm_generation *newest = qv_lvm_newest(&disk->found);

	if (!newest || newest->committed)
		return newest;
	if (!disk->found.damaged)
		return NULL;

	qv_note(qv, QV_WARNING, disk->item->name,
		"the description of the group that was in use is damaged; the latest whole one on this device is number %u",
		newest->sequence);

	return newest;
}

static int read_disk(struct qv *qv, struct qv_item *item, struct qv_lvm_disk *disk)
{
	int ret = 0;

	*disk = (struct qv_lvm_disk){ .item = item };
	if (qv_lvm_label_read(item->dev, &disk->label))
		return 0;

	if (disk->label.damaged)
		qv_note(qv, QV_DAMAGE, item->name,
			"the label of the physical volume is damaged: which one it is, is not known");
	for (unsigned int i = 0; i < disk->label.num_meta && !ret; i++)
		ret = qv_lvm_mda_read(item->dev, &disk->label.meta[i], &disk->found);
	disk->own = ret ? NULL : find_own(qv, disk);

	return ret;
}

static struct qv_lvm_disk *find_same(const struct qv_lvm_disks *disks,
				     const struct qv_lvm_disk *disk)
{
	for (size_t i = 0; i < disks->num && *disk->label.id; i++) {
		if (!strcmp(disks->all[i].label.id, disk->label.id))
			return &disks->all[i];
	}

	return NULL;
}

/*
 * A member of an array that has lost its superblock is still labelled as the physical volume that
 * begins on it, but only a part of that is there.
 */
static bool is_whole(const struct qv_lvm_disk *disk)
{
	return disk->item->size >= disk->label.size;
}

static bool is_fresher(const struct qv_lvm_disk *a, const struct qv_lvm_disk *b)
{
	if (!a->own || !b->own)
		return a->own;
	if (a->own->committed != b->own->committed)
		return a->own->committed;
	if (a->own->sequence != b->own->sequence)
		return a->own->sequence > b->own->sequence;

	return a->item->kind == QV_ITEM_ARRAY && b->item->kind != QV_ITEM_ARRAY;
}

static bool is_better(const struct qv_lvm_disk *a, const struct qv_lvm_disk *b)
{
	return is_whole(a) != is_whole(b) ? is_whole(a) : is_fresher(a, b);
}

/* One of both is used and never the other: they may differ. */
static void resolve_same(struct qv *qv, struct qv_lvm_disk *first, struct qv_lvm_disk *second)
{
	struct qv_lvm_disk other = *second;

	if (is_better(second, first)) {
		other = *first;
		*first = *second;
	}
	qv_note(qv, QV_WARNING, other.item->name,
		"this is the same physical volume as %s, which is used in its place",
		first->item->name);
	free_disk(&other);
}

static int add_disk(struct qv *qv, struct qv_lvm_disks *disks, struct qv_item *item)
{
	struct qv_lvm_disk disk, *same, *all;
	int ret = read_disk(qv, item, &disk);

	if (ret) {
		free_disk(&disk);
		return ret;
	}
	same = find_same(disks, &disk);
	if (same) {
		resolve_same(qv, same, &disk);
		return 0;
	}

	all = realloc(disks->all, (disks->num + 1) * sizeof(*all));
	if (!all) {
		free_disk(&disk);
		return qv_no_memory(qv);
	}
	disks->all = all;
	all[disks->num++] = disk;

	return 0;
}

/**
 * qv_lvm_disks_find() - find all physical volumes in a set
 * @qv: set
 * @disks: where to put them; to be freed with qv_lvm_disks_free() in any case
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory.
 */
int qv_lvm_disks_find(struct qv *qv, struct qv_lvm_disks *disks)
{
	const struct qv_item *item;
	int ret = 0;

	*disks = (struct qv_lvm_disks){ };
	for (item = qv_items(qv); item && !ret; item = qv_next(item)) {
		if (is_candidate(item))
			ret = add_disk(qv, disks, (struct qv_item *)item);
	}

	return ret;
}
