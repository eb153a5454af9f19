// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: what is in an array, distributed to its members */

#include <stdlib.h>

#include "gen.h"

#define COPY_UNIT	(64 * KIB)

#define GF_POLYNOMIAL	0x1d

/* Layout of level 0: of kernels before 3.14 */
#define LAYOUT_OLD	1

/* Layouts of levels 5 and 6 */
enum parity_layout {
	LEFT_ASYMMETRIC,
	RIGHT_ASYMMETRIC,
	LEFT_SYMMETRIC,
	RIGHT_SYMMETRIC,
	PARITY_FIRST,
	PARITY_LAST,
};

/* Members that are not there get nothing. */
static void write_role(const struct array *array, unsigned int role, const void *buf, size_t len,
		       u64 start)
{
	for (unsigned int i = 0; i < array->num_members; i++) {
		const struct member *member = &array->members[i];

		if (!member->spare && member->role == role && !is_zero(buf, len))
			place_write(member->place, buf, len, array->data_start + start);
	}
}

static void mirror(const struct array *array)
{
	static u8 buf[COPY_UNIT];
	size_t len;

	for (u64 start = 0; image_next_data(array->content, &start); start += len) {
		len = sizeof(buf);
		if (array->content->size - start < len)
			len = array->content->size - start;
		image_read(array->content, buf, len, start);
		for (unsigned int i = 0; i < array->num_members; i++)
			write_role(array, array->members[i].role, buf, len, start);
	}
}

/* One member behind the other. */
static void concatenate(const struct array *array)
{
	const u64 unit = array->chunk ?: 4096;
	u64 start = 0, room;
	u8 *buf = must_alloc(1, unit);

	for (unsigned int i = 0; i < array->num_members; i++) {
		room = round_down(md_room(array, array->members[i].place->size), unit);
		for (u64 at = 0; at < room; at += unit) {
			image_read(array->content, buf, unit, start + at);
			write_role(array, array->members[i].role, buf, unit, at);
		}
		start += room;
	}
	free(buf);
}

static u64 room_of(const struct array *array, unsigned int number)
{
	return round_down(md_room(array, array->members[number].place->size), array->chunk);
}

/* The least that a member has room for beyond that much, or 0: none has more. */
static u64 zone_end(const struct array *array, u64 start)
{
	u64 end = 0, room;

	for (unsigned int i = 0; i < array->num_members; i++) {
		room = room_of(array, i);
		if (room > start && (!end || room < end))
			end = room;
	}

	return end;
}

/*
 * Where the members are of unequal size, there is a zone for each size, on the members that have
 * room for it. Kernels differ in where the first chunk of a later zone is: old ones count from the
 * beginning of the array, others from that of the zone.
 */
static void stripe(const struct array *array)
{
	u64 start = 0, end, at = 0, number;
	u8 *buf = must_alloc(1, array->chunk);

	for (; (end = zone_end(array, start)); start = end) {
		unsigned int disks[MEMBERS_MAX], num = 0;
		u64 first = at;

		for (unsigned int i = 0; i < array->num_members; i++) {
			if (room_of(array, i) >= end)
				disks[num++] = i;
		}
		for (; at < first + (end - start) * num; at += array->chunk) {
			number = (array->layout == LAYOUT_OLD ? at : at - first) / array->chunk;
			image_read(array->content, buf, array->chunk, at);
			write_role(array, array->members[disks[number % num]].role, buf,
				   array->chunk, start + (at - first) / array->chunk / num *
				   array->chunk);
		}
	}
	free(buf);
}

/* Where a chunk of a mirrored array goes: near copies side by side, far ones in later stripes. */
static void write_copies(const struct array *array, u64 chunk, const u8 *buf)
{
	const unsigned int near = array->layout & 0xff, far = array->layout >> 8 & 0xff;
	const bool offset = array->layout & 0x10000;
	const u64 stride = offset ? array->chunk : array->component / far;
	u64 first = chunk * near;

	for (unsigned int copy = 0; copy < near; copy++, first++) {
		u64 start = first / array->disks * (offset ? far : 1) * array->chunk;

		for (unsigned int i = 0; i < far; i++)
			write_role(array, (first + i * near) % array->disks, buf, array->chunk,
				   start + i * stride);
	}
}

static void mirror_and_stripe(const struct array *array)
{
	u8 *buf = must_alloc(1, array->chunk);
	u64 chunk;

	for (u64 start = 0; image_next_data(array->content, &start); start += array->chunk) {
		start = round_down(start, array->chunk);
		chunk = start / array->chunk;
		image_read(array->content, buf, array->chunk, start);
		write_copies(array, chunk, buf);
	}
	free(buf);
}

static unsigned int parity_disk(const struct array *array, u64 row)
{
	const unsigned int last = array->disks - (array->level == 6 ? 2 : 1);
	const unsigned int right = row % array->disks;

	if (array->level == 4)
		return last;
	switch (array->layout) {
	case LEFT_ASYMMETRIC:
	case LEFT_SYMMETRIC:
		return array->disks - 1 - right;
	case RIGHT_ASYMMETRIC:
	case RIGHT_SYMMETRIC:
		return right;
	case PARITY_FIRST:
		return 0;
	default:
		return last;
	}
}

/* Symmetric: data begins behind the parity and goes round; else it is in order of the members. */
static unsigned int data_disk(const struct array *array, unsigned int parity, unsigned int index)
{
	const unsigned int num_parity = array->level == 6 ? 2 : 1;
	const bool symmetric = array->level != 4 && (array->layout == LEFT_SYMMETRIC ||
						     array->layout == RIGHT_SYMMETRIC);

	for (unsigned int i = 0, disk = symmetric ? parity + num_parity : 0;; disk++) {
		disk %= array->disks;
		if (disk == parity || (num_parity == 2 && disk == (parity + 1) % array->disks))
			continue;
		if (i++ == index)
			return disk;
	}
}

static u8 gf_double(u8 value)
{
	return value << 1 ^ (value & 0x80 ? GF_POLYNOMIAL : 0);
}

/* The chunk of the row that is on that disk */
static const u8 *chunk_of(const struct array *array, const u8 *row, unsigned int parity,
			  unsigned int disk)
{
	unsigned int index = 0;

	while (data_disk(array, parity, index) != disk)
		index++;

	return row + index * array->chunk;
}

/* P is the sum of all data. */
static void write_sum(const struct array *array, unsigned int parity, const u8 *row,
		      unsigned int num_data, u64 start)
{
	u8 *p = must_alloc(1, array->chunk);

	for (u64 i = 0; i < num_data * array->chunk; i++)
		p[i % array->chunk] ^= row[i];
	write_role(array, parity, p, array->chunk, start);
	free(p);
}

/*
 * Q is the sum of the data, times 2 to the power of the distance from Q: whatever the layout, the
 * first is the disk behind Q, and so on round the array.
 */
static void write_syndrome(const struct array *array, unsigned int parity, const u8 *row, u64 start)
{
	const unsigned int syndrome = (parity + 1) % array->disks;
	u8 *q = must_alloc(1, array->chunk);

	for (unsigned int i = array->disks - 1; i; i--) {
		unsigned int disk = (syndrome + i) % array->disks;
		const u8 *chunk;

		if (disk == parity)
			continue;
		chunk = chunk_of(array, row, parity, disk);
		for (u64 byte = 0; byte < array->chunk; byte++)
			q[byte] = gf_double(q[byte]) ^ chunk[byte];
	}
	write_role(array, syndrome, q, array->chunk, start);
	free(q);
}

static void stripe_with_parity(const struct array *array)
{
	const unsigned int num_parity = array->level == 6 ? 2 : 1;
	const unsigned int num_data = array->disks - num_parity;
	const u64 row_size = array->chunk * num_data;
	u8 *row = must_alloc(1, row_size);
	unsigned int parity;
	u64 start;

	for (u64 at = 0; image_next_data(array->content, &at); at += row_size) {
		at = round_down(at, row_size);
		start = at / num_data;
		image_read(array->content, row, row_size, at);
		parity = parity_disk(array, at / row_size);
		for (unsigned int i = 0; i < num_data; i++)
			write_role(array, data_disk(array, parity, i), row + i * array->chunk,
				   array->chunk, start);
		write_sum(array, parity, row, num_data, start);
		if (num_parity == 2)
			write_syndrome(array, parity, row, start);
	}
	free(row);
}

void md_distribute(const struct array *array)
{
	switch (array->level) {
	case 1:
		mirror(array);
		break;
	case 0:
		stripe(array);
		break;
	case -1:
		concatenate(array);
		break;
	case 10:
		mirror_and_stripe(array);
		break;
	default:
		stripe_with_parity(array);
	}
}
