// SPDX-License-Identifier: GPL-2.0-only
/* nbdkit-qnapvol-plugin: a volume as a network block device, read-only */

#define NBDKIT_API_VERSION 2

#include <errno.h>
#include <nbdkit-plugin.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* Questions about extents are answered in parts: each may need a look at the disk. */
#define EXTENTS_MAX	4096

/* What clients are told to prefer; the largest is nbdkit's own limit. */
#define BLOCK_PREFERRED	(128 * 1024)
#define BLOCK_LARGEST	(64 * 1024 * 1024)

static struct qv *set;
static struct qv_dev *volume;
static struct qv_options options;
static const char *volume_name;
static const char *source_map;
static bool has_source;

static void plugin_load(void)
{
	set = qv_new();
}

static void plugin_unload(void)
{
	qv_free(set);
}

static int fail(void)
{
	nbdkit_error("%s", qv_error_text(set));

	return -1;
}

/* Opened at once: later nbdkit leaves the directory that the path may be relative to. */
static int add_source(const char *path)
{
	int ret = qv_add_source(set, path, source_map);

	source_map = NULL;
	has_source = true;

	return ret ? fail() : 0;
}

static int set_tier_map(const char *value)
{
	if (cli_tier_map(value, &options))
		return 0;

	nbdkit_error("tier-map is auto, tree, or identity:0, identity:1, identity:2");

	return -1;
}

static int plugin_config(const char *key, const char *value)
{
	if (!set) {
		nbdkit_error("no memory");
		return -1;
	}

	if (!strcmp(key, "source"))
		return add_source(value);
	if (!strcmp(key, "tier-map"))
		return set_tier_map(value);
	if (!strcmp(key, "generation"))
		return nbdkit_parse_uint32_t(key, value, &options.generation);
	if (!strcmp(key, "superblock"))
		return nbdkit_parse_uint64_t(key, value, (uint64_t *)&options.superblock);

	if (!strcmp(key, "volume")) {
		volume_name = value;
	} else if (!strcmp(key, "source-map")) {
		source_map = value;
	} else if (!strcmp(key, "vgtext")) {
		options.vgtext = value;
	} else {
		nbdkit_error("unknown parameter %s", key);
		return -1;
	}

	return 0;
}

static int plugin_config_complete(void)
{
	if (has_source && volume_name && !source_map)
		return 0;

	nbdkit_error(source_map ? "source-map= is for the source= that follows it, and none does" :
		     "say what to read: volume=NAME source=DISK...");

	return -1;
}

static int plugin_get_ready(void)
{
	const struct qv_item *item;

	if (qv_scan(set, &options))
		return fail();

	item = qv_find(set, volume_name);
	if (!item)
		return fail();
	if (!item->dev) {
		nbdkit_error("%s cannot be read: %s", item->name,
			     item->why ?: "there is nothing to be read");
		return -1;
	}
	if (item->state == QV_READABLE_WARNING)
		nbdkit_error("warning: %s: %s", item->name, item->why);

	volume = qv_ext_view(set, item->dev);

	return volume ? 0 : fail();
}

/* The same for all connections. */
static void *plugin_open(int readonly)
{
	(void)readonly;

	return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t plugin_get_size(void *handle)
{
	(void)handle;

	return qv_dev_size(volume);
}

static int plugin_block_size(void *handle, uint32_t *minimum, uint32_t *preferred,
			     uint32_t *maximum)
{
	(void)handle;
	*minimum = 1;
	*preferred = BLOCK_PREFERRED;
	*maximum = BLOCK_LARGEST;

	return 0;
}

static int plugin_yes(void *handle)
{
	(void)handle;

	return 1;
}

static int plugin_no(void *handle)
{
	(void)handle;

	return 0;
}

static int plugin_pread(void *handle, void *buf, uint32_t count, uint64_t offset, uint32_t flags)
{
	(void)handle;
	(void)flags;
	if (!qv_dev_read(volume, buf, count, offset))
		return 0;

	nbdkit_error("%s: cannot read %u bytes at %llu", qv_dev_name(volume), count,
		     (unsigned long long)offset);
	nbdkit_set_error(EIO);

	return -1;
}

static int plugin_extents(void *handle, uint32_t count, uint64_t offset, uint32_t flags,
			  struct nbdkit_extents *extents)
{
	const u64 end = offset + count;
	struct qv_extent extent;
	bool zero;

	(void)handle;
	for (int i = 0; i < EXTENTS_MAX && offset < end; i++, offset += extent.length) {
		if (qv_dev_extent(volume, offset, end - offset, &extent)) {
			nbdkit_set_error(EIO);
			return -1;
		}
		zero = extent.kind == QV_EXTENT_ZERO;
		if (nbdkit_add_extent(extents, offset, extent.length,
				      zero ? NBDKIT_EXTENT_HOLE | NBDKIT_EXTENT_ZERO : 0))
			return -1;
		if (flags & NBDKIT_FLAG_REQ_ONE)
			break;
	}

	return 0;
}

#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL

static struct nbdkit_plugin plugin = {
	.name = "qnapvol",
	.longname = "volumes of QNAP NAS boxes",
	.version = QNAPVOL_VERSION,
	.description = "Serves a volume of a QNAP NAS from its disks, read-only",
	.load = plugin_load,
	.unload = plugin_unload,
	.config = plugin_config,
	.config_complete = plugin_config_complete,
	.config_help =
		"volume=<NAME>         (required) The volume, as \"qnapvol list\" names it.\n"
		"source=<PATH>         (required) Disk, partition, array or image; many times.\n"
		"source-map=<FILE>     ddrescue's mapfile of the source that follows.\n"
		"vgtext=<FILE>         Description of the volume group, from a backup.\n"
		"generation=<N>        Use an older description that is still on the disks.\n"
		"tier-map=<MAP>        auto, tree or identity:TIER.\n"
		"superblock=<N>        Metadata block of the pool's superblock to use.",
	.magic_config_key = "source",
	.get_ready = plugin_get_ready,
	.open = plugin_open,
	.get_size = plugin_get_size,
	.block_size = plugin_block_size,
	.can_write = plugin_no,
	.can_extents = plugin_yes,
	.can_multi_conn = plugin_yes,
	.pread = plugin_pread,
	.extents = plugin_extents,
	.errno_is_preserved = 0,
};

NBDKIT_REGISTER_PLUGIN(plugin)
