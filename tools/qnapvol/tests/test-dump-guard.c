// SPDX-License-Identifier: GPL-2.0-only
/* Tests of what a dump must never be written to, with a made-up list of block devices */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "dump-guard.h"
#include "ktap.h"

static char directory[32];

/* The made-up system: disks a and b, each with a partition; an array on a1; a volume on it. */
#define DISK_A		makedev(8, 0)
#define PART_A1		makedev(8, 1)
#define DISK_B		makedev(8, 16)
#define PART_B1		makedev(8, 17)
#define ARRAY		makedev(9, 1)
#define VOLUME		makedev(253, 0)

static const char *path(const char *name)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s/%s", directory, name);

	return text;
}

static void make_directory(const char *name)
{
	if (mkdir(path(name), 0700))
		exit(1);
}

static void make_link(const char *to, const char *name)
{
	if (symlink(to, path(name)))
		exit(1);
}

static void make_disk(char letter, unsigned int minor)
{
	char name[64], number[64];
	FILE *file;

	snprintf(name, sizeof(name), "sd%c", letter);
	make_directory(name);
	snprintf(number, sizeof(number), "8:%u", minor);
	make_link(name, number);
	snprintf(name, sizeof(name), "sd%c/sd%c1", letter, letter);
	make_directory(name);
	snprintf(number, sizeof(number), "8:%u", minor + 1);
	make_link(name, number);
	snprintf(name, sizeof(name), "sd%c/sd%c1/partition", letter, letter);
	file = fopen(path(name), "w");
	if (!file || fclose(file))
		exit(1);
}

static void make_system(void)
{
	snprintf(directory, sizeof(directory), "/tmp/qnapvol-test-XXXXXX");
	if (!mkdtemp(directory))
		exit(1);
	make_disk('a', 0);
	make_disk('b', 16);
	make_directory("md1");
	make_directory("md1/slaves");
	make_link("../../sda/sda1", "md1/slaves/sda1");
	make_link("md1", "9:1");
	make_directory("dm-0");
	make_directory("dm-0/slaves");
	make_link("../../md1", "dm-0/slaves/md1");
	make_link("dm-0", "253:0");
}

static void test_disks(void)
{
	ktap_check(dump_is_same_disk(directory, DISK_A, DISK_A), "a disk is on itself");
	ktap_check(dump_is_same_disk(directory, PART_A1, DISK_A), "a partition is on its disk");
	ktap_check(dump_is_same_disk(directory, DISK_A, PART_A1), "and the other way round");
	ktap_check(!dump_is_same_disk(directory, PART_A1, PART_B1), "not on another");
	ktap_check(dump_is_same_disk(directory, VOLUME, PART_A1), "a volume is on its disk");
	ktap_check(dump_is_same_disk(directory, DISK_A, VOLUME), "and the other way round");
	ktap_check(!dump_is_same_disk(directory, VOLUME, DISK_B), "a volume is on no other");
	ktap_check(!dump_is_same_disk(directory, makedev(77, 7), DISK_B), "an unknown device");
}

static void test_files(void)
{
	struct cli cli = { .arguments = { { "test-source.img", "test-source.map" } }, .num = 1 };
	FILE *image, *map;

	if (chdir(directory))
		exit(1);
	image = fopen("test-source.img", "w");
	map = fopen("test-source.map", "w");
	if (!image || fclose(image) || !map || fclose(map) ||
	    symlink("test-source.img", "link") || link("test-source.img", "hard"))
		exit(1);

	ktap_check(dump_guard(&cli, "new.img"), "a new file");
	ktap_check(!dump_guard(&cli, "test-source.img"), "not a source");
	ktap_check(!dump_guard(&cli, "./link"), "not by a link");
	ktap_check(!dump_guard(&cli, "hard"), "not by a hard link");
	ktap_check(!dump_guard(&cli, "test-source.map"), "not the mapfile of a source");
	ktap_check(!dump_guard(&cli, "."), "not a directory");
	ktap_check(!dump_guard(&cli, "/dev/null"), "not a device");
	ktap_check(!dump_guard(&cli, "nowhere/new.img"), "not where there is no directory");
}

int main(void)
{
	char remove[64];

	ktap_begin();
	make_system();
	test_disks();
	test_files();
	snprintf(remove, sizeof(remove), "rm -r %s", directory);

	return system(remove) || ktap_end();
}
