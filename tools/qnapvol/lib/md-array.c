// SPDX-License-Identifier: GPL-2.0-only
/* The md arrays among all that was found: what belongs together, and what it is called */

#include <stdio.h>
#include <string.h>

#include "md-array.h"
#include "md-assemble.h"
#include "md-describe.h"

/* Arrays may be members of arrays, but not for ever. */
#define ROUNDS_MAX	8

/* "md-", the name, "@", some of the UUID, and a number. */
#define NAME_SIZE	(QV_MD_NAME_SIZE + 24)

/* Names */

static bool is_number(const char *name)
{
	return *name && strspn(name, "0123456789") == strlen(name);
}

static void print_name(const struct qv_md_super *super, char *name, size_t size)
{
	const u8 *u = super->uuid;

	if (is_number(super->name))
		snprintf(name, size, "md%s", super->name);
	else if (*super->name)
		snprintf(name, size, "md-%s", super->name);
	else
		snprintf(name, size, "md-%02x%02x%02x%02x", u[0], u[1], u[2], u[3]);
}

/* Is there another array of that name? */
static bool is_taken(const struct qv_md_set *sets, size_t num, const struct qv_md_set *set,
		     const char *name)
{
	char other[NAME_SIZE];

	for (size_t i = 0; i < num; i++) {
		print_name(qv_md_super_of(&sets[i]), other, sizeof(other));
		if (&sets[i] != set && !strcmp(other, name))
			return true;
	}

	return false;
}

static bool is_in_tree(const struct qv *qv, const char *name)
{
	const struct qv_item *item;

	for (item = qv_items(qv); item; item = qv_next(item)) {
		if (!strcmp(item->name, name))
			return true;
	}

	return false;
}

static struct qv_item *add_item(struct qv *qv, const struct qv_md_set *sets, size_t num,
				const struct qv_md_set *set)
{
	char plain[NAME_SIZE], name[2 * NAME_SIZE], uuid[QV_UUID_SIZE];
	unsigned int number = 1;

	print_name(qv_md_super_of(set), plain, sizeof(plain));
	if (!is_taken(sets, num, set, plain) && !is_in_tree(qv, plain))
		return qv_item_new(qv, QV_ITEM_ARRAY, NULL, "%s", plain);

	qv_md_print_uuid(qv_md_super_of(set), uuid);
	snprintf(name, sizeof(name), "%s@%.8s", plain, uuid);
	while (is_in_tree(qv, name))
		snprintf(name, sizeof(name), "%s@%.8s.%u", plain, uuid, ++number);

	return qv_item_new(qv, QV_ITEM_ARRAY, NULL, "%s", name);
}

/* Members that belong together */

static bool is_free_member(const struct qv_item *item)
{
	return item->dev && item->content.kind == QV_CONTENT_MD && !item->holder;
}

static size_t count_free(const struct qv *qv)
{
	const struct qv_item *item;
	size_t num = 0;

	for (item = qv_items(qv); item; item = qv_next(item))
		num += is_free_member(item);

	return num;
}

/* All superblocks of one array are alike in that. */
static bool belongs(const struct qv_md_set *set, const struct qv_md_member *member)
{
	const struct qv_md_super *a = &set->members[0]->super, *b = &member->super;

	return !strcmp(a->version, b->version) && !memcmp(a->uuid, b->uuid, sizeof(a->uuid));
}

/* Puts a member into its set, which may be a new one. Returns how many sets there are. */
static size_t put(struct qv_md_set *sets, size_t num, struct qv_md_member *member,
		  struct qv_md_member **room)
{
	for (size_t i = 0; i < num; i++) {
		if (belongs(&sets[i], member)) {
			sets[i].members[sets[i].num++] = member;
			return num;
		}
	}
	sets[num].qv = member->item->dev->qv;
	sets[num].members = room;
	sets[num].members[sets[num].num++] = member;

	return num + 1;
}

/* Reads the superblocks of members that are in no array yet. Returns how many arrays they make. */
static int collect(struct qv *qv, struct qv_md_set *sets, size_t max)
{
	struct qv_md_member *member = qv_zalloc(qv, max, sizeof(*member));
	struct qv_item *item;
	size_t num = 0;

	if (!member)
		return qv_no_memory(qv);

	for (item = qv->items; item; item = (struct qv_item *)qv_next(item)) {
		struct qv_md_member **room;

		if (!is_free_member(item) || !qv_md_super_read(item->dev, &member->super))
			continue;
		room = qv_zalloc(qv, max, sizeof(*room));
		if (!room)
			return qv_no_memory(qv);
		member->item = item;
		num = put(sets, num, member++, room);
	}

	return num;
}

/* Assembles what is in no array yet. Returns how many arrays those are, or an error. */
static int scan_round(struct qv *qv)
{
	const size_t max = count_free(qv);
	struct qv_md_set *sets = qv_zalloc(qv, max, sizeof(*sets));
	struct qv_item *item;
	int num, ret;

	if (!max)
		return 0;
	if (!sets)
		return qv_no_memory(qv);

	num = collect(qv, sets, max);
	ret = num < 0 ? num : 0;
	for (int i = 0; i < num && !ret; i++)
		ret = qv_md_select(&sets[i]);
	for (int i = 0; i < num && !ret; i++) {
		item = add_item(qv, sets, num, &sets[i]);
		ret = item ? qv_md_assemble(&sets[i], item) : qv_no_memory(qv);
	}

	return ret ?: num;
}

/**
 * qv_md_scan() - find the md arrays whose members were found
 * @qv: set whose sources and partitions are in the tree
 *
 * Adds them to the tree. What is incomplete or not known is an item that says so.
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory.
 */
int qv_md_scan(struct qv *qv)
{
	int ret = 1;

	for (int i = 0; i < ROUNDS_MAX && ret > 0; i++)
		ret = scan_round(qv);

	return ret < 0 ? ret : 0;
}
