// SPDX-License-Identifier: GPL-2.0-only
/* mkqnapimg: what is at the beginning of a physical volume: label, header, ring of descriptions */

#include <stdlib.h>

#include "crc32.h"
#include "gen.h"

#define CRC_INITIAL	0xf597a6cf

#define LABEL_SECTOR	1
#define HEADER		32

#define AREA_START	4096
#define AREA_HEADER	512
#define AREA_MAGIC	" LVM2 x[5A%r0N*>"

static void write_label_sector(const struct physical *physical)
{
	u8 sector[SECTOR] = "LABELONE";
	u8 *header = sector + HEADER;

	put64(sector + 8, LABEL_SECTOR);
	put32(sector + 20, HEADER);
	memcpy(sector + 24, "LVM2 001", 8);
	memcpy(header, physical->id, ID_SIZE - 1);
	put64(header + 32, physical->place->size);
	/* Data: one area, to the end. Then one metadata area. */
	put64(header + 40, physical->start);
	put64(header + 72, AREA_START);
	put64(header + 80, physical->start - AREA_START);
	/* The extension: version 1, in use. */
	put32(header + 104, 1);
	put32(header + 108, 1);
	put32(sector + 16, qv_crc32_raw(CRC_INITIAL, sector + 20, SECTOR - 20));
	place_write(physical->place, sector, sizeof(sector), LABEL_SECTOR * SECTOR);
}

/**
 * struct ring - where descriptions are written, one behind the other
 * @place: the physical volume
 * @size: of the metadata area
 * @next: where the next one goes, from the beginning of the area
 * @start: where the last one is
 * @len: its length
 * @crc: its checksum
 */
struct ring {
	const struct place *place;
	u64 size;
	u64 next;
	u64 start;
	u64 len;
	u32 crc;
};

static void ring_write(struct ring *ring, const char *text)
{
	u64 first;

	ring->start = ring->next;
	ring->len = strlen(text) + 1;
	ring->crc = qv_crc32_raw(CRC_INITIAL, text, ring->len);
	first = ring->size - ring->start < ring->len ? ring->size - ring->start : ring->len;
	place_write(ring->place, text, first, AREA_START + ring->start);
	place_write(ring->place, text + first, ring->len - first, AREA_START + AREA_HEADER);
	ring->next = round_up(ring->start + ring->len, SECTOR);
	if (ring->next >= ring->size)
		ring->next -= ring->size - AREA_HEADER;
}

static void write_area_header(const struct ring *ring)
{
	u8 header[AREA_HEADER] = { };

	memcpy(header + 4, AREA_MAGIC, 16);
	put32(header + 20, 1);
	put64(header + 24, AREA_START);
	put64(header + 32, ring->size);
	put64(header + 40, ring->start);
	put64(header + 48, ring->len);
	put32(header + 56, ring->crc);
	put32(header, qv_crc32_raw(CRC_INITIAL, header + 4, sizeof(header) - 4));
	place_write(ring->place, header, sizeof(header), AREA_START);
}

/* All descriptions are overwritten; label and header are still there. */
static void lose_text(const struct ring *ring)
{
	u8 *zeros = must_alloc(1, ring->size);

	place_write(ring->place, zeros, ring->size - AREA_HEADER, AREA_START + AREA_HEADER);
	free(zeros);
}

/* Earlier generations have fewer volumes: each lacks the last one of the next. */
static char *generation_text(const struct group *group, unsigned int back)
{
	return lvm_text(group, group->sequence - back,
			group->num_volumes > back ? group->num_volumes - back : 0, false);
}

/* The latest one begins so near to the end that it has to go on at the beginning. */
static u64 start_for_wrap(const struct group *group, u64 size)
{
	u64 start = size - 2 * SECTOR;
	char *text;

	for (unsigned int back = group->generations - 1; back; back--) {
		text = generation_text(group, back);
		start -= round_up(strlen(text) + 1, SECTOR);
		free(text);
	}

	return start;
}

void lvm_write_label(const struct group *group, unsigned int number)
{
	const struct physical *physical = &group->physicals[number];
	struct ring ring = {
		.place = physical->place,
		.size = physical->start - AREA_START,
		.next = AREA_HEADER,
	};
	char *text;

	write_label_sector(physical);
	if (group->wrap)
		ring.next = start_for_wrap(group, ring.size);
	for (unsigned int back = group->generations; back--;) {
		text = generation_text(group, back);
		ring_write(&ring, text);
		free(text);
	}
	write_area_header(&ring);
	if (group->lost_text)
		lose_text(&ring);
}
