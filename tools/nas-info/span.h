/* SPDX-License-Identifier: GPL-2.0-only */
/* Pieces of memory, and the text in them. */

#ifndef _NAS_INFO_SPAN_H
#define _NAS_INFO_SPAN_H

#include <linux/types.h>

/* Room for the longest text in an EEPROM. */
#define SPAN_TEXT_SIZE	33

/**
 * struct span - bytes that are only looked at
 * @data: the first
 * @len: how many
 */
struct span {
	const u8 *data;
	size_t len;
};

enum span_text {
	SPAN_TEXT_GOOD,
	SPAN_TEXT_EMPTY,
	SPAN_TEXT_DAMAGED,
};

struct span span_part(struct span whole, size_t offset, size_t len);
bool span_all(struct span span, u8 byte);
bool span_blank(struct span span);
size_t span_printable(struct span span);
enum span_text span_text(struct span span, char *text);

#endif /* _NAS_INFO_SPAN_H */
