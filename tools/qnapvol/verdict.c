// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a thing can be read, and what is to be known of it
 *
 * A volume is no better than the pool that it is in and the arrays that it is on.
 */

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "verdict.h"

#define PAGE_SIZE	4096

#define NOTE_HIDES_NAMES \
	"QNAP's own index of file names is on: stock Linux would list the files, but open none; qnapvol mount hides the index"
#define NOTE_QNAP \
	"QNAP's mark is in the file system: it does no harm"
#define NOTE_NEEDS_RECOVERY \
	"the box did not switch off cleanly: the last changes wait in the journal; --replay makes them in a temporary file, not on the disks"
#define NOTE_EXTERNAL_JOURNAL \
	"the journal is on another device: the files are read without its last changes"
#define NOTE_LARGE_BLOCKS \
	"the blocks are larger than most kernels can mount: qnapvol mount uses fuse2fs"
#define NOTE_CHECKSUMS \
	"the metadata of the file system has checksums"
#define NOTE_LUKS \
	"it is encrypted: you need the password that was typed into the box"
#define NOTE_ZFS \
	"QuTS hero's ZFS: not for this tool; zpool import -o readonly=on does it on a Linux with ZFS"
#define NOTE_DIRTY_CACHE \
	"the SSD cache has data that was not written to the disks yet: what is on them may be old"
#define NOTE_DRBD \
	"marks of DRBD are at its end: they do no harm; never remove them with wipefs"

static void add_warning(struct verdict *verdict, const char *name, const char *why)
{
	const size_t len = strlen(verdict->why);

	if (verdict->state == QV_NOT_READABLE || (why && strstr(verdict->why, why)))
		return;

	verdict->state = QV_READABLE_WARNING;
	snprintf(verdict->why + len, sizeof(verdict->why) - len, "%s%s%s%s", len ? "; " : "",
		 name ?: "", name ? ": " : "", why ?: "the data may be incomplete or old");
}

static void add_warning_of(struct verdict *verdict, const struct qv_item *item)
{
	if (item && item->state == QV_READABLE_WARNING)
		add_warning(verdict, item->name, item->why);
}

static bool is_damaged(const struct qv *qv, const struct qv_item *pool)
{
	const size_t len = strlen(pool->name);
	struct qv_remark remark;

	for (size_t i = 0; i < qv_num_remarks(qv); i++) {
		remark = qv_remark(qv, i);
		if (remark.severity == QV_DAMAGE && !strncmp(remark.place, pool->name, len) &&
		    remark.place[len] == ' ')
			return true;
	}

	return false;
}

/* @name: what to say it is, NULL: the pool is what the verdict is on */
static void add_pool(struct verdict *verdict, const struct qv *qv, const struct qv_item *pool,
		     const char *name)
{
	char text[120];

	if (pool->pool.superblock && pool->state == QV_READABLE_WARNING)
		return;

	if (pool->pool.superblock) {
		snprintf(text, sizeof(text),
			 "the backup superblock in block %llu is used: what was written last may be missing",
			 pool->pool.superblock);
		add_warning(verdict, name, text);
	} else if (is_damaged(qv, pool)) {
		add_warning(verdict, name, "the metadata is damaged: parts of volumes may be missing");
	}
}

static void add_what_it_is_on(struct verdict *verdict, const struct qv *qv,
			      const struct qv_item *volume)
{
	const struct qv_item *group = volume->parent;

	if (group && group->kind == QV_ITEM_POOL) {
		add_warning_of(verdict, group);
		add_pool(verdict, qv, group, group->name);
		group = group->parent;
	}
	if (!group || group->kind != QV_ITEM_GROUP)
		return;

	for (size_t i = 0; i < group->group.num_physicals; i++)
		add_warning_of(verdict, group->group.physicals[i].item);
}

static void add_size(struct verdict *verdict, const struct qv_item *item)
{
	char text[200], is[20], has[20];

	if (item->content.kind != QV_CONTENT_EXT || item->content.size <= item->size)
		return;

	snprintf(text, sizeof(text),
		 "the file system has %s, but there are only %s: its end is missing",
		 cli_human_size(item->content.size, is, sizeof(is)),
		 cli_human_size(item->size, has, sizeof(has)));
	add_warning(verdict, NULL, text);
}

/**
 * verdict_of() - can it be read?
 * @qv: set that it is in
 * @item: item
 * @verdict: the answer, with what was found in what it is on
 */
void verdict_of(const struct qv *qv, const struct qv_item *item, struct verdict *verdict)
{
	*verdict = (struct verdict){ .state = item->state, .error = item->error };
	snprintf(verdict->why, sizeof(verdict->why), "%s", item->why ?: "");
	if (item->state == QV_NOT_READABLE)
		return;

	if (item->kind == QV_ITEM_POOL)
		add_pool(verdict, qv, item, NULL);
	if (item->kind == QV_ITEM_VOLUME)
		add_what_it_is_on(verdict, qv, item);
	add_size(verdict, item);
}

static void ext_notes(const struct qv_content *content, bool verbose, verdict_note_fn fn,
		      void *data)
{
	if (content->ext.hides_names)
		fn(NOTE_HIDES_NAMES, data);
	else if (content->ext.qnap && verbose)
		fn(NOTE_QNAP, data);
	if (content->ext.needs_recovery)
		fn(NOTE_NEEDS_RECOVERY, data);
	if (content->ext.external_journal)
		fn(NOTE_EXTERNAL_JOURNAL, data);
	if (content->ext.block_size > PAGE_SIZE)
		fn(NOTE_LARGE_BLOCKS, data);
	if (content->ext.metadata_csum && verbose)
		fn(NOTE_CHECKSUMS, data);
}

/**
 * verdict_notes() - what is to be known of what is in it
 * @item: item
 * @verbose: also what does no harm
 * @fn: called with each note: a sentence without a full stop
 * @data: for @fn
 */
void verdict_notes(const struct qv_item *item, bool verbose, verdict_note_fn fn, void *data)
{
	const struct qv_content *content = &item->content;

	if (content->kind == QV_CONTENT_EXT)
		ext_notes(content, verbose, fn, data);
	if (content->kind == QV_CONTENT_LUKS)
		fn(NOTE_LUKS, data);
	if (content->kind == QV_CONTENT_ZFS)
		fn(NOTE_ZFS, data);
	if (content->kind == QV_CONTENT_FLASHCACHE && content->cache_dirty)
		fn(NOTE_DIRTY_CACHE, data);
	if (content->drbd)
		fn(NOTE_DRBD, data);
}
