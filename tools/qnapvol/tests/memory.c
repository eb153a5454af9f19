// SPDX-License-Identifier: GPL-2.0-only
/* Devices for tests: a piece of memory, part of which can be made unreadable, and zeros */

#include <stdlib.h>
#include <string.h>

#include "memory.h"

struct memory {
	struct qv_dev dev;
	u8 *bytes;
	u64 bad_start;
	u64 bad_end;
};

static int memory_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	struct memory *memory = (struct memory *)dev;

	if (start < memory->bad_end && start + len > memory->bad_start)
		return qv_fail(dev->qv, QV_ERR_UNREADABLE, "%s: bad sector", dev->name);
	memcpy(buf, memory->bytes + start, len);

	return 0;
}

static void memory_free(struct qv_dev *dev)
{
	free(((struct memory *)dev)->bytes);
}

static const struct qv_dev_ops memory_ops = {
	.read = memory_read,
	.free = memory_free,
};

/* Copies the data, or begins with zeros if that is NULL. Returns NULL if there is no memory. */
struct qv_dev *memory_new(struct qv *qv, const void *data, size_t size, const char *name)
{
	struct memory *memory = qv_dev_new(qv, sizeof(*memory), &memory_ops, size, "%s", name);

	if (!memory)
		return NULL;

	memory->bytes = calloc(1, size + !size);
	if (memory->bytes && data)
		memcpy(memory->bytes, data, size);

	return memory->bytes ? &memory->dev : NULL;
}

u8 *memory_bytes(struct qv_dev *dev)
{
	return ((struct memory *)dev)->bytes;
}

/* Reads that touch the range fail from now on. */
void memory_set_bad(struct qv_dev *dev, u64 start, u64 len)
{
	struct memory *memory = (struct memory *)dev;

	memory->bad_start = start;
	memory->bad_end = start + len;
}

/* Zeros */

static int zero_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	(void)dev;
	(void)start;
	memset(buf, 0, len);

	return 0;
}

static int zero_extent(struct qv_dev *dev, u64 start, u64 len, struct qv_extent *extent)
{
	(void)dev;
	*extent = (struct qv_extent){ .start = start, .length = len, .kind = QV_EXTENT_ZERO };

	return 0;
}

static const struct qv_dev_ops zero_ops = {
	.read = zero_read,
	.extent = zero_extent,
};

/* Returns NULL if there is no memory. */
struct qv_dev *zero_new(struct qv *qv, u64 size, const char *name)
{
	return qv_dev_new(qv, sizeof(struct qv_dev), &zero_ops, size, "%s", name);
}
