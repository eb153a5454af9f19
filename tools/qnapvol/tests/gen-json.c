// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: what a description says */

#include <stdlib.h>

#include "gen.h"

struct json_object *json_load(const char *path)
{
	struct json_object *json = json_object_from_file(path);

	if (!json)
		die("%s: %s", path, json_util_get_last_err());

	return json;
}

/* Returns NULL if it is not there. */
struct json_object *get(struct json_object *in, const char *key)
{
	return in ? json_object_object_get(in, key) : NULL;
}

/* Returns an empty list if it is not there. */
struct json_object *get_list(struct json_object *in, const char *key)
{
	struct json_object *list = get(in, key);

	if (list && !json_object_is_type(list, json_type_array))
		die("\"%s\" has to be a list", key);

	return list ?: json_object_new_array();
}

const char *get_text(struct json_object *in, const char *key, const char *by_default)
{
	struct json_object *value = get(in, key);

	return value ? json_object_get_string(value) : by_default;
}

/* A number, or a text such as "64K": in powers of 1024. */
u64 to_number(struct json_object *value)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;
	u64 number;

	if (!json_object_is_type(value, json_type_string))
		return json_object_get_int64(value);

	number = strtoull(json_object_get_string(value), &end, 0);
	if (!*end)
		return number;
	unit = strchr(units, *end);
	if (!unit || end[1])
		die("no number: %s", json_object_get_string(value));

	return number << 10 * (unit - units + 1);
}

u64 get_number(struct json_object *in, const char *key, u64 by_default)
{
	struct json_object *value = get(in, key);

	return value ? to_number(value) : by_default;
}

bool get_bool(struct json_object *in, const char *key, bool by_default)
{
	struct json_object *value = get(in, key);

	return value ? json_object_get_boolean(value) : by_default;
}

/* A key that nobody reads is a mistake in the description. Keys are separated by single spaces. */
void check_keys(struct json_object *in, const char *where, const char *keys)
{
	char *all = must_text(" %s ", keys);

	json_object_object_foreach(in, key, value) {
		char *one = must_text(" %s ", key);

		(void)value;
		if (!strstr(all, one))
			die("%s has no \"%s\"", where, key);
		free(one);
	}
	free(all);
}
