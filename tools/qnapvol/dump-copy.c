// SPDX-License-Identifier: GPL-2.0-only
/*
 * The work of a dump: from a device to a target
 *
 * One thread reads, this one writes, and a third one keeps the mapfile.
 */

#include <stdio.h>

#include "dump-copy.h"

/* What has no data takes no time, and is not in the total. */
static void count(struct dump_copy *copy, const struct dump_part *part)
{
	if (part->planned)
		copy->progress->done += part->length;
	if (part->kind == QV_EXTENT_BAD)
		copy->progress->bad += part->length;
}

static enum dump_result copy_part(struct dump_copy *copy, const struct dump_part *part)
{
	const bool bad = part->kind == QV_EXTENT_BAD;

	if (bad && !copy->skip_bad) {
		copy->bad = part->start;
		return DUMP_UNREADABLE;
	}

	copy->error = dump_target_write(copy->target, part);
	if (copy->error)
		return DUMP_TARGET_ERROR;

	copy->error = dump_save_set(copy->save, part->start, part->length,
				    bad ? DUMP_BAD : DUMP_DONE);
	if (copy->error)
		return DUMP_TARGET_ERROR;
	count(copy, part);

	return DUMP_COMPLETE;
}

static enum dump_result copy_parts(struct dump_copy *copy, struct dump_reader *reader)
{
	enum dump_result result = DUMP_COMPLETE;
	const struct dump_part *part;

	while (result == DUMP_COMPLETE && !dump_reader_ended(reader)) {
		if (*copy->interrupted)
			return DUMP_INTERRUPTED;
		part = dump_reader_part(reader);
		if (part) {
			result = copy_part(copy, part);
			dump_reader_release(reader);
		}
		progress_print(copy->progress, false);
	}
	if (result == DUMP_COMPLETE && reader->error) {
		copy->error = reader->error;
		result = DUMP_ERROR;
	}

	return result;
}

static enum dump_result read_and_write(struct dump_copy *copy, struct dump_plan *plan)
{
	enum dump_result result = DUMP_ERROR;
	struct dump_reader reader;

	copy->error = dump_reader_start(&reader, copy->qv, plan);
	if (!copy->error)
		result = copy_parts(copy, &reader);
	dump_reader_free(&reader);
	snprintf(copy->why, sizeof(copy->why), "%s", reader.why);

	return result;
}

static enum dump_result copy_by_plan(struct dump_copy *copy)
{
	enum dump_result result = DUMP_ERROR;
	struct dump_plan plan;

	copy->error = dump_plan_init(&plan, copy->dev, copy->todo, copy->window);
	if (copy->error)
		return DUMP_ERROR;

	plan.in_order = copy->target->stream;
	result = read_and_write(copy, &plan);
	dump_plan_free(&plan);

	return result;
}

/**
 * dump_copy() - read a device and write what was read
 * @copy: what to copy; with what came of it afterwards
 *
 * The target is on the disk and the mapfile is up to date afterwards, whatever the result.
 *
 * Return: how it ended.
 */
enum dump_result dump_copy(struct dump_copy *copy)
{
	enum dump_result result;
	int ret;

	copy->error = dump_save_start(copy->save);
	if (copy->error)
		return DUMP_TARGET_ERROR;

	result = copy_by_plan(copy);
	progress_print(copy->progress, true);
	dump_save_stop(copy->save);
	ret = dump_target_finish(copy->target);
	if (!ret)
		ret = dump_save_now(copy->save);
	if (ret && result == DUMP_COMPLETE) {
		copy->error = ret;
		result = DUMP_TARGET_ERROR;
	}

	return result;
}
