// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metadata areas of LVM: rings of texts, of which one is in use and older ones may still be whole
 *
 * The first sector is a header:
 *
 *	0	checksum of all that follows in the sector
 *	4	magic
 *	20	version, 1
 *	24	where the area begins on the device, 64 bits
 *	32	its size
 *	40	entries that say where a text is: offset in the area, size, checksum, flags. The
 *		first is the one in use; zeros end the list
 *
 * The rest is a ring: a text that does not fit at the end goes on behind the header. Each begins at
 * a sector, and ends with a NUL: so where one was written over by a later one, a NUL comes before
 * its last brace, and it does not parse.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lvm-mda.h"
#include "qv.h"

/* LVM makes areas of 1 MiB. The whole area is read into memory. */
#define AREA_MAX	(16 * 1024 * 1024)
#define AREA_DEFAULT	(1024 * 1024 - QV_LVM_AREA_START)

#define HEADER_SIZE	QV_SECTOR
#define HEADER_CHECKED	4
#define HEADER_ENTRY	40
#define HEADER_MAGIC	" LVM2 x[5A%r0N*>"
#define HEADER_VERSION	1
#define ENTRY_IGNORED	1

/* A group is its name, a brace, its identifier, its number: all that is within this. */
#define BEGIN_MAX	300
#define NAME_MAX_LEN	127

struct ring {
	struct qv *qv;
	const char *place;
	const u8 *bytes;
	size_t size;
};

/* Is it the header of a metadata area? Its checksum may be wrong. */
bool qv_lvm_mda_is_header(const u8 *sector)
{
	return !memcmp(sector + HEADER_CHECKED, HEADER_MAGIC, strlen(HEADER_MAGIC));
}

/**
 * qv_lvm_generation_add() - take a text if it is a sound description of a group
 * @qv: set, for errors
 * @found: where to add it
 * @bytes: the text, which may end with a NUL
 * @len: its length at most
 * @generation: what else is known: @start and @committed
 *
 * Return: 0, -%QV_ERR_DAMAGED with a text that says what is wrong, or -%QV_ERR_SYSTEM: no memory.
 */
int qv_lvm_generation_add(struct qv *qv, struct qv_lvm_generations *found, const char *bytes,
			  size_t len, struct qv_lvm_generation *generation)
{
	char error[QV_LVM_TEXT_ERROR_MAX] = "it describes no volume group";
	struct qv_lvm_text *text = qv_lvm_text_parse(bytes, len, error);
	const struct qv_lvm_node *group = text ? qv_lvm_text_group(text) : NULL;
	struct qv_lvm_generation *all;
	u64 sequence = 0;

	if (!group) {
		qv_lvm_text_free(text);
		return qv_fail(qv, QV_ERR_DAMAGED, "%s", error);
	}
	qv_lvm_number(group, "seqno", UINT32_MAX, &sequence);
	generation->sequence = sequence;
	snprintf(generation->group, sizeof(generation->group), "%s", qv_lvm_string(group, "id"));
	generation->created = 0;
	qv_lvm_number(qv_lvm_text_root(text), "creation_time", INT64_MAX, &generation->created);
	qv_lvm_text_free(text);

	generation->len = strnlen(bytes, len);
	generation->text = strndup(bytes, len);
	all = realloc(found->all, (found->num + 1) * sizeof(*all));
	if (all)
		found->all = all;
	if (!all || !generation->text) {
		free(generation->text);
		return qv_no_memory(qv);
	}
	all[found->num++] = *generation;

	return 0;
}

/* Free what was found, so that nothing is. */
void qv_lvm_generations_free(struct qv_lvm_generations *found)
{
	for (size_t i = 0; i < found->num; i++)
		free(found->all[i].text);
	free(found->all);
	*found = (struct qv_lvm_generations){ };
}

static bool is_newer(const struct qv_lvm_generation *a, const struct qv_lvm_generation *b)
{
	if (a->committed != b->committed)
		return a->committed;
	if (strcmp(a->group, b->group))
		return a->created > b->created;
	if (a->sequence != b->sequence)
		return a->sequence > b->sequence;

	return a->created > b->created;
}

/* Returns the text in use, or if there is none the one that was written last, or NULL. */
const struct qv_lvm_generation *qv_lvm_newest(const struct qv_lvm_generations *found)
{
	const struct qv_lvm_generation *newest = NULL;

	for (size_t i = 0; i < found->num; i++) {
		if (!newest || is_newer(&found->all[i], newest))
			newest = &found->all[i];
	}

	return newest;
}

/* The ring */

static size_t next_in_ring(const struct ring *ring, size_t at)
{
	return at + QV_SECTOR < ring->size ? at + QV_SECTOR : HEADER_SIZE;
}

/* Copies what is in the ring from a place on. The length is at most that of the ring. */
static void copy_from_ring(const struct ring *ring, size_t start, char *to, size_t len)
{
	const size_t first = len < ring->size - start ? len : ring->size - start;

	memcpy(to, ring->bytes + start, first);
	memcpy(to + first, ring->bytes + HEADER_SIZE, len - first);
}

static bool is_name_character(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("_.+-", c));
}

/* Does the text of a group begin at this sector? */
static bool begins_at(const struct ring *ring, size_t start)
{
	char begin[BEGIN_MAX + 1] = "";
	size_t name = 0;

	copy_from_ring(ring, start, begin,
		       ring->size - HEADER_SIZE < BEGIN_MAX ? ring->size - HEADER_SIZE : BEGIN_MAX);
	while (is_name_character(begin[name]))
		name++;
	if (!name || name > NAME_MAX_LEN || strncmp(begin + name, " {\nid = \"", 9))
		return false;

	return strstr(begin + name, "\"\nseqno = ");
}

/* From a beginning of a text to its NUL, or to the next beginning. */
static size_t length_from(const struct ring *ring, size_t start)
{
	const size_t max = ring->size - HEADER_SIZE;
	size_t len = 0, at = start, end, used;

	while (len < max) {
		end = at + QV_SECTOR < ring->size ? QV_SECTOR : ring->size - at;
		used = strnlen((const char *)ring->bytes + at, end);
		len += used;
		at = next_in_ring(ring, at);
		if (used < end || begins_at(ring, at))
			break;
	}

	return len < max ? len : max;
}

static int add_text(const struct ring *ring, size_t start, size_t len, bool committed,
		    struct qv_lvm_generations *found)
{
	struct qv_lvm_generation generation = { .start = start, .committed = committed };
	char *text = malloc(len + 1);
	int ret;

	if (!text)
		return qv_no_memory(ring->qv);

	copy_from_ring(ring, start, text, len);
	ret = qv_lvm_generation_add(ring->qv, found, text, len, &generation);
	free(text);

	return ret;
}

static bool has_committed_at(const struct qv_lvm_generations *found, size_t first, size_t start)
{
	return first < found->num && found->all[first].committed &&
	       found->all[first].start == start;
}

/* Adds the texts that are still whole; the one in use, if there is one, is at @first. */
static int add_all(const struct ring *ring, size_t first, struct qv_lvm_generations *found)
{
	int ret = 0;

	for (size_t at = HEADER_SIZE; at < ring->size && ret != -QV_ERR_SYSTEM; at += QV_SECTOR) {
		if (begins_at(ring, at) && !has_committed_at(found, first, at))
			ret = add_text(ring, at, length_from(ring, at), false, found);
	}

	return ret == -QV_ERR_SYSTEM ? ret : 0;
}

/* What the header says */

static bool header_is_sound(const u8 *header)
{
	return qv_lvm_mda_is_header(header) && qv_le32(header + 20) == HEADER_VERSION &&
	       qv_le32(header) == qv_lvm_crc(header + HEADER_CHECKED, HEADER_SIZE - HEADER_CHECKED);
}

static int note_damage(const struct ring *ring, struct qv_lvm_generations *found, const char *what)
{
	found->damaged = true;
	qv_note(ring->qv, QV_DAMAGE, ring->place, "%s; another description is used if there is one",
		what);

	return 0;
}

static int add_committed(const struct ring *ring, struct qv_lvm_generations *found)
{
	const u8 *entry = ring->bytes + HEADER_ENTRY;
	const u64 start = qv_le64(entry), len = qv_le64(entry + 8);
	char *text;
	u32 crc;
	int ret;

	if (!start || (qv_le32(entry + 20) & ENTRY_IGNORED))
		return 0;
	if (start < HEADER_SIZE || start >= ring->size || len > ring->size - HEADER_SIZE)
		return note_damage(ring, found,
				   "the description of the group is not inside the metadata area");

	text = malloc(len + 1);
	if (!text)
		return qv_no_memory(ring->qv);
	copy_from_ring(ring, start, text, len);
	crc = qv_lvm_crc(text, len);
	free(text);
	if (crc != qv_le32(entry + 16))
		return note_damage(ring, found,
				   "the checksum of the description of the group is wrong");

	ret = add_text(ring, start, len, true, found);
	if (ret == -QV_ERR_DAMAGED)
		return note_damage(ring, found, qv_error_text(ring->qv));

	return ret;
}

/**
 * qv_lvm_mda_parse() - find all sound texts in a metadata area
 * @qv: set, for errors and remarks
 * @place: what the area is called in remarks
 * @bytes: the area, from its header on
 * @size: its size
 * @found: where to add them; those of this area are behind each other, the one in use first
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory. Damage is remarked on.
 */
int qv_lvm_mda_parse(struct qv *qv, const char *place, const u8 *bytes, size_t size,
		     struct qv_lvm_generations *found)
{
	struct ring ring = { .qv = qv, .place = place, .bytes = bytes, .size = size };
	const size_t first = found->num;
	int ret = 0;

	if (size <= HEADER_SIZE)
		return note_damage(&ring, found, "the metadata area is too small");

	if (!header_is_sound(bytes))
		note_damage(&ring, found, "the header of the metadata area is damaged");
	else if (qv_le64(bytes + 32) != size)
		note_damage(&ring, found, "the metadata area is not as large as it says");
	else
		ret = add_committed(&ring, found);

	return ret ?: add_all(&ring, first, found);
}

/* Reading it */

/* What cannot be read is zeros. */
static void read_sectors(struct qv_dev *dev, u8 *to, size_t len, u64 start)
{
	size_t piece;

	for (size_t at = 0; at < len; at += piece) {
		piece = len - at < QV_SECTOR ? len - at : QV_SECTOR;
		if (!qv_dev_read(dev, to + at, piece, start + at))
			continue;
		memset(to + at, 0, piece);
		qv_note(dev->qv, QV_DAMAGE, dev->name,
			"a sector of LVM's metadata area at %llu cannot be read", start);
	}
}

/* The size of an area that the label does not tell. */
static u64 size_by_header(struct qv_dev *dev, u64 start)
{
	u8 header[HEADER_SIZE];

	if (qv_inside(start, sizeof(header), dev->size) &&
	    !qv_dev_read(dev, header, sizeof(header), start) && header_is_sound(header) &&
	    qv_inside(start, qv_le64(header + 32), dev->size))
		return qv_le64(header + 32);

	return dev->size - start < AREA_DEFAULT ? dev->size - start : AREA_DEFAULT;
}

/**
 * qv_lvm_mda_read() - find all sound texts in a metadata area of a device
 * @dev: physical volume
 * @area: the area; size 0: not known
 * @found: where to add them, as qv_lvm_mda_parse() does
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory. Damage is remarked on.
 */
int qv_lvm_mda_read(struct qv_dev *dev, const struct qv_lvm_area *area,
		    struct qv_lvm_generations *found)
{
	u64 size = area->size;
	u8 *bytes;
	int ret;

	if (!size && area->start < dev->size)
		size = size_by_header(dev, area->start);
	if (!qv_inside(area->start, size, dev->size) || size > AREA_MAX) {
		found->damaged = true;
		qv_note(dev->qv, QV_DAMAGE, dev->name,
			"LVM's metadata area at %llu is not inside the device, or too large",
			area->start);
		return 0;
	}

	bytes = malloc(size + 1);
	if (!bytes)
		return qv_no_memory(dev->qv);
	if (qv_dev_read(dev, bytes, size, area->start))
		read_sectors(dev, bytes, size, area->start);
	ret = qv_lvm_mda_parse(dev->qv, dev->name, bytes, size, found);
	free(bytes);

	return ret;
}
