// SPDX-License-Identifier: GPL-2.0-only
/* A device whose chunks are anywhere in the one below it, as in a thin pool, for tests */

#include <string.h>

#include "qv.h"
#include "shuffled.h"

struct shuffled {
	struct qv_dev dev;
	struct qv_dev *below;
	u64 chunk;
	const u32 *places;
	u64 *log;
	size_t log_max;
	size_t num_reads;
};

static int shuffled_extent(struct qv_dev *dev, u64 start, u64 len, struct qv_extent *extent)
{
	const struct shuffled *shuffled = (struct shuffled *)dev;
	const u64 offset = start % shuffled->chunk;
	const u32 place = shuffled->places[start / shuffled->chunk];

	*extent = (struct qv_extent){ .start = start, .length = shuffled->chunk - offset };
	if (extent->length > len)
		extent->length = len;
	extent->kind = place == SHUFFLED_ZERO ? QV_EXTENT_ZERO :
		       place == SHUFFLED_BAD ? QV_EXTENT_BAD : QV_EXTENT_DATA;
	if (extent->kind == QV_EXTENT_DATA) {
		extent->below = shuffled->below;
		extent->physical = place * shuffled->chunk + offset;
	}

	return 0;
}

static int read_extent(struct qv_dev *dev, void *buf, const struct qv_extent *extent)
{
	if (extent->kind == QV_EXTENT_BAD)
		return qv_fail(dev->qv, QV_ERR_UNREADABLE, "%s: a bad chunk", dev->name);
	if (extent->kind == QV_EXTENT_DATA)
		return qv_dev_read((struct qv_dev *)extent->below, buf, extent->length,
				   extent->physical);
	memset(buf, 0, extent->length);

	return 0;
}

static int shuffled_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	struct shuffled *shuffled = (struct shuffled *)dev;
	struct qv_extent extent;
	int ret = 0;

	if (shuffled->num_reads < shuffled->log_max)
		shuffled->log[shuffled->num_reads] = start;
	shuffled->num_reads++;
	for (u64 done = 0; done < len && !ret; done += extent.length) {
		shuffled_extent(dev, start + done, len - done, &extent);
		ret = read_extent(dev, (u8 *)buf + done, &extent);
	}

	return ret;
}

static const struct qv_dev_ops shuffled_ops = {
	.read = shuffled_read,
	.extent = shuffled_extent,
};

/* The places are those of the chunks in the device below, and must stay. */
struct qv_dev *shuffled_new(struct qv_dev *below, u64 chunk, const u32 *places, size_t num,
			    u64 size)
{
	struct shuffled *shuffled;

	if (size > num * chunk)
		return NULL;
	shuffled = qv_dev_new(below->qv, sizeof(*shuffled), &shuffled_ops, size, "shuffled");
	if (!shuffled)
		return NULL;

	shuffled->below = below;
	shuffled->chunk = chunk;
	shuffled->places = places;

	return &shuffled->dev;
}

/* From now on it is noted where reads begin. */
void shuffled_log(struct qv_dev *dev, u64 *starts, size_t max)
{
	struct shuffled *shuffled = (struct shuffled *)dev;

	shuffled->log = starts;
	shuffled->log_max = max;
	shuffled->num_reads = 0;
}

size_t shuffled_num_reads(const struct qv_dev *dev)
{
	return ((struct shuffled *)dev)->num_reads;
}
