// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounting the files in an image, by the kernel or by fuse2fs
 *
 * A journal is replayed by the one who mounts if that is the kernel, else by e2fsck, into the
 * overlay that the image has then. Without an overlay it is not looked at.
 *
 * fuse2fs 1.47 takes an error number of the system for a number of bytes that were read: a file
 * with a bad sector would seem to end there, and nobody would be told. So it must never see one.
 * If it is known that not all can be read, errors come to it as ends of the image, which it takes
 * for errors, and files are read without the kernel's cache, which would take what is before them
 * for the whole. That costs more than half of the speed. Else it is killed when an error comes up:
 * whoever reads is told.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "cli.h"
#include "mount-files.h"
#include "mount-point.h"
#include "progress.h"

/* e2fsck: errors were corrected; what is above could not be done. */
#define E2FSCK_CORRECTED	1

/* fuse2fs is asked this often whether it is ready, in microseconds. */
#define POLL_INTERVAL	5000

/* As much of a program's messages is shown. */
#define OUTPUT_MAX	4096

/* So long is looked for what cannot be read, in nanoseconds. */
#define LOOK_TIME	5000000000ull

#define LOOP_NAME_MAX	64
#define LOOP_TRIES	10

/* The kernel mounts no file system whose blocks are larger than its pages. */
static bool is_too_large(const struct mount_files *files)
{
	return files->content->ext.block_size > sysconf(_SC_PAGESIZE);
}

static int fail_kernel(const struct mount_files *files)
{
	if (geteuid()) {
		cli_error("only root can mount by the kernel: use --with fuse2fs");
		return QV_ERR_SYSTEM;
	}
	cli_error("%s has blocks of %u bytes, this kernel takes %ld at most: use --with fuse2fs",
		  files->name, files->content->ext.block_size, sysconf(_SC_PAGESIZE));

	return QV_ERR_UNSUPPORTED;
}

static int fail_fuse2fs(const struct mount_files *files)
{
	cli_error("fuse2fs is not installed: install the package fuse2fs, or e2fsprogs%s",
		  files->way == MOUNT_AUTO && geteuid() ? ", or be root" : "");

	return QV_ERR_SYSTEM;
}

/* Can it be done? Decides by what. Returns 0, or an exit status after a message. */
int mount_files_check(struct mount_files *files)
{
	const bool kernel = !geteuid() && !is_too_large(files);

	if (files->way == MOUNT_KERNEL && !kernel)
		return fail_kernel(files);
	if (files->way == MOUNT_KERNEL || (files->way == MOUNT_AUTO && kernel))
		return 0;

	if (!child_find("fuse2fs"))
		return fail_fuse2fs(files);
	if (files->replay && !child_find("e2fsck")) {
		cli_error("e2fsck, which replays the journal, is not installed: install e2fsprogs");
		return QV_ERR_SYSTEM;
	}
	files->way = MOUNT_FUSE2FS;

	return 0;
}

/* By the kernel */

/* The device goes away by itself when it is not open any more. */
static int try_loop(const char *device, int image)
{
	const struct loop_config config = {
		.fd = image,
		.info.lo_flags = LO_FLAGS_AUTOCLEAR,
	};
	int loop = open(device, O_RDWR | O_CLOEXEC);

	if (loop < 0)
		return -errno;
	if (!ioctl(loop, LOOP_CONFIGURE, &config))
		return loop;

	close(loop);

	return -errno;
}

/* Another process may take the device that is free between two steps, so there are some tries. */
static int open_loop(char *device, size_t size, const char *path)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int image = open(path, O_RDWR | O_CLOEXEC);
	int loop = -EBUSY, number;

	for (int i = 0; i < LOOP_TRIES && loop == -EBUSY && control >= 0 && image >= 0; i++) {
		number = ioctl(control, LOOP_CTL_GET_FREE);
		snprintf(device, size, "/dev/loop%d", number);
		loop = number < 0 ? -errno : try_loop(device, image);
	}
	if (image >= 0)
		close(image);
	if (control >= 0)
		close(control);

	return loop;
}

/* mount -o ro,loop would make a loop device that nothing can be replayed on. */
static int mount_replaying(const struct mount_files *files)
{
	char device[LOOP_NAME_MAX];
	const char *const mount[] = {
		"mount", "-t", "ext4", "-o", "ro,nosuid,nodev", device, files->point, NULL,
	};
	int loop = open_loop(device, sizeof(device), files->image);
	int status;

	if (loop < 0) {
		cli_error("cannot make a loop device: %s", strerror(-loop));
		return loop;
	}

	status = child_run(mount);
	close(loop);

	return status;
}

static int mount_by_kernel(const struct mount_files *files)
{
	const char *const mount[] = {
		"mount", "-t", "ext4", "-o", "ro,loop,noload,nosuid,nodev", files->image,
		files->point, NULL,
	};

	return files->replay ? mount_replaying(files) : child_run(mount);
}

/* By fuse2fs */

/* Prints what a program has printed, after it has failed. */
static void show_output(int output)
{
	char buf[OUTPUT_MAX];
	ssize_t got = pread(output, buf, sizeof(buf), 0);

	if (got > 0)
		fwrite(buf, 1, got, stderr);
}

static int replay_by_e2fsck(const struct mount_files *files, int output)
{
	const char *const e2fsck[] = { "e2fsck", "-y", "-E", "journal_only", files->image, NULL };
	pid_t pid;
	int status;

	if (!files->content->ext.needs_recovery)
		return 0;

	pid = child_start_bound(e2fsck, output);
	status = pid < 0 ? -EIO : child_wait(pid);

	return status > E2FSCK_CORRECTED ? status : 0;
}

static int start_fuse2fs(struct mount_files *files, const char *options, int output)
{
	const char *const fuse2fs[] = {
		"fuse2fs", "-f", files->image, files->point, "-o", options, NULL,
	};
	const pid_t pid = child_start_bound(fuse2fs, output);

	if (pid < 0)
		return -EIO;

	while (!mount_point_is_mounted(files->point)) {
		if (child_has_ended(pid))
			return child_wait(pid) ?: -EIO;
		usleep(POLL_INTERVAL);
	}
	files->fuse2fs = pid;

	return 0;
}

static int mount_by_fuse2fs(struct mount_files *files)
{
	int output = memfd_create("output", MFD_CLOEXEC);
	char *options;
	int status;

	if (asprintf(&options, "ro,norecovery,fakeroot%s%s",
		     files->allow_other ? ",allow_other" : "",
		     files->careful ? ",direct_io" : "") < 0)
		return -ENOMEM;

	status = files->replay ? replay_by_e2fsck(files, output) : 0;
	if (!status)
		status = start_fuse2fs(files, options, output);
	if (status)
		show_output(output);
	free(options);
	close(output);

	return status;
}

/* For image_fs.on_error; @data are the files. Called by any thread. */
void mount_files_stop(void *data)
{
	struct mount_files *files = data;

	if (files->fuse2fs <= 0 || files->careful)
		return;

	files->stopped = true;
	kill(files->fuse2fs, SIGKILL);
}

/*
 * Is it known that a part of the device cannot be read? In a large pool on a slow disk it would
 * take many minutes to know that. What is not known when the time is up is met when it is read.
 */
static bool has_bad(struct qv_dev *dev)
{
	const __u64 size = qv_dev_size(dev), began = progress_now();
	struct qv_extent extent;

	for (__u64 start = 0; start < size; start += extent.length) {
		if (qv_dev_extent(dev, start, size - start, &extent) ||
		    extent.kind == QV_EXTENT_BAD)
			return true;
		if (progress_now() - began > LOOK_TIME)
			return false;
	}

	return false;
}

static int try_fuse2fs(struct mount_files *files, bool careful)
{
	files->careful = careful;
	*files->image_careful = careful;

	return mount_by_fuse2fs(files);
}

/*
 * Since 1.47.2 fuse2fs cannot be told to read files without the cache. Without that it is better
 * that it ends at what cannot be read.
 */
static int mount_by_any_fuse2fs(struct mount_files *files)
{
	int status = try_fuse2fs(files, files->careful || has_bad(files->dev));

	if (!status || !files->careful)
		return status;

	cli_error("trying without --careful: fuse2fs then ends at what cannot be read, be root");

	return try_fuse2fs(files, false);
}

static int try(struct mount_files *files, enum mount_way way)
{
	int status;

	*files->image_careful = false;
	status = way == MOUNT_KERNEL ? mount_by_kernel(files) : mount_by_any_fuse2fs(files);
	if (!status && !mount_point_is_mounted(files->point))
		status = -EIO;

	return status;
}

/*
 * Mounts them, after mount_files_check(). While that goes on the image has to be served. Returns 0,
 * or an exit status after a message.
 */
int mount_files(struct mount_files *files)
{
	const bool kernel_first = files->way == MOUNT_AUTO;

	if (kernel_first)
		files->way = MOUNT_KERNEL;
	if (!try(files, files->way))
		return 0;

	if (kernel_first && child_find("fuse2fs")) {
		cli_error("the kernel does not mount the files of %s, trying fuse2fs", files->name);
		files->way = MOUNT_FUSE2FS;
		if (!try(files, files->way))
			return 0;
	}
	cli_error("%s does not mount the files of %s: the file system may be damaged",
		  files->way == MOUNT_KERNEL ? "the kernel" : "fuse2fs", files->name);
	cli_error("with --image --overlay FILE there is an image that e2fsck can be tried on");

	return QV_ERR_DAMAGED;
}
