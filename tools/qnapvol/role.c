// SPDX-License-Identifier: GPL-2.0-only
/* What a thing was for in the box: by the names that QNAP gives, and by what is in it */

#include <stdlib.h>
#include <string.h>

#include "role.h"

/* Volumes with this number and above are reserved space. */
#define RESERVE_FIRST	544

static bool is_system_array(const struct qv_item *item)
{
	return item->kind == QV_ITEM_ARRAY &&
	       (!strcmp(item->name, "md9") || !strcmp(item->name, "md13"));
}

static bool is_swap_array(const struct qv_item *item)
{
	return item->kind == QV_ITEM_ARRAY &&
	       (!strcmp(item->name, "md256") || !strcmp(item->name, "md321") ||
		!strcmp(item->name, "md322"));
}

static bool is_reserve(const struct qv_item *item)
{
	const char *name = strrchr(item->name, '/');
	char *end;

	if (!name || strncmp(name, "/lv", 3) || name[3] < '0' || name[3] > '9')
		return false;

	return strtoul(name + 3, &end, 10) >= RESERVE_FIRST && !*end;
}

static enum role role_by_content(const struct qv_item *item)
{
	switch (item->content.kind) {
	case QV_CONTENT_BLANK:
		return ROLE_EMPTY;
	case QV_CONTENT_TABLE:
	case QV_CONTENT_MD:
	case QV_CONTENT_LVM:
		return ROLE_PART;
	case QV_CONTENT_EXT:
		return is_system_array(item) ? ROLE_SYSTEM : ROLE_VOLUME;
	case QV_CONTENT_LUKS:
		return ROLE_VOLUME;
	case QV_CONTENT_SWAP:
		return ROLE_SWAP;
	case QV_CONTENT_FLASHCACHE:
		return ROLE_CACHE;
	case QV_CONTENT_ZFS:
		return ROLE_ZFS;
	case QV_CONTENT_OTHER:
		return ROLE_FOREIGN;
	default:
		return ROLE_UNKNOWN;
	}
}

static enum role role_of_volume(const struct qv_item *item)
{
	const enum role role = role_by_content(item);

	if (item->volume.hidden)
		return ROLE_INTERNAL;
	if (role == ROLE_SWAP || role == ROLE_CACHE)
		return role;

	return is_reserve(item) && role != ROLE_VOLUME ? ROLE_RESERVE : ROLE_VOLUME;
}

static enum role role_of_array(const struct qv_item *item)
{
	const enum role role = role_by_content(item);

	if (is_system_array(item))
		return ROLE_SYSTEM;
	if (is_swap_array(item))
		return ROLE_SWAP;
	if (item->state == QV_NOT_READABLE)
		return ROLE_UNKNOWN;

	/* A LUN that nobody knows, or a volume whose beginning is damaged. */
	return role == ROLE_UNKNOWN || role == ROLE_FOREIGN ? ROLE_VOLUME : role;
}

/**
 * role_of() - what was it for in the box?
 * @item: item
 *
 * Return: the role.
 */
enum role role_of(const struct qv_item *item)
{
	if (item->holder)
		return ROLE_PART;

	switch (item->kind) {
	case QV_ITEM_VOLUME:
		return role_of_volume(item);
	case QV_ITEM_ARRAY:
		return role_of_array(item);
	case QV_ITEM_GROUP:
	case QV_ITEM_POOL:
		return ROLE_CONTAINER;
	default:
		return role_by_content(item);
	}
}

/**
 * role_is_orphan() - is it a part of something that was not found?
 * @item: item
 *
 * Return: whether it has the marks of an array or a group that nothing is known of.
 */
bool role_is_orphan(const struct qv_item *item)
{
	return !item->holder && role_of(item) == ROLE_PART &&
	       (item->content.kind == QV_CONTENT_MD || item->content.kind == QV_CONTENT_LVM);
}

/* The name that stands in the JSON output. */
const char *role_name(enum role role)
{
	static const char *const names[] = {
		[ROLE_VOLUME] = "volume",
		[ROLE_SYSTEM] = "system",
		[ROLE_SWAP] = "swap",
		[ROLE_RESERVE] = "reserve",
		[ROLE_CACHE] = "cache",
		[ROLE_INTERNAL] = "internal",
		[ROLE_PART] = "part",
		[ROLE_CONTAINER] = "container",
		[ROLE_ZFS] = "zfs",
		[ROLE_FOREIGN] = "foreign",
		[ROLE_EMPTY] = "empty",
		[ROLE_UNKNOWN] = "unknown",
	};

	return names[role];
}
