// SPDX-License-Identifier: GPL-2.0-only
/* What was found, as a tree for people */

#include <string.h>

#include "advice.h"
#include "list.h"
#include "tree.h"
#include "words.h"

#define NAME_WIDTH_MAX	40

/* Name and size, in columns as long as the names are not too long for that. */
static void begin_item(struct tree *tree, int depth, const struct qv_item *item)
{
	const int width = tree->width - TREE_INDENT * depth;
	char size[32];

	tree_begin_line(tree, depth);
	tree_say(tree, "%-*s  %7s  ", width > 0 ? width : 0, item->name,
		 item->size ? cli_human_size(item->size, size, sizeof(size)) : "");
}

static void say_verdict(struct tree *tree, const struct verdict *verdict)
{
	if (verdict->state == QV_READABLE)
		tree_colour(tree, GREEN, "readable");
	else if (verdict->state == QV_READABLE_WARNING)
		tree_colour(tree, YELLOW, "readable, but: ");
	else
		tree_colour(tree, RED, "NOT readable: ");
	tree_put(tree, verdict->why);
}

static void say_bad_verdict(struct tree *tree, const struct qv_item *item, int depth)
{
	struct verdict verdict;

	verdict_of(tree->cli->qv, item, &verdict);
	if (verdict.state == QV_READABLE)
		return;

	tree_begin_line(tree, depth);
	say_verdict(tree, &verdict);
	tree_end_line(tree);
}

static void say_note(const char *note, void *data)
{
	struct tree *tree = data;

	tree_begin_line(tree, 2);
	tree_say(tree, "note: %s", note);
	tree_end_line(tree);
}

static void say_notes(struct tree *tree, const struct qv_item *item)
{
	verdict_notes(item, tree->cli->verbose, say_note, tree);
}

static void say_advice(const char *what, const char *command, void *data)
{
	struct tree *tree = data;

	tree_begin_line(tree, 2);
	tree_say(tree, "%s:", what);
	tree_end_line(tree);
	tree_begin_line(tree, 3);
	tree_put(tree, command);
	tree_end_line(tree);
}

static void say_advices(struct tree *tree, const struct qv_item *item)
{
	if (advice_give(tree->cli, item, say_advice, tree))
		tree->failed = true;
}

/* Sources */

static void say_part(struct tree *tree, const struct qv_item *item, int depth)
{
	begin_item(tree, depth, item);
	tree_words(tree, item->holder ? words_member : words_content, item);
	tree_end_line(tree);
	if (!item->holder || item->state == QV_NOT_READABLE)
		say_bad_verdict(tree, item, depth + 1);
}

static void say_rescued(struct tree *tree, const struct qv_item *item)
{
	char lost[32];

	if (!item->source.rescue_map || item->source.rescued >= item->size)
		return;

	tree_begin_line(tree, 2);
	tree_say(tree, "ddrescue has not read %s of it yet",
		 cli_human_size(item->size - item->source.rescued, lost, sizeof(lost)));
	tree_end_line(tree);
}

static void say_sources(struct tree *tree)
{
	const struct qv_item *item, *part;
	bool begun = false;

	for (item = qv_items(tree->cli->qv); item; item = item->next) {
		if (item->kind != QV_ITEM_SOURCE)
			continue;
		tree_title(tree, &begun, "Disks and images: what you named");
		say_part(tree, item, 1);
		say_rescued(tree, item);
		if (role_of(item) != ROLE_VOLUME)
			say_notes(tree, item);
		for (part = item->child; part; part = part->next) {
			say_part(tree, part, 2);
			if (role_of(part) == ROLE_ZFS || role_of(part) == ROLE_CACHE)
				say_notes(tree, part);
		}
	}
}

/* Arrays */

static void say_member(struct tree *tree, const struct qv_member *member)
{
	tree_begin_line(tree, 2);
	if (member->role < 0)
		tree_say(tree, "spare: ");
	else
		tree_say(tree, "member %d: ", member->role + 1);
	tree_say(tree, "%s", member->item ? member->item->name : "missing");
	if (member->item && !member->used)
		tree_say(tree, ", not used: %s", member->why ?: "not needed");
	tree_end_line(tree);
}

static void say_purpose(struct tree *tree, const struct qv_item *item)
{
	const enum role role = role_of(item);

	if (item->holder) {
		tree_say(tree, "; ");
		tree_words(tree, words_member, item);
	} else if (role == ROLE_SYSTEM) {
		tree_say(tree, "; system of the box, no files of yours");
	} else if (role == ROLE_SWAP) {
		tree_say(tree, "; swap of the box, no files");
	}
	if (item->holder || role == ROLE_SWAP || item->state == QV_NOT_READABLE)
		return;
	tree_say(tree, "; ");
	tree_words(tree, words_content, item);
}

static void say_array(struct tree *tree, const struct qv_item *item)
{
	begin_item(tree, 1, item);
	tree_words(tree, words_array, item);
	say_purpose(tree, item);
	tree_end_line(tree);
	say_bad_verdict(tree, item, 2);
	for (size_t i = 0; i < item->array.num_members; i++)
		say_member(tree, &item->array.members[i]);
	if (role_of(item) != ROLE_VOLUME)
		say_notes(tree, item);
	if (role_of(item) == ROLE_SYSTEM && tree->cli->verbose)
		say_advices(tree, item);
}

static void say_arrays(struct tree *tree)
{
	const struct qv_item *item;
	bool begun = false;

	for (item = qv_items(tree->cli->qv); item; item = qv_next(item)) {
		if (item->kind != QV_ITEM_ARRAY)
			continue;
		tree_title(tree, &begun, "Arrays (RAID): disks that work together");
		say_array(tree, item);
	}
}

/* Groups */

static void say_physical(struct tree *tree, const struct qv_physical *physical)
{
	char size[32];

	if (physical->item && !tree->cli->verbose)
		return;

	tree_begin_line(tree, 2);
	tree_say(tree, "%s: ", physical->name);
	if (physical->item)
		tree_say(tree, "%s", physical->item->name);
	else
		tree_say(tree, "missing: %s that the box had as %s",
			 cli_human_size(physical->size, size, sizeof(size)),
			 physical->hint ?: "a disk");
	tree_end_line(tree);
}

static void say_generations(struct tree *tree, const struct qv_group_info *group)
{
	tree_begin_line(tree, 2);
	tree_say(tree, "description number %u, from %s; there are:", group->sequence,
		 group->text && strcmp(group->text, "disk") ? group->text : "the disks");
	for (size_t i = 0; i < group->num_generations; i++)
		tree_say(tree, " %u", group->generations[i]);
	tree_end_line(tree);
}

static const char *purpose_of(const struct qv_item *volume)
{
	switch (role_of(volume)) {
	case ROLE_RESERVE:
		return "space that the box keeps for itself, no files";
	case ROLE_INTERNAL:
		return "inner part of the group";
	default:
		return NULL;
	}
}

static void say_in_group(struct tree *tree, const struct qv_item *item, int depth)
{
	const char *purpose = item->kind == QV_ITEM_VOLUME ? purpose_of(item) : NULL;

	if (item->kind == QV_ITEM_VOLUME && item->volume.hidden && !tree->cli->verbose)
		return;

	begin_item(tree, depth, item);
	if (purpose)
		tree_say(tree, "%s", purpose);
	else if (item->kind == QV_ITEM_POOL)
		tree_words(tree, words_pool, item);
	else
		tree_say(tree, "%s", item->volume.snapshot ? "snapshot" : "volume");
	if (item->kind == QV_ITEM_VOLUME && tree->cli->verbose)
		tree_say(tree, " (%s)", item->volume.type ?: "?");
	tree_end_line(tree);
	if (role_of(item) != ROLE_VOLUME)
		say_bad_verdict(tree, item, depth + 1);
	for (const struct qv_item *child = item->child; child; child = child->next)
		say_in_group(tree, child, depth + 1);
}

static void say_group(struct tree *tree, const struct qv_item *item)
{
	begin_item(tree, 1, item);
	tree_say(tree, "volume group");
	tree_end_line(tree);
	say_bad_verdict(tree, item, 2);
	if (tree->cli->verbose)
		say_generations(tree, &item->group);
	for (size_t i = 0; i < item->group.num_physicals; i++)
		say_physical(tree, &item->group.physicals[i]);
	for (const struct qv_item *child = item->child; child; child = child->next)
		say_in_group(tree, child, 2);
}

static void say_groups(struct tree *tree)
{
	const struct qv_item *item;
	bool begun = false;

	for (item = qv_items(tree->cli->qv); item; item = qv_next(item)) {
		if (item->kind != QV_ITEM_GROUP)
			continue;
		tree_title(tree, &begun, "Volume groups and pools: how the space is divided");
		say_group(tree, item);
	}
}

/* Volumes */

static void say_volume(struct tree *tree, const struct qv_item *item)
{
	struct verdict verdict;

	verdict_of(tree->cli->qv, item, &verdict);
	tree_begin_line(tree, 1);
	tree_colour(tree, BOLD, item->name);
	tree_say(tree, "  ");
	tree_words(tree, words_volume, item);
	tree_end_line(tree);
	tree_begin_line(tree, 2);
	say_verdict(tree, &verdict);
	tree_end_line(tree);
	say_notes(tree, item);
	say_advices(tree, item);
}

/* May it hold volumes that nothing is known of? */
static bool is_obstacle(const struct qv_item *item)
{
	const enum role role = role_of(item);

	return role_is_orphan(item) || (item->state == QV_NOT_READABLE && !item->child &&
					(role == ROLE_UNKNOWN || role == ROLE_CONTAINER));
}

static const struct qv_item *find_obstacle(const struct qv *qv)
{
	const struct qv_item *item = qv_items(qv);

	while (item && !is_obstacle(item))
		item = qv_next(item);

	return item;
}

static void say_summary(struct tree *tree, unsigned int num, unsigned int readable)
{
	const struct qv_item *obstacle = find_obstacle(tree->cli->qv);

	tree_end_line(tree);
	if (num)
		tree_say(tree, "%u volume%s, %u readable.", num, num == 1 ? "" : "s", readable);
	else
		tree_say(tree, "No volume with files was found.");
	if (obstacle)
		tree_say(tree, " There may be volumes in %s, which cannot be read: see there.",
			 obstacle->name);
	tree_end_line(tree);
}

static void say_volumes(struct tree *tree)
{
	unsigned int num = 0, readable = 0;
	const struct qv_item *item;
	bool begun = false;

	for (item = qv_items(tree->cli->qv); item; item = qv_next(item)) {
		if (role_of(item) != ROLE_VOLUME)
			continue;
		tree_title(tree, &begun, "Volumes: here are the files");
		say_volume(tree, item);
		num++;
		readable += item->state != QV_NOT_READABLE;
	}
	say_summary(tree, num, readable);
}

static int depth_of(const struct qv_item *item)
{
	int depth = 1;

	while ((item = item->parent))
		depth++;

	return depth;
}

static int name_width(const struct qv *qv, bool verbose)
{
	const struct qv_item *item;
	size_t width = 0, wanted;

	for (item = qv_items(qv); item; item = qv_next(item)) {
		if (item->kind == QV_ITEM_VOLUME && item->volume.hidden && !verbose)
			continue;
		wanted = strlen(item->name) + TREE_INDENT * depth_of(item);
		if (wanted > width && wanted <= NAME_WIDTH_MAX)
			width = wanted;
	}

	return width;
}

/**
 * list_tree() - print what was found for people
 * @cli: command line, with the set that was scanned
 * @out: where to
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory, or it could not be written.
 */
int list_tree(const struct cli *cli, FILE *out)
{
	struct tree tree = { .out = out, .cli = cli };

	tree.colours = tree_wants_colours(out);
	tree.width = name_width(cli->qv, cli->verbose);
	say_sources(&tree);
	say_arrays(&tree);
	say_groups(&tree);
	say_volumes(&tree);

	return tree.failed || ferror(out) ? -QV_ERR_SYSTEM : 0;
}
