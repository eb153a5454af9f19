// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the levels of RAID: arrays are painted on their members row by row, as the pictures in
 * the kernel's documentation show it, and read back with all members, without each one, and with
 * bad sectors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "memory.h"
#include "raid.h"

#define CHUNK		4096
#define DISKS_MAX	9
#define MEMBER_MAX	(CHUNK * 40)
#define ARRAY_MAX	(MEMBER_MAX * DISKS_MAX)

/**
 * struct picture - an array
 * @level: level
 * @layout: layout
 * @disks: members
 * @sizes: how long they are
 * @members: what is on them
 * @data: what is in the array
 * @size: how long it is
 */
struct picture {
	int level;
	u32 layout;
	u32 disks;
	u64 sizes[DISKS_MAX];
	u8 *members[DISKS_MAX];
	u8 *data;
	u64 size;
};

static void fill(u8 *data, size_t size)
{
	static u32 state = 12345;

	for (size_t i = 0; i < size; i++) {
		state = state * 1664525 + 1013904223;
		data[i] = state >> 24;
	}
}

static struct picture *picture_new(int level, u32 layout, u32 disks, u64 size)
{
	struct picture *picture = calloc(1, sizeof(*picture));

	picture->level = level;
	picture->layout = layout;
	picture->disks = disks;
	for (u32 i = 0; i < disks; i++) {
		picture->sizes[i] = size;
		picture->members[i] = malloc(MEMBER_MAX);
		fill(picture->members[i], MEMBER_MAX);
	}
	picture->data = malloc(ARRAY_MAX);
	fill(picture->data, ARRAY_MAX);

	return picture;
}

static void picture_free(struct picture *picture)
{
	for (u32 i = 0; i < picture->disks; i++)
		free(picture->members[i]);
	free(picture->data);
	free(picture);
}

static void put(struct picture *picture, u32 disk, u64 row, u64 chunk)
{
	memcpy(picture->members[disk] + row * CHUNK, picture->data + chunk * CHUNK, CHUNK);
}

/* Painters: the array's size is what they come to. */

static void paint_linear(struct picture *picture)
{
	for (u32 i = 0; i < picture->disks; i++) {
		memcpy(picture->members[i], picture->data + picture->size, picture->sizes[i]);
		picture->size += picture->sizes[i];
	}
}

/* Each row is on the members that reach that far. */
static void paint_level0(struct picture *picture)
{
	u64 chunk = 0;

	for (u64 row = 0; row < MEMBER_MAX / CHUNK; row++) {
		u32 in_row[DISKS_MAX], num = 0;

		for (u32 i = 0; i < picture->disks; i++) {
			if (picture->sizes[i] > row * CHUNK)
				in_row[num++] = i;
		}
		for (u32 i = 0; i < num; i++)
			put(picture, in_row[picture->layout == 1 ? (chunk + i) % num : i], row,
			    chunk + i);
		chunk += num;
	}
	picture->size = chunk * CHUNK;
}

static void paint_level1(struct picture *picture)
{
	picture->size = picture->sizes[0];
	for (u32 i = 0; i < picture->disks; i++)
		memcpy(picture->members[i], picture->data, picture->size);
}

/* All copies of all chunks one behind the other, row by row. */
static void paint_near(struct picture *picture, u32 near, u64 rows)
{
	const u64 chunks = rows * picture->disks / near;

	for (u64 cell = 0; cell < chunks * near; cell++)
		put(picture, cell % picture->disks, cell / picture->disks, cell / near);
	picture->size = chunks * CHUNK;
}

/* The member that follows in a picture with sets; what remains is in the last set. */
static u32 next_in_set(const struct picture *picture, u32 disk, u32 set)
{
	u32 first = disk / set * set, num = set;

	if (first + 2 * set > picture->disks && picture->disks % set) {
		first = (picture->disks / set - 1) * set;
		num = picture->disks - first;
	}

	return first + (disk - first + 1) % num;
}

/* Sections like level 0; in each the members are one further. */
static void paint_far(struct picture *picture, u32 far, u32 set, u64 rows)
{
	const u64 section = rows / far;

	for (u64 row = 0; row < section; row++) {
		for (u32 disk = 0; disk < picture->disks; disk++) {
			u32 on = disk;

			for (u32 copy = 0; copy < far; copy++) {
				put(picture, on, copy * section + row, row * picture->disks + disk);
				on = next_in_set(picture, on, set);
			}
		}
	}
	picture->size = section * picture->disks * CHUNK;
}

/* Each row comes again in the next one, one member further. */
static void paint_offset(struct picture *picture, u32 copies, u32 set, u64 rows)
{
	const u64 stripes = rows / copies;

	for (u64 stripe = 0; stripe < stripes; stripe++) {
		for (u32 disk = 0; disk < picture->disks; disk++) {
			u32 on = disk;

			for (u32 copy = 0; copy < copies; copy++) {
				put(picture, on, stripe * copies + copy,
				    stripe * picture->disks + disk);
				on = next_in_set(picture, on, set);
			}
		}
	}
	picture->size = stripes * picture->disks * CHUNK;
}

static void paint_level10(struct picture *picture)
{
	const u32 near = picture->layout & 255, far = picture->layout >> 8 & 255;
	const u32 set = picture->layout >> 18 ? far : picture->disks;
	const u64 rows = picture->sizes[0] / CHUNK;

	if (far == 1)
		paint_near(picture, near, rows);
	else if (picture->layout & 0x10000)
		paint_offset(picture, far, set, rows);
	else
		paint_far(picture, far, set, rows);
}

static u8 gf_double(u8 a)
{
	return a << 1 ^ (a & 0x80 ? 0x1d : 0);
}

/* Puts the parities of a row; data is what each member has, in the order of the factors. */
static void put_parities(struct picture *picture, u64 row, int p, int q, const int *order, int num)
{
	for (u64 at = row * CHUNK; at < (row + 1) * CHUNK; at++) {
		u8 sum = 0, syndrome = 0;

		for (int i = num - 1; i >= 0; i--) {
			syndrome = gf_double(syndrome);
			if (order[i] < 0)
				continue;
			sum ^= picture->members[order[i]][at];
			syndrome ^= picture->members[order[i]][at];
		}
		picture->members[p][at] = sum;
		if (q >= 0)
			picture->members[q][at] = syndrome;
	}
}

/* The places of both parities, and the member of the first data. */
static void place(const struct picture *picture, u64 row, int *p, int *q, int *first)
{
	const int n = picture->disks;
	int layout = picture->level == 4 ? 5 : (int)picture->layout;
	int m = n;

	*q = -1;
	if (picture->level == 6 && layout >= 16) {
		*q = n - 1;
		m = n - 1;
		layout -= 16;
	}
	switch (layout) {
	case 0:
	case 2:
	case 10:
		*p = m - 1 - row % m;
		break;
	case 1:
	case 3:
	case 8:
		*p = row % m;
		break;
	case 4:
		*p = 0;
		break;
	case 5:
		*p = m - (picture->level == 6 ? 2 : 1);
		break;
	case 9:
		*p = m - 1 - (row + 1) % m;
		break;
	}
	if (picture->level == 6 && m == n)
		*q = layout == 10 ? (*p + n - 1) % n : (*p + 1) % n;
	*first = layout == 2 || layout == 3 || layout == 10 ? *p + 1 : 0;
}

static void paint_parity(struct picture *picture)
{
	const bool ddf = picture->level == 6 && picture->layout >= 8 && picture->layout <= 10;
	const int n = picture->disks;
	u64 chunk = 0;

	for (u64 row = 0; row < picture->sizes[0] / CHUNK; row++) {
		int p, q, first, order[DISKS_MAX], num = 0;

		place(picture, row, &p, &q, &first);
		for (int i = 0; i < n; i++) {
			const bool moves = picture->layout < 16;
			const int ring = moves || picture->level != 6 ? n : n - 1;
			const int disk = i < ring ? (first + i) % ring : n - 1;

			if (disk != p && disk != q)
				put(picture, disk, row, chunk++);
		}
		for (int i = 0; i < n; i++) {
			const int disk = ddf ? i : (q + 1 + i) % n;

			if (disk != p && disk != q)
				order[num++] = disk;
			else if (ddf)
				order[num++] = -1;
		}
		put_parities(picture, row, p, q, order, num);
	}
	picture->size = chunk * CHUNK;
}

static void paint(struct picture *picture)
{
	switch (picture->level) {
	case -1:
		paint_linear(picture);
		break;
	case 0:
		paint_level0(picture);
		break;
	case 1:
		paint_level1(picture);
		break;
	case 10:
		paint_level10(picture);
		break;
	default:
		paint_parity(picture);
		break;
	}
}

/* Opening and comparing */

/**
 * struct opened - an array as it is read
 * @qv: its set
 * @dev: the array
 * @members: its members, NULL: missing
 */
struct opened {
	struct qv *qv;
	struct qv_dev *dev;
	struct qv_dev *members[DISKS_MAX];
};

/* Members in the mask are missing. */
static struct opened open_picture(const struct picture *picture, unsigned int missing)
{
	struct qv_raid_member members[DISKS_MAX] = { };
	struct qv_raid_geometry geometry = { picture->level, picture->layout, CHUNK,
					     picture->disks, true, members };
	struct opened opened = { .qv = qv_new() };
	char name[16];

	if (picture->level == 1)
		geometry.chunk = 0;
	for (u32 i = 0; i < picture->disks; i++) {
		members[i].size = picture->sizes[i];
		members[i].end = picture->sizes[i];
		if (missing >> i & 1)
			continue;
		snprintf(name, sizeof(name), "member%u", i);
		opened.members[i] = memory_new(opened.qv, picture->members[i], picture->sizes[i],
					       name);
		members[i].dev = opened.members[i];
	}
	if (!qv_raid_check(opened.qv, &geometry))
		opened.dev = qv_raid_new(opened.qv, &geometry, "array");

	return opened;
}

/* Reads all of it in pieces of odd lengths. */
static bool is_equal(struct opened *opened, const struct picture *picture, u32 seed)
{
	static u8 buf[3 * CHUNK * DISKS_MAX];
	u64 start = 0;
	size_t len;

	if (!opened->dev || qv_dev_size(opened->dev) != picture->size)
		return false;

	for (; start < picture->size; start += len) {
		seed = seed * 1664525 + 1013904223;
		len = 1 + (seed >> 8) % (seed & 0x80 ? sizeof(buf) : CHUNK);
		if (len > picture->size - start)
			len = picture->size - start;
		if (qv_dev_read(opened->dev, buf, len, start) ||
		    memcmp(buf, picture->data + start, len))
			return false;
	}

	return true;
}

static bool is_equal_without(const struct picture *picture, unsigned int missing)
{
	struct opened opened = open_picture(picture, missing);
	const bool good = is_equal(&opened, picture, missing + 1);

	qv_free(opened.qv);

	return good;
}

static unsigned int count(unsigned int mask)
{
	return __builtin_popcount(mask);
}

/* All combinations of up to that many missing members. */
static bool is_equal_degraded(const struct picture *picture, unsigned int most)
{
	for (unsigned int missing = 0; missing < 1u << picture->disks; missing++) {
		if (count(missing) <= most && !is_equal_without(picture, missing))
			return false;
	}

	return true;
}

/* A bad range on each of the members, with that many missing beside; all data is still there. */
static bool is_equal_with_bad(const struct picture *picture, unsigned int most)
{
	bool good = true;

	for (unsigned int missing = 0; missing < 1u << picture->disks; missing++) {
		if (count(missing) > most)
			continue;
		for (u32 i = 0; i < picture->disks; i++) {
			struct opened opened = open_picture(picture, missing);

			if (opened.members[i])
				memory_set_bad(opened.members[i], CHUNK + 1536, CHUNK);
			good &= is_equal(&opened, picture, i);
			qv_free(opened.qv);
		}
	}

	return good;
}

/* Two members with other bad sectors in the same stripe: both have what the other one has not. */
static bool is_equal_with_two_bad(const struct picture *picture)
{
	bool good = true;

	for (u32 i = 0; i < picture->disks; i++) {
		for (u32 j = 0; j < picture->disks; j++) {
			struct opened opened = open_picture(picture, 0);

			memory_set_bad(opened.members[i], 2 * CHUNK + 512, 512);
			if (j != i)
				memory_set_bad(opened.members[j], 2 * CHUNK + 2048, 1024);
			good &= is_equal(&opened, picture, i * DISKS_MAX + j);
			qv_free(opened.qv);
		}
	}

	return good;
}

static void check(bool good, const struct picture *picture, const char *what)
{
	char name[100];

	snprintf(name, sizeof(name), "level %d, layout 0x%x, %u members: %s", picture->level,
		 picture->layout, picture->disks, what);
	ktap_check(good, name);
}

static void test_redundant(int level, u32 layout, u32 disks, unsigned int most)
{
	struct picture *picture = picture_new(level, layout, disks, CHUNK * 25 + 1024);

	paint(picture);
	check(is_equal_degraded(picture, most), picture, "members missing");
	check(is_equal_with_bad(picture, most - 1), picture, "bad sectors");
	check(is_equal_with_two_bad(picture), picture, "bad sectors of two members");
	if (level != 1 && level != 10)
		check(!is_equal_without(picture, (2 << most) - 1), picture, "too many missing");
	picture_free(picture);
}

static void test_level0(u32 layout, u64 second, u64 third)
{
	struct picture *picture = picture_new(0, layout, 3, 10 * CHUNK);

	picture->sizes[1] = second * CHUNK;
	picture->sizes[2] = third * CHUNK;
	paint(picture);
	check(is_equal_without(picture, 0), picture, "zones");
	check(!is_equal_without(picture, 2), picture, "a member missing");
	picture_free(picture);
}

/* Only the first zone is clear. */
static void test_level0_unclear(void)
{
	struct picture *picture = picture_new(0, 0, 2, 10 * CHUNK);
	struct qv_extent extent = { };
	struct opened opened;
	static u8 buf[20 * CHUNK];

	picture->sizes[1] = 12 * CHUNK;
	paint(picture);
	opened = open_picture(picture, 0);
	check(!qv_dev_read(opened.dev, buf, sizeof(buf), 0) &&
	      !memcmp(buf, picture->data, sizeof(buf)), picture, "first zone of unknown layout");
	check(qv_dev_read(opened.dev, buf, 1, 20 * CHUNK) == -QV_ERR_UNREADABLE, picture,
	      "second zone of unknown layout");
	qv_dev_extent(opened.dev, 0, UINT64_MAX, &extent);
	check(extent.kind == QV_EXTENT_DATA && extent.length == 20 * CHUNK, picture,
	      "extent of unknown layout");
	qv_free(opened.qv);
	picture_free(picture);
}

static void test_linear(void)
{
	struct picture *picture = picture_new(-1, 0, 3, 3 * CHUNK);

	picture->sizes[1] = 5 * CHUNK + 512;
	paint(picture);
	check(is_equal_without(picture, 0), picture, "all members");
	check(!is_equal_without(picture, 1), picture, "a member missing");
	picture_free(picture);
}

/* Two bad sectors that lie on one another: only these are lost. */
static void test_lost_sector(void)
{
	struct picture *picture = picture_new(5, 2, 4, CHUNK * 8);
	const u64 lost = 2 * CHUNK + 1024;
	struct opened opened;
	struct qv_extent extent;
	u8 buf[3 * CHUNK];

	paint(picture);
	opened = open_picture(picture, 0);
	memory_set_bad(opened.members[2], 1024, 512);
	memory_set_bad(opened.members[1], 1024, 512);
	check(qv_dev_read(opened.dev, buf, 512, lost - CHUNK) == -QV_ERR_UNREADABLE, picture,
	      "the other lost sector");
	check(qv_dev_read(opened.dev, buf, 512, lost) == -QV_ERR_UNREADABLE, picture,
	      "a lost sector");
	check(!qv_dev_read(opened.dev, buf, 512, lost - 512) &&
	      !memcmp(buf, picture->data + lost - 512, 512), picture, "before a lost sector");
	check(!qv_dev_read(opened.dev, buf, sizeof(buf), lost + 512) &&
	      !memcmp(buf, picture->data + lost + 512, sizeof(buf)), picture,
	      "behind a lost sector");
	check(qv_num_remarks(opened.qv) == 2 && qv_remark(opened.qv, 0).count > 1, picture,
	      "remarks are counted");
	qv_dev_extent(opened.dev, 0, UINT64_MAX, &extent);
	check(extent.kind == QV_EXTENT_DATA && extent.length == picture->size, picture,
	      "an extent");
	qv_free(opened.qv);
	picture_free(picture);
}

/* What only one member has is not tried again and again. */
static void test_no_retry(int level, u32 layout, u32 disks)
{
	struct picture *picture = picture_new(level, layout, disks, CHUNK * 8);
	struct opened opened;
	u8 buf[CHUNK];

	paint(picture);
	opened = open_picture(picture, 2);
	memory_set_bad(opened.members[0], 1024, 512);
	check(qv_dev_read(opened.dev, buf, CHUNK, 0) == -QV_ERR_UNREADABLE &&
	      qv_num_remarks(opened.qv) == 1 && qv_remark(opened.qv, 0).count == 1, picture,
	      "one try at what only one member has");
	qv_free(opened.qv);
	picture_free(picture);
}

/* A member that is rebuilt up to a place counts as missing behind it. */
static void test_rebuilding(void)
{
	struct picture *picture = picture_new(5, 2, 3, CHUNK * 8);
	struct qv_raid_member members[3];
	struct qv_raid_geometry geometry = { 5, 2, CHUNK, 3, true, members };
	struct qv *qv = qv_new();
	struct opened opened = { .qv = qv };
	struct qv_extent extent;

	paint(picture);
	memset(picture->members[1] + 3 * CHUNK + 512, 0, 5 * CHUNK - 512);
	for (int i = 0; i < 3; i++) {
		members[i].size = 8 * CHUNK;
		members[i].end = i == 1 ? 3 * CHUNK + 512 : 8 * CHUNK;
		members[i].dev = memory_new(qv, picture->members[i], members[i].size, "member");
	}
	opened.dev = qv_raid_new(qv, &geometry, "array");
	check(is_equal(&opened, picture, 1), picture, "a member that is being rebuilt");
	check(!qv_num_remarks(qv), picture, "a member that is being rebuilt is no damage");

	members[0].dev = NULL;
	opened.dev = qv_raid_new(qv, &geometry, "array");
	qv_dev_extent(opened.dev, 0, UINT64_MAX, &extent);
	check(extent.kind == QV_EXTENT_DATA && extent.length >= 6 * CHUNK &&
	      extent.length < picture->size, picture, "data ends where the rebuilt part ends");
	qv_dev_extent(opened.dev, extent.length, UINT64_MAX, &extent);
	check(extent.kind == QV_EXTENT_BAD, picture, "what was not rebuilt is bad");
	qv_free(qv);
	picture_free(picture);
}

static bool is_refused(int level, u32 layout, u32 disks, u64 chunk, enum qv_error error)
{
	const struct qv_raid_geometry geometry = { level, layout, chunk, disks, true, NULL };
	struct qv *qv = qv_new();
	const bool good = qv_raid_check(qv, &geometry) == -(int)error && *qv_error_text(qv);

	qv_free(qv);

	return good;
}

static void test_refused(void)
{
	ktap_check(is_refused(3, 0, 3, CHUNK, QV_ERR_UNSUPPORTED), "level 3");
	ktap_check(is_refused(-4, 0, 3, CHUNK, QV_ERR_UNSUPPORTED), "multipath");
	ktap_check(is_refused(5, 7, 3, CHUNK, QV_ERR_UNSUPPORTED), "level 5 with layout 7");
	ktap_check(is_refused(5, 2, 3, 0, QV_ERR_DAMAGED), "level 5 without chunks");
	ktap_check(is_refused(6, 2, 2, CHUNK, QV_ERR_DAMAGED), "level 6 of two");
	ktap_check(is_refused(6, 2, 256, CHUNK, QV_ERR_UNSUPPORTED) &&
		   !is_refused(6, 2, 255, CHUNK, QV_ERR_UNSUPPORTED),
		   "level 6 of more members than there are factors");
	ktap_check(is_refused(10, 0, 4, CHUNK, QV_ERR_UNSUPPORTED), "level 10 without copies");
	ktap_check(is_refused(10, 0x60102, 4, CHUNK, QV_ERR_UNSUPPORTED), "level 10, both sets");
	ktap_check(is_refused(10, 0x105, 4, CHUNK, QV_ERR_UNSUPPORTED), "more copies than members");
	ktap_check(is_refused(0, 3, 4, CHUNK, QV_ERR_UNSUPPORTED), "level 0 with layout 3");
	ktap_check(is_refused(0, 0, 4, 0, QV_ERR_DAMAGED), "level 0 without chunks");
	ktap_check(is_refused(5, 2, 400, CHUNK, QV_ERR_DAMAGED), "too many members");
	ktap_check(is_refused(5, 2, 4, 1000, QV_ERR_DAMAGED), "a chunk that is no sectors");
}

static void test_mirrors(void)
{
	test_redundant(1, 0, 2, 1);
	test_redundant(1, 0, 3, 2);
	for (u32 disks = 2; disks <= 5; disks++) {
		test_redundant(10, 0x102, disks, 1);
		test_redundant(10, 0x201, disks, 1);
		test_redundant(10, 0x10201, disks, 1);
		test_redundant(10, 0x40201, disks, 1);
		test_redundant(10, 0x50201, disks, 1);
	}
	test_redundant(10, 0x103, 4, 2);
	test_redundant(10, 0x301, 5, 2);
	test_redundant(10, 0x10301, 5, 2);
}

static void test_parities(void)
{
	static const u8 double_layouts[] = { 0, 1, 2, 3, 4, 5, 8, 9, 10, 16, 17, 18, 19, 20 };

	test_redundant(4, 0, 4, 1);
	test_redundant(5, 2, 2, 1);
	for (u32 layout = 0; layout < 6; layout++) {
		test_redundant(5, layout, 3, 1);
		test_redundant(5, layout, 5, 1);
	}
	for (size_t i = 0; i < sizeof(double_layouts); i++) {
		test_redundant(6, double_layouts[i], 4, 2);
		test_redundant(6, double_layouts[i], 6, 2);
	}
	test_redundant(6, 2, 3, 2);
	test_redundant(6, 2, 9, 2);
}

int main(void)
{
	ktap_begin();
	test_linear();
	for (u32 layout = 1; layout <= 2; layout++) {
		test_level0(layout, 10, 10);
		test_level0(layout, 10, 17);
		test_level0(layout, 23, 17);
		test_level0(layout, 3, 7);
	}
	test_level0_unclear();
	test_mirrors();
	test_parities();
	test_lost_sector();
	test_no_retry(1, 0, 2);
	test_no_retry(10, 0x102, 2);
	test_no_retry(5, 2, 4);
	test_rebuilding();
	test_refused();

	return ktap_end();
}
