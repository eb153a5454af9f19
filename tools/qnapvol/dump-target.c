// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file or stream that a dump is written to
 *
 * In a file, zeros are holes: where the volume has no data, and where blocks of it are zeros.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli.h"
#include "dump-target.h"

/* The smallest hole: what nearly all file systems have as their block. */
#define HOLE_MIN	4096

/* So much is left to the system to be written when it likes. */
#define FLUSH_EVERY	(64 * 1024 * 1024)

static const __u8 zeros[64 * 1024];

/**
 * dump_target_open() - open a file
 * @target: target; its path is new, or was looked at with dump_guard()
 *
 * Return: 0, or an error of the system negated; -EWOULDBLOCK: another one writes it;
 * -EINVAL: it is no plain file.
 */
int dump_target_open(struct dump_target *target)
{
	struct stat st;

	target->fd = open(target->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
	if (target->fd < 0 || flock(target->fd, LOCK_EX | LOCK_NB) || fstat(target->fd, &st))
		return -errno;

	return S_ISREG(st.st_mode) ? 0 : -EINVAL;
}

/**
 * dump_target_space() - how much can still be written
 * @target: target, open or not
 *
 * Return: bytes that are free in its file system; all there can be if that does not say.
 */
__u64 dump_target_space(const struct dump_target *target)
{
	const char *slash = strrchr(target->path, '/');
	char directory[PATH_MAX] = ".";
	struct statvfs st;

	if (slash)
		snprintf(directory, sizeof(directory), "%.*s", (int)(slash - target->path + 1),
			 target->path);
	if (target->stream || statvfs(directory, &st))
		return UINT64_MAX;

	return (__u64)st.f_bavail * st.f_frsize;
}

/**
 * dump_target_clear() - make a file all zeros
 * @target: target, not a stream
 * @size: how long it is to be
 *
 * Return: 0, or an error of the system negated.
 */
int dump_target_clear(struct dump_target *target, __u64 size)
{
	if (ftruncate(target->fd, 0) || ftruncate(target->fd, size))
		return -errno;

	return 0;
}

static int write_all(struct dump_target *target, const __u8 *data, __u64 len, __u64 start)
{
	ssize_t done;

	while (len) {
		done = target->stream ? write(target->fd, data, len) :
					pwrite(target->fd, data, len, start);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;
		data += done;
		start += done;
		len -= done;
	}

	return 0;
}

static int write_zeros(struct dump_target *target, __u64 start, __u64 len)
{
	__u64 some;
	int ret = 0;

	for (; len && !ret; len -= some, start += some) {
		some = len < sizeof(zeros) ? len : sizeof(zeros);
		ret = write_all(target, zeros, some, start);
	}

	return ret;
}

/* A new file is zeros already. */
static int make_hole(struct dump_target *target, __u64 start, __u64 len)
{
	if (!target->stream && !target->used)
		return 0;
	if (!target->stream && !fallocate(target->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
					  start, len))
		return 0;

	return write_zeros(target, start, len);
}

static bool is_zero(const __u8 *data, size_t len)
{
	return !memcmp(data, zeros, len);
}

/* How much, from the beginning on, is zeros, or is not; in blocks. */
static size_t find_run(const __u8 *data, size_t len, bool *zero)
{
	size_t run, block;

	for (run = 0; run < len; run += block) {
		block = len - run < HOLE_MIN ? len - run : HOLE_MIN;
		if (!run)
			*zero = is_zero(data, block);
		else if (is_zero(data + run, block) != *zero)
			break;
	}

	return run;
}

static int write_sparse(struct dump_target *target, const struct dump_part *part)
{
	size_t done, run;
	bool zero;
	int ret;

	for (done = 0; done < part->length; done += run) {
		run = find_run(part->data + done, part->length - done, &zero);
		if (zero)
			ret = make_hole(target, part->start + done, run);
		else
			ret = write_all(target, part->data + done, run, part->start + done);
		if (ret)
			return ret;
	}

	return 0;
}

/* Has the disk begin to write while more is read, so that there is little to wait for later. */
static void flush_some(struct dump_target *target, __u64 len)
{
	target->flushed += len;
	if (target->stream || target->flushed < FLUSH_EVERY)
		return;

	sync_file_range(target->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	target->flushed = 0;
}

/**
 * dump_target_write() - write a part
 * @target: target
 * @part: part
 *
 * What cannot be read is written as zeros.
 *
 * Return: 0, or an error of the system negated.
 */
int dump_target_write(struct dump_target *target, const struct dump_part *part)
{
	int ret;

	if (part->kind != QV_EXTENT_DATA)
		return make_hole(target, part->start, part->length);

	if (target->sparse && !target->stream)
		ret = write_sparse(target, part);
	else
		ret = write_all(target, part->data, part->length, part->start);
	flush_some(target, part->length);

	return ret;
}

/**
 * dump_target_finish() - wait until all is on the disk
 * @target: target
 *
 * Return: 0, or an error of the system negated.
 */
int dump_target_finish(struct dump_target *target)
{
	/* A pipe has no disk. */
	if (fsync(target->fd) && errno != EINVAL && errno != EROFS)
		return -errno;

	return 0;
}

/**
 * dump_target_close() - close it
 * @target: target, open or not
 */
void dump_target_close(struct dump_target *target)
{
	if (target->fd >= 0 && !target->stream)
		close(target->fd);
	target->fd = -1;
}

/**
 * dump_target_print_error() - say what is wrong with a target, and what to do
 * @target: target
 * @error: error of the system, negated or not
 */
void dump_target_print_error(const struct dump_target *target, int error)
{
	const char *hint = "";

	error = error < 0 ? -error : error;
	if (error == ENOSPC || error == EDQUOT)
		hint = ": make room";
	else if (error == EFBIG)
		hint = ": FAT32 ends at 4 GB, and ulimit at what it says; use ext4, NTFS or exFAT";
	else if (error == EROFS || error == EACCES)
		hint = ": name a file where you may write";
	else if (error == EWOULDBLOCK)
		hint = ": another qnapvol writes it";
	cli_error("cannot write %s: %s%s", target->path, strerror(error), hint);
}
