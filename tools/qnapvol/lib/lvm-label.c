// SPDX-License-Identifier: GPL-2.0-only
/*
 * The label of a physical volume of LVM: who it is, and where its metadata areas are
 *
 * It is in one of the first four sectors:
 *
 *	0	"LABELONE"
 *	8	number of its own sector, 64 bits
 *	16	checksum of all that follows in the sector
 *	20	where the header of the physical volume begins in the sector
 *	24	"LVM2 001"
 *
 * The header has the identifier, the size, a list of data areas and a list of metadata areas; each
 * list ends with an entry of zeros. Newer ones have an extension behind that.
 */

#include <string.h>

#include "lvm-label.h"

#define LABEL_SECTORS	4
#define LABEL_MAGIC	"LABELONE"
#define LABEL_TYPE	"LVM2 001"
#define LABEL_SIZE	32
#define LABEL_CHECKED	20

#define HEADER_ID_LEN	32
#define HEADER_SIZE	40
#define AREA_SIZE	16

static bool is_label(const u8 *sector)
{
	return !memcmp(sector, LABEL_MAGIC, strlen(LABEL_MAGIC)) &&
	       !memcmp(sector + 24, LABEL_TYPE, strlen(LABEL_TYPE));
}

static bool is_sound(const u8 *sector, unsigned int number)
{
	const u32 header = qv_le32(sector + 20);

	return qv_le64(sector + 8) == number && header >= LABEL_SIZE &&
	       header <= QV_SECTOR - HEADER_SIZE &&
	       qv_le32(sector + 16) == qv_lvm_crc(sector + LABEL_CHECKED,
						  QV_SECTOR - LABEL_CHECKED);
}

static bool is_id_character(u8 c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '#' || c == '!';
}

/* LVM writes 6, four times 4, and 6 characters with dashes between. */
static bool take_id(char *id, const u8 *raw)
{
	for (unsigned int i = 0; i < HEADER_ID_LEN; i++) {
		if (i >= 6 && i <= 26 && (i - 6) % 4 == 0)
			*id++ = '-';
		if (!is_id_character(raw[i]))
			return false;
		*id++ = raw[i];
	}
	*id = '\0';

	return true;
}

/* Takes a list of areas. Returns where it ends in the sector, or 0: it does not end there. */
static size_t take_areas(const u8 *sector, size_t at, struct qv_lvm_area *areas, unsigned int *num)
{
	struct qv_lvm_area area;

	for (*num = 0; at + AREA_SIZE <= QV_SECTOR; at += AREA_SIZE) {
		area.start = qv_le64(sector + at);
		area.size = qv_le64(sector + at + 8);
		if (!area.start)
			return at + AREA_SIZE;
		if (*num == QV_LVM_AREAS_MAX)
			return 0;
		areas[(*num)++] = area;
	}

	return 0;
}

/* Returns false if the header contradicts itself. */
static bool take_header(const u8 *sector, struct qv_lvm_label *label)
{
	size_t at = qv_le32(sector + 20);

	if (!take_id(label->id, sector + at))
		return false;

	label->size = qv_le64(sector + at + HEADER_ID_LEN);
	at = take_areas(sector, at + HEADER_SIZE, label->data, &label->num_data);
	if (at)
		at = take_areas(sector, at, label->meta, &label->num_meta);
	if (!at)
		return false;
	if (at + 4 <= QV_SECTOR)
		label->version = qv_le32(sector + at);

	return true;
}

/* The first metadata area is where LVM always puts it; where its end is must be found out there. */
static int fall_back(struct qv_dev *dev, struct qv_lvm_label *label)
{
	*label = (struct qv_lvm_label){
		.damaged = true,
		.size = dev->size,
	};
	if (dev->size > QV_LVM_AREA_START)
		label->meta[label->num_meta++].start = QV_LVM_AREA_START;

	return 0;
}

/**
 * qv_lvm_label_read() - read the label of a physical volume
 * @dev: device that may be one
 * @label: where to put what it says
 *
 * A label with a wrong checksum is not believed: it is marked as damaged, has no identifier, and
 * one metadata area where LVM puts it, of size 0: not known.
 *
 * Return: 0, or -%QV_ERR_NOT_FOUND: there is no label.
 */
int qv_lvm_label_read(struct qv_dev *dev, struct qv_lvm_label *label)
{
	u8 sector[QV_SECTOR];
	bool any = false;

	for (unsigned int i = 0; i < LABEL_SECTORS; i++) {
		*label = (struct qv_lvm_label){ };
		if (dev->size < (i + 1) * QV_SECTOR ||
		    qv_dev_read(dev, sector, sizeof(sector), (u64)i * QV_SECTOR) ||
		    !is_label(sector))
			continue;
		any = true;
		if (is_sound(sector, i) && take_header(sector, label))
			return 0;
	}
	if (any)
		return fall_back(dev, label);

	return qv_fail(dev->qv, QV_ERR_NOT_FOUND, "%s is no physical volume of LVM", dev->name);
}
