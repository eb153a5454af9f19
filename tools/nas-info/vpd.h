/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in the EEPROMs of mainboard and backplane (VPD: vital product data). */

#ifndef _NAS_INFO_VPD_H
#define _NAS_INFO_VPD_H

#include "span.h"

/* Both are chips of 512 bytes, of which QNAP uses the first 256. */
#define VPD_SIZE	512
#define VPD_USED	256

enum vpd_kind {
	VPD_MAINBOARD,
	VPD_BACKPLANE,
};

/* What is wrong with it: without a product string nothing can be told from it. */
enum vpd_fault {
	VPD_GOOD,
	VPD_SHORT,
	VPD_ERASED,
	VPD_ZEROED,
	VPD_NO_PRODUCT,
	VPD_NOT_ASCII,
	VPD_NO_DASHES,
	VPD_MISPLACED_DASHES,
	VPD_CUT_OFF,
	VPD_BAD_CODE,
	VPD_BAD_PCB,
	VPD_BAD_BOM,
};

enum vpd_field_id {
	VPD_NAME,
	VPD_MANUFACTURER,
	VPD_SERIAL,
	VPD_VENDOR,
	VPD_NICKNAME,
	VPD_ENCLOSURE_SERIAL,
	VPD_NUM_FIELDS,
};

/**
 * struct vpd_field - a text of 16 characters
 * @key: its name for programs
 * @label: its name for people
 * @offset: where it is, 0 if this kind of EEPROM has none
 * @verified: it is known to be there; otherwise it is where QNAP's x86 boxes have it
 */
struct vpd_field {
	const char *key;
	const char *label;
	size_t offset;
	bool verified;
};

/**
 * struct vpd - what an EEPROM says
 * @fault: what is wrong; if anything is, there are no @code, @pcb and @bom
 * @product: the product string, as far as it can be printed
 * @code: code of the board
 * @pcb: revision of the board
 * @bom: version of its parts list
 * @made: date of manufacturing, YYYY-MM-DD, or empty; not verified
 * @made_bytes: the bytes of it in hexadecimal, or empty
 * @fields: texts, empty if there is none or it is damaged
 */
struct vpd {
	enum vpd_fault fault;
	char product[SPAN_TEXT_SIZE];
	char code[7];
	unsigned int pcb;
	char bom;
	char made[11];
	char made_bytes[7];
	char fields[VPD_NUM_FIELDS][17];
};

void vpd_decode(struct vpd *vpd, enum vpd_kind kind, struct span span);
const char *vpd_fault_text(enum vpd_fault fault);
const struct vpd_field *vpd_field(enum vpd_kind kind, enum vpd_field_id id);

#endif /* _NAS_INFO_VPD_H */
