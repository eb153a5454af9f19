// SPDX-License-Identifier: GPL-2.0-only
/* Finding all that is in the sources: layer by layer, from the disk up */

#include <stdlib.h>
#include <string.h>

#include "lvm.h"
#include "md-array.h"
#include "partition.h"
#include "source.h"

/**
 * qv_add_source() - name a disk, a partition, an array or an image file
 * @qv: set that was not scanned yet
 * @path: its path
 * @rescue_map: path of ddrescue's mapfile for it, or NULL: all of it was read
 *
 * Return:
 * * %0: it is open
 * * -%QV_ERR_SOURCE: it or its mapfile is not there or cannot be opened, or the mapfile is none
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_add_source(struct qv *qv, const char *path, const char *rescue_map)
{
	struct qv_item *item;
	struct qv_dev *dev = qv_source_open(qv, path, rescue_map);

	if (!dev)
		return -QV_ERR_SOURCE;

	item = qv_item_new(qv, QV_ITEM_SOURCE, NULL, "%s", path);
	if (!item)
		return qv_no_memory(qv);

	item->dev = dev;
	item->size = qv_dev_size(dev);
	item->source.rescue_map = rescue_map ? qv_text(qv, "%s", rescue_map) : NULL;
	item->source.rescued = qv_source_rescued(dev);

	return 0;
}

static int add_partition(struct qv *qv, struct qv_item *source,
			 const struct qv_partition *partition)
{
	struct qv_item *item = qv_item_new(qv, QV_ITEM_PARTITION, source, "%s:%u", source->name,
					   partition->number);
	struct qv_dev *dev;

	if (!item)
		return qv_no_memory(qv);

	item->size = partition->size;
	if (partition->cut) {
		qv_item_fail(qv, item, QV_ERR_INCOMPLETE,
			     "it reaches beyond the end of %s: is the copy complete?",
			     source->name);
		return 0;
	}

	dev = qv_slice_new(source->dev, partition->start, partition->size, item->name);
	if (!dev)
		return qv_no_memory(qv);
	qv_item_set_dev(item, dev);

	return 0;
}

/*
 * A superblock 0.90 does not say where it belongs: at the end of a disk it may be that of the last
 * partition, or of an array that the disk was in before it was partitioned.
 */
static bool has_members(struct qv_item *source, const struct qv_partitions *table)
{
	const struct qv_partition *partition = table->part;
	struct qv_content content;
	struct qv_dev *dev;

	for (; partition < table->part + table->num; partition++) {
		dev = qv_slice_new(source->dev, partition->start, partition->size, source->name);
		if (!dev)
			continue;
		qv_content_probe(dev, &content);
		if (content.kind == QV_CONTENT_MD)
			return true;
	}

	return false;
}

static void find_partitions(struct qv_item *source, struct qv_partitions *table)
{
	const enum qv_content_kind kind = source->content.kind;

	if (kind != QV_CONTENT_UNKNOWN && kind != QV_CONTENT_TABLE && kind != QV_CONTENT_MD)
		return;

	qv_partitions_read(source->dev, table);
	if (kind != QV_CONTENT_MD)
		return;

	if (has_members(source, table))
		source->content.uuid[0] = '\0';
	else
		*table = (struct qv_partitions){ };
}

static int scan_source(struct qv *qv, struct qv_item *source)
{
	struct qv_partitions *table = calloc(1, sizeof(*table));
	int ret = 0;

	if (!table)
		return qv_no_memory(qv);

	qv_content_probe(source->dev, &source->content);
	find_partitions(source, table);
	source->source.scheme = table->scheme;
	if (table->scheme) {
		source->content.kind = QV_CONTENT_TABLE;
		source->content.type = table->scheme;
	}
	for (unsigned int i = 0; i < table->num && !ret; i++)
		ret = add_partition(qv, source, &table->part[i]);
	free(table);

	return ret;
}

/**
 * qv_scan() - find what is in the sources
 * @qv: set with at least one source, not scanned yet
 * @options: how to read where there is a choice, or NULL
 *
 * What is incomplete, damaged or unknown is an item that says so, not an error of this function.
 *
 * Return:
 * * %0: the tree is there, see qv_items()
 * * -%QV_ERR_SYSTEM: no memory
 * * -%QV_ERR_SOURCE: the description of a group in the options is not there or cannot be read
 * * -%QV_ERR_DAMAGED: it is no such description
 * * -%QV_ERR_NOT_FOUND: no group has a description of the number in the options
 */
int qv_scan(struct qv *qv, const struct qv_options *options)
{
	static const struct qv_options by_default;
	struct qv_item *item;
	int ret = 0;

	for (item = qv->items; item && !ret; item = item->next)
		ret = scan_source(qv, item);
	if (!ret)
		ret = qv_md_scan(qv);
	if (!ret)
		ret = qv_lvm_scan(qv, options ?: &by_default);

	return ret;
}
