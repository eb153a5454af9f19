// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a dump must never be written to
 *
 * The greatest danger of a dump is that it ends on a disk of the NAS. So it is written to plain
 * files and to pipes only, none of which may be a source or lie on a disk that is one.
 */

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "dump-guard.h"

#define SYSFS	"/sys/dev/block"

/* A file system on LUKS on LVM on md on a partition of a disk, and some. */
#define DEPTH_MAX	12

/* Finds the directory of a block device in sysfs. Returns false if there is none. */
static bool find_directory(const char *sysfs, dev_t dev, char *path)
{
	char link[PATH_MAX];

	snprintf(link, sizeof(link), "%s/%u:%u", sysfs, major(dev), minor(dev));

	return realpath(link, path);
}

static bool has_file(const char *directory, const char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >= (int)sizeof(path))
		return false;

	return !access(path, F_OK);
}

/* The directory of a partition is in that of its disk. */
static void to_disk(char *directory)
{
	char *slash = strrchr(directory, '/');

	if (slash && has_file(directory, "partition"))
		*slash = 0;
}

static bool is_on(const char *directory, const char *disk, unsigned int depth);

/* Is one of those that the device in the directory is made of on the disk? */
static bool has_slave_on(const char *directory, const char *disk, unsigned int depth)
{
	char path[PATH_MAX], slave[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *slaves;

	if (snprintf(path, sizeof(path), "%s/slaves", directory) >= (int)sizeof(path))
		return false;
	slaves = opendir(path);
	if (!slaves)
		return false;

	while (!found && (entry = readdir(slaves))) {
		if (entry->d_name[0] == '.' ||
		    snprintf(path, sizeof(path), "%s/slaves/%s", directory, entry->d_name) >=
		    (int)sizeof(path) || !realpath(path, slave))
			continue;
		found = is_on(slave, disk, depth + 1);
	}
	closedir(slaves);

	return found;
}

static bool is_on(const char *directory, const char *disk, unsigned int depth)
{
	char own[PATH_MAX];

	if (depth > DEPTH_MAX)
		return false;

	snprintf(own, sizeof(own), "%s", directory);
	to_disk(own);

	return !strcmp(own, disk) || has_slave_on(directory, disk, depth);
}

/**
 * dump_is_same_disk() - is a block device on the same disk as another one?
 * @sysfs: where the system lists block devices by their numbers: "/sys/dev/block"
 * @a: block device: a disk, a partition, or something that is made of such
 * @b: likewise
 *
 * Return: true if one of them is on a disk that the other is on; false also if the system does not
 * know them.
 */
bool dump_is_same_disk(const char *sysfs, dev_t a, dev_t b)
{
	char first[PATH_MAX], second[PATH_MAX];

	if (a == b)
		return true;
	if (!find_directory(sysfs, a, first) || !find_directory(sysfs, b, second))
		return false;

	to_disk(second);
	if (is_on(first, second, 0))
		return true;
	if (!find_directory(sysfs, b, second))
		return false;
	to_disk(first);

	return is_on(second, first, 0);
}

/* The target is or would be on a file system: is that on a disk that is a source? */
static bool check_source(const struct stat *target, dev_t file_system, const char *name,
			 const char *source)
{
	struct stat st;

	if (!source || stat(source, &st))
		return true;

	if (target && cli_is_same_file(target, &st)) {
		cli_error("%s is a source and must not be written: name another file with -o",
			  name);
		return false;
	}
	if (!S_ISBLK(st.st_mode) || !dump_is_same_disk(SYSFS, file_system, st.st_rdev))
		return true;

	cli_error("%s would be on the disk of %s, which is a source: name a file on another disk",
		  name, source);

	return false;
}

static bool check_sources(const struct cli *cli, const struct stat *target, dev_t file_system,
			  const char *name)
{
	const struct cli_source *source = cli->arguments;

	for (; source < cli->arguments + cli->num; source++) {
		if (!check_source(target, file_system, name, source->path) ||
		    !check_source(target, file_system, name, source->rescue_map))
			return false;
	}

	return true;
}

static bool check_kind(const struct stat *st, const char *name)
{
	if (S_ISREG(st->st_mode))
		return true;

	if (S_ISBLK(st->st_mode))
		cli_error("%s is a disk or a partition, and no disk is ever written: name a file",
			  name);
	else if (S_ISDIR(st->st_mode))
		cli_error("%s is a directory: name the file, such as %s/volume.img", name, name);
	else
		cli_error("%s is no file: for a pipe, say -o - and send standard output there",
			  name);

	return false;
}

/* Returns false if there is no such directory. */
static bool stat_directory(const char *path, struct stat *st)
{
	const char *slash = strrchr(path, '/');
	char directory[PATH_MAX] = ".";

	if (slash && snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path + 1),
			      path) >= (int)sizeof(directory))
		return false;

	return !stat(directory, st);
}

/**
 * dump_guard() - may that be written?
 * @cli: command line, with the sources
 * @path: file that is to be written or made
 *
 * Return: true; or false after a message if it is not a file, is one of the sources, or is on a
 * disk that is one, or if it cannot be looked at.
 */
bool dump_guard(const struct cli *cli, const char *path)
{
	struct stat st;

	if (!stat(path, &st))
		return check_kind(&st, path) && check_sources(cli, &st, st.st_dev, path);

	if (errno == ENOENT && stat_directory(path, &st))
		return check_sources(cli, NULL, st.st_dev, path);

	cli_error("cannot write %s: %s", path, strerror(errno));

	return false;
}

/**
 * dump_guard_stream() - may that be written, as a stream?
 * @cli: command line, with the sources
 * @fd: stream
 *
 * Return: true; or false after a message if it is a disk, a terminal or one of the sources.
 */
bool dump_guard_stream(const struct cli *cli, int fd)
{
	static const char name[] = "standard output";
	struct stat st;

	if (fstat(fd, &st)) {
		cli_error("cannot write to %s: %s", name, strerror(errno));
		return false;
	}
	if (S_ISBLK(st.st_mode))
		return check_kind(&st, name);
	if (isatty(fd)) {
		cli_error("%s is a terminal: send it to a pipe, or name a file with -o", name);
		return false;
	}

	return check_sources(cli, &st, S_ISREG(st.st_mode) ? st.st_dev : 0, name);
}
