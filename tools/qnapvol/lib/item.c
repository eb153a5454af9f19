// SPDX-License-Identifier: GPL-2.0-only
/* The tree of what was found */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qv.h"

/* Names in an error are for a person to choose from. */
#define NAMES_MAX	400

/* What adds up to more than this is cut short. */
#define WARNINGS_MAX	2000

static void add_item(struct qv *qv, struct qv_item *item)
{
	struct qv_item *parent = item->parent;
	struct qv_item **first = parent ? &parent->child : &qv->items;
	struct qv_item **last = parent ? &qv_found(parent)->last_child : &qv->last_item;

	if (*first)
		(*last)->next = item;
	else
		*first = item;
	*last = item;
}

/**
 * qv_item_new() - add something that was found to the tree
 * @qv: set
 * @kind: what it is
 * @parent: what it is in: it becomes the last there; NULL: it becomes the last at the top
 * @name: format of its name
 *
 * Return: the item, which lives as long as the set, or NULL if there is no memory.
 */
struct qv_item *qv_item_new(struct qv *qv, enum qv_item_kind kind, struct qv_item *parent,
			    const char *name, ...)
{
	struct qv_found *found = qv_zalloc(qv, 1, sizeof(*found));
	char text[QV_ERROR_TEXT_MAX];
	va_list arguments;

	if (!found)
		return NULL;

	va_start(arguments, name);
	vsnprintf(text, sizeof(text), name, arguments);
	va_end(arguments);
	found->item.kind = kind;
	found->item.parent = parent;
	found->item.name = qv_text(qv, "%s", text);
	found->item.content.type = "";
	if (!found->item.name)
		return NULL;
	add_item(qv, &found->item);

	return &found->item;
}

/**
 * qv_item_set_dev() - say where an item is read from
 * @item: item
 * @dev: device: it gives the item its size, and what is in it is found out
 */
void qv_item_set_dev(struct qv_item *item, struct qv_dev *dev)
{
	item->dev = dev;
	item->size = qv_dev_size(dev);
	qv_content_probe(dev, &item->content);
}

/**
 * qv_item_warn() - an item can be read, but something is to be known about that
 * @qv: set
 * @item: item; nothing happens if it cannot be read
 * @format: a sentence without a full stop
 *
 * Reasons add up, as long as a person can be expected to read them all.
 */
void qv_item_warn(struct qv *qv, struct qv_item *item, const char *format, ...)
{
	char text[QV_ERROR_TEXT_MAX];
	va_list arguments;

	if (item->state == QV_NOT_READABLE || (item->why && strlen(item->why) >= WARNINGS_MAX))
		return;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	item->state = QV_READABLE_WARNING;
	if (item->why)
		item->why = qv_text(qv, "%s; %s", item->why, text);
	else
		item->why = qv_text(qv, "%s", text);
}

/**
 * qv_item_fail() - an item cannot be read
 * @qv: set
 * @item: item
 * @error: of what kind that is
 * @format: why: a sentence without a full stop
 *
 * Return: the error negated; its text is set.
 */
int qv_item_fail(struct qv *qv, struct qv_item *item, enum qv_error error, const char *format, ...)
{
	char text[QV_ERROR_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	item->state = QV_NOT_READABLE;
	item->error = error;
	item->why = qv_text(qv, "%s", text);
	item->dev = NULL;

	return qv_fail(qv, error, "%s: %s", item->name, text);
}

/**
 * qv_items() - what was found
 * @qv: set that was scanned
 *
 * Return: the first item at the top of the tree, or NULL; the others follow by their @next, or by
 * qv_next().
 */
const struct qv_item *qv_items(const struct qv *qv)
{
	return qv->items;
}

/**
 * qv_next() - walk through the whole tree
 * @item: where the walk is
 *
 * Return: the next item: a child, or if there is none what follows; NULL after the last.
 */
const struct qv_item *qv_next(const struct qv_item *item)
{
	if (item->child)
		return item->child;

	while (item && !item->next)
		item = item->parent;

	return item ? item->next : NULL;
}

static bool is_worth_naming(const struct qv_item *item)
{
	return item->kind == QV_ITEM_POOL || item->kind == QV_ITEM_ARRAY ||
	       (item->kind == QV_ITEM_VOLUME && !item->volume.hidden);
}

static void list_names(const struct qv *qv, char *names, size_t size)
{
	const struct qv_item *item;
	size_t len = 0;

	for (item = qv->items; item && len < size; item = qv_next(item)) {
		if (is_worth_naming(item))
			len += snprintf(names + len, size - len, "%s%s", len ? ", " : "",
					item->name);
	}
}

/* Is all of the group there that the name begins with? Then nothing of it is on other disks. */
static bool is_of_whole_group(const struct qv *qv, const char *name)
{
	const size_t len = strcspn(name, "/");
	const struct qv_item *item;

	for (item = qv->items; item; item = item->next) {
		if (item->kind == QV_ITEM_GROUP && item->state == QV_READABLE &&
		    !strncmp(item->name, name, len) && !item->name[len])
			return true;
	}

	return false;
}

/* Returns an array that cannot be read, of those that are incomplete if there are any, or NULL. */
static const struct qv_item *find_failed(const struct qv *qv)
{
	const struct qv_item *item, *failed = NULL;

	for (item = qv->items; item; item = item->next) {
		if (item->kind != QV_ITEM_ARRAY || item->state != QV_NOT_READABLE)
			continue;
		if (item->error == QV_ERR_INCOMPLETE)
			return item;
		failed = failed ?: item;
	}

	return failed;
}

static void fail_find(struct qv *qv, const char *name)
{
	const struct qv_item *failed = is_of_whole_group(qv, name) ? NULL : find_failed(qv);
	const enum qv_error error = failed ? failed->error : QV_ERR_NOT_FOUND;
	char names[NAMES_MAX] = "";

	list_names(qv, names, sizeof(names));
	if (failed)
		qv_fail(qv, error, "there is no %s here; %s cannot be read: %s", name,
			failed->name, failed->why);
	else if (*names)
		qv_fail(qv, error, "there is no %s here; there is: %s", name, names);
	else
		qv_fail(qv, error,
			"there is no %s here, nor any other volume: qnapvol list says what there is",
			name);
}

/**
 * qv_find() - find an item by its name
 * @qv: set that was scanned
 * @name: name, such as "vg1/lv1"
 *
 * Return: the item, or NULL. The error then has a text that tells which there are, and is of the
 * kind %QV_ERR_NOT_FOUND; or that tells which array cannot be read, which may have it, and is of
 * the kind that the array's error is.
 */
const struct qv_item *qv_find(struct qv *qv, const char *name)
{
	const struct qv_item *item;

	for (item = qv->items; item; item = qv_next(item)) {
		if (!strcmp(item->name, name))
			return item;
	}
	fail_find(qv, name);

	return NULL;
}
