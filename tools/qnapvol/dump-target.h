/* SPDX-License-Identifier: GPL-2.0-only */
/* The file or stream that a dump is written to */

#ifndef _QNAPVOL_DUMP_TARGET_H
#define _QNAPVOL_DUMP_TARGET_H

#include "dump-reader.h"

/**
 * struct dump_target - what is written to
 * @path: its path, for messages
 * @fd: file, or -1
 * @stream: it is written from the beginning to the end and cannot be moved in
 * @sparse: blocks of zeros become holes
 * @used: there may be something in it already where zeros belong
 * @flushed: how much was written since the system was last told to begin with it
 */
struct dump_target {
	const char *path;
	int fd;
	bool stream;
	bool sparse;
	bool used;
	__u64 flushed;
};

int dump_target_open(struct dump_target *target);
__u64 dump_target_space(const struct dump_target *target);
int dump_target_clear(struct dump_target *target, __u64 size);
int dump_target_write(struct dump_target *target, const struct dump_part *part);
int dump_target_finish(struct dump_target *target);
void dump_target_close(struct dump_target *target);
void dump_target_print_error(const struct dump_target *target, int error);

#endif /* _QNAPVOL_DUMP_TARGET_H */
