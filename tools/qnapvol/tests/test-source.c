// SPDX-License-Identifier: GPL-2.0-only
/* Tests of sources: files, what is no source, and ddrescue's mapfile */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "source.h"

#define SIZE	(64 * 1024)

static char directory[32];
static char image[64];
static char map[64];

static void write_file(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(data, 1, len, file) != len || fclose(file))
		exit(1);
}

static void test_file(struct qv *qv, const u8 *data)
{
	struct qv_dev *dev = qv_source_open(qv, image, NULL);
	struct qv_extent extent;
	u8 got[1000];

	ktap_check(dev && qv_dev_size(dev) == SIZE, "a file has its size");
	ktap_check(!qv_dev_read(dev, got, sizeof(got), 777) &&
		   !memcmp(got, data + 777, sizeof(got)), "a file is read");
	ktap_check(qv_dev_read(dev, got, 2, SIZE - 1) == -QV_ERR_NOT_FOUND,
		   "not beyond its end");
	ktap_check(qv_dev_read(dev, got, 2, UINT64_MAX) == -QV_ERR_NOT_FOUND,
		   "not beyond the end of all numbers");
	ktap_check(!qv_dev_extent(dev, 5, UINT64_MAX, &extent) && extent.start == 5 &&
		   extent.length == SIZE - 5 && extent.kind == QV_EXTENT_DATA &&
		   extent.below == dev && extent.physical == 5, "a file is one extent");
	ktap_check(qv_source_rescued(dev) == SIZE, "all of a file was read");
	if (truncate(image, SIZE / 2))
		exit(1);
	ktap_check(qv_dev_read(dev, got, 2, SIZE - 2) == -QV_ERR_UNREADABLE,
		   "a file that has become shorter");
	write_file(image, data, SIZE);
}

static void test_no_source(struct qv *qv)
{
	ktap_check(!qv_source_open(qv, "/nowhere/at/all", NULL) &&
		   strstr(qv_error_text(qv), "/nowhere/at/all") &&
		   strstr(qv_error_text(qv), "lsblk"), "what is not there");
	ktap_check(!qv_source_open(qv, directory, NULL) &&
		   strstr(qv_error_text(qv), "image file"), "a directory");
	ktap_check(!qv_source_open(qv, "/dev/null", NULL), "a character device");
	ktap_check(!qv_source_open(qv, image, "/nowhere/map") &&
		   strstr(qv_error_text(qv), "mapfile"), "a mapfile that is not there");
}

static bool refuses_map(struct qv *qv, const char *text)
{
	write_file(map, text, strlen(text));

	return !qv_source_open(qv, image, map) && strstr(qv_error_text(qv), "line");
}

static void test_wrong_maps(struct qv *qv)
{
	ktap_check(refuses_map(qv, ""), "an empty mapfile");
	ktap_check(refuses_map(qv, "# no more than this\n"), "a mapfile of comments");
	ktap_check(refuses_map(qv, "0 +\nelephant\n"), "a line that is none");
	ktap_check(refuses_map(qv, "0 +\n0x100 0x100 +\n0x80 0x10 +\n"), "lines out of order");
	ktap_check(refuses_map(qv, "0 +\n0x10 -5 +\n"), "a length below zero");
	ktap_check(refuses_map(qv, "0 +\n0x7fffffffffffffff 0x10 +\n"), "an end beyond all");
}

/* With its command line, which can be long. */
static void test_long_comment(struct qv *qv)
{
	char text[1000];
	struct qv_dev *dev;

	memset(text, 'x', sizeof(text));
	text[0] = '#';
	strcpy(text + 900, "\n0 ?\n0 0x1000 +\n");
	write_file(map, text, strlen(text));
	dev = qv_source_open(qv, image, map);
	ktap_check(dev && qv_source_rescued(dev) == 0x1000, "a mapfile with a long comment");
}

static void test_map(struct qv *qv, const u8 *data)
{
	static const char text[] = "# Mapfile. Created by GNU ddrescue\n"
				   "0x00000000     +               1\n"
				   "0x00000000  0x00001000  +\n"
				   "0x00001000  0x00001000  -\n"
				   "0x00002000  0x00002000  +\n"
				   "0x00004000  0x00004000  +\n"
				   "0x00008000  0x00008000  ?\n";
	struct qv_extent extent;
	struct qv_dev *dev;
	u8 got[16384];

	write_file(map, text, strlen(text));
	dev = qv_source_open(qv, image, map);
	ktap_check(dev && qv_source_rescued(dev) == 0x7000, "how much ddrescue has read");
	ktap_check(!qv_dev_read(dev, got, 0x3000, 0x2800) && !memcmp(got, data + 0x2800, 0x3000),
		   "what was read, over the border of two lines");
	ktap_check(qv_dev_read(dev, got, 2, 0xfff) == -QV_ERR_UNREADABLE, "what was not");
	ktap_check(qv_dev_read(dev, got, 1, 0xffff) == -QV_ERR_UNREADABLE, "nor tried");
	ktap_check(!qv_dev_extent(dev, 0x800, 0x8000, &extent) && extent.length == 0x800 &&
		   extent.kind == QV_EXTENT_DATA, "an extent ends where ddrescue failed");
	ktap_check(!qv_dev_extent(dev, 0x1800, 0x8000, &extent) && extent.length == 0x800 &&
		   extent.kind == QV_EXTENT_BAD, "what was not read is an extent");
	ktap_check(!qv_dev_extent(dev, 0x9000, 0x100000, &extent) && extent.length == 0x7000 &&
		   extent.kind == QV_EXTENT_BAD, "to the end");
}

/* The map is of the whole disk, the image was cut off. */
static void test_long_map(struct qv *qv)
{
	static const char text[] = "0x00000000 +\n0x00000000 0x00010000 +\n";
	static const char longer[] = "0x00000000 +\n0x00000000 0x00010001 +\n";
	const size_t noted = qv_num_remarks(qv);

	write_file(map, text, strlen(text));
	ktap_check(qv_source_open(qv, image, map) && qv_num_remarks(qv) == noted,
		   "a map as long as its image");
	write_file(map, longer, strlen(longer));
	ktap_check(qv_source_open(qv, image, map) && qv_num_remarks(qv) == noted + 1 &&
		   strstr(qv_remark(qv, noted).text, "more was read than the file holds"),
		   "a map that is longer");
}

int main(void)
{
	struct qv *qv = qv_new();
	u8 data[SIZE];

	snprintf(directory, sizeof(directory), "/tmp/qnapvol-test-XXXXXX");
	if (!mkdtemp(directory))
		return 1;
	snprintf(image, sizeof(image), "%s/image", directory);
	snprintf(map, sizeof(map), "%s/map", directory);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = i * 7 + (i >> 8);
	write_file(image, data, sizeof(data));

	ktap_begin();
	test_file(qv, data);
	test_no_source(qv);
	test_wrong_maps(qv);
	test_long_comment(qv);
	test_map(qv, data);
	test_long_map(qv);
	qv_free(qv);
	unlink(map);
	unlink(image);
	rmdir(directory);

	return ktap_end();
}
