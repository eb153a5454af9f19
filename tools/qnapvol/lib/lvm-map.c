// SPDX-License-Identifier: GPL-2.0-only
/* A logical volume as a device: pieces that lie on other devices, or nowhere */

#include <string.h>

#include "lvm-map.h"

/* Stripes of a sector on terabytes of zeros are not put together in one call. */
#define MERGE_MAX	4096

/**
 * struct map - a logical volume
 * @dev: what everybody sees
 * @pieces: in order, without gaps, from its beginning to its end
 * @num: how many
 */
struct map {
	struct qv_dev dev;
	const struct qv_lvm_piece *pieces;
	size_t num;
};

/**
 * struct place - where something is
 * @piece: piece of the volume
 * @dev: for data: the device below
 * @start: where on it
 * @len: how much of it lies in one piece there, at least 1
 */
struct place {
	const struct qv_lvm_piece *piece;
	struct qv_dev *dev;
	u64 start;
	u64 len;
};

static const struct qv_lvm_piece *find_piece(const struct map *map, u64 start)
{
	size_t low = 0, high = map->num, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (map->pieces[middle].start <= start)
			low = middle;
		else
			high = middle;
	}

	return &map->pieces[low];
}

/* The part that begins at @start of a piece with stripes. */
static void find_stripe(const struct qv_lvm_piece *piece, u64 start, struct place *place)
{
	const u64 chunk = start / piece->stripe_size, within = start % piece->stripe_size;
	const struct qv_lvm_stripe *stripe = &piece->stripes[chunk % piece->num_stripes];

	place->dev = stripe->dev;
	place->start = stripe->start + chunk / piece->num_stripes * piece->stripe_size + within;
	place->len = qv_min(place->len, piece->stripe_size - within);
}

/* What is beyond the end of the device below cannot be read. */
static void cut_at_end(struct place *place)
{
	if (place->start < place->dev->size)
		place->len = qv_min(place->len, place->dev->size - place->start);
}

static struct place find_place(const struct map *map, u64 start, u64 len)
{
	const struct qv_lvm_piece *piece = find_piece(map, start);
	const u64 within = start - piece->start;
	struct place place = { .piece = piece, .len = qv_min(len, piece->length - within) };

	if (piece->kind != QV_LVM_PIECE_DATA)
		return place;

	if (piece->num_stripes == 1) {
		place.dev = piece->stripes->dev;
		place.start = piece->stripes->start + within;
	} else {
		find_stripe(piece, within, &place);
	}
	cut_at_end(&place);

	return place;
}

static bool is_beyond_end(const struct place *place)
{
	return place->dev && place->start >= place->dev->size;
}

static int read_place(struct map *map, const struct place *place, void *buf, u64 start)
{
	struct qv_dev *dev = &map->dev;

	if (place->piece->kind == QV_LVM_PIECE_ZERO) {
		memset(buf, 0, place->len);
		return 0;
	}
	if (place->piece->kind == QV_LVM_PIECE_ERROR)
		return qv_fail(dev->qv, QV_ERR_UNREADABLE,
			       "%s: the description says that byte %llu cannot be read", dev->name,
			       start);
	if (is_beyond_end(place))
		return qv_fail(dev->qv, QV_ERR_UNREADABLE,
			       "%s: byte %llu is beyond the end of %s: is the image complete?",
			       dev->name, start, place->dev->name);

	return qv_dev_read(place->dev, buf, place->len, place->start);
}

static int map_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	struct map *map = (struct map *)dev;
	struct place place;
	char *to = buf;
	int ret = 0;

	for (; len && !ret; to += place.len, start += place.len, len -= place.len) {
		place = find_place(map, start, len);
		ret = read_place(map, &place, to, start);
	}

	return ret;
}

static int one_extent(struct map *map, u64 start, u64 len, struct qv_extent *extent)
{
	const struct place place = find_place(map, start, len);
	int ret = 0;

	*extent = (struct qv_extent){ .length = place.len, .kind = QV_EXTENT_BAD };
	if (place.piece->kind == QV_LVM_PIECE_ZERO)
		extent->kind = QV_EXTENT_ZERO;
	else if (place.piece->kind == QV_LVM_PIECE_DATA && !is_beyond_end(&place))
		ret = qv_dev_extent(place.dev, place.start, place.len, extent);
	extent->start = start;

	return ret;
}

static int map_extent(struct qv_dev *dev, u64 start, u64 len, struct qv_extent *extent)
{
	struct map *map = (struct map *)dev;
	int ret = one_extent(map, start, len, extent);
	struct qv_extent next;

	for (unsigned int i = 0; i < MERGE_MAX && !ret && extent->length < len; i++) {
		ret = one_extent(map, start + extent->length, len - extent->length, &next);
		if (ret || !qv_extent_continues(extent, &next))
			break;
		extent->length += next.length;
	}

	return ret;
}

static const struct qv_dev_ops map_ops = {
	.read = map_read,
	.extent = map_extent,
};

/**
 * qv_lvm_map_new() - make a device of pieces
 * @qv: set
 * @name: name
 * @pieces: in order, without gaps, from 0 to @size; they stay as long as the set
 * @num: how many, at least 1
 * @size: size
 *
 * Return: the device, or NULL if there is no memory.
 */
struct qv_dev *qv_lvm_map_new(struct qv *qv, const char *name, const struct qv_lvm_piece *pieces,
			      size_t num, u64 size)
{
	struct map *map = qv_dev_new(qv, sizeof(*map), &map_ops, size, "%s", name);

	if (!map)
		return NULL;

	map->pieces = pieces;
	map->num = num;

	return &map->dev;
}
