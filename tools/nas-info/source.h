/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the bytes come from: sysfs, or files with a copy of it. */

#ifndef _NAS_INFO_SOURCE_H
#define _NAS_INFO_SOURCE_H

#include "span.h"

/* The largest that is read: an EEPROM of 512 bytes, and one more to notice that there are more. */
#define SOURCE_MAX	512

enum source_state {
	SOURCE_NOT_ASKED,
	SOURCE_GOOD,
	SOURCE_MISSING,
	SOURCE_UNREADABLE,
	SOURCE_TOO_LONG,
};

/**
 * struct source - an EEPROM, or a copy of one
 * @state: whether it could be read
 * @path: name of the file, NULL if none was found
 * @why: why it could not be read: the end of a sentence that begins with it; NULL if it could
 * @data: its content
 * @len: length of that
 */
struct source {
	enum source_state state;
	char *path;
	char *why;
	u8 data[SOURCE_MAX + 1];
	size_t len;
};

/**
 * struct source_name - how an EEPROM is called
 * @label: in device trees that have a label for it
 * @address: its address on the I2C bus, as the kernel writes it
 * @option: with which a copy of it can be named
 */
struct source_name {
	const char *label;
	const char *address;
	const char *option;
};

void source_file(struct source *source, const char *path);
void source_eeprom(struct source *source, const char *root, const struct source_name *name);
void source_mcu(struct source *source, const char *root);
void source_text(struct source *source, const char *root, const char *path);
void source_firmware(struct source *source, const char *root);
void source_free(struct source *source);
struct span source_span(const struct source *source);

#endif /* _NAS_INFO_SOURCE_H */
