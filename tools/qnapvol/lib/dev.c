// SPDX-License-Identifier: GPL-2.0-only
/* Devices: what all layers are, and the simplest of them */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qv.h"

/**
 * qv_dev_new() - a device of a layer
 * @qv: set, which the device is freed with
 * @bytes: size of what the layer embeds the device in, as its first member; it is zeroed
 * @ops: the layer
 * @size: size of the device
 * @name: format of its name, for messages
 *
 * Return: what the layer embeds the device in, or NULL if there is no memory.
 */
void *qv_dev_new(struct qv *qv, size_t bytes, const struct qv_dev_ops *ops, u64 size,
		 const char *name, ...)
{
	struct qv_dev *dev = calloc(1, bytes);
	va_list arguments;
	int len = -1;

	if (!dev)
		return NULL;

	va_start(arguments, name);
	len = vasprintf(&dev->name, name, arguments);
	va_end(arguments);
	if (len < 0) {
		free(dev);
		return NULL;
	}
	dev->ops = ops;
	dev->qv = qv;
	dev->size = size;
	dev->next = qv->devices;
	qv->devices = dev;

	return dev;
}

/**
 * qv_dev_size() - how large a device is
 * @dev: device
 *
 * Return: its size in bytes.
 */
u64 qv_dev_size(const struct qv_dev *dev)
{
	return dev->size;
}

/**
 * qv_dev_name() - what a device is called
 * @dev: device
 *
 * Return: its name, such as "vg1/lv1" or the path of a source; valid as long as the set.
 */
const char *qv_dev_name(const struct qv_dev *dev)
{
	return dev->name;
}

/**
 * qv_dev_read() - read from a device
 * @dev: device
 * @buf: where to put the bytes
 * @len: how many
 * @start: from where on
 *
 * Context: may be called by many threads at once.
 * Return:
 * * %0: the buffer is full
 * * -%QV_ERR_UNREADABLE: part of the range cannot be had; the buffer's contents are undefined. A
 *   shorter read may succeed
 * * -%QV_ERR_NOT_FOUND: the range is not inside the device
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_dev_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	if (!qv_inside(start, len, dev->size))
		return qv_fail(dev->qv, QV_ERR_NOT_FOUND,
			       "%s has %llu bytes: %zu from byte %llu on are not all in it",
			       dev->name, dev->size, len, start);

	return len ? dev->ops->read(dev, buf, len, start) : 0;
}

static struct qv_extent one_extent(struct qv_dev *dev, u64 start, u64 len)
{
	return (struct qv_extent){
		.start = start,
		.length = len,
		.kind = QV_EXTENT_DATA,
		.below = dev,
		.physical = start,
	};
}

/**
 * qv_dev_extent() - what begins at a place of a device
 * @dev: device
 * @start: the place, below the size of the device
 * @len: how far to look, at least 1; may reach beyond the end
 * @extent: where to put the answer: a part that begins at @start, and that ends at @len or before
 *
 * Context: may be called by many threads at once.
 * Return: what cannot be read is an extent as well, and no error.
 * * %0: the extent is known
 * * -%QV_ERR_NOT_FOUND: the place is not inside the device, or @len is 0
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_dev_extent(struct qv_dev *dev, u64 start, u64 len, struct qv_extent *extent)
{
	if (start >= dev->size || !len)
		return qv_fail(dev->qv, QV_ERR_NOT_FOUND,
			       "%s has %llu bytes: there is none at %llu", dev->name, dev->size,
			       start);

	if (len > dev->size - start)
		len = dev->size - start;
	if (dev->ops->extent)
		return dev->ops->extent(dev, start, len, extent);

	*extent = one_extent(dev, start, len);

	return 0;
}

/**
 * qv_extent_continues() - are two extents of a device one?
 * @extent: the first one
 * @next: what begins where it ends
 *
 * Return: true if they are of one kind and, if they are data, next to each other below as well.
 */
bool qv_extent_continues(const struct qv_extent *extent, const struct qv_extent *next)
{
	if (next->kind != extent->kind)
		return false;

	return next->kind != QV_EXTENT_DATA ||
	       (next->below == extent->below &&
		next->physical == extent->physical + extent->length);
}

/* A part of another device */

struct slice {
	struct qv_dev dev;
	struct qv_dev *below;
	u64 start;
};

static int slice_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	struct slice *slice = (struct slice *)dev;

	return qv_dev_read(slice->below, buf, len, slice->start + start);
}

static int slice_extent(struct qv_dev *dev, u64 start, u64 len, struct qv_extent *extent)
{
	struct slice *slice = (struct slice *)dev;
	int ret = qv_dev_extent(slice->below, slice->start + start, len, extent);

	extent->start = start;

	return ret;
}

static const struct qv_dev_ops slice_ops = {
	.read = slice_read,
	.extent = slice_extent,
};

/**
 * qv_slice_new() - a part of another device
 * @below: the other device
 * @start: where the part begins
 * @size: how large it is
 * @name: for messages
 *
 * Return: the device, or NULL: there is no memory, or the part is not inside of @below.
 */
struct qv_dev *qv_slice_new(struct qv_dev *below, u64 start, u64 size, const char *name)
{
	struct slice *slice;

	if (!qv_inside(start, size, below->size))
		return NULL;

	slice = qv_dev_new(below->qv, sizeof(*slice), &slice_ops, size, "%s", name);
	if (!slice)
		return NULL;

	slice->below = below;
	slice->start = start;

	return &slice->dev;
}
