// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: thin pools and their volumes: what is where, and what has to be read */

#include <stdio.h>
#include <stdlib.h>

#include "gen-thin.h"

#define POOL_KEYS	"name type metadata_size chunk tiers tiers_on data_size tier_map grammar " \
			"scatter run version block_size details fill backups backup_id flags " \
			"incompat transaction damage error_when_full flashcache lost_tier volumes"
#define THIN_KEYS	"name type id size content snapshot_of clone_of changes zeroed unwritten " \
			"external_origin mappings readable warning why"

#define NO_ORIGIN	UINT64_MAX

/* Volumes of nothing but mappings have data in that many chunks, to see if they are right. */
#define SAMPLES		256
#define SAMPLE_SIZE	4096

/* Of chunks that differ in a snapshot one in that many is not there at all. */
#define DISCARD_EACH	4

static struct thin *thin_find(struct pool *pool, const char *name)
{
	for (unsigned int i = 0; i < pool->num_thins; i++) {
		if (!strcmp(pool->thins[i].name, name))
			return &pool->thins[i];
	}
	die("there is no volume \"%s\" in the pool", name);
}

static size_t chunk_length(const struct pool *pool, const struct thin *thin, u64 chunk)
{
	const u64 left = thin->image->size - chunk * pool->chunk;

	return left < pool->chunk ? left : pool->chunk;
}

/* Gives the chunk a block of the pool, with what the image says, if that is not all zeros. */
static void map_chunk(struct pool *pool, struct thin *thin, u64 chunk)
{
	const size_t len = chunk_length(pool, thin, chunk);
	u8 *buf = must_alloc(1, len);
	u64 block;

	image_read(thin->image, buf, len, chunk * pool->chunk);
	if (!is_zero(buf, len)) {
		block = pool_take_block(pool);
		thin->values[chunk] = VALUE(block, 0, pool->time);
		pool_write(pool, block, buf, len);
	}
	free(buf);
}

static void map_content(struct pool *pool, struct thin *thin)
{
	for (u64 start = 0; image_next_data(thin->image, &start);) {
		map_chunk(pool, thin, start / pool->chunk);
		start = round_down(start, pool->chunk) + pool->chunk;
	}
}

/* Chunks that have a block with something in it, and still read as zeros. */
static void map_zeroed(struct pool *pool, struct thin *thin, u64 count)
{
	u8 *junk = must_alloc(1, pool->chunk);
	u64 block;

	for (u64 i = 0; count && i < thin->num; i++) {
		if (thin->values[i] != UNMAPPED)
			continue;
		random_bytes(junk, pool->chunk);
		block = pool_take_block(pool);
		pool_write(pool, block, junk, pool->chunk);
		thin->values[i] = VALUE(block, 1 + count % 3, pool->time);
		count--;
	}
	if (count)
		die("%s has too few chunks of zeros", thin->name);
	free(junk);
}

/* Chunks with a block of the pool that no tier has: nothing was ever written to it. */
static void map_unwritten(struct pool *pool, struct thin *thin)
{
	const u64 each = TIER_BLOCK / pool->chunk;
	u64 index = 0, in = 0;

	for (u64 i = 0; thin->unwritten && i < thin->num; i++) {
		if (thin->values[i] != UNMAPPED)
			continue;
		while (pool->tier_values[index] != UNMAPPED) {
			if (++index == pool->num_blocks / each)
				die("%s: there is no block without a tier", pool->name);
		}
		thin->values[i] = VALUE(index * each + in, 0, pool->time);
		thin->unwritten--;
		in++;
		index += in / each;
		in %= each;
	}
}

/* Mappings and nothing else, for tests of speed; but for a few samples. */
static void map_all(struct pool *pool, struct thin *thin)
{
	u8 sample[SAMPLE_SIZE];
	u64 chunk;

	for (u64 i = 0; i < thin->num; i++)
		thin->values[i] = VALUE(pool_take_block(pool), 0, pool->time);
	for (unsigned int i = 0; i < SAMPLES; i++) {
		chunk = random_below(thin->num);
		random_bytes(sample, sizeof(sample));
		image_write(thin->image, sample, sizeof(sample), chunk * pool->chunk);
		pool_write(pool, VALUE_BLOCK(thin->values[chunk]), sample, sizeof(sample));
	}
}

static void change_chunk(struct pool *pool, struct thin *thin, u64 chunk, bool discard)
{
	const size_t len = chunk_length(pool, thin, chunk);
	u8 *buf = must_alloc(1, len);

	if (!discard)
		random_bytes(buf, len);
	image_write(thin->image, buf, len, chunk * pool->chunk);
	thin->values[chunk] = UNMAPPED;
	map_chunk(pool, thin, chunk);
	free(buf);
}

/* Begins with what another volume has, and differs from it in some chunks. */
static void map_copy(struct pool *pool, struct thin *thin, struct thin *from, u64 changes,
		     bool is_snapshot)
{
	const struct place all = { "snapshot", thin->image, 0, thin->image->size };

	place_copy(&all, from->image);
	memcpy(thin->values, from->values, thin->num * sizeof(*thin->values));
	pool->time++;
	from->snapshotted = pool->time;
	thin->created = pool->time;
	thin->snapshotted = pool->time;
	if (is_snapshot)
		thin->origin = from->id;
	for (u64 i = 0; i < changes; i++)
		change_chunk(pool, thin, 1 + random_below(thin->num - 1),
			     i % DISCARD_EACH == DISCARD_EACH - 1);
}

/* What has no chunk of its own is read from a volume outside of the pool. */
static void add_external(const struct pool *pool, const struct thin *thin, const char *directory,
			 const char *name)
{
	struct image *origin = image_new(0, "%s/truth/%s-%s.raw", directory, pool->group->name,
					 name);
	u8 *buf = must_alloc(1, pool->chunk);
	size_t len;

	for (u64 i = 0; i < thin->num; i++) {
		len = chunk_length(pool, thin, i);
		if (thin->values[i] != UNMAPPED || i * pool->chunk >= origin->size)
			continue;
		if (origin->size - i * pool->chunk < len)
			len = origin->size - i * pool->chunk;
		image_read(origin, buf, len, i * pool->chunk);
		image_write(thin->image, buf, len, i * pool->chunk);
	}
	free(buf);
}

static void fill(struct pool *pool, struct thin *thin, struct json_object *description)
{
	const char *snapshot_of = get_text(description, "snapshot_of", NULL);
	const char *clone_of = get_text(description, "clone_of", NULL);

	if (snapshot_of || clone_of)
		map_copy(pool, thin, thin_find(pool, snapshot_of ?: clone_of),
			 get_number(description, "changes", 0), snapshot_of);
	else if (get(description, "mappings"))
		map_all(pool, thin);
	else
		map_content(pool, thin);
	map_zeroed(pool, thin, get_number(description, "zeroed", 0));
}

static void describe(const struct pool *pool, const struct thin *thin, struct lv *lv,
		     struct json_object *description)
{
	const char *external = get_text(description, "external_origin", NULL);
	const char *snapshot_of = get_text(description, "snapshot_of", NULL);
	const char *key = external ? "external_origin" : "origin";

	lv->text = must_text("type = \"%s\"\nthin_pool = \"%s\"\ntransaction_id = %llu\n"
			     "device_id = %u\n", get_text(description, "type", "thin"), pool->name,
			     (unsigned long long)thin->transaction, thin->id);
	if (external || snapshot_of)
		lv->text = must_text("%s%s = \"%s\"\n", lv->text, key, external ?: snapshot_of);
}

static void thin_make(struct pool *pool, struct json_object *description, const char *directory)
{
	const u64 mappings = get_number(description, "mappings", 0);
	const u64 size = mappings ? mappings * pool->chunk :
			 get_number(description, "size", 32 * MIB);
	struct thin *thin = &pool->thins[pool->num_thins];
	struct lv *lv;
	char *path;

	check_keys(description, "a thin volume", THIN_KEYS);
	snprintf(thin->name, sizeof(thin->name), "%s", get_text(description, "name", "lv1"));
	lv = lv_new(pool->group, thin->name, size);
	thin->id = get_number(description, "id", pool->num_thins + 1);
	thin->transaction = pool->num_thins;
	thin->created = pool->time;
	thin->snapshotted = pool->time;
	thin->origin = NO_ORIGIN;
	thin->unwritten = get_number(description, "unwritten", 0);
	path = must_text("%s/truth/%s-%s.raw", directory, pool->group->name, thin->name);
	thin->image = content_make(get(description, "content"), lv_size(lv), path);
	thin->num = (lv_size(lv) + pool->chunk - 1) / pool->chunk;
	thin->values = must_alloc(thin->num, sizeof(*thin->values));
	memset(thin->values, 0xff, thin->num * sizeof(*thin->values));
	fill(pool, thin, description);
	if (get(description, "external_origin"))
		add_external(pool, thin, directory, get_text(description, "external_origin", ""));
	describe(pool, thin, lv, description);
	thin->truth = truth_add(must_text("%s/%s", pool->group->name, thin->name), thin->image,
				description);
	pool->num_thins++;
}

/* A tier that is not in use has a volume all the same, on nothing. */
static struct lv *tier_make(struct pool *pool, const char *name, struct json_object *size)
{
	const char *text = json_object_get_string(size);
	struct lv *lv;

	if (!size)
		return NULL;
	if (strcmp(text, "error") && strcmp(text, "zero"))
		return lv_linear(pool->group, name, to_number(size), true);

	lv = lv_new(pool->group, name, pool->group->extent);
	lv->hidden = true;
	lv->text = must_text("type = \"%s\"\n", text);

	return NULL;
}

/* An SSD cache is between the pool and its data, which is in an origin of its own then. */
static void add_cache(struct pool *pool, const char *tier, u64 size, struct json_object *state)
{
	const char *origin = must_text("%s_fcorig", tier);
	const char *cache = must_text("%s_fccache", tier);
	struct place place;
	struct lv *lv;

	lv = lv_linear(pool->group, cache, pool->group->extent, true);
	place = *pool->group->physicals[lv->segments[0].areas[0].physical].place;
	place.start += pool->group->physicals[lv->segments[0].areas[0].physical].start +
		       lv->segments[0].areas[0].start * pool->group->extent;
	flashcache_write(&place, to_number(state), 1024);
	lv = lv_new(pool->group, tier, size);
	lv->hidden = true;
	lv->text = must_text("type = \"flashcache\"\ncache_lv = \"%s\"\norigin = \"%s\"\n"
			     "cache_mode = 1\ncache_block_size = 8\n", cache, origin);
	pool->data[TIERS - 1] = lv_linear(pool->group, origin, size, true);
}

static void make_data(struct pool *pool, struct json_object *description)
{
	struct json_object *tiers = get_list(description, "tiers");
	struct json_object *cache = get(description, "flashcache");
	struct json_object *on = get(description, "tiers_on");

	if (!pool->num_tiers) {
		pool->data[0] = lv_linear(pool->group, must_text("%s_tdata", pool->name),
					  get_number(description, "data_size", 64 * MIB), true);
		return;
	}
	for (unsigned int i = 0; i < TIERS; i++) {
		struct json_object *size = json_object_array_get_idx(tiers, i);
		char *name = must_text("%s_tierdata_%u", pool->name, i);

		pool->group->first = on ? json_object_get_int(json_object_array_get_idx(on, i)) : 0;
		if (cache && i == TIERS - 1)
			add_cache(pool, name, to_number(size), cache);
		else
			pool->data[i] = tier_make(pool, name, size);
	}
	pool->group->first = 0;
}

/* Nobody but QNAP knows how its LVM names the tiers: there are several guesses to be read. */
static char *data_text(const struct pool *pool, const char *grammar)
{
	const char *name = pool->name;

	if (!pool->num_tiers)
		return must_text("pool = \"%s_tdata\"\n", name);
	if (!strcmp(grammar, "names"))
		return must_text("%s", "");
	if (!strcmp(grammar, "list"))
		return must_text("tier_count = 3\nenable_map = 4\nbypass = 1\n"
				 "tiers = [\"%s_tierdata_0\", \"%s_tierdata_1\", \"%s_tierdata_2\"]\n",
				 name, name, name);

	return must_text("pool = \"%s_tierdata_0\"\ntier_num = 3\ntier_enable_map = 4\n", name);
}

static void describe_pool(const struct pool *pool, struct lv *lv, struct json_object *description)
{
	lv->flags = get_bool(description, "error_when_full", true) ? "\"ERROR_WHEN_FULL\"" : "";
	lv->text = must_text("type = \"%s\"\nmetadata = \"%s_tmeta\"\n%stransaction_id = %llu\n"
			     "chunk_size = %llu\ndiscards = \"passdown\"\nzero_new_blocks = 1\n",
			     get_text(description, "type", "tier-thin-pool"), pool->name,
			     data_text(pool, get_text(description, "grammar", "pool")),
			     (unsigned long long)get_number(description, "transaction", 7),
			     (unsigned long long)pool->chunk / SECTOR);
}

/* The disks of a tier are not there any more: what is on it is lost, the rest is not. */
static void lose_tier(struct pool *pool, u64 tier)
{
	for (unsigned int i = 0; i < pool->num_thins; i++) {
		struct thin *thin = &pool->thins[i];

		for (u64 chunk = 0; chunk < thin->num; chunk++) {
			u64 value = thin->values[chunk];

			if (value == UNMAPPED || (value >> 22 & 3))
				continue;
			value = VALUE_BLOCK(value) * pool->chunk / TIER_BLOCK;
			if (pool->tier_values[value] >> 61 == tier)
				thin_lose(thin, pool->chunk, chunk, chunk + 1);
		}
	}
}

static int by_id(const void *a, const void *b)
{
	const struct thin *first = a, *second = b;

	return first->id < second->id ? -1 : first->id > second->id;
}

void pool_make(struct group *group, struct json_object *description, const char *directory)
{
	struct json_object *volumes = get_list(description, "volumes");
	const char *type = get_text(description, "type", "tier-thin-pool");
	struct pool *pool = must_alloc(1, sizeof(*pool));
	struct lv *lv, *meta;

	check_keys(description, "a pool", POOL_KEYS);
	pool->group = group;
	pool->name = get_text(description, "name", "tp1");
	pool->chunk = get_number(description, "chunk", 512 * KIB);
	pool->num_tiers = strcmp(type, "tier-thin-pool") ? 0 : TIERS;
	pool->filled = !strcmp(get_text(description, "tier_map", "empty"), "filled");
	pool->time = get_number(description, "version", 4) == 3;
	lv = lv_new(group, pool->name, group->extent);
	meta = lv_linear(group, must_text("%s_tmeta", pool->name),
			 get_number(description, "metadata_size", 4 * MIB), true);
	make_data(pool, description);
	pool_prepare_data(pool, description);
	lv->extents = round_up(pool->num_blocks * pool->chunk, group->extent) / group->extent;
	describe_pool(pool, lv, description);
	for (size_t i = 0; i < json_object_array_length(volumes); i++)
		thin_make(pool, json_object_array_get_idx(volumes, i), directory);
	for (unsigned int i = 0; i < pool->num_thins; i++)
		map_unwritten(pool, &pool->thins[i]);
	qsort(pool->thins, pool->num_thins, sizeof(*pool->thins), by_id);
	pool_write_meta(pool, meta, description);
	if (get(description, "lost_tier"))
		lose_tier(pool, get_number(description, "lost_tier", 0));
}
