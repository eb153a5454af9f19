// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which of the members that were found an array is read from
 *
 * Each time something happens in an array the superblocks of all members are written and count one
 * event more. A member that was dropped stays behind: its data is old. One event is what may be
 * lost when the power fails, so a member that is that much behind is as good, if the others do not
 * say that it had failed.
 */

#include <string.h>
#include <time.h>

#include "md-select.h"
#include "qv.h"

#define EVENTS_BEHIND_MAX	1

static bool is_rebuilt(const struct qv_md_super *super)
{
	return super->recovered >= super->data_size;
}

static bool has_data(const struct qv_md_super *super)
{
	return super->role < super->raid_disks;
}

static u64 last_event(const struct qv_md_set *set)
{
	u64 last = 0;

	for (size_t i = 0; i < set->num; i++) {
		if (has_data(&set->members[i]->super) && set->members[i]->super.events > last)
			last = set->members[i]->super.events;
	}

	return last;
}

/* Members that are whole come before those that are being rebuilt. */
static bool is_fresher(const struct qv_md_member *member, const struct qv_md_member *than)
{
	if (!than)
		return true;
	if (is_rebuilt(&member->super) != is_rebuilt(&than->super))
		return is_rebuilt(&member->super);

	return member->super.events > than->super.events;
}

static void find_freshest(struct qv_md_set *set)
{
	const u64 last = last_event(set);
	const struct qv_md_member *member;

	set->freshest = NULL;
	for (size_t i = 0; i < set->num; i++) {
		member = set->members[i];
		if (has_data(&member->super) && last - member->super.events <= EVENTS_BEHIND_MAX &&
		    is_fresher(member, set->freshest))
			set->freshest = member;
	}
}

static const char *why_behind(struct qv *qv, const struct qv_md_super *super, u64 events)
{
	const time_t when = super->utime;
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&when, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);

	return qv_text(qv, "its data is old: it is %llu events behind, and was last written %s UTC",
		       events, text);
}

/* What the freshest superblock says of a member, and the other way round. */
static u32 role_by(const struct qv_md_super *super, u32 number)
{
	return number < super->num_roles ? super->roles[number] : QV_MD_SPARE;
}

static bool is_alike(const struct qv_md_super *a, const struct qv_md_super *b)
{
	return a->level == b->level && a->layout == b->layout && a->chunk == b->chunk &&
	       a->raid_disks == b->raid_disks && a->reshaping == b->reshaping &&
	       (a->level <= 0 || a->data_size == b->data_size);
}

static const char *why_no_data(u32 role)
{
	switch (role) {
	case QV_MD_SPARE:
		return "it is a spare";
	case QV_MD_FAULTY:
		return "it had failed";
	case QV_MD_JOURNAL:
		return "it is a journal";
	default:
		return "its number makes no sense";
	}
}

/* Members that were used without each other say of each other that they had failed. */
static const char *why_apart(struct qv *qv, const struct qv_md_member *member,
			     const struct qv_md_member *freshest)
{
	qv_note(qv, QV_WARNING, member->item->name,
		"says that %s had failed, which is as fresh: if both were in use without each other, leave one of them out to see what is on the other",
		freshest->item->name);

	return qv_text(qv, "it says that %s had failed, which is as fresh", freshest->item->name);
}

static const char *why_contradicts(struct qv *qv, const struct qv_md_member *member,
				   const struct qv_md_member *freshest)
{
	const struct qv_md_super *super = &member->super, *best = &freshest->super;
	const u32 role = role_by(best, super->number);

	if (!is_alike(super, best))
		return qv_text(qv, "it describes the array in another way than %s does",
			       freshest->item->name);
	if (role_by(super, best->number) != best->role)
		return why_apart(qv, member, freshest);
	if (role != super->role)
		return qv_text(qv, "%s says that it had failed, or has another place",
			       freshest->item->name);

	return NULL;
}

/* Returns why a member cannot be used whatever others there are, or NULL. */
static const char *why_unfit(struct qv_md_set *set, const struct qv_md_member *member)
{
	const struct qv_md_super *super = &member->super;
	u64 behind;

	if (!has_data(super))
		return why_no_data(super->role);
	if (member == set->freshest)
		return NULL;

	if (super->unknown || super->flex || super->journal)
		return "its superblock has a feature that is not known";

	/* One that is being rebuilt may count more than the freshest of the others. */
	behind = super->events < set->freshest->super.events ?
		 set->freshest->super.events - super->events : 0;
	if (behind > EVENTS_BEHIND_MAX)
		return why_behind(set->qv, super, behind);

	return why_contradicts(set->qv, member, set->freshest);
}

/* How much of a member's data is known not to be readable. */
static u64 count_bad(const struct qv_md_member *member)
{
	const u64 end = member->super.data_start + member->super.data_there;
	struct qv_extent extent;
	u64 sum = 0;

	for (u64 start = member->super.data_start; start < end; start += extent.length) {
		if (qv_dev_extent(member->item->dev, start, end - start, &extent))
			break;
		if (extent.kind == QV_EXTENT_BAD)
			sum += extent.length;
	}

	return sum;
}

/* Of two with the same number: is the first one better? */
static bool is_better(const struct qv_md_member *a, const struct qv_md_member *b)
{
	const u64 a_bad = count_bad(a), b_bad = count_bad(b);

	if (a->super.replacement != b->super.replacement)
		return b->super.replacement;
	if (a->super.events != b->super.events)
		return a->super.events > b->super.events;
	if (is_rebuilt(&a->super) != is_rebuilt(&b->super))
		return is_rebuilt(&a->super);

	return a_bad < b_bad;
}

static void set_aside(struct qv_md_set *set, struct qv_md_member *member,
		      const struct qv_md_member *better)
{
	if (member->super.replacement) {
		member->why = qv_text(set->qv, "it is to replace %s, which is there",
				      better->item->name);
		return;
	}
	member->why = qv_text(set->qv, "it is the same member as %s, which is used",
			      better->item->name);
	qv_note(set->qv, QV_INFO, member->item->name,
		"is the same member of an array as %s: two copies of a disk? The one with less that cannot be read is used",
		better->item->name);
}

/* A replacement is used in place of the member only once it has all of its data. */
static void use(struct qv_md_set *set, struct qv_md_member *member)
{
	struct qv_md_member **used = &set->used[member->role];

	if (member->super.replacement && !is_rebuilt(&member->super)) {
		member->why = "it was to replace another member and does not have all of its data";
	} else if (!*used) {
		*used = member;
	} else if (is_better(member, *used)) {
		set_aside(set, *used, member);
		*used = member;
	} else {
		set_aside(set, member, *used);
	}
}

/**
 * qv_md_select() - choose the members to be used
 * @set: what was found of an array; gets the freshest member and those that are used, each other
 *	 member why it is not
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory.
 */
int qv_md_select(struct qv_md_set *set)
{
	struct qv_md_member *member;
	int ret;

	find_freshest(set);
	for (size_t i = 0; i < set->num; i++) {
		member = set->members[i];
		member->role = has_data(&member->super) ? (int)member->super.role : QV_MD_NO_ROLE;
		member->why = why_unfit(set, member);
		if (member->why)
			continue;

		ret = qv_md_bad_blocks_read(member->item->dev, &member->super, &member->bad);
		if (ret == -QV_ERR_SYSTEM)
			return ret;
		if (ret)
			member->why = "its list of bad blocks cannot be read";
		else
			use(set, member);
	}

	return 0;
}
