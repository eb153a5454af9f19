// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file system of QNAP's, such that a stock kernel finds its files by their names
 *
 * QNAP's kernels index directories by a hash of their own, of the name without regard to case. As
 * long as dir_index is off in the superblock a stock kernel does not use the index. If something
 * has switched it on, the kernel looks for names where they are not. The view has it off.
 *
 * Only the superblock at the beginning is changed: it is the one that is used for mounting, and
 * it has no checksum, as metadata_csum is off. Its backups are read when the first one is damaged
 * only, and then it has no mark of QNAP's either, so there is no view.
 */

#include "dev.h"

/* The superblock is in two sectors, the feature in the first. */
#define SUPER_SECTOR	1024
#define COMPAT		(SUPER_SECTOR + 0x5c)
#define DIR_INDEX	0x20

struct ext_view {
	struct qv_dev dev;
	struct qv_dev *below;
};

static int ext_view_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	struct ext_view *view = (struct ext_view *)dev;
	int ret = qv_dev_read(view->below, buf, len, start);

	if (!ret && start <= COMPAT && COMPAT - start < len)
		((u8 *)buf)[COMPAT - start] &= ~DIR_INDEX;

	return ret;
}

/* The sector that differs has its place in the view, so that nobody reads it below by mistake. */
static int ext_view_extent(struct qv_dev *dev, u64 start, u64 len, struct qv_extent *extent)
{
	struct ext_view *view = (struct ext_view *)dev;
	const u64 end = SUPER_SECTOR + QV_SECTOR;

	if (start >= end)
		return qv_dev_extent(view->below, start, len, extent);

	if (start < SUPER_SECTOR) {
		if (len > SUPER_SECTOR - start)
			len = SUPER_SECTOR - start;
		return qv_dev_extent(view->below, start, len, extent);
	}

	*extent = (struct qv_extent){
		.start = start,
		.length = len < end - start ? len : end - start,
		.kind = QV_EXTENT_DATA,
		.below = dev,
		.physical = start,
	};

	return 0;
}

static const struct qv_dev_ops ext_view_ops = {
	.read = ext_view_read,
	.extent = ext_view_extent,
};

/**
 * qv_ext_view() - a device such that a stock kernel finds all files in it by their names
 * @qv: set
 * @dev: device, of any content
 *
 * Return: a view of the device if it needs one, else the device itself; NULL: no memory.
 */
struct qv_dev *qv_ext_view(struct qv *qv, struct qv_dev *dev)
{
	struct qv_content content;
	struct ext_view *view;

	qv_content_probe(dev, &content);
	if (content.kind != QV_CONTENT_EXT || !content.ext.hides_names)
		return dev;

	view = qv_dev_new(qv, sizeof(*view), &ext_view_ops, dev->size, "%s", dev->name);
	if (!view) {
		qv_no_memory(qv);
		return NULL;
	}
	view->below = dev;

	return &view->dev;
}
