/* SPDX-License-Identifier: GPL-2.0-only */
/* The thread that reads a volume while another one writes what was read */

#ifndef _QNAPVOL_DUMP_READER_H
#define _QNAPVOL_DUMP_READER_H

#include <pthread.h>

#include "dump-plan.h"

/* One read: large enough for the disks, small enough for the cache of a processor. */
#define DUMP_BUFFER	(512 * 1024)

/* So many may be read before the first is written. */
#define DUMP_BUFFERS	16

#define DUMP_WHY_MAX	256

/**
 * struct dump_part - what was read
 * @start: where it is in the volume
 * @length: how long it is
 * @kind: what is there
 * @planned: it was expected to be data
 * @data: for %QV_EXTENT_DATA: the data
 */
struct dump_part {
	__u64 start;
	__u64 length;
	enum qv_extent_kind kind;
	bool planned;
	__u8 *data;
};

/**
 * struct dump_reader - a thread that reads
 * @qv: knows why something cannot be read
 * @plan: in what order
 * @lock: guards what follows
 * @changed: something of it changed
 * @parts: a ring of parts
 * @first: how many parts were taken out of the ring
 * @last: how many parts were put into it
 * @stop: nobody wants more
 * @ended: there is no more
 * @error: why it ended before all was read, or 0
 * @why: why a range could not be read, the first time that happened
 * @thread: thread
 * @started: there is one
 */
struct dump_reader {
	const struct qv *qv;
	struct dump_plan *plan;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct dump_part parts[DUMP_BUFFERS];
	unsigned long first;
	unsigned long last;
	bool stop;
	bool ended;
	int error;
	char why[DUMP_WHY_MAX];
	pthread_t thread;
	bool started;
};

int dump_reader_start(struct dump_reader *reader, const struct qv *qv, struct dump_plan *plan);
const struct dump_part *dump_reader_part(struct dump_reader *reader);
void dump_reader_release(struct dump_reader *reader);
bool dump_reader_ended(struct dump_reader *reader);
void dump_reader_free(struct dump_reader *reader);

#endif /* _QNAPVOL_DUMP_READER_H */
