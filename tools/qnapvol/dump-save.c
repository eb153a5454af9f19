// SPDX-License-Identifier: GPL-2.0-only
/*
 * The thread that keeps a dump's mapfile up to date
 *
 * What the mapfile says to be done must be on the disk before, or a power cut would leave zeros
 * where data should be. To wait for that takes a thread of its own, so that the dump goes on.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dump-save.h"

/* Returns the text of the mapfile as it is now, or NULL if there is no memory. */
static char *print_map(struct dump_save *save, size_t *len)
{
	char *text = NULL;
	FILE *file = open_memstream(&text, len);
	int ret;

	if (!file)
		return NULL;

	pthread_mutex_lock(&save->lock);
	ret = dump_map_write(save->map, save->identity, file);
	pthread_mutex_unlock(&save->lock);
	if (!fclose(file) && !ret)
		return text;

	free(text);

	return NULL;
}

/* The file is complete on the disk before it gets its name. */
static int write_file(const char *path, const char *text, size_t len)
{
	FILE *file = fopen(path, "we");
	bool good;
	int error;

	if (!file)
		return -errno;

	good = fwrite(text, 1, len, file) == len && !fflush(file) && !fsync(fileno(file));
	error = errno;
	if (fclose(file) && good) {
		error = errno;
		good = false;
	}

	return good ? 0 : -error;
}

static int replace_file(const struct dump_save *save, const char *text, size_t len)
{
	int ret = write_file(save->new_path, text, len);

	if (!ret && rename(save->new_path, save->path))
		ret = -errno;
	if (ret)
		unlink(save->new_path);

	return ret;
}

/**
 * dump_save_now() - write the mapfile
 * @save: mapfile, with all but @thread set; a @fd of -1: there is no dump yet
 *
 * Return: 0, or an error of the system negated; the mapfile is then as it was before.
 */
int dump_save_now(struct dump_save *save)
{
	char *text;
	size_t len;
	int ret = 0;

	if (!save->path)
		return 0;

	text = print_map(save, &len);
	if (!text)
		return -ENOMEM;

	if (save->fd >= 0 && fdatasync(save->fd))
		ret = -errno;
	if (!ret)
		ret = replace_file(save, text, len);
	free(text);

	return ret;
}

/* Waits until the next time to save. Returns false if no more is to be saved. */
static bool wait_interval(struct dump_save *save)
{
	struct timespec until;
	int ret = 0;
	bool stop;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += save->interval;
	pthread_mutex_lock(&save->lock);
	while (!save->stop && !ret)
		ret = pthread_cond_timedwait(&save->stopped, &save->lock, &until);
	stop = save->stop;
	pthread_mutex_unlock(&save->lock);

	return !stop;
}

/* An error is no more than an old mapfile; that of the dump itself is met by who writes it. */
static void *run(void *data)
{
	struct dump_save *save = data;

	while (save->path && wait_interval(save))
		dump_save_now(save);

	return NULL;
}

/**
 * dump_save_start() - save now and again from now on
 * @save: mapfile, with all but @thread set
 *
 * Return: 0, or an error of the system negated: there is no thread.
 */
int dump_save_start(struct dump_save *save)
{
	save->stop = false;

	return -pthread_create(&save->thread, NULL, run, save);
}

/**
 * dump_save_set() - set the state of a range, while the thread runs
 * @save: mapfile
 * @start: where the range begins
 * @len: how long it is
 * @status: its state
 *
 * Return: 0, or -ENOMEM.
 */
int dump_save_set(struct dump_save *save, __u64 start, __u64 len, enum dump_status status)
{
	int ret;

	pthread_mutex_lock(&save->lock);
	ret = dump_map_set(save->map, start, len, status);
	pthread_mutex_unlock(&save->lock);

	return ret;
}

/**
 * dump_save_stop() - save no more
 * @save: mapfile that dump_save_start() was called for
 */
void dump_save_stop(struct dump_save *save)
{
	pthread_mutex_lock(&save->lock);
	save->stop = true;
	pthread_cond_signal(&save->stopped);
	pthread_mutex_unlock(&save->lock);
	pthread_join(save->thread, NULL);
}
