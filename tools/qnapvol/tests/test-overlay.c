// SPDX-License-Identifier: GPL-2.0-only
/* Tests of overlays: against a plain copy, with files that are damaged or belong elsewhere */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ktap.h"
#include "memory.h"

/* As the format has it. */
#define BLOCK	4096

/* Not a multiple of the size of a block. */
#define SIZE	(600 * BLOCK + 1000)

#define OPERATIONS	3000
#define LONGEST		20000

static u8 image[SIZE], copy[SIZE], buf[SIZE];
static char path[64];

static struct qv_dev *new_below(struct qv *qv)
{
	for (size_t i = 0; i < SIZE; i++)
		image[i] = i * 31 + i / 4096;

	return memory_new(qv, image, SIZE, "volume");
}

static void set_file(const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (write(fd, bytes, len) != (ssize_t)len)
		abort();
	close(fd);
}

static off_t file_size(void)
{
	struct stat st = { };

	stat(path, &st);

	return st.st_size;
}

static bool write_some(struct qv_dev *dev)
{
	size_t len = 1 + rand() % LONGEST;
	u64 start = rand() % SIZE;

	if (len > SIZE - start)
		len = SIZE - start;
	for (size_t i = 0; i < len; i++)
		copy[start + i] = rand();

	return !qv_overlay_write(dev, copy + start, len, start);
}

static bool reads_as_copy(struct qv_dev *dev)
{
	size_t len = 1 + rand() % LONGEST;
	u64 start = rand() % SIZE;

	if (len > SIZE - start)
		len = SIZE - start;

	return !qv_dev_read(dev, buf, len, start) && !memcmp(buf, copy + start, len);
}

static bool is_copy(struct qv_dev *dev)
{
	return dev && !qv_dev_read(dev, buf, SIZE, 0) && !memcmp(buf, copy, SIZE);
}

static void test_random(struct qv_dev *dev)
{
	bool good = true;

	for (int i = 0; i < OPERATIONS && good; i++)
		good = i % 50 ? reads_as_copy(dev) : write_some(dev);
	ktap_check(good, "random writes and reads");
	ktap_check(is_copy(dev), "read of all");
}

static void test_file(void)
{
	struct qv *qv = qv_new();
	struct qv_dev *below = new_below(qv), *dev;
	off_t size;

	unlink(path);
	dev = qv_overlay_open(qv, below, path);
	memcpy(copy, image, SIZE);
	ktap_check(is_copy(dev), "as below at first");
	ktap_check(!qv_overlay_write(dev, memcpy(copy + 5, "some", 4), 4, 5), "one write");
	ktap_check(file_size() == 3 * BLOCK, "header, index and one block");
	size = file_size();
	ktap_check(!qv_overlay_write(dev, memcpy(copy + 9, "more", 4), 4, 9) && file_size() == size,
		   "a block is kept once");
	ktap_check(!qv_overlay_open(qv, below, path), "not opened twice");
	test_random(dev);
	ktap_check(!qv_overlay_sync(dev), "sync");
	ktap_check(qv_overlay_write(dev, copy, 1001, SIZE - 1000) == -QV_ERR_NOT_FOUND,
		   "nothing behind the end");
	ktap_check(!memcmp(memory_bytes(below), image, SIZE), "nothing was written below");
	qv_free(qv);
}

static void test_again(void)
{
	struct qv *qv = qv_new();

	ktap_check(is_copy(qv_overlay_open(qv, new_below(qv), path)), "the same when opened again");
	qv_free(qv);
}

static void test_temporary(void)
{
	struct qv *qv = qv_new();
	struct qv_dev *dev = qv_overlay_open(qv, new_below(qv), NULL);

	memcpy(copy, image, SIZE);
	ktap_check(dev && write_some(dev) && is_copy(dev), "temporary");
	qv_free(qv);
}

static bool is_refused(void)
{
	struct qv *qv = qv_new();
	bool refused = !qv_overlay_open(qv, new_below(qv), path) && *qv_error_text(qv);

	qv_free(qv);

	return refused;
}

static void test_foreign(void)
{
	struct qv *qv = qv_new();

	set_file("not an overlay", 14);
	ktap_check(is_refused() && file_size() == 14, "another file is not touched");
	set_file("q", 1);
	ktap_check(is_refused() && file_size() == 1, "a short file is not touched");
	unlink(path);
	ktap_check(qv_overlay_open(qv, memory_new(qv, NULL, SIZE, "other"), path), "a new one");
	qv_free(qv);
	ktap_check(is_refused(), "that of another volume");
}

/* A file with one block, then changed in one place. */
static bool is_refused_with(u64 place, u64 value)
{
	struct qv *qv = qv_new();
	int fd;

	unlink(path);
	qv_overlay_write(qv_overlay_open(qv, new_below(qv), path), "x", 1, 0);
	qv_free(qv);
	fd = open(path, O_WRONLY);
	if (pwrite(fd, &value, sizeof(value), place) != sizeof(value))
		abort();
	close(fd);

	return is_refused();
}

static void test_damage(void)
{
	ktap_check(!is_refused_with(BLOCK, 1), "a sound file is taken");
	ktap_check(!truncate(path, 4 * BLOCK) && !is_refused(), "a block that has no entry yet");
	ktap_check(!truncate(path, 4 * BLOCK + 1) && is_refused(), "a file that is too long");
	ktap_check(is_refused_with(16, 1), "damaged header");
	ktap_check(is_refused_with(BLOCK, 602), "block behind the end");
	ktap_check(is_refused_with(BLOCK, -1ull), "block far behind the end");
	ktap_check(is_refused_with(BLOCK + 8, 2), "block that is not in the file");
	ktap_check(is_refused_with(BLOCK + 16, 2) && !truncate(path, 4 * BLOCK) && is_refused(),
		   "entry behind one that is not used");
	ktap_check(!truncate(path, 8192 + 4095) && is_refused(), "file cut off");
}

static void test_bad_sector(void)
{
	struct qv *qv = qv_new();
	struct qv_dev *below = new_below(qv);
	struct qv_dev *dev = qv_overlay_open(qv, below, NULL);

	memory_set_bad(below, BLOCK, 512);
	ktap_check(qv_overlay_write(dev, "x", 1, BLOCK + 600) == -QV_ERR_UNREADABLE,
		   "part of a block with a bad sector");
	ktap_check(qv_dev_read(dev, buf, 1, BLOCK) == -QV_ERR_UNREADABLE,
		   "the bad sector stays bad");
	ktap_check(!qv_overlay_write(dev, image, BLOCK, BLOCK) &&
		   !qv_dev_read(dev, buf, 1, BLOCK), "all of a block with a bad sector");
	qv_free(qv);
}

int main(void)
{
	static const char template[] = "/tmp/qnapvol-test-XXXXXX";
	int fd;

	memcpy(path, template, sizeof(template));
	fd = mkstemp(path);
	srand(1);
	ktap_begin();
	test_file();
	test_again();
	test_temporary();
	test_foreign();
	test_damage();
	test_bad_sector();
	unlink(path);
	close(fd);

	return ktap_end();
}
