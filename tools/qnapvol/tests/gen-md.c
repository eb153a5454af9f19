// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkqnapimg: md arrays
 *
 * The content of an array is a file of its own, that is distributed to the members when all is in
 * it. It is kept, as what has to be read from the array.
 */

#include <stdio.h>
#include <stdlib.h>

#include "gen.h"

#define ARRAYS_MAX	32

#define MEMBER_KEYS	"place spare stale rebuilding bad_start bad_size"

#define QNAP_SYSTEM_DISKS	24

/* A member that must not be read is wrong in one block of each stretch. */
#define WRONG_STRETCH	(64 * KIB)
#define WRONG_BLOCK	4096

static struct array arrays[ARRAYS_MAX];
static unsigned int num_arrays;

static int version_of(const char *text)
{
	static const struct {
		const char *text;
		int version;
	} versions[] = { { "0.90", 0 }, { "1.0", 10 }, { "1.1", 11 }, { "1.2", 12 } };

	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		if (!strcmp(text, versions[i].text))
			return versions[i].version;
	}
	die("no version of md: %s", text);
}

static u32 default_layout(int level)
{
	switch (level) {
	case 5:
	case 6:
		return 2;
	case 10:
		return 0x102;
	default:
		return 0;
	}
}

static void take_member(struct array *array, struct json_object *description)
{
	struct member *member = &array->members[array->num_members];
	const char *place;

	if (!description) {
		array->disks++;
		return;
	}
	if (json_object_is_type(description, json_type_object)) {
		check_keys(description, "a member", MEMBER_KEYS);
		member->spare = get_bool(description, "spare", false);
		member->stale = get_number(description, "stale", 0);
		member->rebuilding = get_number(description, "rebuilding", 0);
		member->bad_start = get_number(description, "bad_start", 0);
		member->bad_size = get_number(description, "bad_size", 0);
		place = get_text(description, "place", "");
	} else {
		place = json_object_get_string(description);
	}
	member->place = place_find(place);
	if (!member->spare)
		member->role = array->disks++;
	array->num_members++;
}

static unsigned int data_disks(const struct array *array)
{
	const u32 copies = (array->layout & 0xff) * (array->layout >> 8 & 0xff);

	switch (array->level) {
	case 1:
		return 1;
	case 4:
	case 5:
		return array->disks - 1;
	case 6:
		return array->disks - 2;
	case 10:
		return copies;
	default:
		return array->disks;
	}
}

/* All members use as much as the smallest has; but those of a linear array and of level 0. */
static u64 content_size(struct array *array)
{
	const unsigned int far = array->level == 10 ? array->layout >> 8 & 0xff : 1;
	const u64 unit = (array->chunk ?: 4096) * far;
	u64 room, sum = 0;

	array->component = UINT64_MAX;
	for (unsigned int i = 0; i < array->num_members; i++) {
		room = round_down(md_room(array, array->members[i].place->size), unit);
		sum += room;
		if (room < array->component)
			array->component = room;
	}
	if (array->level <= 0)
		return sum;
	if (array->level == 10)
		return array->component / array->chunk * array->disks / data_disks(array) *
		       array->chunk;

	return array->component * data_disks(array);
}

static void make_content(struct array *array, const char *directory, u64 drbd)
{
	const u64 size = content_size(array);
	char name[NAME_SIZE + 2];

	random_bytes(array->uuid, sizeof(array->uuid));
	array->content = image_new(size, "%s/truth/md%s.raw", directory, array->name);
	snprintf(name, sizeof(name), "md%s", array->name);
	place_add(name, array->content, 0, size - drbd);
}

static void array_make(struct json_object *description, const char *directory)
{
	struct array *array = &arrays[num_arrays++];
	struct json_object *list = get_list(description, "members");
	u64 drbd = get(description, "drbd") ? DRBD_ROOM : 0;

	if (num_arrays > ARRAYS_MAX)
		die("too many arrays");
	check_keys(description, "an array",
		   "name level version chunk layout members disks bitmap flex features events drbd");
	snprintf(array->name, sizeof(array->name), "%s", get_text(description, "name", "1"));
	array->level = (int)(s64)get_number(description, "level", 1);
	array->version = version_of(get_text(description, "version", "1.0"));
	array->chunk = array->level == 1 || array->level == -1 ? 0 : 64 * KIB;
	array->chunk = get_number(description, "chunk", array->chunk);
	array->data_start = array->version > 10 ? MIB : 0;
	array->layout = get_number(description, "layout", default_layout(array->level));
	array->bitmap = get_bool(description, "bitmap", false);
	array->flex = get_number(description, "flex", 0);
	array->features = get_number(description, "features", 0);
	array->events = get_number(description, "events", 4711);
	for (size_t i = 0; i < json_object_array_length(list); i++)
		take_member(array, json_object_array_get_idx(list, i));
	array->disks = get_number(description, "disks", array->disks);
	make_content(array, directory, drbd);
	if (drbd)
		drbd_write(&(struct place){ "drbd", array->content, 0, array->content->size },
			   !strcmp(get_text(description, "drbd", ""), "unclean"));
}

/* QNAP's own: on all disks, in small partitions. */
static void system_array_make(const char *name, unsigned int partition, size_t num_disks,
			      const char *directory)
{
	struct array *array = &arrays[num_arrays++];
	struct member *member;
	char place[NAME_SIZE];

	snprintf(array->name, sizeof(array->name), "%s", name);
	array->level = 1;
	array->version = version_of("1.0");
	array->disks = QNAP_SYSTEM_DISKS;
	array->bitmap = true;
	array->events = 1000;
	for (size_t i = 0; i < num_disks; i++) {
		member = &array->members[array->num_members++];
		snprintf(place, sizeof(place), "%zu:%u", i + 1, partition);
		member->place = place_find(place);
		member->role = i;
	}
	make_content(array, directory, 0);
}

void arrays_make(struct json_object *description, const char *directory)
{
	const size_t num_disks = json_object_array_length(get_list(description, "disks"));
	struct json_object *list = get_list(description, "arrays");

	if (get_bool(description, "system", false)) {
		system_array_make("9", 1, num_disks, directory);
		system_array_make("256", 2, num_disks, directory);
		system_array_make("13", 4, num_disks, directory);
		system_array_make("322", 5, num_disks, directory);
		swap_write(place_find("md256"));
		swap_write(place_find("md322"));
	}
	for (size_t i = 0; i < json_object_array_length(list); i++)
		array_make(json_object_array_get_idx(list, i), directory);
}

static void make_wrong(const struct array *array, const struct member *member, u64 start, u64 end)
{
	u8 junk[WRONG_BLOCK];

	for (; start + WRONG_STRETCH <= end; start += WRONG_STRETCH) {
		random_bytes(junk, sizeof(junk));
		place_write(member->place, junk, sizeof(junk), array->data_start + start +
			    random_below(WRONG_STRETCH / WRONG_BLOCK) * WRONG_BLOCK);
	}
}

static void finish_member(const struct array *array, const struct member *member)
{
	if (member->stale)
		make_wrong(array, member, 0, array->component);
	if (member->rebuilding)
		make_wrong(array, member, member->rebuilding, array->component);
	if (member->bad_size)
		make_wrong(array, member, member->bad_start, member->bad_start + member->bad_size);
	md_write_super(array, member);
}

/* The latest first: they may be on those that were made before. */
void arrays_finish(void)
{
	while (num_arrays--) {
		const struct array *array = &arrays[num_arrays];

		md_distribute(array);
		for (unsigned int i = 0; i < array->num_members; i++)
			finish_member(array, &array->members[i]);
	}
}
