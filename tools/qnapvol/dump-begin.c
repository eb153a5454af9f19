// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a dump begins, goes on, or must not be made
 *
 * It goes on if there is the file and a mapfile beside it that belongs to the same volume. A file
 * without one is something else, and is left alone.
 */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dump-begin.h"
#include "dump-guard.h"

/**
 * enum found - what there is where the dump is to be
 * @NOTHING: nothing, or an empty file
 * @UNFINISHED: a dump of this volume that was interrupted
 * @ANOTHER: something else
 */
enum found {
	NOTHING,
	UNFINISHED,
	ANOTHER,
};

static size_t identify_group(const struct qv_item *item, char *text, size_t size)
{
	for (; item && item->kind != QV_ITEM_GROUP; item = item->parent)
		;
	if (!item)
		return 0;

	return snprintf(text, size, ", group %s generation %u", item->group.id,
			item->group.sequence);
}

static size_t identify_thin(const struct qv_item *item, char *text, size_t size)
{
	const struct qv_item *pool = item->parent;

	if (item->kind != QV_ITEM_VOLUME || !item->volume.thin || !pool ||
	    pool->kind != QV_ITEM_POOL)
		return 0;

	return snprintf(text, size,
			", thin device %u, pool transaction %llu superblock %llu map %u tier %u",
			item->volume.device, pool->pool.transaction, pool->pool.superblock,
			pool->pool.map, pool->pool.tier);
}

/**
 * dump_identify() - say in one line what a dump is of, so that no other is continued
 * @item: what is dumped
 * @identity: where to put the line, %DUMP_IDENTITY_MAX bytes
 */
void dump_identify(const struct qv_item *item, char *identity)
{
	const size_t size = DUMP_IDENTITY_MAX;
	size_t len;

	/* The longest name leaves room for the rest. */
	len = snprintf(identity, size, "%.500s, %llu bytes", item->name, item->size);
	len += identify_group(item, identity + len, size - len);
	if (len < size)
		len += identify_thin(item, identity + len, size - len);
	if (len < size && item->kind == QV_ITEM_ARRAY)
		len += snprintf(identity + len, size - len, ", array %s", item->array.uuid);
	if (len < size && *item->content.uuid)
		snprintf(identity + len, size - len, ", %s %s", item->content.type,
			 item->content.uuid);
	for (; *identity; identity++) {
		if (iscntrl((unsigned char)*identity))
			*identity = '?';
	}
}

/* Reads the mapfile. The map is empty if there is none of this program. */
static int read_map(const char *path, struct dump_map *map, char *identity)
{
	FILE *file = fopen(path, "re");
	int ret;

	*map = (struct dump_map){ };
	*identity = 0;
	if (!file)
		return -errno;

	ret = dump_map_read(map, identity, file);
	fclose(file);

	return ret;
}

static enum found refuse_map(const struct dump_save *save, const char *identity)
{
	static const char hint[] = "name another file, or say --force to begin anew";

	if (*identity)
		cli_error("%s belongs to another volume or other sources, %s; this is %s: %s",
			  save->path, identity, save->identity, hint);
	else
		cli_error("%s is no mapfile of a dump: %s", save->path, hint);

	return ANOTHER;
}

/* Looks at what is there, and says why if it is not to be touched. Sets the map if it goes on. */
static enum found look(const char *path, struct dump_save *save)
{
	char identity[DUMP_IDENTITY_MAX];
	struct dump_map map;
	const bool known = read_map(save->path, &map, identity) != -ENOENT;
	const bool ours = !strcmp(identity, save->identity) && map.size == save->map->size;
	struct stat st;

	if (known && !ours) {
		dump_map_free(&map);
		return refuse_map(save, identity);
	}
	if (stat(path, &st) || !st.st_size) {
		dump_map_free(&map);
		return NOTHING;
	}
	if (known && (__u64)st.st_size == map.size) {
		dump_map_free(save->map);
		*save->map = map;
		return UNFINISHED;
	}
	dump_map_free(&map);
	cli_error("%s is there already, and no interrupted dump: name another, or say --force",
		  path);

	return ANOTHER;
}

static char *with_suffix(const char *path, const char *suffix)
{
	char *text;

	return asprintf(&text, "%s%s", path, suffix) < 0 ? NULL : text;
}

/**
 * dump_check() - see whether a dump may be made, and how far it has come; changes nothing
 * @cli: command line
 * @force: it is to begin anew, whatever there is
 * @target: where it is to be; is told whether it is used already
 * @save: its mapfile; @identity and @map are set, as if nothing was done yet
 *
 * Return: 0, or an exit status after a message.
 */
int dump_check(const struct cli *cli, bool force, struct dump_target *target,
	       struct dump_save *save)
{
	enum found found = NOTHING;

	target->path = cli->output;
	save->path = with_suffix(target->path, ".map");
	save->new_path = with_suffix(target->path, ".map.new");
	if (!save->path || !save->new_path)
		return cli_no_memory();

	if (!dump_guard(cli, target->path) || !dump_guard(cli, save->path) ||
	    !dump_guard(cli, save->new_path))
		return EXIT_USAGE;

	if (!force)
		found = look(target->path, save);
	target->used = found == UNFINISHED;

	return found == ANOTHER ? EXIT_USAGE : 0;
}

/**
 * dump_open() - open the file of a dump
 * @target: target that dump_check() has seen
 * @save: its mapfile, likewise
 *
 * The mapfile is there before the file: what is interrupted in between begins anew.
 *
 * Return: 0, or an exit status after a message.
 */
int dump_open(struct dump_target *target, struct dump_save *save)
{
	int ret = target->used ? 0 : dump_save_now(save);

	if (ret) {
		cli_error("cannot write %s: %s", save->path, strerror(-ret));
		return QV_ERR_SYSTEM;
	}
	ret = dump_target_open(target);
	if (!ret && !target->used)
		ret = dump_target_clear(target, save->map->size);
	save->fd = target->fd;
	if (ret)
		dump_target_print_error(target, ret);

	return ret ? QV_ERR_SYSTEM : 0;
}
