/* SPDX-License-Identifier: GPL-2.0-only */
/* Mounting the files in an image, by the kernel or by fuse2fs */

#ifndef _QNAPVOL_MOUNT_FILES_H
#define _QNAPVOL_MOUNT_FILES_H

#include <stdatomic.h>
#include <sys/types.h>

#include "qnapvol.h"

/**
 * enum mount_way - by what the files are mounted
 * @MOUNT_AUTO: by the kernel if that can be, else by fuse2fs
 * @MOUNT_KERNEL: by the kernel, through a loop device; for root
 * @MOUNT_FUSE2FS: by fuse2fs
 * @MOUNT_IMAGE: not at all: the image itself is what is wanted
 */
enum mount_way {
	MOUNT_AUTO,
	MOUNT_KERNEL,
	MOUNT_FUSE2FS,
	MOUNT_IMAGE,
};

/**
 * struct mount_files - files to be mounted
 * @name: of the volume
 * @dev: the volume, without an overlay
 * @image: path of its image
 * @point: where to mount them
 * @content: what is known of the file system
 * @way: by what; %MOUNT_AUTO is replaced by what was taken
 * @replay: the image can be written: replay the journal
 * @allow_other: other users may read them as well
 * @careful: fuse2fs is to go on when something cannot be read; set if it is known that it will
 * @image_careful: set to whether the image is to be served carefully, see struct image_fs
 * @fuse2fs: the process that serves them, or 0
 * @stopped: it was stopped, as something could not be read
 */
struct mount_files {
	const char *name;
	struct qv_dev *dev;
	const char *image;
	const char *point;
	const struct qv_content *content;
	enum mount_way way;
	bool replay;
	bool allow_other;
	bool careful;
	bool *image_careful;
	pid_t fuse2fs;
	atomic_bool stopped;
};

int mount_files_check(struct mount_files *files);
int mount_files(struct mount_files *files);
void mount_files_stop(void *data);

#endif /* _QNAPVOL_MOUNT_FILES_H */
