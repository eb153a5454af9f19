// SPDX-License-Identifier: GPL-2.0-only
/*
 * The thread that reads a volume while another one writes what was read
 *
 * Between the two is a ring of buffers. What cannot be read in one piece is tried in smaller ones,
 * so that a bad sector costs no more than itself.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dump-reader.h"

/* The one who writes looks for signals in between. */
#define WAIT_NS		200000000
#define SECOND_NS	1000000000

/* Of one page, for direct and for plain reads. */
#define ALIGNMENT	4096

/* Waits until there is room in the ring. Returns NULL if no more is wanted. */
static struct dump_part *get_room(struct dump_reader *reader)
{
	struct dump_part *part = NULL;

	pthread_mutex_lock(&reader->lock);
	while (!reader->stop && reader->last - reader->first == DUMP_BUFFERS)
		pthread_cond_wait(&reader->changed, &reader->lock);
	if (!reader->stop)
		part = &reader->parts[reader->last % DUMP_BUFFERS];
	pthread_mutex_unlock(&reader->lock);

	return part;
}

static void put_part(struct dump_reader *reader)
{
	pthread_mutex_lock(&reader->lock);
	reader->last++;
	pthread_cond_signal(&reader->changed);
	pthread_mutex_unlock(&reader->lock);
}

static bool put_range(struct dump_reader *reader, __u64 start, __u64 length, bool planned,
		      enum qv_extent_kind kind)
{
	struct dump_part *part = get_room(reader);

	if (!part)
		return false;

	part->start = start;
	part->length = length;
	part->planned = planned;
	part->kind = kind;
	put_part(reader);

	return true;
}

static void remember_why(struct dump_reader *reader)
{
	pthread_mutex_lock(&reader->lock);
	if (!*reader->why)
		snprintf(reader->why, sizeof(reader->why), "%s", qv_error_text(reader->qv));
	pthread_mutex_unlock(&reader->lock);
}

/* The next smaller size to try, or 0: a sector is not divided. */
static __u64 smaller(__u64 size)
{
	static const __u64 sizes[] = { 65536, 4096, 512 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		if (sizes[i] < size)
			return sizes[i];
	}

	return 0;
}

/* How much to read at once, so that the next read begins at a multiple of the size. */
static __u64 step(__u64 start, __u64 length, __u64 size)
{
	const __u64 most = size - start % size;

	return length < most ? length : most;
}

/* Reads a range of at most @size bytes, in smaller pieces if need be. False: no more is wanted. */
static bool read_range(struct dump_reader *reader, __u64 start, __u64 length, __u64 size)
{
	struct dump_part *part = get_room(reader);
	const __u64 end = start + length;
	__u64 len;

	if (!part)
		return false;

	if (!qv_dev_read(reader->plan->dev, part->data, length, start))
		return put_range(reader, start, length, true, QV_EXTENT_DATA);

	remember_why(reader);
	size = smaller(size);
	if (!size)
		return put_range(reader, start, length, true, QV_EXTENT_BAD);

	for (; start < end; start += len) {
		len = step(start, end - start, size);
		if (!read_range(reader, start, len, size))
			return false;
	}

	return true;
}

static bool read_piece(struct dump_reader *reader, const struct qv_extent *piece)
{
	const __u64 end = piece->start + piece->length;
	__u64 len, start;

	if (piece->kind != QV_EXTENT_DATA)
		return put_range(reader, piece->start, piece->length, false, piece->kind);

	for (start = piece->start; start < end; start += len) {
		len = step(start, end - start, DUMP_BUFFER);
		if (!read_range(reader, start, len, DUMP_BUFFER))
			return false;
	}

	return true;
}

static void *run(void *data)
{
	struct dump_reader *reader = data;
	struct dump_plan *plan = reader->plan;
	bool wanted = true;
	int ret = 0;

	while (wanted && (ret = dump_plan_next(plan)) > 0) {
		for (size_t i = 0; i < plan->num && wanted; i++)
			wanted = read_piece(reader, &plan->pieces[i]);
	}

	pthread_mutex_lock(&reader->lock);
	reader->ended = true;
	reader->error = ret < 0 ? ret : 0;
	pthread_cond_signal(&reader->changed);
	pthread_mutex_unlock(&reader->lock);

	return NULL;
}

/**
 * dump_reader_start() - begin to read
 * @reader: reader, to be freed with dump_reader_free() in any case
 * @qv: what the volume belongs to
 * @plan: what to read in what order; belongs to the reader until that is freed
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory, or no thread.
 */
int dump_reader_start(struct dump_reader *reader, const struct qv *qv, struct dump_plan *plan)
{
	*reader = (struct dump_reader){ .qv = qv, .plan = plan };
	pthread_mutex_init(&reader->lock, NULL);
	pthread_cond_init(&reader->changed, NULL);
	for (size_t i = 0; i < DUMP_BUFFERS; i++) {
		reader->parts[i].data = aligned_alloc(ALIGNMENT, DUMP_BUFFER);
		if (!reader->parts[i].data)
			return -QV_ERR_SYSTEM;
	}
	if (pthread_create(&reader->thread, NULL, run, reader))
		return -QV_ERR_SYSTEM;

	reader->started = true;

	return 0;
}

/**
 * dump_reader_part() - get the next part, if there is one soon
 * @reader: reader
 *
 * Return: the part, to be given back with dump_reader_release(), or NULL: there is none yet, or no
 * more at all, see dump_reader_ended().
 */
const struct dump_part *dump_reader_part(struct dump_reader *reader)
{
	const struct dump_part *part = NULL;
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += WAIT_NS;
	until.tv_sec += until.tv_nsec / SECOND_NS;
	until.tv_nsec %= SECOND_NS;

	pthread_mutex_lock(&reader->lock);
	while (reader->first == reader->last && !reader->ended) {
		if (pthread_cond_timedwait(&reader->changed, &reader->lock, &until))
			break;
	}
	if (reader->first != reader->last)
		part = &reader->parts[reader->first % DUMP_BUFFERS];
	pthread_mutex_unlock(&reader->lock);

	return part;
}

/**
 * dump_reader_release() - give back the part that was got last
 * @reader: reader
 */
void dump_reader_release(struct dump_reader *reader)
{
	pthread_mutex_lock(&reader->lock);
	reader->first++;
	pthread_cond_signal(&reader->changed);
	pthread_mutex_unlock(&reader->lock);
}

/**
 * dump_reader_ended() - was that all?
 * @reader: reader
 *
 * Return: true if no part will follow.
 */
bool dump_reader_ended(struct dump_reader *reader)
{
	bool ended;

	pthread_mutex_lock(&reader->lock);
	ended = reader->ended && reader->first == reader->last;
	pthread_mutex_unlock(&reader->lock);

	return ended;
}

/**
 * dump_reader_free() - stop reading, wait until the thread has ended, and free all
 * @reader: reader that was started, or could not be
 */
void dump_reader_free(struct dump_reader *reader)
{
	pthread_mutex_lock(&reader->lock);
	reader->stop = true;
	pthread_cond_signal(&reader->changed);
	pthread_mutex_unlock(&reader->lock);
	if (reader->started)
		pthread_join(reader->thread, NULL);

	for (size_t i = 0; i < DUMP_BUFFERS; i++)
		free(reader->parts[i].data);
	pthread_cond_destroy(&reader->changed);
	pthread_mutex_destroy(&reader->lock);
}
