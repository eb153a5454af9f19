/* SPDX-License-Identifier: GPL-2.0-only */
/* Writer of JSON. */

#ifndef _NAS_INFO_JSON_H
#define _NAS_INFO_JSON_H

#include <stdio.h>

#include <linux/types.h>

/**
 * struct json - what is being written
 * @out: where
 * @depth: how many objects and arrays are open
 * @filled: the innermost one has something in it
 */
struct json {
	FILE *out;
	unsigned int depth;
	bool filled;
};

void json_begin(struct json *json, const char *key, char bracket);
void json_end(struct json *json, char bracket);
void json_text(struct json *json, const char *key, const char *text);
void json_number(struct json *json, const char *key, long number);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif /* _NAS_INFO_JSON_H */
