// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was found, for programs: JSON as qnapvol.schema.json has it
 *
 * Sizes are integers in bytes. What is not known is null, or is not there where the schema says so.
 */

#include <json-c/json.h>
#include <stdlib.h>

#include "advice.h"
#include "list.h"
#include "text.h"

static struct json_object *json_item(const struct cli *cli, const struct qv_item *item);

/* A string that is UTF-8 whatever it was; null for NULL. */
static struct json_object *json_text(const char *text)
{
	char *valid = text ? text_valid(text, false) : NULL;
	struct json_object *json = valid ? json_object_new_string(valid) : NULL;

	free(valid);

	return json;
}

static struct json_object *json_filled_text(const char *text)
{
	return json_text(text && *text ? text : NULL);
}

static void add(struct json_object *to, const char *key, struct json_object *value)
{
	json_object_object_add(to, key, value);
}

static void add_text(struct json_object *to, const char *key, const char *text)
{
	add(to, key, json_text(text));
}

static void add_number(struct json_object *to, const char *key, __u64 number)
{
	add(to, key, json_object_new_uint64(number));
}

static void add_bool(struct json_object *to, const char *key, bool value)
{
	add(to, key, json_object_new_boolean(value));
}

/* What all items have */

static const char *state_name(enum qv_state state)
{
	static const char *const names[] = {
		[QV_READABLE] = "readable",
		[QV_READABLE_WARNING] = "warning",
		[QV_NOT_READABLE] = "not-readable",
	};

	return names[state];
}

static const char *error_name(enum qv_error error)
{
	switch (error) {
	case QV_ERR_SYSTEM:
		return "system";
	case QV_ERR_SOURCE:
		return "source";
	case QV_ERR_NOT_FOUND:
		return "not-found";
	case QV_ERR_INCOMPLETE:
		return "incomplete";
	case QV_ERR_UNSUPPORTED:
		return "unsupported";
	case QV_ERR_DAMAGED:
		return "damaged";
	case QV_ERR_UNREADABLE:
		return "unreadable";
	default:
		return NULL;
	}
}

static const char *content_name(enum qv_content_kind kind)
{
	static const char *const names[] = {
		[QV_CONTENT_UNKNOWN] = "unknown",
		[QV_CONTENT_BLANK] = "blank",
		[QV_CONTENT_TABLE] = "table",
		[QV_CONTENT_MD] = "md",
		[QV_CONTENT_LVM] = "lvm",
		[QV_CONTENT_EXT] = "ext",
		[QV_CONTENT_LUKS] = "luks",
		[QV_CONTENT_SWAP] = "swap",
		[QV_CONTENT_FLASHCACHE] = "flashcache",
		[QV_CONTENT_ZFS] = "zfs",
		[QV_CONTENT_OTHER] = "other",
	};

	return names[kind];
}

static struct json_object *json_ext(const struct qv_content *content)
{
	struct json_object *json = json_object_new_object();

	add_number(json, "block_size", content->ext.block_size);
	add_bool(json, "qnap", content->ext.qnap);
	add_bool(json, "hides_names", content->ext.hides_names);
	add_bool(json, "needs_recovery", content->ext.needs_recovery);
	add_bool(json, "external_journal", content->ext.external_journal);
	add_bool(json, "metadata_csum", content->ext.metadata_csum);

	return json;
}

static struct json_object *json_content(const struct qv_content *content)
{
	struct json_object *json = json_object_new_object();

	add_text(json, "kind", content_name(content->kind));
	add(json, "type", json_filled_text(content->type));
	add(json, "label", json_filled_text(content->label));
	add(json, "uuid", json_filled_text(content->uuid));
	add(json, "size", content->size ? json_object_new_uint64(content->size) : NULL);
	add_bool(json, "drbd", content->drbd);
	if (content->kind == QV_CONTENT_EXT)
		add(json, "ext", json_ext(content));
	if (content->kind == QV_CONTENT_FLASHCACHE)
		add_bool(json, "cache_dirty", content->cache_dirty);

	return json;
}

static void add_note(const char *note, void *data)
{
	json_object_array_add(data, json_text(note));
}

static void add_advice(const char *what, const char *command, void *data)
{
	struct json_object *json = json_object_new_object();

	add_text(json, "what", what);
	add_text(json, "command", command);
	json_object_array_add(data, json);
}

static struct json_object *json_notes(const struct qv_item *item)
{
	struct json_object *json = json_object_new_array();

	verdict_notes(item, true, add_note, json);

	return json;
}

static struct json_object *json_next(const struct cli *cli, const struct qv_item *item)
{
	struct json_object *json = json_object_new_array();

	advice_give(cli, item, add_advice, json);

	return json;
}

static void add_verdict(struct json_object *json, const struct qv *qv, const struct qv_item *item)
{
	struct verdict verdict;

	verdict_of(qv, item, &verdict);
	add_text(json, "state", state_name(verdict.state));
	add(json, "why", json_filled_text(verdict.why));
	add_text(json, "error",
		 verdict.state == QV_NOT_READABLE ? error_name(verdict.error) : NULL);
}

/* All children of these kinds, as an array. */
static void add_children(struct json_object *json, const char *key, const struct cli *cli,
			 const struct qv_item *parent, enum qv_item_kind kind)
{
	struct json_object *array = json_object_new_array();

	for (const struct qv_item *child = parent->child; child; child = child->next) {
		if (child->kind == kind)
			json_object_array_add(array, json_item(cli, child));
	}
	add(json, key, array);
}

/* What only some have */

static void add_source(struct json_object *json, const struct cli *cli, const struct qv_item *item)
{
	add_text(json, "scheme", item->source.scheme);
	add_text(json, "rescue_map", item->source.rescue_map);
	add_number(json, "rescued", item->source.rescued);
	add_children(json, "partitions", cli, item, QV_ITEM_PARTITION);
}

static struct json_object *json_member(const struct qv_member *member)
{
	struct json_object *json = json_object_new_object();

	add_text(json, "item", member->item ? member->item->name : NULL);
	add(json, "role", member->role < 0 ? NULL : json_object_new_int(member->role));
	add_number(json, "events", member->events);
	add_bool(json, "used", member->used);
	add_text(json, "why", member->why);

	return json;
}

static void add_array(struct json_object *json, const struct qv_array_info *array)
{
	struct json_object *members = json_object_new_array();

	add_text(json, "version", array->version);
	add(json, "uuid", json_filled_text(array->uuid));
	add(json, "level", json_object_new_int(array->level));
	add_number(json, "layout", array->layout);
	add_number(json, "chunk", array->chunk);
	add_number(json, "disks", array->disks);
	add_number(json, "missing", array->missing);
	for (size_t i = 0; i < array->num_members; i++)
		json_object_array_add(members, json_member(&array->members[i]));
	add(json, "members", members);
}

static struct json_object *json_physical(const struct qv_physical *physical)
{
	struct json_object *json = json_object_new_object();

	add_text(json, "name", physical->name);
	add_text(json, "id", physical->id);
	add_text(json, "hint", physical->hint);
	add_text(json, "item", physical->item ? physical->item->name : NULL);
	add_number(json, "size", physical->size);

	return json;
}

static void add_group(struct json_object *json, const struct cli *cli, const struct qv_item *item)
{
	const struct qv_group_info *group = &item->group;
	struct json_object *generations = json_object_new_array();
	struct json_object *physicals = json_object_new_array();

	for (size_t i = 0; i < group->num_generations; i++)
		json_object_array_add(generations, json_object_new_uint64(group->generations[i]));
	for (size_t i = 0; i < group->num_physicals; i++)
		json_object_array_add(physicals, json_physical(&group->physicals[i]));
	add_text(json, "id", group->id);
	add_text(json, "text", group->text);
	add_number(json, "sequence", group->sequence);
	add(json, "generations", generations);
	add_number(json, "extent_size", group->extent_size);
	add(json, "physicals", physicals);
	add_children(json, "pools", cli, item, QV_ITEM_POOL);
	add_children(json, "volumes", cli, item, QV_ITEM_VOLUME);
}

static const char *map_name(enum qv_tier_map map)
{
	static const char *const names[] = {
		[QV_TIER_AUTO] = "auto",
		[QV_TIER_TREE] = "tree",
		[QV_TIER_IDENTITY] = "identity",
		[QV_TIER_NONE] = "none",
	};

	return names[map];
}

static void add_pool(struct json_object *json, const struct cli *cli, const struct qv_item *item)
{
	const struct qv_pool_info *pool = &item->pool;
	struct json_object *tiers = json_object_new_array();

	add_text(json, "type", pool->type);
	add(json, "version", pool->version ? json_object_new_uint64(pool->version) : NULL);
	add_bool(json, "qnap", pool->qnap);
	add_number(json, "block_size", pool->block_size);
	add_number(json, "superblock", pool->superblock);
	add_number(json, "flags", pool->flags);
	add_number(json, "transaction", pool->transaction);
	add_number(json, "chunk", pool->chunk);
	add_text(json, "map", map_name(pool->map));
	add(json, "tier",
	    pool->map == QV_TIER_IDENTITY ? json_object_new_uint64(pool->tier) : NULL);
	for (size_t i = 0; i < QV_TIERS; i++)
		json_object_array_add(tiers, pool->tiers[i] ?
				      json_text(qv_dev_name(pool->tiers[i])) : NULL);
	add(json, "tiers", tiers);
	add_number(json, "num_volumes", pool->num_volumes);
	add_children(json, "volumes", cli, item, QV_ITEM_VOLUME);
}

static void add_volume(struct json_object *json, const struct qv_volume_info *volume)
{
	add_text(json, "type", volume->type);
	add_bool(json, "hidden", volume->hidden);
	add_bool(json, "thin", volume->thin);
	add(json, "device", volume->thin ? json_object_new_uint64(volume->device) : NULL);
	add_bool(json, "snapshot", volume->snapshot);
	add_text(json, "origin", volume->origin);
	add(json, "mapped", volume->thin ? json_object_new_uint64(volume->mapped) : NULL);
	add(json, "transaction", volume->thin ? json_object_new_uint64(volume->transaction) : NULL);
	add(json, "created", volume->created ? json_object_new_uint64(volume->created) : NULL);
}

static void add_special(struct json_object *json, const struct cli *cli, const struct qv_item *item)
{
	switch (item->kind) {
	case QV_ITEM_SOURCE:
		add_source(json, cli, item);
		break;
	case QV_ITEM_PARTITION:
		break;
	case QV_ITEM_ARRAY:
		add_array(json, &item->array);
		break;
	case QV_ITEM_GROUP:
		add_group(json, cli, item);
		break;
	case QV_ITEM_POOL:
		add_pool(json, cli, item);
		break;
	case QV_ITEM_VOLUME:
		add_volume(json, &item->volume);
		break;
	}
}

static struct json_object *json_item(const struct cli *cli, const struct qv_item *item)
{
	struct json_object *json = json_object_new_object();

	add_text(json, "name", item->name);
	add_number(json, "size", item->size);
	add_text(json, "role", role_name(role_of(item)));
	add_verdict(json, cli->qv, item);
	add_text(json, "holder", item->holder ? item->holder->name : NULL);
	add(json, "content", json_content(&item->content));
	add(json, "notes", json_notes(item));
	add(json, "next", json_next(cli, item));
	add_special(json, cli, item);

	return json;
}

/* The document */

static struct json_object *json_items(const struct cli *cli, enum qv_item_kind kind)
{
	struct json_object *json = json_object_new_array();

	for (const struct qv_item *item = qv_items(cli->qv); item; item = item->next) {
		if (item->kind == kind)
			json_object_array_add(json, json_item(cli, item));
	}

	return json;
}

static struct json_object *json_remark(const struct qv_remark *remark)
{
	static const char *const names[] = {
		[QV_INFO] = "info",
		[QV_WARNING] = "warning",
		[QV_DAMAGE] = "damage",
	};
	struct json_object *json = json_object_new_object();

	add_text(json, "severity", names[remark->severity]);
	add_text(json, "place", remark->place);
	add_text(json, "text", remark->text);
	add_number(json, "count", remark->count);

	return json;
}

static struct json_object *json_remarks(const struct qv *qv)
{
	struct json_object *json = json_object_new_array();
	struct qv_remark remark;

	for (size_t i = 0; i < qv_num_remarks(qv); i++) {
		remark = qv_remark(qv, i);
		json_object_array_add(json, json_remark(&remark));
	}

	return json;
}

static struct json_object *json_summary(const struct qv *qv)
{
	struct json_object *json = json_object_new_object();
	unsigned int num = 0, readable = 0;

	for (const struct qv_item *item = qv_items(qv); item; item = qv_next(item)) {
		if (role_of(item) != ROLE_VOLUME)
			continue;
		num++;
		readable += item->state != QV_NOT_READABLE;
	}
	add_number(json, "volumes", num);
	add_number(json, "readable", readable);

	return json;
}

/**
 * list_json() - print what was found for programs
 * @cli: command line, with the set that was scanned
 * @out: where to
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory, or it could not be written.
 */
int list_json(const struct cli *cli, FILE *out)
{
	struct json_object *json = json_object_new_object();
	const char *text;

	add_number(json, "schema", LIST_SCHEMA);
	add_text(json, "program", "qnapvol " QNAPVOL_VERSION);
	add(json, "sources", json_items(cli, QV_ITEM_SOURCE));
	add(json, "arrays", json_items(cli, QV_ITEM_ARRAY));
	add(json, "groups", json_items(cli, QV_ITEM_GROUP));
	add(json, "remarks", json_remarks(cli->qv));
	add(json, "summary", json_summary(cli->qv));
	text = json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text)
		fprintf(out, "%s\n", text);
	json_object_put(json);

	return text && !ferror(out) ? 0 : -QV_ERR_SYSTEM;
}
