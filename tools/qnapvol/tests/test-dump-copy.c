// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the work of a dump: order, holes, bad sectors, interruption, streams */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dump-copy.h"
#include "ktap.h"
#include "memory.h"
#include "qv.h"
#include "shuffled.h"

#define CHUNK	65536
#define CHUNKS	200
#define SIZE	(CHUNK * CHUNKS - 1000)
#define BAD_AT	(51 * CHUNK + 4096 + 512)

static char directory[32];
static char path[64];
static char map_path[64];
static char new_path[64];
static u32 places[CHUNKS];
static u8 want[CHUNK * CHUNKS];
static u8 got[CHUNK * CHUNKS];
static atomic_int interrupted;

struct set {
	struct qv_dev *dev;
	struct dump_map map;
	struct dump_map todo;
	struct dump_target target;
	struct dump_save save;
	struct progress progress;
	struct dump_copy copy;
};

/* Every tenth chunk is zeros without data, every eleventh zeros with data. */
static struct qv_dev *make_device(struct qv_dev *below)
{
	for (u32 i = 0; i < CHUNKS; i++) {
		u32 j = rand() % (i + 1);

		places[i] = places[j];
		places[j] = i;
	}
	for (u32 i = 0; i < CHUNKS; i++) {
		if (i % 10 == 0)
			places[i] = SHUFFLED_ZERO;
		else if (i % 11)
			memset(memory_bytes(below) + places[i] * CHUNK, i + 1, CHUNK);
	}

	return shuffled_new(below, CHUNK, places, CHUNKS, SIZE);
}

static void begin(struct set *set, struct qv *qv, struct qv_dev *dev)
{
	*set = (struct set){ .dev = dev };
	set->target = (struct dump_target){ .path = path, .fd = -1, .sparse = true };
	dump_map_init(&set->map, SIZE);
	dump_map_init(&set->todo, SIZE);
	set->save = (struct dump_save){ .map = &set->map, .path = map_path, .interval = 1 };
	set->save.new_path = new_path;
	snprintf(set->save.identity, sizeof(set->save.identity), "test");
	pthread_mutex_init(&set->save.lock, NULL);
	pthread_cond_init(&set->save.stopped, NULL);
	set->progress.silent = true;
	set->copy = (struct dump_copy){
		.qv = qv, .dev = dev, .todo = &set->todo, .window = 1000, .target = &set->target,
		.save = &set->save, .progress = &set->progress, .interrupted = &interrupted,
	};
	set->save.fd = dump_target_open(&set->target) ? -1 : set->target.fd;
}

static void end(struct set *set)
{
	dump_target_close(&set->target);
	dump_map_free(&set->map);
	dump_map_free(&set->todo);
}

static bool is_dumped(void)
{
	FILE *file = fopen(path, "r");
	bool good = file && fread(got, 1, sizeof(got), file) == SIZE &&
		    !memcmp(got, want, SIZE);

	if (file)
		fclose(file);

	return good;
}

static bool is_in_order(const u64 *starts, size_t num)
{
	u64 last = 0, place;

	for (size_t i = 0; i < num; last = place, i++) {
		place = (u64)places[starts[i] / CHUNK] * CHUNK + starts[i] % CHUNK;
		if (i && place <= last)
			return false;
	}

	return true;
}

static void test_whole(struct qv *qv, struct qv_dev *dev)
{
	static u64 starts[CHUNKS * 2];
	struct set set;
	struct stat st;

	begin(&set, qv, dev);
	shuffled_log(dev, starts, CHUNKS * 2);
	dump_target_clear(&set.target, SIZE);
	ktap_check(dump_copy(&set.copy) == DUMP_COMPLETE, "a dump");
	ktap_check(is_dumped(), "is what is there");
	ktap_check(shuffled_num_reads(dev) <= CHUNKS - CHUNKS / 10 &&
		   is_in_order(starts, shuffled_num_reads(dev)),
		   "each chunk is read once, in the order of the disk");
	ktap_check(!stat(path, &st) && st.st_size == SIZE &&
		   st.st_blocks * 512 < (CHUNKS - CHUNKS / 10 - CHUNKS / 12) * CHUNK,
		   "zeros are holes");
	ktap_check(dump_map_sum(&set.map, DUMP_DONE) == SIZE, "all is done");
	ktap_check(set.progress.done == (u64)(CHUNKS - CHUNKS / 10) * CHUNK - 1000,
		   "progress counts the data");
	end(&set);
}

static bool read_map(struct dump_map *map)
{
	char identity[DUMP_IDENTITY_MAX];
	FILE *file = fopen(map_path, "r");
	bool good = file && !dump_map_read(map, identity, file) && !strcmp(identity, "test");

	if (file)
		fclose(file);

	return good;
}

static void test_bad(struct qv *qv, struct qv_dev *dev)
{
	struct dump_map map = { };
	struct set set;
	u64 last;

	begin(&set, qv, dev);
	dump_target_clear(&set.target, SIZE);
	ktap_check(dump_copy(&set.copy) == DUMP_UNREADABLE && set.copy.bad == BAD_AT,
		   "a bad sector stops a dump");
	ktap_check(strstr(set.copy.why, "bad sector"), "and it is known why");
	ktap_check(read_map(&map) && !dump_map_sum(&map, DUMP_BAD) &&
		   dump_map_sum(&map, DUMP_TODO) >= 512, "it is not marked");
	dump_map_free(&set.todo);
	set.todo = map;
	set.copy.skip_bad = true;
	set.target.used = true;
	ktap_check(dump_copy(&set.copy) == DUMP_COMPLETE, "going on, it is skipped on request");
	ktap_check(dump_map_find(&set.map, 0, DUMP_BAD, &last) == BAD_AT &&
		   last == BAD_AT + 512 && dump_map_sum(&set.map, DUMP_BAD) == 512 &&
		   !dump_map_sum(&set.map, DUMP_TODO), "and no more than that is lost");
	memset(want + BAD_AT, 0, 512);
	ktap_check(is_dumped(), "all else is what is there");
	memset(want + BAD_AT, 52, 512);
	end(&set);
}

/* The file holds something where zeros belong. */
static void test_again(struct qv *qv, struct qv_dev *dev)
{
	static u8 garbage[SIZE];
	struct set set;

	begin(&set, qv, dev);
	memset(garbage, 0xee, SIZE);
	set.target.used = true;
	ktap_check(pwrite(set.target.fd, garbage, SIZE, 0) == SIZE, "a file with something in it");
	ktap_check(dump_copy(&set.copy) == DUMP_COMPLETE && is_dumped(), "gets zeros as well");
	end(&set);
}

static void test_interrupted(struct qv *qv, struct qv_dev *dev)
{
	struct dump_map map = { };
	struct set set;

	begin(&set, qv, dev);
	interrupted = 2;
	ktap_check(dump_copy(&set.copy) == DUMP_INTERRUPTED, "an interrupted dump");
	interrupted = 0;
	ktap_check(read_map(&map) && dump_map_sum(&map, DUMP_TODO), "has its mapfile");
	dump_map_free(&map);
	end(&set);
}

static void *drain(void *data)
{
	FILE *file = fdopen(*(int *)data, "r");

	memset(got, 0, sizeof(got));
	*(size_t *)data = fread(got, 1, sizeof(got), file);
	fclose(file);

	return NULL;
}

static void test_stream(struct qv *qv, struct qv_dev *dev)
{
	pthread_t thread;
	struct set set;
	int ends[2];
	size_t len;

	begin(&set, qv, dev);
	if (pipe(ends))
		exit(1);
	len = ends[0];
	pthread_create(&thread, NULL, drain, &len);
	close(set.target.fd);
	set.target.fd = ends[1];
	set.target.stream = true;
	set.save.path = NULL;
	ktap_check(dump_copy(&set.copy) == DUMP_COMPLETE, "a stream");
	close(ends[1]);
	pthread_join(thread, NULL);
	ktap_check(len == SIZE && !memcmp(got, want, SIZE), "is what is there");
	set.target.fd = -1;
	end(&set);
}

static void test_full(struct qv *qv, struct qv_dev *dev)
{
	struct set set;

	begin(&set, qv, dev);
	close(set.target.fd);
	set.target.fd = open("/dev/full", O_WRONLY);
	set.save.fd = -1;
	ktap_check(dump_copy(&set.copy) == DUMP_TARGET_ERROR && set.copy.error == -ENOSPC,
		   "no space left");
	ktap_check(dump_map_sum(&set.map, DUMP_DONE) < SIZE / 4, "is not done");
	end(&set);
}

int main(void)
{
	struct qv *qv = qv_new();
	struct qv_dev *below, *dev;

	ktap_begin();
	srand(1);
	snprintf(directory, sizeof(directory), "/tmp/qnapvol-test-XXXXXX");
	if (!mkdtemp(directory))
		return 1;
	snprintf(path, sizeof(path), "%s/dump", directory);
	snprintf(map_path, sizeof(map_path), "%s/dump.map", directory);
	snprintf(new_path, sizeof(new_path), "%s/dump.map.new", directory);
	below = memory_new(qv, NULL, CHUNK * CHUNKS, "below");
	dev = make_device(below);
	qv_dev_read(dev, want, SIZE, 0);
	test_whole(qv, dev);
	test_again(qv, dev);
	test_interrupted(qv, dev);
	test_stream(qv, dev);
	test_full(qv, dev);
	memory_set_bad(below, places[BAD_AT / CHUNK] * CHUNK + BAD_AT % CHUNK, 512);
	test_bad(qv, dev);
	unlink(path);
	unlink(map_path);
	rmdir(directory);
	qv_free(qv);

	return ktap_end();
}
