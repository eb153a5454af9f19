/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a thing can be read, and what is to be known of it */

#ifndef _QNAPVOL_VERDICT_H
#define _QNAPVOL_VERDICT_H

#include "qnapvol.h"

#define VERDICT_WHY_MAX	2048

/**
 * struct verdict - whether a thing can be read
 * @state: can it?
 * @error: if not: the kind of error
 * @why: why not, or what to be careful with; or ""
 */
struct verdict {
	enum qv_state state;
	enum qv_error error;
	char why[VERDICT_WHY_MAX];
};

typedef void (*verdict_note_fn)(const char *note, void *data);

void verdict_of(const struct qv *qv, const struct qv_item *item, struct verdict *verdict);
void verdict_notes(const struct qv_item *item, bool verbose, verdict_note_fn fn, void *data);

#endif /* _QNAPVOL_VERDICT_H */
