// SPDX-License-Identifier: GPL-2.0-only
/*
 * verify-images: does the library read from images what mkqnapimg has put into them?
 *
 *	verify-images DIRECTORY
 *	verify-images --names DIRECTORY
 *
 * For each volume that truth.json names it compares all bytes, pieces at random places, and what
 * the extents say. Prints a line for each: "0 NAME", or "1 NAME: " and what is wrong. With --names
 * it prints the names of those that can be written to a file, and the files they have to be like.
 */

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"

#define UNIT		(1024 * 1024)
#define RANDOM_READS	300
#define RANDOM_MAX	200000
#define PATH_SIZE	4096

/* Of volumes larger than this only what is not a hole is compared. */
#define COMPLETE_MAX	(1024ull * UNIT)

/**
 * struct volume - a volume to be verified
 * @json: what the truth says
 * @truth: file with what has to be read
 * @item: what was found
 * @dev: to read it
 * @got: what was read
 * @wanted: what should have been
 * @error: what is wrong
 */
struct volume {
	struct json_object *json;
	int truth;
	const struct qv_item *item;
	struct qv_dev *dev;
	u8 *got;
	u8 *wanted;
	char error[500];
};

static const char *text(struct json_object *json, const char *key)
{
	return json_object_get_string(json_object_object_get(json, key));
}

static u64 number(struct json_object *json, const char *key)
{
	return json_object_get_int64(json_object_object_get(json, key));
}

static bool is_true(struct json_object *json, const char *key)
{
	return json_object_get_boolean(json_object_object_get(json, key));
}

static bool wrong(struct volume *volume, const char *format, ...) __printf(2, 3);

/* Returns false. */
static bool wrong(struct volume *volume, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(volume->error, sizeof(volume->error), format, arguments);
	va_end(arguments);

	return false;
}

/* Finds out if what begins there is lost, and how far that goes, at most up to the end. */
static bool is_lost(const struct volume *volume, u64 start, u64 *end)
{
	struct json_object *lost = json_object_object_get(volume->json, "lost");
	u64 first, last;

	for (size_t i = 0; lost && i < json_object_array_length(lost); i++) {
		first = number(json_object_array_get_idx(lost, i), "start");
		last = first + number(json_object_array_get_idx(lost, i), "length");
		if (start >= first && start < last) {
			*end = last < *end ? last : *end;
			return true;
		}
		if (first > start && first < *end)
			*end = first;
	}

	return false;
}

static bool read_truth(struct volume *volume, u64 start, size_t len)
{
	if (pread(volume->truth, volume->wanted, len, start) != (ssize_t)len)
		return wrong(volume, "cannot read the truth: %s", strerror(errno));

	return true;
}

/* The range is lost as a whole, or not at all. */
static bool compare(struct volume *volume, u64 start, u64 end, bool lost)
{
	const size_t len = end - start;
	const int ret = qv_dev_read(volume->dev, volume->got, len, start);

	if (lost && ret)
		return true;
	if (lost)
		return wrong(volume, "%zu bytes at %llu are lost, and were read", len,
			     (unsigned long long)start);
	if (ret)
		return wrong(volume, "%zu bytes at %llu: error %d: %s", len,
			     (unsigned long long)start, ret, qv_error_text(volume->dev->qv));
	if (!read_truth(volume, start, len))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (volume->got[i] != volume->wanted[i])
			return wrong(volume, "differs at %llu", (unsigned long long)start + i);
	}

	return true;
}

static bool compare_all(struct volume *volume, u64 size)
{
	u64 start = 0, end;
	off_t data;
	bool lost;

	while (start < size) {
		if (size > COMPLETE_MAX) {
			data = lseek(volume->truth, start, SEEK_DATA);
			if (data < 0)
				break;
			start = data;
		}
		end = size - start < UNIT ? size : start + UNIT;
		lost = is_lost(volume, start, &end);
		if (!compare(volume, start, end, lost))
			return false;
		start = end;
	}

	return true;
}

static bool compare_randomly(struct volume *volume, u64 size)
{
	u64 start, end;
	bool lost;

	srandom(1);
	for (unsigned int i = 0; i < RANDOM_READS; i++) {
		start = ((u64)random() << 31 | random()) % size;
		end = start + 1 + random() % RANDOM_MAX;
		if (end > size)
			end = size;
		lost = is_lost(volume, start, &end);
		if (!compare(volume, start, end, lost))
			return false;
	}

	return true;
}

/* Is what an extent says of that much of it true? */
static bool check_extent(struct volume *volume, const struct qv_extent *extent, size_t len)
{
	u64 end = extent->start + len;
	const bool lost = is_lost(volume, extent->start, &end);

	if (extent->kind == QV_EXTENT_BAD || lost) {
		if (extent->kind != QV_EXTENT_BAD || !lost)
			return wrong(volume, "the extent at %llu is %s", (unsigned long long)
				     extent->start, lost ? "lost, but not bad" : "bad");
		return true;
	}

	if (!read_truth(volume, extent->start, len))
		return false;
	memset(volume->got, 0, len);
	if (extent->kind == QV_EXTENT_DATA && !extent->below)
		return wrong(volume, "the extent at %llu has no device",
			     (unsigned long long)extent->start);
	/* What is below may lack members: what it gives is right all the same. */
	if (extent->kind == QV_EXTENT_DATA &&
	    qv_dev_read((struct qv_dev *)extent->below, volume->got, len, extent->physical))
		return wrong(volume, "the extent at %llu: %s", (unsigned long long)extent->start,
			     qv_error_text(volume->dev->qv));
	if (memcmp(volume->got, volume->wanted, len))
		return wrong(volume, "the extent at %llu is not what it says",
			     (unsigned long long)extent->start);

	return true;
}

static bool check_extents(struct volume *volume, u64 size)
{
	struct qv_extent extent;
	int ret;

	for (u64 start = 0; start < size; start += extent.length) {
		ret = qv_dev_extent(volume->dev, start, size - start, &extent);
		if (ret)
			return wrong(volume, "no extent at %llu: error %d",
				     (unsigned long long)start, ret);
		if (extent.start != start || !extent.length || extent.length > size - start)
			return wrong(volume, "the extent at %llu makes no sense",
				     (unsigned long long)start);
		if (size <= COMPLETE_MAX &&
		    !check_extent(volume, &extent, extent.length < UNIT ? extent.length : UNIT))
			return false;
	}

	return true;
}

/* It is said, or seen with each read. */
static bool check_unreadable(struct volume *volume, u64 size)
{
	size_t len;

	if (!volume->item || volume->item->state == QV_NOT_READABLE)
		return true;

	for (u64 start = 0; start < size; start += len) {
		len = size - start < UNIT ? size - start : UNIT;
		if (!qv_dev_read(volume->dev, volume->got, len, start))
			return wrong(volume, "cannot be read, and was read at %llu",
				     (unsigned long long)start);
	}

	return true;
}

/* A warning may be said later, and then nothing is wrong without it. */
static bool check_warning(struct volume *volume)
{
	const char *warning = text(volume->json, "warning");
	const struct qv_item *item = volume->item;

	if (!warning && item->state != QV_READABLE)
		return wrong(volume, "has a warning: %s", item->why ?: "");
	if (warning && strcmp(warning, "maybe") && item->state != QV_READABLE_WARNING)
		return wrong(volume, "has no warning");

	return true;
}

static bool check_state(struct volume *volume)
{
	const struct qv_item *item = volume->item;

	if (!item)
		return wrong(volume, "was not found");
	if (item->state == QV_NOT_READABLE || !item->dev)
		return wrong(volume, "not readable: %s", item->why ?: "");
	if (item->size != number(volume->json, "size"))
		return wrong(volume, "has %llu bytes", (unsigned long long)item->size);

	return check_warning(volume);
}

static bool check(struct volume *volume)
{
	const u64 size = number(volume->json, "size");

	if (!is_true(volume->json, "readable"))
		return check_unreadable(volume, size);

	return check_state(volume) && compare_all(volume, size) &&
	       compare_randomly(volume, size) && check_extents(volume, size);
}

static void verify(struct qv *qv, const char *directory, struct json_object *json)
{
	struct volume volume = { .json = json };
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", directory, text(json, "file"));
	volume.truth = open(path, O_RDONLY | O_CLOEXEC);
	volume.item = qv_find(qv, text(json, "name"));
	volume.dev = volume.item ? volume.item->dev : NULL;
	volume.got = malloc(UNIT);
	volume.wanted = malloc(UNIT);
	if (!volume.got || !volume.wanted || volume.truth < 0)
		printf("1 %s: cannot open %s\n", text(json, "name"), path);
	else if (check(&volume))
		printf("0 %s\n", text(json, "name"));
	else
		printf("1 %s: %s\n", text(json, "name"), volume.error);
	close(volume.truth);
	free(volume.got);
	free(volume.wanted);
}

static int add_sources(struct qv *qv, const char *directory, struct json_object *sources)
{
	char path[PATH_SIZE];
	int ret = 0;

	for (size_t i = 0; i < json_object_array_length(sources) && !ret; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory,
			 json_object_get_string(json_object_array_get_idx(sources, i)));
		ret = qv_add_source(qv, path, NULL);
	}

	return ret;
}

static void take_options(struct json_object *options, const char *directory, char *vgtext,
			 struct qv_options *into)
{
	into->generation = number(options, "generation");
	into->superblock = number(options, "superblock");
	if (text(options, "vgtext")) {
		snprintf(vgtext, PATH_SIZE, "%s/%s", directory, text(options, "vgtext"));
		into->vgtext = vgtext;
	}
	if (!text(options, "tier_map"))
		return;
	into->tier_map = strcmp(text(options, "tier_map"), "tree") ? QV_TIER_IDENTITY :
								     QV_TIER_TREE;
	into->tier = number(options, "tier");
}

static int verify_all(struct qv *qv, const char *directory, struct json_object *truth)
{
	struct json_object *volumes = json_object_object_get(truth, "volumes");
	struct qv_options options = { };
	char vgtext[PATH_SIZE];

	take_options(json_object_object_get(truth, "options"), directory, vgtext, &options);
	if (add_sources(qv, directory, json_object_object_get(truth, "sources")) ||
	    qv_scan(qv, &options)) {
		printf("1 scan: %s\n", qv_error_text(qv));
		return EXIT_FAILURE;
	}

	puts("0 scan");
	for (size_t i = 0; i < json_object_array_length(volumes); i++)
		verify(qv, directory, json_object_array_get_idx(volumes, i));

	return EXIT_SUCCESS;
}

static int print_names(struct json_object *truth)
{
	struct json_object *volumes = json_object_object_get(truth, "volumes");

	if (json_object_object_get(truth, "options"))
		return EXIT_SUCCESS;

	for (size_t i = 0; i < json_object_array_length(volumes); i++) {
		struct json_object *volume = json_object_array_get_idx(volumes, i);

		if (is_true(volume, "readable") && number(volume, "size") <= COMPLETE_MAX)
			printf("%s %s\n", text(volume, "name"), text(volume, "file"));
	}

	return EXIT_SUCCESS;
}

static int run(const char *directory, bool names)
{
	struct json_object *truth;
	char path[PATH_SIZE];
	struct qv *qv;
	int status;

	snprintf(path, sizeof(path), "%s/truth.json", directory);
	truth = json_object_from_file(path);
	qv = qv_new();
	if (!truth || !qv) {
		fprintf(stderr, "verify-images: cannot read %s\n", path);
		qv_free(qv);
		return EXIT_FAILURE;
	}
	status = names ? print_names(truth) : verify_all(qv, directory, truth);
	qv_free(qv);
	json_object_put(truth);

	return status;
}

int main(int argc, char **argv)
{
	const bool names = argc == 3 && !strcmp(argv[1], "--names");

	if (argc != 2 && !names) {
		fputs("Usage: verify-images [--names] DIRECTORY\n", stderr);
		return EXIT_FAILURE;
	}

	return run(argv[argc - 1], names);
}
