/* SPDX-License-Identifier: GPL-2.0-only */
/* The work of a dump: from a device to a target */

#ifndef _QNAPVOL_DUMP_COPY_H
#define _QNAPVOL_DUMP_COPY_H

#include <stdatomic.h>

#include "dump-save.h"
#include "dump-target.h"
#include "progress.h"

/**
 * enum dump_result - how a dump ended
 * @DUMP_COMPLETE: all was read, or is known to be unreadable
 * @DUMP_INTERRUPTED: by a signal
 * @DUMP_UNREADABLE: at a range that cannot be read
 * @DUMP_TARGET_ERROR: the target cannot be written
 * @DUMP_ERROR: another error; the set has its text
 */
enum dump_result {
	DUMP_COMPLETE,
	DUMP_INTERRUPTED,
	DUMP_UNREADABLE,
	DUMP_TARGET_ERROR,
	DUMP_ERROR,
};

/**
 * struct dump_copy - what to copy, and what came of it
 * @qv: what the device belongs to
 * @dev: what to read
 * @todo: which ranges of it; not changed meanwhile
 * @window: how many extents are sorted at a time
 * @target: where to
 * @save: how far it has come
 * @progress: for the user
 * @skip_bad: go on after what cannot be read
 * @interrupted: a signal that came, or 0
 * @error: for %DUMP_TARGET_ERROR and %DUMP_ERROR: the error, negated
 * @bad: for %DUMP_UNREADABLE: where it is
 * @why: why something could not be read, or ""
 */
struct dump_copy {
	const struct qv *qv;
	struct qv_dev *dev;
	const struct dump_map *todo;
	size_t window;
	struct dump_target *target;
	struct dump_save *save;
	struct progress *progress;
	bool skip_bad;
	const atomic_int *interrupted;
	int error;
	__u64 bad;
	char why[DUMP_WHY_MAX];
};

enum dump_result dump_copy(struct dump_copy *copy);

#endif /* _QNAPVOL_DUMP_COPY_H */
