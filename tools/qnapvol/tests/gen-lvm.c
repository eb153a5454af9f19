// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: volume groups, and where their logical volumes are */

#include <stdio.h>
#include <stdlib.h>

#include "gen.h"

#define COPY_UNIT	(64 * KIB)

/* Extents left free between two segments of a volume that is in pieces */
#define GAP	1

struct lv *lv_new(struct group *group, const char *name, u64 size)
{
	struct lv *lv = must_alloc(1, sizeof(*lv));

	if (group->num_volumes == VOLUMES_MAX)
		die("too many volumes");
	lv->group = group;
	snprintf(lv->name, sizeof(lv->name), "%s", name);
	random_id(lv->id);
	lv->flags = "";
	lv->extents = round_up(size, group->extent) / group->extent;
	group->volumes[group->num_volumes++] = lv;

	return lv;
}

u64 lv_size(const struct lv *lv)
{
	return lv->extents * lv->group->extent;
}

/* The first physical volume, from that one on, with so much room. */
static unsigned int find_room(const struct group *group, unsigned int from, u64 count)
{
	for (unsigned int i = 0; i < group->num_physicals; i++) {
		unsigned int number = (from + i) % group->num_physicals;
		const struct physical *physical = &group->physicals[number];

		if (physical->extents - physical->next >= count)
			return number;
	}
	die("%s: no room for %llu extents", group->name, (unsigned long long)count);
}

/* Pieces go round the physical volumes, and so do the stripes of a piece. */
void lv_allocate(struct lv *lv, unsigned int pieces, unsigned int stripes)
{
	struct group *group = lv->group;
	u64 start = 0, count = round_up(lv->extents / pieces, stripes);

	lv->extents = round_up(lv->extents, stripes);
	for (unsigned int i = 0; i < pieces && start < lv->extents; i++, start += count) {
		struct segment *segment = &lv->segments[lv->num_segments++];

		if (i == pieces - 1)
			count = lv->extents - start;
		*segment = (struct segment){ .start = start, .count = count, .stripes = stripes };
		for (unsigned int s = 0; s < stripes; s++) {
			unsigned int number = find_room(group, group->first + i + s,
							 count / stripes);

			segment->areas[s].physical = number;
			segment->areas[s].start = group->physicals[number].next;
			group->physicals[number].next += count / stripes;
			if (pieces > 1)
				group->physicals[number].next += GAP;
		}
	}
}

struct lv *lv_linear(struct group *group, const char *name, u64 size, bool hidden)
{
	struct lv *lv = lv_new(group, name, size);

	lv->hidden = hidden;
	lv_allocate(lv, 1, 1);

	return lv;
}

/* Finds a place of the volume on the disk, and how much follows it there. */
static const struct place *locate(const struct lv *lv, u64 start, u64 *at, u64 *room)
{
	const u64 extent = lv->group->extent;
	const struct segment *segment = lv->segments;
	const struct physical *physical;
	const struct area *area;
	u64 unit, in;

	while (segment->start + segment->count <= start / extent) {
		if (++segment == lv->segments + lv->num_segments)
			die("%s: %llu is beyond its end", lv->name, (unsigned long long)start);
	}
	in = start - segment->start * extent;
	unit = segment->stripes > 1 ? lv->stripe_size : segment->count * extent;
	area = &segment->areas[in / unit % segment->stripes];
	physical = &lv->group->physicals[area->physical];
	*room = unit - in % unit;
	*at = physical->start + area->start * extent +
	      in / unit / segment->stripes * unit + in % unit;

	return physical->place;
}

void lv_write(const struct lv *lv, const void *buf, size_t len, u64 start)
{
	const struct place *place;
	const u8 *bytes = buf;
	u64 at, room;

	for (; len; len -= room, bytes += room, start += room) {
		place = locate(lv, start, &at, &room);
		if (room > len)
			room = len;
		place_write(place, bytes, room, at);
	}
}

void lv_read(const struct lv *lv, void *buf, size_t len, u64 start)
{
	const struct place *place;
	u8 *bytes = buf;
	u64 at, room;

	for (; len; len -= room, bytes += room, start += room) {
		place = locate(lv, start, &at, &room);
		if (room > len)
			room = len;
		image_read(place->image, bytes, room, place->start + at);
	}
}

void lv_copy(const struct lv *lv, const struct image *from)
{
	static u8 buf[COPY_UNIT];
	size_t len;

	for (u64 start = 0; image_next_data(from, &start); start += len) {
		len = from->size - start < sizeof(buf) ? from->size - start : sizeof(buf);
		image_read(from, buf, len, start);
		if (!is_zero(buf, len))
			lv_write(lv, buf, len, start);
	}
}

static void physical_make(struct group *group, struct json_object *description)
{
	struct physical *physical = &group->physicals[group->num_physicals++];

	if (group->num_physicals > PHYSICALS_MAX)
		die("too many physical volumes");
	if (json_object_is_type(description, json_type_string)) {
		physical->place = place_find(json_object_get_string(description));
		description = NULL;
	} else {
		check_keys(description, "a physical volume", "place pe_start hint");
		physical->place = place_find(get_text(description, "place", ""));
	}
	random_id(physical->id);
	physical->hint = get_text(description, "hint", "/dev/drbd1");
	physical->start = get_number(description, "pe_start", 2048) * SECTOR;
	physical->extents = (physical->place->size - physical->start) / group->extent;
}

/* What has no pool: data in one piece or more, striped or not. */
static void plain_make(struct group *group, struct json_object *description, const char *directory)
{
	struct json_object *content = get(description, "content");
	const u64 stripes = get_number(description, "stripes", 1);
	const char *name = get_text(description, "name", "lv1");
	struct lv *lv = lv_new(group, name, get_number(description, "size", 4 * MIB));
	struct image *image;

	check_keys(description, "a volume",
		   "name type size content stripes stripe_size pieces hidden readable warning why");
	lv->stripe_size = get_number(description, "stripe_size", 64 * KIB);
	lv->hidden = get_bool(description, "hidden", false);
	lv_allocate(lv, get_number(description, "pieces", 1), stripes);
	image = content_make(content, lv_size(lv),
			     must_text("%s/truth/%s-%s.raw", directory, group->name, name));
	lv_copy(lv, image);
	truth_add(must_text("%s/%s", group->name, name), image, description);
}

/* A snapshot of LVM's own keeps what was there before: the origin is read as it is. */
static void old_snapshot_make(struct group *group, struct json_object *description)
{
	const char *name = get_text(description, "name", "snap1");
	char *store = must_text("%s_cow", name);
	struct lv *lv;

	check_keys(description, "a snapshot", "name type origin size");
	lv = lv_linear(group, store, get_number(description, "size", 4 * MIB), true);
	lv = lv_new(group, name, lv_size(lv));
	lv->text = must_text("type = \"snapshot\"\nchunk_size = 8\norigin = \"%s\"\n"
			     "cow_store = \"%s\"\n", get_text(description, "origin", "lv1"), store);
	free(store);
}

static void volume_make(struct group *group, struct json_object *description,
			const char *directory)
{
	const char *type = get_text(description, "type", "linear");

	if (strstr(type, "thin-pool"))
		pool_make(group, description, directory);
	else if (!strcmp(type, "snapshot"))
		old_snapshot_make(group, description);
	else
		plain_make(group, description, directory);
}

/* The box keeps a copy of the description as a file. */
static void write_backup(const struct group *group, const char *directory)
{
	char *text = lvm_text(group, group->sequence, group->num_volumes, true);
	struct image *file = image_new(0, "%s/%s.vg", directory, group->name);

	file->size = strlen(text);
	image_write(file, text, file->size, 0);
	free(text);
}

static void group_make(struct json_object *description, const char *directory)
{
	struct json_object *physicals = get_list(description, "physicals");
	struct json_object *volumes = get_list(description, "volumes");
	struct group *group = must_alloc(1, sizeof(*group));

	check_keys(description, "a group",
		   "name extent physicals generations sequence wrap comments lost_text volumes");
	snprintf(group->name, sizeof(group->name), "%s", get_text(description, "name", "vg1"));
	random_id(group->id);
	group->extent = get_number(description, "extent", 4 * MIB);
	group->generations = get_number(description, "generations", 1);
	group->sequence = get_number(description, "sequence", 17);
	group->wrap = get_bool(description, "wrap", false);
	group->lost_text = get_bool(description, "lost_text", false);
	group->comments = get_bool(description, "comments", false);
	for (size_t i = 0; i < json_object_array_length(physicals); i++)
		physical_make(group, json_object_array_get_idx(physicals, i));
	for (size_t i = 0; i < json_object_array_length(volumes); i++)
		volume_make(group, json_object_array_get_idx(volumes, i), directory);
	for (unsigned int i = 0; i < group->num_physicals; i++)
		lvm_write_label(group, i);
	write_backup(group, directory);
}

void groups_make(struct json_object *description, const char *directory)
{
	struct json_object *list = get_list(description, "groups");

	for (size_t i = 0; i < json_object_array_length(list); i++)
		group_make(json_object_array_get_idx(list, i), directory);
}
