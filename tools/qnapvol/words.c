// SPDX-License-Identifier: GPL-2.0-only
/* What was found, in words for a person who has never heard of md or LVM */

#include <string.h>
#include <time.h>

#include "cli.h"
#include "role.h"
#include "words.h"

#define SIZE_TEXT	32

/* Sizes that are powers of two, as they are in a structure: 512 KiB. */
static const char *exact_size(__u64 bytes, char *text, size_t size)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	size_t i = 0;

	while (bytes >= 1024 && bytes % 1024 == 0 && i < sizeof(units) / sizeof(*units) - 1) {
		bytes /= 1024;
		i++;
	}
	snprintf(text, size, "%llu %s", bytes, units[i]);

	return text;
}

/* Arrays and their members */

static int role_in(const struct qv_array_info *array, const struct qv_item *member)
{
	for (size_t i = 0; i < array->num_members; i++) {
		if (array->members[i].item == member)
			return array->members[i].role;
	}

	return -1;
}

/* What a partition or source is that belongs to an array or a group. */
void words_member(FILE *out, const struct qv_item *item)
{
	const struct qv_item *holder = item->holder;
	int role;

	if (holder->kind != QV_ITEM_ARRAY) {
		fprintf(out, "part of volume group %s", holder->name);
		return;
	}

	role = role_in(&holder->array, item);
	if (role < 0)
		fprintf(out, "spare of array %s", holder->name);
	else
		fprintf(out, "member %d of %u of array %s", role + 1, holder->array.disks,
			holder->name);
}

static void say_level(FILE *out, const struct qv_array_info *array)
{
	switch (array->level) {
	case -1:
		fputs("disks one behind the other (linear)", out);
		break;
	case 0:
		fputs("RAID 0 (striped, no spare copy)", out);
		break;
	case 1:
		fputs("RAID 1 (mirror)", out);
		break;
	default:
		fprintf(out, "RAID %d", array->level);
	}
}

/* How complete an array is. */
void words_array(FILE *out, const struct qv_item *item)
{
	const struct qv_array_info *array = &item->array;

	say_level(out, array);
	if (array->missing)
		fprintf(out, ", %u of %u members %s missing", array->missing, array->disks,
			array->missing == 1 ? "is" : "are");
	else
		fprintf(out, ", %u member%s", array->disks, array->disks == 1 ? "" : "s");
	if (item->state == QV_NOT_READABLE)
		return;
	fputs(array->missing ? ": degraded, readable" : ": complete", out);
}

/* What is in it */

static const char *foreign_owner(const char *type)
{
	static const struct {
		const char *type;
		const char *owner;
	} owners[] = {
		{ "NTFS", "Windows" }, { "exFAT", "cameras and Windows" }, { "FAT", "Windows" },
		{ "BitLocker", "Windows, encrypted" }, { "ReFS", "Windows" }, { "HFS+", "a Mac" },
		{ "APFS", "a Mac" }, { "xfs", "Linux" }, { "btrfs", "Linux or another NAS" },
		{ "bcache", "Linux" },
	};

	for (size_t i = 0; i < sizeof(owners) / sizeof(*owners); i++) {
		if (!strcmp(owners[i].type, type))
			return owners[i].owner;
	}

	return "another system";
}

static void put_label(FILE *out, const struct qv_content *content)
{
	if (*content->label)
		fprintf(out, " \"%s\"", content->label);
}

static void words_table(FILE *out, const struct qv_item *item)
{
	unsigned int num = 0;

	for (const struct qv_item *child = item->child; child; child = child->next)
		num++;
	fprintf(out, "%u partition%s (%s)", num, num == 1 ? "" : "s",
		!strcmp(item->content.type, "gpt") ? "GPT" : "MBR");
}

/* What is in it, as far as its marks tell. */
void words_content(FILE *out, const struct qv_item *item)
{
	const struct qv_content *content = &item->content;

	switch (content->kind) {
	case QV_CONTENT_UNKNOWN:
		fputs("nothing that is known", out);
		break;
	case QV_CONTENT_BLANK:
		fputs("empty: zeros where all marks would be", out);
		break;
	case QV_CONTENT_TABLE:
		words_table(out, item);
		break;
	case QV_CONTENT_MD:
		fputs("member of an array that cannot be told", out);
		break;
	case QV_CONTENT_LVM:
		fputs("part of a volume group that cannot be told", out);
		break;
	case QV_CONTENT_EXT:
		fprintf(out, "file system %s", content->type);
		put_label(out, content);
		break;
	case QV_CONTENT_LUKS:
		fprintf(out, "encrypted (%s)", content->type);
		break;
	case QV_CONTENT_SWAP:
		fputs("swap: memory of the box, no files", out);
		break;
	case QV_CONTENT_FLASHCACHE:
		fprintf(out, "SSD cache (flashcache), %s",
			content->cache_dirty ? "dirty" : "clean");
		break;
	case QV_CONTENT_ZFS:
		fputs("QuTS hero's ZFS", out);
		break;
	case QV_CONTENT_OTHER:
		fprintf(out, "%s, of %s", content->type, foreign_owner(content->type));
		break;
	}
}

/* Pools and volumes */

static void words_tiers(FILE *out, const struct qv_pool_info *pool)
{
	static const char *const names[QV_TIERS] = { "SSD", "fast disks", "disks" };
	const char *separator = ", on tier ";

	if (pool->map == QV_TIER_NONE)
		return;

	for (unsigned int i = 0; i < QV_TIERS; i++) {
		if (!pool->tiers[i] || (pool->map == QV_TIER_IDENTITY && i != pool->tier))
			continue;
		fprintf(out, "%s%u (%s)", separator, i, names[i]);
		separator = " and ";
	}
	fprintf(out, ", found %s", pool->map == QV_TIER_TREE ? "by its map" : "one to one");
}

/* A pool, and how it is read. */
void words_pool(FILE *out, const struct qv_item *item)
{
	const struct qv_pool_info *pool = &item->pool;
	char chunk[SIZE_TEXT];

	fputs("storage pool", out);
	if (pool->version)
		fprintf(out, ", metadata version %u %s", pool->version,
			pool->qnap ? "of QNAP" : "of the stock kernel");
	if (item->state == QV_NOT_READABLE)
		return;

	fprintf(out, ", %zu %s, chunks of %s", pool->num_volumes,
		pool->num_volumes == 1 ? "volume" : "volumes and snapshots",
		exact_size(pool->chunk, chunk, sizeof(chunk)));
	words_tiers(out, pool);
	if (pool->superblock)
		fprintf(out, ", by the backup superblock in block %llu", pool->superblock);
}

static void put_created(FILE *out, __u64 seconds)
{
	const time_t created = seconds;
	char text[SIZE_TEXT];
	struct tm tm;

	if (seconds && localtime_r(&created, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm))
		fprintf(out, ", made %s", text);
}

/* A volume: how large, how full, what it is and what is in it. */
void words_volume(FILE *out, const struct qv_item *item)
{
	const struct qv_volume_info *volume = &item->volume;
	char size[SIZE_TEXT], used[SIZE_TEXT];

	fputs(cli_human_size(item->size, size, sizeof(size)), out);
	if (item->kind == QV_ITEM_VOLUME && volume->thin)
		fprintf(out, " (%s in use)", cli_human_size(volume->mapped, used, sizeof(used)));
	fputs(", ", out);
	if (item->kind == QV_ITEM_VOLUME && volume->snapshot)
		fprintf(out, "snapshot%s%s, ", volume->origin ? " of " : "", volume->origin ?: "");
	words_content(out, item);
	if (item->kind == QV_ITEM_VOLUME)
		put_created(out, volume->created);
}
