// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptions of a volume group from a file, such as a backup of the box
 *
 * The file is a text, as vgcfgbackup writes it, or a copy of a metadata area or of the beginning of
 * a physical volume.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lvm-vgtext.h"
#include "qv.h"

/* As large as a metadata area may be, with what may be in front of it. */
#define FILE_MAX	(17 * 1024 * 1024)

/* Where the size is in the header of a metadata area. */
#define AREA_SIZE	32

/* Returns the contents of the file, to be freed, or NULL: the error has a text. */
static u8 *read_file(struct qv *qv, const char *path, size_t *len)
{
	FILE *file = fopen(path, "re");
	u8 *bytes;

	if (!file) {
		qv_fail(qv, QV_ERR_SOURCE, "cannot open %s: %s", path, strerror(errno));
		return NULL;
	}
	bytes = malloc(FILE_MAX);
	*len = bytes ? fread(bytes, 1, FILE_MAX, file) : 0;
	if (!bytes || ferror(file)) {
		qv_fail(qv, QV_ERR_SOURCE, "cannot read %s: %s", path, strerror(errno));
		free(bytes);
		bytes = NULL;
	}
	fclose(file);

	return bytes;
}

static int parse_area(struct qv *qv, const char *path, const u8 *area, size_t len,
		      struct qv_lvm_generations *found)
{
	const u64 size = qv_le64(area + AREA_SIZE);

	return qv_lvm_mda_parse(qv, path, area, size > QV_SECTOR && size < len ? size : len, found);
}

static int parse_areas(struct qv *qv, const char *path, const u8 *bytes, size_t len,
		       struct qv_lvm_generations *found)
{
	int ret = 0;

	for (size_t at = 0; at + QV_SECTOR <= len && !ret && !found->num; at += QV_SECTOR) {
		if (qv_lvm_mda_is_header(bytes + at))
			ret = parse_area(qv, path, bytes + at, len - at, found);
	}

	return ret;
}

/**
 * qv_lvm_vgtext_load() - load descriptions of a group from a file
 * @qv: set, for errors and remarks
 * @path: path of the file
 * @found: where to add them, at least one; to be freed in any case
 *
 * Return:
 * * %0: they are there
 * * -%QV_ERR_SOURCE: the file is not there, or cannot be read
 * * -%QV_ERR_DAMAGED: it has no description of a group
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_lvm_vgtext_load(struct qv *qv, const char *path, struct qv_lvm_generations *found)
{
	struct qv_lvm_generation generation = { .committed = true };
	size_t len = 0;
	u8 *bytes = read_file(qv, path, &len);
	int ret;

	if (!bytes)
		return -QV_ERR_SOURCE;

	ret = parse_areas(qv, path, bytes, len, found);
	if (!ret && !found->num)
		ret = qv_lvm_generation_add(qv, found, (const char *)bytes, len, &generation);
	free(bytes);
	if (ret == -QV_ERR_DAMAGED)
		return qv_fail(qv, QV_ERR_DAMAGED,
			       "%s is no description of a volume group: %s; on the box they are in /etc/config/lvm/backup",
			       path, qv_text(qv, "%s", qv_error_text(qv)) ?: "");

	return ret;
}
