/* SPDX-License-Identifier: GPL-2.0-only */
/* A FUSE file system whose files are images of volumes */

#ifndef _QNAPVOL_MOUNT_IMAGE_H
#define _QNAPVOL_MOUNT_IMAGE_H

#include "qnapvol.h"

struct fuse_session;

/**
 * struct image - a file of the file system
 * @name: its name
 * @dev: what is in it
 * @writable: @dev is an overlay
 */
struct image {
	char *name;
	struct qv_dev *dev;
	bool writable;
};

/**
 * struct image_fs - a file system of images
 * @images: its files
 * @num: how many
 * @allow_other: other users may read them as well
 * @careful: pass on each read as it is, and answer what cannot be read by the end of the file
 * @on_error: called before what cannot be read is answered, or NULL
 * @data: for @on_error
 * @session: FUSE's, once it is mounted
 */
struct image_fs {
	struct image *images;
	size_t num;
	bool allow_other;
	bool careful;
	void (*on_error)(void *data);
	void *data;
	struct fuse_session *session;
};

int image_fs_mount(struct image_fs *fs, const char *directory);
int image_fs_serve(struct image_fs *fs);

#endif /* _QNAPVOL_MOUNT_IMAGE_H */
