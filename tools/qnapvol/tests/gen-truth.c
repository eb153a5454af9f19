// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: what has to be read from the images */

#include "gen.h"

static struct json_object *volumes;

/* Returns what is said of the volume, for those who know more. */
struct json_object *truth_add(const char *name, const struct image *image,
			      struct json_object *description)
{
	static const char *const copied[] = { "warning", "why" };
	const char *file = strrchr(image->path, '/') + 1;
	struct json_object *volume = json_object_new_object();
	char *path = must_text("truth/%s", file);

	json_object_object_add(volume, "name", json_object_new_string(name));
	json_object_object_add(volume, "file", json_object_new_string(path));
	json_object_object_add(volume, "size", json_object_new_int64(image->size));
	json_object_object_add(volume, "readable",
			       json_object_new_boolean(get_bool(description, "readable", true)));
	for (size_t i = 0; i < sizeof(copied) / sizeof(*copied); i++) {
		if (get(description, copied[i]))
			json_object_object_add(volume, copied[i],
					       json_object_get(get(description, copied[i])));
	}
	if (!volumes)
		volumes = json_object_new_array();
	json_object_array_add(volumes, volume);

	return volume;
}

static struct json_object *sources(struct json_object *description)
{
	struct json_object *disks = get_list(description, "disks");
	struct json_object *list = json_object_new_array();
	char *name;

	for (size_t i = 0; i < json_object_array_length(disks); i++) {
		name = must_text("disk%zu.img", i + 1);
		if (!get_bool(json_object_array_get_idx(disks, i), "absent", false))
			json_object_array_add(list, json_object_new_string(name));
	}

	return list;
}

void truth_write(struct json_object *description, const char *directory)
{
	static const char *const copied[] = { "about", "options", "status" };
	struct json_object *truth = json_object_new_object();
	char *path = must_text("%s/truth.json", directory);

	for (size_t i = 0; i < sizeof(copied) / sizeof(*copied); i++) {
		if (get(description, copied[i]))
			json_object_object_add(truth, copied[i],
					       json_object_get(get(description, copied[i])));
	}
	json_object_object_add(truth, "sources", sources(description));
	json_object_object_add(truth, "volumes", volumes ?: json_object_new_array());
	if (json_object_to_file_ext(path, truth, JSON_C_TO_STRING_PRETTY))
		die("cannot write %s", path);
}
