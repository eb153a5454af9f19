// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sources: disks, partitions, arrays and image files of this system
 *
 * Opened for reading and nothing else. No lock is taken, and no ioctl changes anything.
 */

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rescue-map.h"
#include "source.h"

/* A place on a disk that is cut to 32 bits is another place. */
static_assert(sizeof(off_t) == sizeof(u64), "build it with -D_FILE_OFFSET_BITS=64");

struct source {
	struct qv_dev dev;
	int fd;
	struct qv_rescue_map map;
};

static struct source *to_source(struct qv_dev *dev)
{
	return (struct source *)dev;
}

static int source_read(struct qv_dev *dev, void *buf, size_t len, u64 start)
{
	struct source *source = to_source(dev);
	char *to = buf;
	ssize_t got;

	if (!qv_rescue_map_has(&source->map, start, len))
		return qv_fail(dev->qv, QV_ERR_UNREADABLE, "%s: ddrescue could not read byte %llu",
			       dev->name, start);

	while (len) {
		got = pread(source->fd, to, len, start);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return qv_fail(dev->qv, QV_ERR_UNREADABLE, "%s: cannot read byte %llu: %s",
				       dev->name, start,
				       got ? strerror(errno) : "the file has become shorter");
		to += got;
		start += got;
		len -= got;
	}

	return 0;
}

static int source_extent(struct qv_dev *dev, u64 start, u64 len,
			 struct qv_extent *extent)
{
	struct source *source = to_source(dev);
	bool good;

	*extent = (struct qv_extent){ .start = start, .below = dev, .physical = start };
	extent->length = qv_rescue_map_run(&source->map, start, len, &good);
	extent->kind = good ? QV_EXTENT_DATA : QV_EXTENT_BAD;

	return 0;
}

static void source_free(struct qv_dev *dev)
{
	struct source *source = to_source(dev);

	qv_rescue_map_free(&source->map);
	close(source->fd);
}

static const struct qv_dev_ops source_ops = {
	.read = source_read,
	.extent = source_extent,
	.free = source_free,
};

/* Returns 0 or a negative error of the system. */
static int find_size(int fd, u64 *size)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (S_ISBLK(st.st_mode))
		return ioctl(fd, BLKGETSIZE64, size) ? -errno : 0;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -ENOTBLK;
	*size = st.st_size;

	return 0;
}

static const char *what_to_do(int error)
{
	switch (error) {
	case ENOENT:
		return ": is the name right? lsblk lists the disks";
	case EACCES:
	case EPERM:
		return ": be root, or work on an image file";
	case EISDIR:
	case ENOTBLK:
		return ": give a disk, a partition, an array or an image file";
	case ENOMEDIUM:
	case ENXIO:
		return ": there is no disk in it";
	default:
		return "";
	}
}

static struct qv_dev *fail_open(struct qv *qv, const char *path, int error)
{
	qv_fail(qv, QV_ERR_SOURCE, "cannot open %s: %s%s", path, strerror(error),
		what_to_do(error));

	return NULL;
}

/**
 * qv_source_open() - open a disk, a partition, an array or an image file
 * @qv: set
 * @path: its path
 * @map_path: path of ddrescue's mapfile for it, or NULL
 *
 * Return: the device, or NULL: it or its mapfile is not there, cannot be opened or is none, or
 * there is no memory. The error has a text, and is of the kind %QV_ERR_SOURCE.
 */
struct qv_dev *qv_source_open(struct qv *qv, const char *path, const char *map_path)
{
	struct qv_rescue_map map = { };
	struct source *source;
	u64 size = 0;
	int fd, error;

	if (map_path && qv_rescue_map_load(qv, &map, map_path))
		return NULL;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	error = fd < 0 ? -errno : find_size(fd, &size);
	source = error ? NULL : qv_dev_new(qv, sizeof(*source), &source_ops, size, "%s", path);
	if (!source) {
		qv_rescue_map_free(&map);
		if (fd >= 0)
			close(fd);
		return fail_open(qv, path, -error ?: ENOMEM);
	}
	source->fd = fd;
	source->map = map;
	if (qv_rescue_map_end(&map) > size)
		qv_note(qv, QV_WARNING, path,
			"%s says that more was read than the file holds: is the copy complete?",
			map_path);

	return &source->dev;
}

/**
 * qv_source_rescued() - how much of a source ddrescue has read
 * @dev: device of qv_source_open()
 *
 * Return: how many bytes; all if there is no mapfile.
 */
u64 qv_source_rescued(struct qv_dev *dev)
{
	u64 start = 0, len, sum = 0;
	bool good;

	for (; start < dev->size; start += len) {
		len = qv_rescue_map_run(&to_source(dev)->map, start, dev->size - start, &good);
		sum += good ? len : 0;
	}

	return sum;
}
