// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which text describes which volume group, and which physical volumes are its
 *
 * A group is known by its identifier. Each of its physical volumes has a text of its own: the
 * latest that is in use counts. A text from a file, or an older one that was asked for, is used in
 * its place.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lvm-choice.h"
#include "lvm-vgtext.h"

/* Numbers in an error are for a person to choose from. */
#define NUMBERS_MAX	200

/* Free all groups' texts, and what holds them. */
void qv_lvm_choices_free(struct qv_lvm_choices *choices)
{
	for (size_t i = 0; i < choices->num; i++)
		qv_lvm_text_free(choices->all[i].group.text);
	free(choices->all);
	qv_lvm_generations_free(&choices->file);
	*choices = (struct qv_lvm_choices){ };
}

/* Choosing a text */

static bool is_better(const struct qv_lvm_generation *a, const struct qv_lvm_generation *b)
{
	if (!b || a->committed != b->committed)
		return !b || a->committed;
	if (a->sequence != b->sequence)
		return a->sequence > b->sequence;

	return a->created > b->created;
}

/* Returns the best text of a group, or with @number of that number only; or NULL. */
static const struct qv_lvm_generation *choose_among(const struct qv_lvm_generations *found,
						    const char *group, u32 number,
						    const struct qv_lvm_generation *best)
{
	const struct qv_lvm_generation *one;

	for (size_t i = 0; i < found->num; i++) {
		one = &found->all[i];
		if (!strcmp(one->group, group) && (!number || one->sequence == number) &&
		    is_better(one, best))
			best = one;
	}

	return best;
}

static const struct qv_lvm_generation *choose_on_disks(const struct qv_lvm_disks *disks,
						       const char *group, u32 number)
{
	const struct qv_lvm_generation *best = NULL;

	for (size_t i = 0; i < disks->num; i++)
		best = choose_among(&disks->all[i].found, group, number, best);

	return best;
}

/* Groups */

static struct qv_lvm_choice *find_choice(const struct qv_lvm_choices *choices, const char *group)
{
	for (size_t i = 0; i < choices->num; i++) {
		if (!strcmp(choices->all[i].generation->group, group))
			return &choices->all[i];
	}

	return NULL;
}

/* Returns 0, also if the text makes no sense as a group: that is noted. */
static int add_choice(struct qv *qv, const struct qv_options *options,
		      struct qv_lvm_choices *choices, const struct qv_lvm_generation *generation)
{
	struct qv_lvm_choice *all, choice = {
		.group = { .qv = qv, .options = options },
		.generation = generation,
	};
	int ret = qv_lvm_group_parse(&choice.group, generation->text, generation->len);

	all = ret ? NULL : realloc(choices->all, (choices->num + 1) * sizeof(*all));
	if (!ret && !all)
		ret = qv_no_memory(qv);
	if (ret) {
		qv_lvm_text_free(choice.group.text);
		return ret;
	}
	choices->all = all;
	all[choices->num++] = choice;

	return 0;
}

static int add_group_of_disk(struct qv *qv, const struct qv_options *options,
			     const struct qv_lvm_disks *disks, const struct qv_lvm_disk *disk,
			     struct qv_lvm_choices *choices)
{
	const char *id = disk->own ? disk->own->group : NULL;
	const struct qv_lvm_generation *best = NULL;
	int ret;

	if (!id || find_choice(choices, id))
		return 0;

	if (options->generation)
		best = choose_on_disks(disks, id, options->generation);
	ret = add_choice(qv, options, choices, best ?: choose_on_disks(disks, id, 0));
	if (ret != -QV_ERR_DAMAGED)
		return ret;
	qv_note(qv, QV_DAMAGE, disk->item->name,
		"the description of the group makes no sense: %s; --generation or --vgtext can use another one",
		qv_error_text(qv));

	return 0;
}

/* A group that was removed has no text in use, but the older ones may be there. */
static int add_removed_group(struct qv *qv, const struct qv_options *options,
			     const struct qv_lvm_disks *disks, struct qv_lvm_choices *choices)
{
	const struct qv_lvm_generations *found;
	const struct qv_lvm_generation *one;

	for (size_t i = 0; i < disks->num; i++) {
		found = &disks->all[i].found;
		for (size_t k = 0; k < found->num; k++) {
			one = &found->all[k];
			if (one->sequence == options->generation &&
			    !find_choice(choices, one->group))
				return add_choice(qv, options, choices, one);
		}
	}

	return 0;
}

static bool has_number(const struct qv_lvm_choices *choices, u32 number)
{
	for (size_t i = 0; i < choices->num; i++) {
		if (choices->all[i].generation->sequence == number)
			return true;
	}

	return false;
}

static size_t append_numbers(char *text, size_t len, const struct qv_lvm_generations *found)
{
	char number[16];

	for (size_t i = 0; i < found->num; i++) {
		snprintf(number, sizeof(number), " %u,", found->all[i].sequence);
		if (!strstr(text, number) && len + strlen(number) < NUMBERS_MAX)
			len += snprintf(text + len, NUMBERS_MAX - len, "%s", number);
	}

	return len;
}

static int fail_number(struct qv *qv, u32 number, const struct qv_lvm_disks *disks,
		       const struct qv_lvm_choices *choices)
{
	char text[NUMBERS_MAX] = "";
	size_t len = append_numbers(text, 0, &choices->file);

	for (size_t i = 0; i < disks->num; i++)
		len = append_numbers(text, len, &disks->all[i].found);
	if (!len)
		return qv_fail(qv, QV_ERR_NOT_FOUND,
			       "there is no generation %u: no volume group is described here",
			       number);
	text[len - 1] = '\0';

	return qv_fail(qv, QV_ERR_NOT_FOUND,
		       "the volume group's description has no generation %u; there is:%s", number,
		       text);
}

static int choose_from_file(struct qv *qv, const struct qv_options *options,
			    struct qv_lvm_choices *choices)
{
	const struct qv_lvm_generation *best;
	int ret = qv_lvm_vgtext_load(qv, options->vgtext, &choices->file);

	if (ret)
		return ret;

	best = qv_lvm_newest(&choices->file);
	if (options->generation)
		best = choose_among(&choices->file, best->group, options->generation, NULL);
	if (!best)
		return fail_number(qv, options->generation, &(struct qv_lvm_disks){ }, choices);
	ret = add_choice(qv, options, choices, best);
	if (!ret)
		choices->all->file = true;

	return ret;
}

/* Physical volumes */

static bool is_unnamed_pv(const struct qv_lvm_disk *disk, const struct qv_lvm_choice *choice,
			  const struct qv_lvm_disks *disks)
{
	if (!disk->label.damaged || choice->group.num_pvs != 1)
		return false;

	return choice->file ? disks->num == 1 :
	       disk->own && !strcmp(disk->own->group, choice->generation->group);
}

/* What the physical volume itself says counts, unless a person has said otherwise. */
static bool may_take(const struct qv_lvm_disk *disk, const struct qv_lvm_choice *choice)
{
	return choice->file || !disk->own ||
	       !strcmp(disk->own->group, choice->generation->group);
}

/*
 * A partition is never shorter than its physical volume: what looks like that is a member of an
 * array, and what is on it is not what is at the same place of the array.
 */
static bool is_lost_member(const struct qv_lvm_disk *disk, const struct qv_lvm_pv *pv)
{
	return disk->item->kind == QV_ITEM_PARTITION && pv->size > disk->item->size;
}

static void note_lost_member(struct qv *qv, const struct qv_lvm_disk *disk,
			     const struct qv_lvm_pv *pv)
{
	qv_note(qv, QV_DAMAGE, disk->item->name,
		"it has %llu bytes, the physical volume that begins on it %llu: it is a member of an array whose md superblock is lost, and is not read; give all other members",
		disk->item->size, pv->size);
}

static void note_pv(struct qv *qv, const struct qv_lvm_disk *disk, const struct qv_lvm_pv *pv,
		    const struct qv_lvm_choice *choice)
{
	const u32 sequence = choice->generation->sequence;

	if (pv->size > disk->item->size)
		qv_note(qv, QV_WARNING, disk->item->name,
			"the physical volume should have %llu bytes and has %llu: is the image complete?",
			pv->size, disk->item->size);
	if (!choice->file && !choice->group.options->generation && disk->own &&
	    disk->own->sequence != sequence)
		qv_note(qv, QV_WARNING, disk->item->name,
			"it describes the group as of generation %u, others as of %u, which is used",
			disk->own->sequence, sequence);
}

static bool is_of(const struct qv_lvm_disk *disk, const struct qv_lvm_pv *pv,
		  const struct qv_lvm_choice *choice, const struct qv_lvm_disks *disks)
{
	return !disk->taken && may_take(disk, choice) &&
	       (!strcmp(disk->label.id, pv->id) || is_unnamed_pv(disk, choice, disks));
}

static void take_pvs(struct qv *qv, struct qv_lvm_disks *disks, struct qv_lvm_choice *choice)
{
	for (size_t i = 0; i < choice->group.num_pvs; i++) {
		struct qv_lvm_pv *pv = &choice->group.pvs[i];

		for (size_t d = 0; d < disks->num && !pv->item; d++) {
			struct qv_lvm_disk *disk = &disks->all[d];

			if (!is_of(disk, pv, choice, disks))
				continue;
			disk->taken = true;
			if (is_lost_member(disk, pv)) {
				note_lost_member(qv, disk, pv);
				continue;
			}
			pv->item = disk->item;
			note_pv(qv, disk, pv, choice);
		}
	}
}

static void note_left(struct qv *qv, const struct qv_lvm_disk *disk)
{
	const struct qv_lvm_generation *newest = qv_lvm_newest(&disk->found);

	if (newest && !disk->own)
		qv_note(qv, QV_WARNING, disk->item->name,
			"the physical volume is in no group now; it was in one until generation %u, which --generation can use",
			newest->sequence);
	else if (!newest && disk->found.damaged)
		qv_note(qv, QV_WARNING, disk->item->name,
			"no sound description of its group is left on the physical volume; --vgtext can use one from a backup of the box");
	else
		qv_note(qv, QV_WARNING, disk->item->name,
			"the physical volume is in no group that is described here; --vgtext can use a description from a backup of the box");
}

/* Titles: a name that two groups have is made unique by their identifiers. */
static int set_title(struct qv *qv, const struct qv_lvm_choices *choices,
		     struct qv_lvm_group *group)
{
	const struct qv_lvm_group *other;

	for (size_t i = 0; i < choices->num; i++) {
		other = &choices->all[i].group;
		if (other == group || strcmp(other->name, group->name))
			continue;
		group->title = qv_text(qv, "%s@%.6s", group->name, group->id);
		return group->title ? 0 : qv_no_memory(qv);
	}

	return 0;
}

static int choose_all(struct qv *qv, const struct qv_options *options, struct qv_lvm_disks *disks,
		      struct qv_lvm_choices *choices)
{
	int ret = 0;

	if (options->vgtext)
		ret = choose_from_file(qv, options, choices);
	if (!ret && choices->num)
		take_pvs(qv, disks, choices->all);
	for (size_t i = 0; i < disks->num && !ret; i++) {
		if (!disks->all[i].taken)
			ret = add_group_of_disk(qv, options, disks, &disks->all[i], choices);
	}
	if (!ret && options->generation && !options->vgtext &&
	    !has_number(choices, options->generation))
		ret = add_removed_group(qv, options, disks, choices);
	if (!ret && options->generation && !has_number(choices, options->generation))
		ret = fail_number(qv, options->generation, disks, choices);

	return ret;
}

/**
 * qv_lvm_choose() - find the groups that there are, and what describes them
 * @qv: set
 * @options: may tell what to choose
 * @disks: all physical volumes
 * @choices: where to put the groups; to be freed with qv_lvm_choices_free() in any case
 *
 * Return:
 * * %0: these are all groups
 * * -%QV_ERR_SOURCE, -%QV_ERR_DAMAGED: the file in the options is of no use
 * * -%QV_ERR_NOT_FOUND: there is no generation of the number in the options
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_lvm_choose(struct qv *qv, const struct qv_options *options, struct qv_lvm_disks *disks,
		  struct qv_lvm_choices *choices)
{
	int ret;

	*choices = (struct qv_lvm_choices){ };
	ret = choose_all(qv, options, disks, choices);
	for (size_t i = 0; i < choices->num && !ret; i++) {
		take_pvs(qv, disks, &choices->all[i]);
		ret = set_title(qv, choices, &choices->all[i].group);
	}
	for (size_t i = 0; i < disks->num && !ret; i++) {
		if (!disks->all[i].taken)
			note_left(qv, &disks->all[i]);
	}

	return ret;
}
