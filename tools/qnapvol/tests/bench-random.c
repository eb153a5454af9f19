// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a small read costs
 *
 * bench-random VOLUME PLAIN SOURCE...: reads 4 KiB at random places of the volume, and of a plain
 * file; all is read once before, so that it is in the page cache. Prints, for one thread and for
 * two: how many there are, and the microseconds for a read of the file, and of the volume.
 */

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "qnapvol.h"

#define READ_SIZE	4096
#define READS		50000
#define THREADS_MAX	2

/* The best of some rounds: other programs only make it slower. */
#define ROUNDS		5

/* Either a device, or a file. */
struct reading {
	struct qv_dev *dev;
	int fd;
	__u64 size;
	__u64 seed;
	bool good;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);

	return time.tv_sec + time.tv_nsec / 1e9;
}

static __u64 next_random(__u64 *state)
{
	*state = *state * 6364136223846793005 + 1442695040888963407;

	return *state >> 32 ^ *state << 32;
}

static void *read_some(void *data)
{
	struct reading *reading = data;
	__u64 state = reading->seed, start;
	__u8 buf[READ_SIZE];

	reading->good = true;
	for (int i = 0; i < READS; i++) {
		start = next_random(&state) % (reading->size / READ_SIZE) * READ_SIZE;
		if (reading->dev)
			reading->good &= !qv_dev_read(reading->dev, buf, READ_SIZE, start);
		else
			reading->good &= pread(reading->fd, buf, READ_SIZE, start) == READ_SIZE;
	}

	return NULL;
}

/* Returns microseconds for a read. */
static double time_reads(const struct reading *what, int threads)
{
	struct reading readings[THREADS_MAX];
	pthread_t ids[THREADS_MAX];
	const double start = now();

	for (int i = 0; i < threads; i++) {
		readings[i] = *what;
		readings[i].seed = i + 1;
		if (pthread_create(&ids[i], NULL, read_some, &readings[i]))
			abort();
	}
	for (int i = 0; i < threads; i++) {
		pthread_join(ids[i], NULL);
		if (!readings[i].good) {
			fprintf(stderr, "bench-random: cannot read\n");
			exit(1);
		}
	}

	return (now() - start) / READS / threads * 1e6;
}

static void keep_best(double *best, double time)
{
	if (time < *best)
		*best = time;
}

static void measure(const struct reading *plain, const struct reading *volume, int threads)
{
	double plain_best = 1e9, volume_best = 1e9;

	time_reads(plain, threads);
	time_reads(volume, threads);
	for (int i = 0; i < ROUNDS; i++) {
		keep_best(&plain_best, time_reads(plain, threads));
		keep_best(&volume_best, time_reads(volume, threads));
	}
	printf("%d %.2f %.2f\n", threads, plain_best, volume_best);
}

static int fail(struct qv *qv, const char *name)
{
	fprintf(stderr, "bench-random: %s: %s\n", name, qv ? qv_error_text(qv) : "cannot be read");
	qv_free(qv);

	return 1;
}

int main(int argc, char **argv)
{
	struct qv *qv = qv_new();
	struct reading plain = { }, volume = { };
	const struct qv_item *item;

	if (argc < 4) {
		fprintf(stderr, "usage: bench-random VOLUME PLAIN SOURCE...\n");
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		if (qv_add_source(qv, argv[i], NULL))
			return fail(qv, argv[i]);
	}
	item = qv_scan(qv, NULL) ? NULL : qv_find(qv, argv[1]);
	plain.fd = open(argv[2], O_RDONLY);
	if (!item || !item->dev || plain.fd < 0)
		return fail(qv, argv[1]);

	volume.dev = item->dev;
	volume.size = item->size;
	plain.size = lseek(plain.fd, 0, SEEK_END);
	for (int threads = 1; threads <= THREADS_MAX; threads++)
		measure(&plain, &volume, threads);
	close(plain.fd);
	qv_free(qv);

	return 0;
}
