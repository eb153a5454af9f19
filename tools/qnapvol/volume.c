// SPDX-License-Identifier: GPL-2.0-only
/*
 * The volume that a command is to read, with or without -V
 *
 * Most boxes have one volume, and an image that was dumped has one anyway: then nobody has to say
 * which.
 */

#include <stdio.h>
#include <string.h>

#include "volume.h"

static bool has_files(const struct qv_item *item)
{
	return item->content.kind == QV_CONTENT_EXT || item->content.kind == QV_CONTENT_LUKS;
}

static bool is_volume(const struct qv_item *item)
{
	return item->kind == QV_ITEM_VOLUME && !item->volume.hidden;
}

/* Can it be read, and is it something to be read for itself? */
bool volume_is_worth_reading(const struct qv_item *item)
{
	return item->dev && (is_volume(item) || (has_files(item) && !item->holder));
}

/*
 * The only one with files, or NULL. Arrays, partitions and sources count if there is no volume at
 * all: the disks of a box with volumes have its system on them as well.
 */
static const struct qv_item *find_only(struct qv *qv)
{
	const struct qv_item *item, *volume = NULL, *other = NULL;
	size_t volumes = 0, others = 0;

	for (item = qv_items(qv); item; item = qv_next(item)) {
		if (is_volume(item) && (has_files(item) || !item->dev)) {
			volumes++;
			volume = item;
		} else if (volume_is_worth_reading(item) && !is_volume(item)) {
			others++;
			other = item;
		}
	}

	if (volumes)
		return volumes == 1 ? volume : NULL;

	return others == 1 ? other : NULL;
}

static int say_why_not(const struct qv_item *item)
{
	if (item->kind == QV_ITEM_GROUP || item->kind == QV_ITEM_POOL) {
		cli_error("%s is a %s: name one of its volumes, qnapvol list says which there are",
			  item->name, item->kind == QV_ITEM_POOL ? "pool" : "group");
		return EXIT_USAGE;
	}
	cli_error("%s cannot be read: %s", item->name, item->why ?: "there is nothing to be read");

	return item->error ?: QV_ERR_NOT_FOUND;
}

/*
 * Finds what -V names, or without it the only volume that there is. Returns NULL and an exit status
 * after a message if there is none, or if it cannot be read.
 */
const struct qv_item *volume_find(struct cli *cli, int *status)
{
	const struct qv_item *item = cli->volume ? NULL : find_only(cli->qv);

	if (!item)
		item = cli_find(cli, QV_ITEM_VOLUME, status);
	if (!item)
		return NULL;

	if (!item->dev || !item->size) {
		*status = say_why_not(item);
		return NULL;
	}
	if (item->state == QV_READABLE_WARNING)
		cli_say(cli, "qnapvol: warning: %s: %s", item->name, item->why);

	return item;
}

static bool is_plain(char letter)
{
	return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
	       (letter >= '0' && letter <= '9') || strchr("-_.+:", letter);
}

/*
 * A name for a file: vg1-lv1.img for vg1/lv1, disk.img for a source of that name. It has nothing in
 * it that options or shells would take for something else. It is to be freed; NULL: no memory.
 */
char *volume_file_name(const struct qv_item *item, const char *suffix)
{
	const char *from = item->name;
	const size_t len = strlen(from);
	char *name;

	if (item->kind == QV_ITEM_SOURCE || item->kind == QV_ITEM_PARTITION)
		from = strrchr(from, '/') ? strrchr(from, '/') + 1 : from;
	if (len > strlen(suffix) && !strcmp(item->name + len - strlen(suffix), suffix))
		suffix = "";
	if (asprintf(&name, "%s%s", from, suffix) < 0)
		return NULL;

	for (char *letter = name; *letter; letter++)
		*letter = *letter == '/' ? '-' : is_plain(*letter) ? *letter : '_';

	return name;
}
