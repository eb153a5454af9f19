// SPDX-License-Identifier: GPL-2.0-only
/*
 * A FUSE file system whose files are images of volumes
 *
 * Without an overlay the images never change, so the kernel may keep all that it has read.
 */

#define FUSE_USE_VERSION 35

#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "mount-image.h"

/* For as long as the kernel likes: nothing changes. */
#define FOREVER		1e9

#define MODE_DIRECTORY	(S_IFDIR | 0555)
#define MODE_READ	(S_IFREG | 0444)
#define MODE_WRITE	(S_IFREG | 0644)

/* Buffers up to the longest request come from memory that is kept, not from fresh pages. */
#define KEEP_MEMORY	(8 << 20)

/* The root directory has the first inode, files follow in their order. */
static struct image *find_image(fuse_req_t req, fuse_ino_t ino)
{
	struct image_fs *fs = fuse_req_userdata(req);

	return ino > FUSE_ROOT_ID && ino - FUSE_ROOT_ID <= fs->num ?
	       &fs->images[ino - FUSE_ROOT_ID - 1] : NULL;
}

static fuse_ino_t image_ino(const struct image_fs *fs, const struct image *image)
{
	return FUSE_ROOT_ID + 1 + (image - fs->images);
}

static struct stat image_stat(fuse_ino_t ino, const struct image *image)
{
	struct stat st = {
		.st_ino = ino,
		.st_nlink = image ? 1 : 2,
		.st_mode = MODE_DIRECTORY,
		.st_uid = geteuid(),
		.st_gid = getegid(),
	};

	if (!image)
		return st;

	st.st_mode = image->writable ? MODE_WRITE : MODE_READ;
	st.st_size = qv_dev_size(image->dev);
	st.st_blocks = st.st_size / 512;

	return st;
}

static void image_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct image_fs *fs = fuse_req_userdata(req);
	struct fuse_entry_param entry = { .attr_timeout = FOREVER, .entry_timeout = FOREVER };

	(void)parent;
	for (struct image *image = fs->images; image < fs->images + fs->num; image++) {
		if (strcmp(image->name, name))
			continue;
		entry.ino = image_ino(fs, image);
		entry.attr = image_stat(entry.ino, image);
		fuse_reply_entry(req, &entry);
		return;
	}
	fuse_reply_err(req, ENOENT);
}

static void image_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
	struct image *image = find_image(req, ino);
	struct stat st = image_stat(ino, image);

	(void)info;
	if (!image && ino != FUSE_ROOT_ID)
		fuse_reply_err(req, ENOENT);
	else
		fuse_reply_attr(req, &st, FOREVER);
}

static void image_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *info)
{
	const struct image_fs *fs = fuse_req_userdata(req);
	struct image *image = find_image(req, ino);

	if (!image) {
		fuse_reply_err(req, EISDIR);
		return;
	}
	if ((info->flags & O_ACCMODE) != O_RDONLY && !image->writable) {
		fuse_reply_err(req, EROFS);
		return;
	}
	info->direct_io = fs->careful;
	info->keep_cache = !fs->careful;
	fuse_reply_open(req, info);
}

static int error_number(int ret)
{
	switch (-ret) {
	case 0:
		return 0;
	case QV_ERR_SYSTEM:
		return -ENOSPC;
	case QV_ERR_NOT_FOUND:
		return -EFBIG;
	default:
		return -EIO;
	}
}

/* Unless each read is passed on as it is, the kernel would have zeros where an answer is short. */
static void reply_unreadable(fuse_req_t req)
{
	const struct image_fs *fs = fuse_req_userdata(req);

	if (fs->on_error)
		fs->on_error(fs->data);
	if (fs->careful)
		fuse_reply_buf(req, NULL, 0);
	else
		fuse_reply_err(req, EIO);
}

static void image_read(fuse_req_t req, fuse_ino_t ino, size_t len, off_t start,
		       struct fuse_file_info *info)
{
	struct image *image = find_image(req, ino);
	const __u64 size = qv_dev_size(image->dev);
	char *buf;

	(void)info;
	if ((__u64)start >= size) {
		fuse_reply_buf(req, NULL, 0);
		return;
	}
	if (len > size - start)
		len = size - start;
	buf = malloc(len);
	if (!buf)
		fuse_reply_err(req, ENOMEM);
	else if (qv_dev_read(image->dev, buf, len, start))
		reply_unreadable(req);
	else
		fuse_reply_buf(req, buf, len);
	free(buf);
}

static void image_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t len, off_t start,
			struct fuse_file_info *info)
{
	struct image *image = find_image(req, ino);
	int error;

	(void)info;
	error = error_number(qv_overlay_write(image->dev, buf, len, start));
	if (error)
		fuse_reply_err(req, -error);
	else
		fuse_reply_write(req, len);
}

static void image_fsync(fuse_req_t req, fuse_ino_t ino, int only_data, struct fuse_file_info *info)
{
	struct image *image = find_image(req, ino);

	(void)only_data;
	(void)info;
	fuse_reply_err(req, image->writable ? -error_number(qv_overlay_sync(image->dev)) : 0);
}

/* An entry that does not fit is not in there. Returns its size in any case. */
static size_t add_entry(fuse_req_t req, char *buf, size_t room, size_t index)
{
	struct image_fs *fs = fuse_req_userdata(req);
	const struct image *image = index < 2 ? NULL : &fs->images[index - 2];
	const fuse_ino_t ino = image ? image_ino(fs, image) : FUSE_ROOT_ID;
	const char *name = image ? image->name : index ? ".." : ".";
	struct stat st = image_stat(ino, image);

	return fuse_add_direntry(req, buf, room, name, &st, index + 1);
}

static void image_readdir(fuse_req_t req, fuse_ino_t ino, size_t len, off_t start,
			  struct fuse_file_info *info)
{
	struct image_fs *fs = fuse_req_userdata(req);
	char *buf = malloc(len);
	size_t used = 0, entry;

	(void)ino;
	(void)info;
	if (!buf) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	for (size_t i = start; i < fs->num + 2; i++) {
		entry = add_entry(req, buf + used, len - used, i);
		if (entry > len - used)
			break;
		used += entry;
	}
	fuse_reply_buf(req, buf, used);
	free(buf);
}

static const struct fuse_lowlevel_ops image_ops = {
	.lookup = image_lookup,
	.getattr = image_getattr,
	.open = image_open,
	.read = image_read,
	.write = image_write,
	.fsync = image_fsync,
	.readdir = image_readdir,
};

/* The name is for /proc/mounts; a comma would begin an option. */
static char *make_options(const struct image_fs *fs)
{
	const bool writable = fs->num && fs->images->writable;
	char *options;

	if (asprintf(&options, "%snosuid,nodev,subtype=qnapvol%s,fsname=%s",
		     writable ? "" : "ro,", fs->allow_other ? ",allow_other" : "",
		     fs->num == 1 ? fs->images->name : "volumes") < 0)
		return NULL;

	return options;
}

static struct fuse_session *make_session(struct image_fs *fs)
{
	char *options = make_options(fs);
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_session *session = NULL;

	if (options && !fuse_opt_add_arg(&args, "qnapvol") && !fuse_opt_add_arg(&args, "-o") &&
	    !fuse_opt_add_arg(&args, options))
		session = fuse_session_new(&args, &image_ops, sizeof(image_ops), fs);
	fuse_opt_free_args(&args);
	free(options);

	return session;
}

/* Mounts it; requests wait until image_fs_serve(). Returns 0, or an exit status after a message. */
int image_fs_mount(struct image_fs *fs, const char *directory)
{
	mallopt(M_MMAP_THRESHOLD, KEEP_MEMORY);
	mallopt(M_TRIM_THRESHOLD, 4 * KEEP_MEMORY);
	fs->session = make_session(fs);
	if (fs->session && !fuse_session_mount(fs->session, directory))
		return 0;

	cli_error("cannot mount by FUSE at %s", directory);
	if (fs->session)
		fuse_session_destroy(fs->session);
	fs->session = NULL;

	return QV_ERR_SYSTEM;
}

/* Answers, with many threads, until it is unmounted and no file is open any more. */
int image_fs_serve(struct image_fs *fs)
{
	struct fuse_loop_config config = { .clone_fd = 1, .max_idle_threads = 10 };

	return fuse_session_loop_mt(fs->session, &config);
}
