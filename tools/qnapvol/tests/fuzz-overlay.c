// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz target: files of overlays
 *
 * The first byte of the input says what the rest is: a whole file, or what follows a header that is
 * right, which no input would have by chance; and how long the file is.
 */

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "memory.h"

/* Not a multiple of the size of a block. */
#define BLOCK	4096
#define SIZE	(40 * BLOCK + 1000)

#define WHOLE_FILE	0x80

static u8 below[SIZE], expected[SIZE], buf[SIZE];
static char path[64];

static struct qv_dev *open_overlay(struct qv *qv)
{
	return qv_overlay_open(qv, memory_new(qv, below, SIZE, "volume"), path);
}

static void make_file(int file, const u8 *data, size_t size)
{
	const off_t start = *data & WHOLE_FILE ? 0 : BLOCK;
	const off_t length = (off_t)(*data & ~WHOLE_FILE) * BLOCK;
	struct qv *qv = qv_new();

	require(!ftruncate(file, 0));
	if (start)
		require(open_overlay(qv));
	qv_free(qv);
	require(pwrite(file, data + 1, size - 1, start) == (ssize_t)size - 1);
	if (length > lseek(file, 0, SEEK_END))
		require(!ftruncate(file, length));
}

/* What is written is read, and where nothing was written all is as before. */
static void write_and_read(struct qv_dev *dev, const u8 *data, size_t size)
{
	const u64 start = *data * 317ull % SIZE;
	const size_t len = size < SIZE - start ? size : SIZE - start;

	require(!qv_dev_read(dev, expected, SIZE, 0));
	require(!qv_overlay_write(dev, data, len, start));
	memcpy(expected + start, data, len);
	require(!qv_dev_read(dev, buf, SIZE, 0) && !memcmp(buf, expected, SIZE));
}

/* The file has all that was written. */
static void read_again(void)
{
	struct qv *qv = qv_new();
	struct qv_dev *dev = open_overlay(qv);

	require(dev && !qv_dev_read(dev, buf, SIZE, 0) && !memcmp(buf, expected, SIZE));
	qv_free(qv);
}

int fuzz_one(const u8 *data, size_t size)
{
	struct qv_dev *dev;
	struct qv *qv;
	int file;

	if (!size)
		return 0;

	file = memfd_create("overlay", 0);
	require(file >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	make_file(file, data, size);
	qv = qv_new();
	dev = open_overlay(qv);
	if (dev)
		write_and_read(dev, data, size);
	else
		require(*qv_error_text(qv));
	qv_free(qv);
	if (dev)
		read_again();
	close(file);

	return 0;
}
