// SPDX-License-Identifier: GPL-2.0-only
/*
 * A volume group, as its text describes it: physical volumes, logical volumes, segments
 *
 * All numbers are checked here, so that devices can be made of it without further thought. What is
 * wrong with one logical volume does not keep the others from being read.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lvm-group.h"

#define LETTERS		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_CHARACTERS	LETTERS "0123456789_.+-"
#define NAME_LEN_MAX	127
#define PVS_MAX		1024
#define ID_LEN		38

/* 2 PiB less a sector for each of 2^32 extents of 1 GiB is what LVM itself can do. */
#define EXTENTS_MAX	UINT32_MAX
#define SECTORS_MAX	(UINT64_MAX / QV_SECTOR)

/* What is wrong with a volume, and what is to be known about it */

/**
 * qv_lvm_lv_fail() - a volume cannot be read
 * @group: group
 * @lv: volume; the first reason stays
 * @error: of what kind that is
 * @format: why: a sentence without a full stop
 *
 * Return: the error negated: the first one that the volume had.
 */
int qv_lvm_lv_fail(struct qv_lvm_group *group, struct qv_lvm_lv *lv, enum qv_error error,
		   const char *format, ...)
{
	char text[QV_ERROR_TEXT_MAX];
	va_list arguments;

	if (lv->error)
		return -(int)lv->error;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	lv->error = error;
	lv->why = qv_text(group->qv, "%s", text) ?: "no memory";

	return -(int)error;
}

/**
 * qv_lvm_lv_fail_as_said() - a volume cannot be read, because of the error that was set last
 * @group: group
 * @lv: volume
 * @place: if the error says that it is about this, no more than the rest of it is said again
 * @error: the error, negated
 *
 * Return: the error negated: the first one that the volume had.
 */
int qv_lvm_lv_fail_as_said(struct qv_lvm_group *group, struct qv_lvm_lv *lv, const char *place,
			   int error)
{
	const char *text = qv_error_text(group->qv);
	const size_t len = strlen(place);

	if (!strncmp(text, place, len) && !strncmp(text + len, ": ", 2))
		text += len + 2;

	return qv_lvm_lv_fail(group, lv, -error, "%s", text);
}

/**
 * qv_lvm_lv_warn() - a volume can be read with a warning
 * @group: group
 * @lv: volume
 * @format: a sentence without a full stop
 *
 * Warnings add up, as long as a person can be expected to read them; none is said twice.
 */
void qv_lvm_lv_warn(struct qv_lvm_group *group, struct qv_lvm_lv *lv, const char *format, ...)
{
	char text[QV_ERROR_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (!lv->warning)
		lv->warning = qv_text(group->qv, "%s", text);
	else if (!strstr(lv->warning, text) && strlen(lv->warning) < QV_ERROR_TEXT_MAX)
		lv->warning = qv_text(group->qv, "%s; %s", lv->warning, text);
}

/* Names */

static bool is_name(const char *name)
{
	const size_t len = strspn(name, NAME_CHARACTERS);

	return len && !name[len] && len <= NAME_LEN_MAX && strcmp(name, ".") && strcmp(name, "..");
}

/* Returns the physical volume of that name in the text, or NULL. */
struct qv_lvm_pv *qv_lvm_find_pv(const struct qv_lvm_group *group, const char *name)
{
	for (size_t i = 0; i < group->num_pvs; i++) {
		if (!strcmp(group->pvs[i].name, name))
			return &group->pvs[i];
	}

	return NULL;
}

/* Returns the logical volume of that name in the group, or NULL. */
struct qv_lvm_lv *qv_lvm_find_lv(const struct qv_lvm_group *group, const char *name)
{
	size_t low = 0, high = group->num_lvs, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(name, group->by_name[middle]->name);
		if (!order)
			return group->by_name[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}

	return NULL;
}

/* Returns the logical volume of another's name and a suffix if something can lie on it, or NULL. */
struct qv_lvm_lv *qv_lvm_find_lv_named(const struct qv_lvm_group *group, const char *name,
				       const char *suffix)
{
	char full[2 * NAME_LEN_MAX];

	snprintf(full, sizeof(full), "%s%s", name, suffix);

	return qv_lvm_find_part(group, full);
}

/* Physical volumes */

static size_t count_sections(const struct qv_lvm_node *parent)
{
	const struct qv_lvm_node *node = parent ? parent->child : NULL;
	size_t num = 0;

	for (; node; node = node->next)
		num += node->kind == QV_LVM_SECTION;

	return num;
}

/* Returns false if the text does not tell all that is needed. */
static bool take_pv(struct qv_lvm_group *group, const struct qv_lvm_node *node,
		    struct qv_lvm_pv *pv)
{
	const char *id = qv_lvm_string(node, "id"), *hint = qv_lvm_string(node, "device");
	u64 sectors = 0, start, bytes;

	if (!id || strlen(id) != ID_LEN || !is_name(node->key) ||
	    qv_lvm_find_pv(group, node->key) ||
	    !qv_lvm_number(node, "pe_start", SECTORS_MAX, &start) ||
	    !qv_lvm_number(node, "pe_count", EXTENTS_MAX, &pv->count))
		return false;

	pv->was_missing = qv_lvm_list_has(node, "flags", "MISSING");
	qv_lvm_number(node, "dev_size", SECTORS_MAX, &sectors);
	pv->size = sectors * QV_SECTOR;
	pv->start = start * QV_SECTOR;
	if (__builtin_mul_overflow(pv->count, group->extent_size, &bytes) ||
	    __builtin_add_overflow(bytes, pv->start, &bytes))
		return false;

	pv->name = qv_text(group->qv, "%s", node->key);
	pv->id = qv_text(group->qv, "%s", id);
	pv->hint = qv_text(group->qv, "%s", hint ?: "");

	return pv->name && pv->id && pv->hint;
}

static int add_pvs(struct qv_lvm_group *group, const struct qv_lvm_node *section)
{
	const size_t num = count_sections(section);
	const struct qv_lvm_node *node;

	if (num > PVS_MAX)
		return qv_fail(group->qv, QV_ERR_DAMAGED, "%s has too many physical volumes",
			       group->name);

	group->pvs = qv_zalloc(group->qv, num, sizeof(*group->pvs));
	if (!group->pvs)
		return qv_no_memory(group->qv);
	for (node = section->child; node; node = node->next) {
		if (node->kind != QV_LVM_SECTION)
			continue;
		if (!take_pv(group, node, &group->pvs[group->num_pvs]))
			return qv_fail(group->qv, QV_ERR_DAMAGED,
				       "line %u: the physical volume %s makes no sense",
				       node->line, node->key);
		group->num_pvs++;
	}

	return 0;
}

/**
 * qv_lvm_group_parse() - read what a text says of a group, and of its physical volumes
 * @group: group to fill in; @qv and @options are set
 * @text: its text
 * @len: length of the text
 *
 * Return: 0, -%QV_ERR_DAMAGED with a text that says what is wrong, or -%QV_ERR_SYSTEM: no memory.
 */
int qv_lvm_group_parse(struct qv_lvm_group *group, const char *text, size_t len)
{
	char error[QV_LVM_TEXT_ERROR_MAX] = "it describes no volume group";
	const struct qv_lvm_node *node;
	u64 sectors, sequence;

	group->text = qv_lvm_text_parse(text, len, error);
	node = group->text ? qv_lvm_text_group(group->text) : NULL;
	if (!node)
		return qv_fail(group->qv, QV_ERR_DAMAGED, "%s", error);
	if (!is_name(node->key))
		return qv_fail(group->qv, QV_ERR_DAMAGED, "the name of the volume group is none");
	if (!qv_lvm_number(node, "extent_size", UINT32_MAX, &sectors) || !sectors ||
	    !qv_lvm_number(node, "seqno", UINT32_MAX, &sequence))
		return qv_fail(group->qv, QV_ERR_DAMAGED, "extents of %s have no length",
			       node->key);

	group->extent_size = sectors * QV_SECTOR;
	group->sequence = sequence;
	group->name = qv_text(group->qv, "%s", node->key);
	group->title = group->name;
	group->id = qv_text(group->qv, "%s", qv_lvm_string(node, "id"));
	if (!group->name || !group->id)
		return qv_no_memory(group->qv);

	return add_pvs(group, qv_lvm_section(node, "physical_volumes"));
}

/* Logical volumes */

static bool is_segment(const struct qv_lvm_node *node)
{
	const char *digits = node->key + strlen("segment");

	return node->kind == QV_LVM_SECTION && !strncmp(node->key, "segment", strlen("segment")) &&
	       *digits && strspn(digits, "0123456789") == strlen(digits);
}

static int compare_segments(const void *a, const void *b)
{
	const struct qv_lvm_segment *first = a, *second = b;

	return (first->start > second->start) - (first->start < second->start);
}

/* Segments follow each other without a gap. */
static int check_segments(struct qv_lvm_group *group, struct qv_lvm_lv *lv)
{
	qsort(lv->segments, lv->num_segments, sizeof(*lv->segments), compare_segments);
	for (size_t i = 0; i < lv->num_segments; i++) {
		if (lv->segments[i].start != lv->extents)
			return qv_lvm_lv_fail(group, lv, QV_ERR_DAMAGED,
					      "its segments have a gap or overlap at extent %llu",
					      lv->extents);
		lv->extents += lv->segments[i].count;
	}
	if (__builtin_mul_overflow(lv->extents, group->extent_size, &lv->size)) {
		lv->size = 0;
		return qv_lvm_lv_fail(group, lv, QV_ERR_DAMAGED, "it is too large to be true");
	}

	return 0;
}

static int add_segment(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
		       const struct qv_lvm_node *node)
{
	struct qv_lvm_segment *segment = &lv->segments[lv->num_segments];
	const char *type = qv_lvm_string(node, "type");

	segment->node = node;
	if (!type || !qv_lvm_number(node, "start_extent", EXTENTS_MAX, &segment->start) ||
	    !qv_lvm_number(node, "extent_count", EXTENTS_MAX, &segment->count) || !segment->count)
		return qv_lvm_lv_fail(group, lv, QV_ERR_DAMAGED,
				      "line %u of the description: the segment makes no sense",
				      node->line);

	segment->type = qv_text(group->qv, "%s", type);
	if (!segment->type)
		return qv_lvm_lv_fail(group, lv, QV_ERR_SYSTEM, "no memory");
	lv->num_segments++;

	return 0;
}

static int add_segments(struct qv_lvm_group *group, struct qv_lvm_lv *lv,
			const struct qv_lvm_node *section)
{
	const struct qv_lvm_node *node;
	u64 should = 0, num = 0;
	int ret = 0;

	for (node = section->child; node; node = node->next)
		num += is_segment(node);
	if (!num || !qv_lvm_number(section, "segment_count", UINT32_MAX, &should) || should != num)
		return qv_lvm_lv_fail(group, lv, QV_ERR_DAMAGED,
				      "it should have %llu segments, and %llu are described",
				      should, num);

	lv->segments = qv_zalloc(group->qv, num, sizeof(*lv->segments));
	if (!lv->segments)
		return qv_lvm_lv_fail(group, lv, QV_ERR_SYSTEM, "no memory");
	for (node = section->child; node && !ret; node = node->next) {
		if (is_segment(node))
			ret = add_segment(group, lv, node);
	}

	return ret ?: check_segments(group, lv);
}

static int add_lv(struct qv_lvm_group *group, const struct qv_lvm_node *node)
{
	struct qv_lvm_lv *lv = &group->lvs[group->num_lvs];

	if (!is_name(node->key))
		return qv_fail(group->qv, QV_ERR_DAMAGED,
			       "line %u: the name of the logical volume is none", node->line);

	lv->name = qv_text(group->qv, "%s", node->key);
	lv->full = qv_text(group->qv, "%s/%s", group->title, node->key);
	if (!lv->name || !lv->full)
		return qv_no_memory(group->qv);
	lv->visible = qv_lvm_list_has(node, "status", "VISIBLE");
	qv_lvm_number(node, "creation_time", INT64_MAX, &lv->created);
	add_segments(group, lv, node);
	group->num_lvs++;

	return 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct qv_lvm_lv *const *first = a, *const *second = b;

	return strcmp((*first)->name, (*second)->name);
}

static int sort_lvs(struct qv_lvm_group *group)
{
	group->by_name = qv_zalloc(group->qv, group->num_lvs, sizeof(*group->by_name));
	if (!group->by_name)
		return qv_no_memory(group->qv);

	for (size_t i = 0; i < group->num_lvs; i++)
		group->by_name[i] = &group->lvs[i];
	qsort(group->by_name, group->num_lvs, sizeof(*group->by_name), compare_names);
	for (size_t i = 1; i < group->num_lvs; i++) {
		if (!compare_names(&group->by_name[i - 1], &group->by_name[i]))
			return qv_fail(group->qv, QV_ERR_DAMAGED, "%s is described twice",
				       group->by_name[i]->full);
	}

	return 0;
}

/**
 * qv_lvm_group_add_lvs() - read what the text says of the logical volumes of a group
 * @group: group, from qv_lvm_group_parse(), with its title
 *
 * Return: 0, -%QV_ERR_DAMAGED with a text: the names of the volumes make no sense, or
 * -%QV_ERR_SYSTEM: no memory. Volumes that make no sense themselves say so.
 */
int qv_lvm_group_add_lvs(struct qv_lvm_group *group)
{
	const struct qv_lvm_node *node = qv_lvm_text_group(group->text);
	int ret = 0;

	node = qv_lvm_section(node, "logical_volumes");
	group->lvs = qv_zalloc(group->qv, count_sections(node), sizeof(*group->lvs));
	if (!group->lvs)
		return qv_no_memory(group->qv);
	for (node = node ? node->child : NULL; node && !ret; node = node->next) {
		if (node->kind == QV_LVM_SECTION)
			ret = add_lv(group, node);
	}
	ret = ret ?: sort_lvs(group);
	for (size_t i = 0; i < group->num_lvs && !ret; i++) {
		struct qv_lvm_lv *lv = &group->lvs[i];

		for (size_t s = 0; s < lv->num_segments && !lv->error; s++)
			qv_lvm_segment_parse(group, lv, &lv->segments[s]);
	}

	return ret;
}
