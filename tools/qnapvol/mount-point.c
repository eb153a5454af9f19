// SPDX-License-Identifier: GPL-2.0-only
/* Mount points: whether they can be used, and unmounting */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "cli.h"
#include "mount-point.h"

static bool is_empty(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	bool empty = true;

	if (!directory)
		return false;

	while (empty && (entry = readdir(directory)))
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	closedir(directory);

	return empty;
}

static int fail_stat(const char *path, int error)
{
	if (error == ENOENT)
		cli_error("there is no directory %s: make it with mkdir", path);
	else if (error == ENOTCONN)
		cli_error("%s is mounted, but by a program that was killed: fusermount3 -u %s",
			  path, path);
	else
		cli_error("cannot use %s: %s", path, strerror(error));

	return QV_ERR_SYSTEM;
}

/* Returns 0 if it is an empty directory, else an exit status after a message. */
int mount_point_check(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return fail_stat(path, errno);
	if (!S_ISDIR(st.st_mode)) {
		cli_error("%s is no directory: give one to mount at", path);
		return QV_ERR_SYSTEM;
	}
	if (!is_empty(path)) {
		cli_error("%s is not empty or cannot be read: give an empty directory to mount at",
			  path);
		return QV_ERR_SYSTEM;
	}
	if (access(path, W_OK)) {
		cli_error("%s is not yours: be root, or mount at a directory of your own", path);
		return QV_ERR_SYSTEM;
	}

	return 0;
}

/* Is something mounted right there? */
bool mount_point_is_mounted(const char *path)
{
	struct stat st, above;
	char *parent;
	bool mounted;

	if (asprintf(&parent, "%s/..", path) < 0)
		return false;

	mounted = !stat(path, &st) && !stat(parent, &above) && st.st_dev != above.st_dev;
	free(parent);

	return mounted;
}

/*
 * Unmounts what is there; lazily: it goes from there at once, and ends when nothing is open any
 * more. Returns 0 or an error of the system, negative.
 */
int mount_point_unmount(const char *path, bool lazily)
{
	const char *const by_fuse[] = {
		"fusermount3", "-q", "-u", lazily ? "-z" : "--", path, NULL,
	};

	if (!umount2(path, UMOUNT_NOFOLLOW | (lazily ? MNT_DETACH : 0)))
		return 0;
	if (errno != EPERM)
		return -errno;

	return child_run(by_fuse) ? -EBUSY : 0;
}

/* Returns 0 if FUSE can be used here, else an exit status after a message. */
int mount_point_check_fuse(void)
{
	if (access("/dev/fuse", F_OK)) {
		cli_error("there is no /dev/fuse: \"modprobe fuse\", or let the container have it");
		cli_error("without it there are qnapvol dump and qnapvol nbd");
		return QV_ERR_SYSTEM;
	}
	if (access("/dev/fuse", R_OK | W_OK)) {
		cli_error("you may not use /dev/fuse: be root, or see qnapvol dump");
		return QV_ERR_SYSTEM;
	}
	if (geteuid() && !child_find("fusermount3")) {
		cli_error("fusermount3 is not installed: install the package fuse3, or be root");
		return QV_ERR_SYSTEM;
	}

	return 0;
}
