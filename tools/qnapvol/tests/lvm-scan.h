/* SPDX-License-Identifier: GPL-2.0-only */
/* Small volume groups, and what is found in them, for tests */

#ifndef _QNAPVOL_LVM_SCAN_H
#define _QNAPVOL_LVM_SCAN_H

#include "lvm-image.h"

#define GROUP_ID	"0YesED-2qtc-v0k6-x0bw-ZXmv-KVGa-Nt1TK1"
#define OTHER_ID	"1YesED-2qtc-v0k6-x0bw-ZXmv-KVGa-Nt1TK1"
#define PV0		"PCXDJf-sUbQ-4aJe-PJcg-I8wx-08Ww-s8Pwt4"
#define PV1		"03W13T-0p82-cu0x-m52O-hNwR-fbkc-pVQawY"

#define AREA		(256 * QV_SECTOR)

/* Extents of 4 KiB, physical volumes of 100 extents from sector 1024 on. */
#define EXTENT		8
#define START		1024
#define COUNT		100
#define PV_SECTORS	(START + COUNT * EXTENT)

u64 place_of(u64 extent);
void begin(unsigned int sequence);
void linear(const char *name, u64 extent, u64 count);
void add_disk(struct qv *qv, const char *id, const char *text, u8 number);
struct qv *scan_with(const char *text, bool first, bool second);
struct qv *scan(const char *text);
bool is_from(const struct qv_item *item, u64 start, u8 number, u64 place);
bool fails(const struct qv_item *item, enum qv_error error, const char *why);
bool warns(const struct qv_item *item, const char *why);
bool is_noted(const struct qv *qv, const char *place, const char *text);

#endif /* _QNAPVOL_LVM_SCAN_H */
