// SPDX-License-Identifier: GPL-2.0-only
/*
 * The metadata of a pool in the form that thin_restore takes
 *
 * The stock format knows no chunks that are mapped and read as zeros nevertheless, as QNAP's does.
 * To leave them out is the same to a reader: what is not mapped reads as zeros. The number of a
 * device's chunks comes before them, so that they are walked through twice.
 */

#include <stdlib.h>

#include "thin-print.h"

/* A box makes some hundred snapshots. */
#define DEVICES_MAX	65536

#define SUPERBLOCK	"<superblock uuid=\"\" time=\"%u\" transaction=\"%llu\" version=\"2\""
#define SUPERBLOCK_SIZES " data_block_size=\"%llu\" nr_data_blocks=\"%llu\">\n"
#define DEVICE		"  <device dev_id=\"%u\" mapped_blocks=\"%llu\""
#define DEVICE_TIMES	" transaction=\"%llu\" creation_time=\"%u\" snap_time=\"%u\">\n"
#define SINGLE	"    <single_mapping origin_block=\"%llu\" data_block=\"%llu\" time=\"%u\"/>\n"
#define RANGE	\
	"    <range_mapping origin_begin=\"%llu\" data_begin=\"%llu\" length=\"%llu\" time=\"%u\"/>\n"

/* Passed through the walks. */
struct walk {
	struct thin_print *print;
	struct thin_listed *listed;
	FILE *file;
};

static void see_time(struct thin_print *print, __u32 time)
{
	if (time > print->time)
		print->time = time;
}

/* Is that to be written? */
static bool is_wanted(const struct thin_print *print, const struct qv_mapping *mapping)
{
	return !mapping->zeroed && mapping->block <= print->num_blocks &&
	       mapping->count <= print->num_blocks - mapping->block;
}

static int count_mapping(const struct qv_mapping *mapping, void *data)
{
	struct walk *walk = data;

	if (is_wanted(walk->print, mapping)) {
		walk->listed->mapped += mapping->count;
		see_time(walk->print, mapping->time);
	} else if (mapping->zeroed) {
		walk->print->zeroed += mapping->count;
	} else {
		walk->print->outside += mapping->count;
	}

	return 0;
}

static int list_device(const struct qv_thin_device *device, void *data)
{
	struct thin_print *print = ((struct walk *)data)->print;
	struct thin_listed *listed = print->listed;

	/* Grows whenever the number is a power of two. */
	if (!(print->num & (print->num - 1))) {
		listed = print->num == DEVICES_MAX ? NULL :
			 realloc(listed, 2 * (print->num + 1) * sizeof(*listed));
		if (!listed)
			return -QV_ERR_SYSTEM;
		print->listed = listed;
	}
	print->listed[print->num++] = (struct thin_listed){ .device = *device };
	see_time(print, device->creation_time);
	see_time(print, device->snapshotted_time);

	return 0;
}

/* What is damaged ends the walk only for what is below it. */
static int accept(struct thin_print *print, int ret)
{
	if (ret != -QV_ERR_DAMAGED && ret != -QV_ERR_UNREADABLE)
		return ret;

	print->damaged = true;

	return print->skip_bad ? 0 : ret;
}

/**
 * thin_print_prepare() - see what there is to be written
 * @print: pool, with all up to @skip_bad set and the rest zeros; to be freed with
 *	   thin_print_free() in any case
 *
 * Return: 0, or an error of qv_pool_devices() or qv_pool_mappings(); without @skip_bad also
 * -%QV_ERR_DAMAGED if anything would have to be left out. -%QV_ERR_SYSTEM: no memory, or more
 * devices than there can be.
 */
int thin_print_prepare(struct thin_print *print)
{
	struct walk walk = { .print = print };
	int ret = accept(print, print->devices(print->pool, list_device, &walk));

	for (size_t i = 0; i < print->num && !ret; i++) {
		walk.listed = &print->listed[i];
		ret = accept(print, print->mappings(print->pool, walk.listed->device.id,
						    count_mapping, &walk));
	}
	if (!ret && print->outside && !print->skip_bad)
		ret = -QV_ERR_DAMAGED;

	return ret;
}

static int write_mapping(const struct qv_mapping *mapping, void *data)
{
	const struct walk *walk = data;

	if (!is_wanted(walk->print, mapping))
		return 0;

	if (mapping->count == 1)
		fprintf(walk->file, SINGLE, mapping->chunk, mapping->block, mapping->time);
	else
		fprintf(walk->file, RANGE, mapping->chunk, mapping->block, mapping->count,
			mapping->time);

	return ferror(walk->file) ? -QV_ERR_SYSTEM : 0;
}

static int write_device(struct thin_print *print, struct thin_listed *listed, FILE *file)
{
	struct walk walk = { .print = print, .listed = listed, .file = file };
	const struct qv_thin_device *device = &listed->device;
	int ret;

	fprintf(file, DEVICE, device->id, listed->mapped);
	fprintf(file, DEVICE_TIMES, device->transaction, device->creation_time,
		device->snapshotted_time);
	ret = accept(print, print->mappings(print->pool, device->id, write_mapping, &walk));
	fputs("  </device>\n", file);

	return ret;
}

/**
 * thin_print_write() - write it
 * @print: pool that was prepared
 * @file: where to
 *
 * Return: 0, an error of qv_pool_mappings(), or -%QV_ERR_SYSTEM: not all could be written.
 */
int thin_print_write(struct thin_print *print, FILE *file)
{
	const struct qv_pool_info *pool = &print->pool->pool;
	int ret = 0;

	fprintf(file, SUPERBLOCK, print->time, pool->transaction);
	fprintf(file, SUPERBLOCK_SIZES, pool->chunk / 512, print->num_blocks);
	for (size_t i = 0; i < print->num && !ret; i++)
		ret = write_device(print, &print->listed[i], file);
	fputs("</superblock>\n", file);

	return ret ?: ferror(file) ? -QV_ERR_SYSTEM : 0;
}

/**
 * thin_print_free() - free what it has
 * @print: pool
 */
void thin_print_free(struct thin_print *print)
{
	free(print->listed);
}
