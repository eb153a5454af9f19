// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkqnapimg: makes images of a box's disks, and of what has to be read from them
 *
 *	mkqnapimg DESCRIPTION.json DIRECTORY
 *
 * writes disk1.img and so on, truth.json and truth/ with an image of each volume and array. The
 * same description makes the same images each time, but for LUKS. See mkqnapimg.rst.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "gen-thin.h"

/* What is right at a place, in no volume. */
static void contents_make(struct json_object *description, const char *directory)
{
	struct json_object *list = get_list(description, "contents");

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		const struct place *place = place_find(get_text(one, "place", ""));
		char *path = must_text("%s/truth/content%zu.raw", directory, i);
		struct image *image;

		check_keys(one, "contents", "place name content readable warning why");
		image = content_make(get(one, "content"), place->size, path);
		place_copy(place, image);
		if (get(one, "name"))
			truth_add(get_text(one, "name", ""), image, one);
	}
}

/* The box's own system, with the copy of LVM's description. */
static void system_make(struct json_object *description, const char *directory)
{
	struct json_object *content = json_object_new_object();
	struct image *image;

	if (!get_bool(description, "system", false))
		return;

	json_object_object_add(content, "type", json_object_new_string("ext4"));
	json_object_object_add(content, "config", json_object_new_string(directory));
	json_object_object_add(content, "files", json_object_new_int(2));
	image = content_make(content, place_find("md9")->size,
			     must_text("%s/truth/system.raw", directory));
	place_copy(place_find("md9"), image);
}

static void make(struct json_object *description, const char *directory)
{
	char *truth = must_text("%s/truth", directory);

	if ((mkdir(directory, 0755) && errno != EEXIST) || mkdir(truth, 0755))
		die("%s: %s", truth, strerror(errno));

	check_keys(description, "the description",
		   "about seed disks system arrays groups contents options status");
	random_seed(get_number(description, "seed", 1));
	disks_make(description, directory);
	arrays_make(description, directory);
	groups_make(description, directory);
	contents_make(description, directory);
	system_make(description, directory);
	arrays_finish();
	disks_finish(description);
	truth_write(description, directory);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--vector")) {
		super_write_vector(argv[2]);
		return EXIT_SUCCESS;
	}
	if (argc != 3) {
		fputs("Usage: mkqnapimg DESCRIPTION.json DIRECTORY\n", stderr);
		return EXIT_FAILURE;
	}
	make(json_load(argv[1]), argv[2]);

	return EXIT_SUCCESS;
}
