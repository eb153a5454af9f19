/* SPDX-License-Identifier: GPL-2.0-only */
/* The thread that keeps a dump's mapfile up to date */

#ifndef _QNAPVOL_DUMP_SAVE_H
#define _QNAPVOL_DUMP_SAVE_H

#include <pthread.h>

#include "dump-map.h"

/**
 * struct dump_save - a mapfile that is kept up to date
 * @map: how far the dump has come
 * @path: the mapfile, or NULL: there is none
 * @new_path: what it is while it is written
 * @identity: what it belongs to
 * @fd: the dump itself
 * @interval: in seconds
 * @lock: guards @map and @stop
 * @stopped: @stop changed
 * @stop: no more is to be saved
 * @thread: thread
 */
struct dump_save {
	struct dump_map *map;
	char *path;
	char *new_path;
	char identity[DUMP_IDENTITY_MAX];
	int fd;
	unsigned int interval;
	pthread_mutex_t lock;
	pthread_cond_t stopped;
	bool stop;
	pthread_t thread;
};

int dump_save_now(struct dump_save *save);
int dump_save_start(struct dump_save *save);
int dump_save_set(struct dump_save *save, __u64 start, __u64 len, enum dump_status status);
void dump_save_stop(struct dump_save *save);

#endif /* _QNAPVOL_DUMP_SAVE_H */
