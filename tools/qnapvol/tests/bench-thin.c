// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a large pool costs: 8 TB of chunks of 512 KiB, all mapped, in disorder
 *
 * bench-thin DIRECTORY [CHUNKS]: makes the pool's metadata there, if it is not there yet, and
 * prints a line for each measurement. The data are a sparse file of the pool's size. All is read
 * twice, and the second time is measured: then it is in the page cache.
 */

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "source.h"
#include "thin.h"
#include "thin-image.h"

#define CHUNKS_DEFAULT	(16ull << 20)
#define CHUNK_SECTORS	1024
#define CHUNK		(CHUNK_SECTORS * 512ull)
#define BLOCK_SIZE	8192
#define TIER_SECTORS	8192

/* Half full, as nodes are that have grown. */
#define NODE_ENTRIES	255

#define READ_SIZE	4096
#define READS		100000
#define THREADS_MAX	2

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);

	return time.tv_sec + time.tv_nsec / 1e9;
}

static long peak_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);

	return usage.ru_maxrss;
}

static u64 next_random(u64 *state)
{
	*state = *state * 6364136223846793005 + 1442695040888963407;

	return *state >> 32 ^ *state << 32;
}

/* The pool. It is made by a process of its own, whose memory does not count. */

static u64 block_of(u64 chunk, u64 chunks)
{
	return chunk * 7919 % chunks;
}

static void make_trees(struct thin_image *image, u64 chunks)
{
	struct image_entry *entries = malloc(chunks * sizeof(*entries)), volume = { .key = 1 };
	const struct image_device device = {
		.id = 1,
		.mapped = chunks,
		.origin = IMAGE_NO_ORIGIN,
	};
	struct image_super super = {
		.flags = 0xc0000000,
		.version = 4,
		.data_blocks = chunks,
		.chunk = CHUNK_SECTORS,
		.tiers = 3,
		.tier_block = TIER_SECTORS,
	};

	if (!entries)
		abort();
	for (u64 i = 0; i < chunks; i++)
		entries[i] = (struct image_entry){ i, image_mapping(block_of(i, chunks), 0, 1) };
	volume.value = image_tree(image, entries, chunks);
	free(entries);
	super.mapping_root = image_tree(image, &volume, 1);
	super.details_root = image_details(image, &device, 1, 44);
	super.tier_root = image_tree(image, NULL, 0);
	image_super(image, 0, &super);
}

static bool make_metadata(const char *path, u64 chunks)
{
	const u64 blocks = chunks / NODE_ENTRIES * 102 / 100 + 1000;
	struct thin_image image;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	void *bytes;

	if (fd < 0)
		return true;
	if (ftruncate(fd, blocks * BLOCK_SIZE))
		return false;
	bytes = mmap(NULL, blocks * BLOCK_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	image_init(&image, bytes, BLOCK_SIZE, blocks);
	image.node_max = NODE_ENTRIES;
	make_trees(&image, chunks);

	return !munmap(bytes, blocks * BLOCK_SIZE) && !close(fd);
}

static bool make_data(const char *path, u64 chunks)
{
	const int fd = open(path, O_RDWR | O_CREAT, 0600);

	return fd >= 0 && !ftruncate(fd, chunks * CHUNK) && !close(fd);
}

static bool make_files(const char *metadata, const char *data, u64 chunks)
{
	int status = 1;
	pid_t pid = fork();

	if (!pid)
		_exit(!make_metadata(metadata, chunks) || !make_data(data, chunks));

	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

/* Measurements */

struct reading {
	struct qv_dev *dev;
	u64 seed;
	bool good;
};

static void *read_some(void *data)
{
	struct reading *reading = data;
	u8 buf[READ_SIZE];
	u64 state = reading->seed, start;

	reading->good = true;
	for (int i = 0; i < READS; i++) {
		start = next_random(&state) % (reading->dev->size / READ_SIZE) * READ_SIZE;
		reading->good &= !qv_dev_read(reading->dev, buf, sizeof(buf), start);
	}

	return NULL;
}

/* Returns how long a read took, in microseconds. */
static double time_reads(struct qv_dev *dev, int threads, u64 seed)
{
	struct reading readings[THREADS_MAX];
	pthread_t ids[THREADS_MAX];
	const double start = now();

	for (int i = 0; i < threads; i++) {
		readings[i] = (struct reading){ .dev = dev, .seed = seed + i };
		if (pthread_create(&ids[i], NULL, read_some, &readings[i]))
			abort();
	}
	for (int i = 0; i < threads; i++) {
		pthread_join(ids[i], NULL);
		if (!readings[i].good)
			abort();
	}

	return (now() - start) / READS * 1e6;
}

static double measure_reads(struct qv_dev *dev, int threads, u64 seed)
{
	time_reads(dev, threads, seed);

	return time_reads(dev, threads, seed);
}

static void print_reads(struct qv_dev *volume, struct qv_dev *plain)
{
	for (int threads = 1; threads <= THREADS_MAX; threads++) {
		const double one = measure_reads(plain, threads, 1);
		const double other = measure_reads(volume, threads, 1);

		printf("random reads of 4 KiB by %d threads: ", threads);
		printf("plain file %.2f us, volume %.2f us, %.2f us more, %.0f reads/s\n", one,
		       other, other - one, threads * 1e6 / other);
	}
}

static void print_extents(struct qv_dev *volume)
{
	const double start = now();
	struct qv_extent extent;
	u64 num = 0;
	double took;

	for (u64 place = 0; place < volume->size; place += extent.length, num++) {
		if (qv_dev_extent(volume, place, UINT64_MAX, &extent))
			abort();
	}
	took = now() - start;
	printf("all extents: %llu in %.2f s, %.2f million/s\n", num, took, num / took / 1e6);
}

static int count_run(const struct qv_mapping *mapping, void *data)
{
	*(u64 *)data += mapping->count;

	return 0;
}

static void print_mappings(const struct qv_item *item)
{
	const double start = now();
	double took;
	u64 num = 0;

	if (qv_pool_mappings(item, 1, count_run, &num))
		abort();
	took = now() - start;
	printf("all mappings: %llu in %.2f s, %.2f million/s\n", num, took, num / took / 1e6);
}

static int measure(const char *metadata, const char *data, u64 chunks)
{
	struct qv *qv = qv_new();
	struct qv_item *item = qv_item_new(qv, QV_ITEM_POOL, NULL, "vg1/tp1");
	struct qv_thin_config config = { .name = "vg1/tp1", .has_tiers = true };
	struct qv_dev *volume;
	u8 buf[READ_SIZE];
	double start;

	config.metadata = qv_source_open(qv, metadata, NULL);
	config.tiers[2] = qv_source_open(qv, data, NULL);
	start = now();
	if (!config.metadata || !config.tiers[2] ||
	    qv_thin_pool_open(qv, &config, &item->pool, &qv_found(item)->pool)) {
		fprintf(stderr, "%s\n", qv_error_text(qv));
		return 1;
	}
	volume = qv_thin_new(qv_found(item)->pool, 1, chunks * CHUNK, NULL, "vg1/lv1");
	if (!volume || qv_dev_read(volume, buf, sizeof(buf), 0))
		return 1;
	printf("open and first read: %.1f ms, %ld KiB\n", (now() - start) * 1e3, peak_kib());
	print_reads(volume, config.tiers[2]);
	print_extents(volume);
	print_mappings(item);
	printf("peak of memory: %ld KiB\n", peak_kib());
	qv_free(qv);

	return 0;
}

int main(int argc, char **argv)
{
	const u64 chunks = argc > 2 ? strtoull(argv[2], NULL, 0) : CHUNKS_DEFAULT;
	char metadata[4096], data[4096];

	if (argc < 2) {
		fprintf(stderr, "usage: bench-thin DIRECTORY [CHUNKS]\n");
		return 2;
	}
	snprintf(metadata, sizeof(metadata), "%s/metadata", argv[1]);
	snprintf(data, sizeof(data), "%s/data", argv[1]);
	if (!make_files(metadata, data, chunks)) {
		perror(argv[1]);
		return 1;
	}

	return measure(metadata, data, chunks);
}
