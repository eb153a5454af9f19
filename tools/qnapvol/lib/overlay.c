// SPDX-License-Identifier: GPL-2.0-only
/*
 * Overlays: devices that can be written, for the replay of a journal
 *
 * What is written goes into a file, block by block in the order of the first write, so that it
 * takes no more space than what was written, on any file system:
 *
 *	header | index | 512 blocks | index | 512 blocks | ...
 *
 * An index has the number of each block that follows, plus one; zero: not used yet. A block is
 * written before its entry. The header has the size and a checksum of the beginning of the device
 * below: with another one the file is refused.
 */

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "crc32.h"
#include "dev.h"

/* What is written is kept in blocks of this size, as file systems mostly write them. */
#define OVERLAY_BLOCK		4096

/* 4 GiB: many times the largest journal. Each takes some 100 bytes of memory. */
#define OVERLAY_BLOCKS_MAX	0x100000

#define INDEX_ENTRIES	(OVERLAY_BLOCK / sizeof(__le64))
#define GROUP		((u64)OVERLAY_BLOCK * (1 + INDEX_ENTRIES))

#define MAGIC		"qnapvolO"
#define VERSION		1

/* Has the superblock of ext4, with its UUID and the time of the last mount. */
#define FINGERPRINT	(64 * 1024)

/**
 * struct header - beginning of the file, in a block of its own
 * @magic: "qnapvolO"
 * @version: of the format, 1
 * @block_size: 4096
 * @size: of the device below
 * @fingerprint: checksum of its beginning
 * @checksum: of this header before this field
 */
struct header {
	u8 magic[8];
	__le32 version;
	__le32 block_size;
	__le64 size;
	__le32 fingerprint;
	__le32 checksum;
};

/**
 * struct block - a block that was written
 * @number: in the device
 * @place: in the file
 */
struct block {
	u64 number;
	u64 place;
};

/**
 * struct overlay - an overlay
 * @dev: to read it
 * @below: what is read where nothing was written
 * @lock: guards what follows
 * @blocks: what was written, a tree of tsearch()
 * @num_blocks: how many
 * @fd: the file
 */
struct overlay {
	struct qv_dev dev;
	struct qv_dev *below;
	pthread_rwlock_t lock;
	void *blocks;
	u32 num_blocks;
	int fd;
};

static struct overlay *to_overlay(struct qv_dev *dev)
{
	return (struct overlay *)dev;
}

static int compare_blocks(const void *a, const void *b)
{
	const struct block *one = a, *other = b;

	return (one->number > other->number) - (one->number < other->number);
}

static const struct block *find_block(const struct overlay *overlay, u64 number)
{
	const struct block key = { .number = number };
	struct block **found = tfind(&key, &overlay->blocks, compare_blocks);

	return found ? *found : NULL;
}

static u64 index_place(u32 block)
{
	return OVERLAY_BLOCK + block / INDEX_ENTRIES * GROUP;
}

static u64 block_place(u32 block)
{
	return index_place(block) + OVERLAY_BLOCK * (1 + block % INDEX_ENTRIES);
}

static int fail_file(const struct overlay *overlay, const char *what)
{
	return qv_fail(overlay->dev.qv, QV_ERR_SYSTEM, "cannot %s the overlay of %s: %s", what,
		       overlay->dev.name, strerror(errno));
}

static int file_read(const struct overlay *overlay, void *buf, size_t len, u64 place)
{
	ssize_t got = pread(overlay->fd, buf, len, place);

	if (got >= 0 && (size_t)got < len)
		errno = EIO;

	return (size_t)got == len ? 0 : fail_file(overlay, "read");
}

static int file_write(const struct overlay *overlay, const void *buf, size_t len, u64 place)
{
	ssize_t written = pwrite(overlay->fd, buf, len, place);

	if (written >= 0 && (size_t)written < len)
		errno = ENOSPC;

	return (size_t)written == len ? 0 : fail_file(overlay, "write");
}

/* Remembers that the block is in the file, behind those that are. */
static int add_block(struct overlay *overlay, u64 number)
{
	struct block *block = malloc(sizeof(*block));

	if (!block)
		return qv_fail(overlay->dev.qv, QV_ERR_SYSTEM, "no memory");

	*block = (struct block){ number, block_place(overlay->num_blocks) };
	if (!tsearch(block, &overlay->blocks, compare_blocks)) {
		free(block);
		return qv_fail(overlay->dev.qv, QV_ERR_SYSTEM, "no memory");
	}
	overlay->num_blocks++;

	return 0;
}

/* Reading */

static size_t in_block(u64 start, size_t len)
{
	const size_t room = OVERLAY_BLOCK - start % OVERLAY_BLOCK;

	return len < room ? len : room;
}

/* How much from there on was not written. */
static size_t untouched(const struct overlay *overlay, size_t len, u64 start)
{
	size_t sum = 0;

	if (!overlay->num_blocks)
		return len;

	while (sum < len && !find_block(overlay, (start + sum) / OVERLAY_BLOCK))
		sum += in_block(start + sum, len - sum);

	return sum;
}

static int read_part(struct overlay *overlay, void *buf, size_t *len, u64 start)
{
	const size_t below = untouched(overlay, *len, start);
	const struct block *block;

	if (below) {
		*len = below;
		return qv_dev_read(overlay->below, buf, below, start);
	}

	*len = in_block(start, *len);
	block = find_block(overlay, start / OVERLAY_BLOCK);

	return file_read(overlay, buf, *len, block->place + start % OVERLAY_BLOCK);
}

static int overlay_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	struct overlay *overlay = to_overlay(dev);
	u8 *to = buf;
	size_t part;
	int ret = 0;

	pthread_rwlock_rdlock(&overlay->lock);
	for (; len && !ret; len -= part, to += part, start += part) {
		part = len;
		ret = read_part(overlay, to, &part, start);
	}
	pthread_rwlock_unlock(&overlay->lock);

	return ret;
}

static void overlay_free(struct qv_dev *dev)
{
	struct overlay *overlay = to_overlay(dev);

	tdestroy(overlay->blocks, free);
	pthread_rwlock_destroy(&overlay->lock);
	if (overlay->fd >= 0)
		close(overlay->fd);
}

static const struct qv_dev_ops overlay_ops = {
	.read = overlay_read,
	.free = overlay_free,
};

/* Writing */

static int fail_no_overlay(struct qv_dev *dev)
{
	return qv_fail(dev->qv, QV_ERR_UNSUPPORTED, "%s cannot be written: it is no overlay",
		       dev->name);
}

/* A block that is written for the first time: what is not written of it comes from below. */
static int write_new_block(struct overlay *overlay, const void *buf, size_t len, u64 start)
{
	const u64 number = start / OVERLAY_BLOCK;
	const u64 block = number * OVERLAY_BLOCK;
	const u64 left = overlay->dev.size - block;
	const u32 index = overlay->num_blocks;
	const __le64 entry = htole64(number + 1);
	u8 data[OVERLAY_BLOCK] = { };
	int ret = 0;

	if (index == OVERLAY_BLOCKS_MAX)
		return qv_fail(overlay->dev.qv, QV_ERR_SYSTEM,
			       "the overlay of %s is full: it takes no more than 4 GiB",
			       overlay->dev.name);
	if (len < OVERLAY_BLOCK)
		ret = qv_dev_read(overlay->below, data, left < sizeof(data) ? left : sizeof(data),
				  block);
	memcpy(data + (start - block), buf, len);
	if (!ret)
		ret = file_write(overlay, data, sizeof(data), block_place(index));
	if (!ret)
		ret = file_write(overlay, &entry, sizeof(entry), index_place(index) +
				 index % INDEX_ENTRIES * sizeof(entry));

	return ret ?: add_block(overlay, number);
}

static int write_block(struct overlay *overlay, const void *buf, size_t len, u64 start)
{
	const struct block *block = find_block(overlay, start / OVERLAY_BLOCK);

	if (!block)
		return write_new_block(overlay, buf, len, start);

	return file_write(overlay, buf, len, block->place + start % OVERLAY_BLOCK);
}

/**
 * qv_overlay_write() - write to an overlay
 * @dev: overlay
 * @buf: what to write
 * @len: how much
 * @start: where in the device; the range must be inside
 *
 * Return:
 * * %0: all of it was written
 * * -%QV_ERR_SYSTEM: no memory, no space, or the file cannot be written
 * * -%QV_ERR_UNREADABLE: the rest of a block that is written in part cannot be read
 * * -%QV_ERR_NOT_FOUND: the range is not inside the device
 * * -%QV_ERR_UNSUPPORTED: the device is no overlay
 */
int qv_overlay_write(struct qv_dev *dev, const void *buf, size_t len, u64 start)
{
	struct overlay *overlay = to_overlay(dev);
	const u8 *from = buf;
	size_t part;
	int ret = 0;

	if (dev->ops != &overlay_ops)
		return fail_no_overlay(dev);
	if (!qv_inside(start, len, dev->size))
		return qv_fail(dev->qv, QV_ERR_NOT_FOUND, "%s ends at %llu", dev->name, dev->size);

	pthread_rwlock_wrlock(&overlay->lock);
	for (; len && !ret; len -= part, from += part, start += part) {
		part = in_block(start, len);
		ret = write_block(overlay, from, part, start);
	}
	pthread_rwlock_unlock(&overlay->lock);

	return ret;
}

/**
 * qv_overlay_sync() - what was written is to survive a loss of power
 * @dev: overlay
 *
 * Return: 0; -%QV_ERR_SYSTEM: the file cannot be written; or -%QV_ERR_UNSUPPORTED: the device is no
 * overlay.
 */
int qv_overlay_sync(struct qv_dev *dev)
{
	if (dev->ops != &overlay_ops)
		return fail_no_overlay(dev);

	return fdatasync(to_overlay(dev)->fd) ? fail_file(to_overlay(dev), "write") : 0;
}

/* Opening */

static int open_temporary(void)
{
	const char *directory = getenv("TMPDIR") ?: "/var/tmp";
	char *path;
	int fd;

	if (asprintf(&path, "%s/qnapvol-XXXXXX", directory) < 0)
		return -1;

	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	free(path);

	return fd;
}

static u32 checksum(const struct header *header)
{
	return qv_crc32(0, header, offsetof(struct header, checksum));
}

static int make_header(const struct overlay *overlay, struct header *header)
{
	const u64 size = overlay->dev.size;
	const size_t len = size < FINGERPRINT ? size : FINGERPRINT;
	u8 *beginning = malloc(FINGERPRINT);
	int ret;

	if (!beginning)
		return qv_fail(overlay->dev.qv, QV_ERR_SYSTEM, "no memory");

	ret = qv_dev_read(overlay->below, beginning, len, 0);
	*header = (struct header){
		.magic = MAGIC,
		.version = htole32(VERSION),
		.block_size = htole32(OVERLAY_BLOCK),
		.size = htole64(size),
		.fingerprint = htole32(qv_crc32(0, beginning, len)),
	};
	header->checksum = htole32(checksum(header));
	free(beginning);

	return ret;
}

static int fail_damaged(const struct overlay *overlay, const char *path)
{
	return qv_fail(overlay->dev.qv, QV_ERR_DAMAGED, "the overlay %s is damaged: use a new one",
		       path);
}

/* Is the file an overlay of this device? */
static int check_header(const struct overlay *overlay, const char *path,
			const struct header *expected)
{
	struct qv *qv = overlay->dev.qv;
	struct header header = { };

	if (pread(overlay->fd, &header, sizeof(header), 0) != sizeof(header) ||
	    le32toh(header.checksum) != checksum(&header))
		return fail_damaged(overlay, path);
	if (memcmp(&header, expected, sizeof(header)))
		return qv_fail(qv, QV_ERR_NOT_FOUND,
			       "the overlay %s belongs to another volume, or was made by another version: use a new one",
			       path);

	return 0;
}

/* Takes the block that an entry names, if it can be one. */
static int load_block(struct overlay *overlay, const char *path, u64 number, u64 size)
{
	const u64 end = (overlay->dev.size + OVERLAY_BLOCK - 1) / OVERLAY_BLOCK;

	if (number >= end || overlay->num_blocks == OVERLAY_BLOCKS_MAX ||
	    find_block(overlay, number) ||
	    block_place(overlay->num_blocks) + OVERLAY_BLOCK > size)
		return fail_damaged(overlay, path);

	return add_block(overlay, number);
}

/*
 * Takes the blocks of an index. Returns 1 if it is the last one, 0, or a negative error. Behind an
 * entry that is not used none is: it would come to life when the first is written.
 */
static int load_index(struct overlay *overlay, const char *path, u64 size)
{
	__le64 entries[INDEX_ENTRIES] = { };
	bool ended = false;
	int ret = 0;

	if (pread(overlay->fd, entries, sizeof(entries), index_place(overlay->num_blocks)) < 0)
		return fail_file(overlay, "read");

	for (size_t i = 0; i < INDEX_ENTRIES && !ret; i++) {
		if (!entries[i])
			ended = true;
		else if (ended)
			ret = fail_damaged(overlay, path);
		else
			ret = load_block(overlay, path, le64toh(entries[i]) - 1, size);
	}

	return ret ?: ended;
}

static int load(struct overlay *overlay, const char *path)
{
	struct header expected;
	int ret = make_header(overlay, &expected);
	off_t size = lseek(overlay->fd, 0, SEEK_END);

	if (ret)
		return ret;
	if (size < 0)
		return fail_file(overlay, "read");
	if (!size)
		return file_write(overlay, &expected, sizeof(expected), 0);

	ret = check_header(overlay, path, &expected);
	while (!ret)
		ret = load_index(overlay, path, size);
	if (ret < 0)
		return ret;

	/* The last block may have no entry yet, if the system went down. */
	return (u64)size > block_place(overlay->num_blocks) + OVERLAY_BLOCK ?
	       fail_damaged(overlay, path) : 0;
}

/* Is there something else of that name? It might be a source, and those are not opened to write. */
static bool is_foreign(const char *path)
{
	char magic[8] = { };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, magic, sizeof(magic));

	if (fd >= 0)
		close(fd);

	return got && memcmp(magic, MAGIC, sizeof(magic));
}

/* Only this file is ever locked: two that write it would spoil it. */
static int open_file(struct overlay *overlay, const char *path)
{
	struct qv *qv = overlay->dev.qv;

	if (path && is_foreign(path))
		return qv_fail(qv, QV_ERR_NOT_FOUND,
			       "%s is there and is no overlay: give a name that is not used", path);

	overlay->fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : open_temporary();
	if (overlay->fd < 0)
		return path ? qv_fail(qv, QV_ERR_SYSTEM, "cannot open the overlay %s: %s", path,
				      strerror(errno)) :
			      qv_fail(qv, QV_ERR_SYSTEM,
				      "cannot make a temporary overlay: %s: have TMPDIR name a directory that can be written",
				      strerror(errno));
	if (flock(overlay->fd, LOCK_EX | LOCK_NB))
		return qv_fail(qv, QV_ERR_SYSTEM, "the overlay %s is in use", path);

	return 0;
}

/**
 * qv_overlay_open() - a device that can be written, above one that cannot
 * @qv: set
 * @below: the device that is not to be written
 * @path: the file for what is written: a new one, or one that was used with the same device; NULL:
 *	  a temporary one that goes away with the device
 *
 * Return: the device, or NULL: the file cannot be had, is no overlay or that of another device, or
 * there is no memory. The error then has a text.
 */
struct qv_dev *qv_overlay_open(struct qv *qv, struct qv_dev *below, const char *path)
{
	struct overlay *overlay = qv_dev_new(qv, sizeof(*overlay), &overlay_ops, below->size,
					     "%s", below->name);

	if (!overlay) {
		qv_fail(qv, QV_ERR_SYSTEM, "no memory");
		return NULL;
	}
	overlay->below = below;
	overlay->fd = -1;
	pthread_rwlock_init(&overlay->lock, NULL);
	if (open_file(overlay, path) || load(overlay, path))
		return NULL;

	return &overlay->dev;
}
