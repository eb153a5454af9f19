// SPDX-License-Identifier: GPL-2.0-only
/*
 * qnapvol mount: the files of a volume, or its image
 *
 * The image is a file of a FUSE file system of our own, in a directory that nobody else can enter.
 * The files in it are mounted by the kernel or by fuse2fs, which keep the image open. Then the
 * directory is not needed any more: it is unmounted lazily and removed. When the user unmounts the
 * files the image is closed, with that FUSE ends, and so do we.
 */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "child.h"
#include "mount-background.h"
#include "mount-files.h"
#include "mount-image.h"
#include "mount-point.h"
#include "signals.h"
#include "temporary.h"
#include "volume.h"

enum option_name {
	OPTION_FOREGROUND = 'f',
	OPTION_IMAGE = CLI_OWN,
	OPTION_ALL,
	OPTION_WITH,
	OPTION_OVERLAY,
	OPTION_REPLAY,
	OPTION_ALLOW_OTHER,
	OPTION_CAREFUL,
};

/**
 * struct mount - what the options say, and what comes of it
 * @foreground: stay there
 * @all: images of all volumes
 * @overlay: file for what is written, or NULL
 * @replay: have a temporary one
 * @point: where to mount, absolute
 * @report: where to say that all is ready, for background_ready()
 * @content: what is in the volume, as the overlay has it
 * @files: how its files are mounted
 * @fs: its image
 * @thread: serves @fs
 * @ended: @fs is not served any more
 */
struct mount {
	bool foreground;
	bool all;
	const char *overlay;
	bool replay;
	char *point;
	int report;
	struct qv_content content;
	struct mount_files files;
	struct image_fs fs;
	pthread_t thread;
	atomic_bool ended;
};

static struct mount the_mount = { .report = -1 };

static bool take_way(struct mount_files *files, const char *name)
{
	static const char *const names[] = { "auto", "kernel", "fuse2fs", "image" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(name, names[i]))
			continue;
		files->way = i;
		return true;
	}
	cli_error("--with is auto, kernel, fuse2fs or image, not \"%s\"", name);

	return false;
}

static bool take(int option, const char *argument, void *data)
{
	struct mount *mount = data;

	switch (option) {
	case OPTION_FOREGROUND:
		mount->foreground = true;
		return true;
	case OPTION_ALL:
		mount->all = true;
		mount->files.way = MOUNT_IMAGE;
		return true;
	case OPTION_IMAGE:
		mount->files.way = MOUNT_IMAGE;
		return true;
	case OPTION_WITH:
		return take_way(&mount->files, argument);
	case OPTION_OVERLAY:
		mount->overlay = argument;
		return true;
	case OPTION_REPLAY:
		mount->replay = true;
		return true;
	case OPTION_CAREFUL:
		mount->files.careful = true;
		return true;
	default:
		mount->fs.allow_other = true;
		return true;
	}
}

/* What is mounted */

static bool has_image(const struct image_fs *fs, const char *name)
{
	for (size_t i = 0; i < fs->num; i++) {
		if (!strcmp(fs->images[i].name, name))
			return true;
	}

	return false;
}

/* Names that would be the same have a number. */
static char *image_name(const struct image_fs *fs, const struct qv_item *item)
{
	char *plain = volume_file_name(item, ".img");
	char *name = plain;

	for (int i = 2; name && has_image(fs, name); i++) {
		if (name != plain)
			free(name);
		if (asprintf(&name, "%d-%s", i, plain) < 0)
			name = NULL;
	}
	if (name != plain)
		free(plain);

	return name;
}

static int add_image(struct cli *cli, struct mount *mount, const struct qv_item *item)
{
	struct image *image = &mount->fs.images[mount->fs.num];

	image->name = image_name(&mount->fs, item);
	image->dev = qv_ext_view(cli->qv, item->dev);
	if (!image->name || !image->dev)
		return cli_no_memory();

	if (mount->overlay || mount->replay) {
		image->dev = qv_overlay_open(cli->qv, image->dev, mount->overlay);
		image->writable = true;
	}
	if (!image->dev) {
		cli_error("%s", qv_error_text(cli->qv));
		return QV_ERR_SYSTEM;
	}
	mount->fs.num++;

	return 0;
}

static int add_all(struct cli *cli, struct mount *mount)
{
	const struct qv_item *item;
	int status = 0;

	for (item = qv_items(cli->qv); item && !status; item = qv_next(item)) {
		if (volume_is_worth_reading(item))
			status = add_image(cli, mount, item);
	}
	if (!status && !mount->fs.num) {
		cli_error("there is no volume that can be read: qnapvol list says why");
		status = QV_ERR_NOT_FOUND;
	}

	return status;
}

static size_t count_items(const struct cli *cli)
{
	const struct qv_item *item;
	size_t num = 0;

	for (item = qv_items(cli->qv); item; item = qv_next(item))
		num++;

	return num;
}

/* Says what is to be known about the journal. */
static void check_journal(const struct cli *cli, struct mount *mount)
{
	static const char not_replayed[] =
		"its journal is not replayed: what was written last may be missing";

	mount->files.replay = mount->overlay || mount->replay;
	if (mount->content.ext.external_journal) {
		cli_say(cli, "qnapvol: warning: the journal of %s is on another device, so %s",
			mount->files.name, not_replayed);
		mount->files.replay = false;
	} else if (mount->content.ext.needs_recovery && !mount->files.replay) {
		cli_say(cli, "qnapvol: warning: %s was not unmounted, and %s", mount->files.name,
			not_replayed);
		cli_say(cli, "qnapvol: --replay replays the journal into a temporary file");
	}
}

static int fail_content(const struct mount *mount, const struct qv_item *item)
{
	const char *type = *mount->content.type ? mount->content.type : "nothing that is known";
	const bool is_image = item->kind == QV_ITEM_SOURCE;

	if (mount->content.kind != QV_CONTENT_LUKS) {
		cli_error("there is no ext4 in %s, but %s: see qnapvol mount --image", item->name,
			  type);
		return QV_ERR_UNSUPPORTED;
	}

	cli_error("%s is encrypted: type, with a NAME that you choose,", item->name);
	if (!is_image)
		cli_error("  qnapvol mount --image -V %s DIRECTORY SOURCE...", item->name);
	cli_error("  qnapvol luks --open NAME %s%s", is_image ? "" : "DIRECTORY/",
		  is_image ? item->name : mount->fs.images->name);
	cli_error("  qnapvol mount %s /dev/mapper/NAME", mount->point);

	return QV_ERR_UNSUPPORTED;
}

static int check_files(const struct cli *cli, struct mount *mount, const struct qv_item *item)
{
	struct mount_files *files = &mount->files;

	if (mount->content.kind != QV_CONTENT_EXT)
		return fail_content(mount, item);

	check_journal(cli, mount);
	files->content = &mount->content;
	files->point = mount->point;
	files->allow_other = mount->fs.allow_other;
	files->dev = item->dev;
	files->image_careful = &mount->fs.careful;
	mount->fs.on_error = mount_files_stop;
	mount->fs.data = files;

	return mount_files_check(files);
}

static int add_one(struct cli *cli, struct mount *mount)
{
	int status = 0;
	const struct qv_item *item = volume_find(cli, &status);

	if (item)
		status = add_image(cli, mount, item);
	if (status)
		return status;

	qv_content_probe(mount->fs.images->dev, &mount->content);
	mount->files.name = item->name;

	return mount->files.way == MOUNT_IMAGE ? 0 : check_files(cli, mount, item);
}

static void free_images(struct image_fs *fs)
{
	for (size_t i = 0; i < fs->num; i++)
		free(fs->images[i].name);
	free(fs->images);
}

static int find_images(struct cli *cli, struct mount *mount)
{
	int status = cli_open(cli, 1);

	if (status)
		return status;

	mount->fs.images = calloc(count_items(cli), sizeof(*mount->fs.images));
	if (!mount->fs.images)
		return cli_no_memory();

	status = mount->all ? add_all(cli, mount) : add_one(cli, mount);
	cli_print_remarks(cli);

	return status;
}

/* Mounting */

static void *serve(void *data)
{
	struct mount *mount = data;

	image_fs_serve(&mount->fs);
	mount->ended = true;
	kill(getpid(), SIGUSR1);

	return NULL;
}

static int start_serving(struct mount *mount)
{
	if (!pthread_create(&mount->thread, NULL, serve, mount))
		return 0;

	cli_error("cannot make a thread");

	return QV_ERR_SYSTEM;
}

static int mount_image(struct mount *mount, const char *directory)
{
	int status = image_fs_mount(&mount->fs, directory);

	if (status)
		return status;

	status = start_serving(mount);
	if (status)
		mount_point_unmount(directory, true);

	return status;
}

/* Without that the image would be served for ever: after a failure, only the end of all ends it. */
static void leave_directory(const char *directory, int status)
{
	if (!mount_point_unmount(directory, true))
		return;

	cli_error("cannot unmount %s, in the end type: fusermount3 -u %s", directory, directory);
	if (status)
		_exit(status);
}

/* The directory is needed as long as it takes to open the image in it. */
static int mount_files_in(struct mount *mount, const char *directory)
{
	int status = mount_image(mount, directory);
	char *image = NULL;

	if (status)
		return status;

	if (asprintf(&image, "%s/%s", directory, mount->fs.images->name) < 0)
		image = NULL;
	mount->files.image = image;
	status = image ? mount_files(&mount->files) : cli_no_memory();
	free(image);
	leave_directory(directory, status);
	if (status)
		pthread_join(mount->thread, NULL);

	return status;
}

static int mount_volume(struct mount *mount)
{
	char *directory = temporary_directory();
	int status;

	if (!directory)
		return QV_ERR_SYSTEM;

	status = mount_files_in(mount, directory);
	temporary_remove(directory);

	return status;
}

static void say_ready(const struct cli *cli, const struct mount *mount)
{
	const char *command = geteuid() ? "fusermount3 -u" : "umount";

	if (mount->all)
		cli_say(cli, "images of %zu volumes are in %s, %s %s ends it", mount->fs.num,
			mount->point, command, mount->point);
	else if (mount->files.way == MOUNT_IMAGE)
		cli_say(cli, "the image of %s is %s/%s, %s %s ends it", mount->files.name,
			mount->point, mount->fs.images->name, command, mount->point);
	else
		cli_say(cli, "the files of %s are in %s (read-only, by %s), %s %s ends it",
			mount->files.name, mount->point,
			mount->files.way == MOUNT_KERNEL ? "the kernel" : "fuse2fs", command,
			mount->point);
}

/* Until it is unmounted */

/* With the one that serve() sends. */
static sigset_t block_signals(void)
{
	sigset_t set = signals_block();

	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);

	return set;
}

/* The first signal has it unmounted as soon as nobody uses it, the next one ends it at once. */
static void unmount(const struct mount *mount, int signals)
{
	if (signals == 1 && mount_point_unmount(mount->point, false) == -EBUSY) {
		cli_error("%s is in use: it ends when that does, or with a second signal",
			  mount->point);
		mount_point_unmount(mount->point, true);
	}
	if (signals > 1)
		_exit(QV_ERR_SYSTEM);
}

/* In the background there is no terminal, but there is the system's log. */
static void say_stopped(const struct mount *mount)
{
	static const char format[] =
		"%s was stopped, a part of %s cannot be read: unmount, mount again with --careful";

	cli_error(format, mount->point, mount->files.name);
	syslog(LOG_ERR, format, mount->point, mount->files.name);
}

static void wait_until_unmounted(const struct mount *mount, const sigset_t *set)
{
	int signals = 0, number;

	while (!mount->ended) {
		if (!sigwait(set, &number) && number != SIGUSR1)
			unmount(mount, ++signals);
	}
	pthread_join(mount->thread, NULL);
	if (mount->files.fuse2fs)
		child_wait(mount->files.fuse2fs);
	if (mount->files.stopped)
		say_stopped(mount);
}

static int mount_and_wait(struct cli *cli, struct mount *mount)
{
	const sigset_t set = block_signals();
	size_t remarks;
	int status;

	status = mount->files.way == MOUNT_IMAGE ? mount_image(mount, mount->point) :
						   mount_volume(mount);
	if (status)
		return status;

	say_ready(cli, mount);
	remarks = qv_num_remarks(cli->qv);
	if (mount->report >= 0)
		background_ready(mount->report);
	wait_until_unmounted(mount, &set);
	if (qv_num_remarks(cli->qv) > remarks)
		cli_print_remarks(cli);

	return 0;
}

static int check_options(const struct cli *cli, const struct mount *mount)
{
	const char *wrong = NULL;

	if (cli->num < 2)
		wrong = "say where to mount and what to read: see qnapvol mount --help";
	else if (mount->all && cli->volume)
		wrong = "--all is for all volumes, -V for one";
	else if (mount->all && (mount->overlay || mount->replay))
		wrong = "an overlay is for one volume: use -V";
	else if (mount->overlay && mount->replay)
		wrong = "--replay is for a temporary overlay, --overlay for one that is kept";
	else if (cli->arguments->rescue_map)
		wrong = "--rescue-map is for a source, the directory to mount at comes before it";
	if (wrong)
		cli_error("%s", wrong);

	return wrong ? EXIT_USAGE : 0;
}

static int run(struct cli *cli)
{
	struct mount *mount = &the_mount;
	int status = check_options(cli, mount);

	if (!status)
		status = mount_point_check(cli->arguments->path);
	if (!status)
		status = mount_point_check_fuse();
	if (status)
		return status;

	if (!mount->foreground) {
		status = background_begin(&mount->report);
		if (status >= 0)
			return status;
	}
	mount->point = realpath(cli->arguments->path, NULL);
	status = mount->point ? find_images(cli, mount) : cli_no_memory();
	if (!status)
		status = mount_and_wait(cli, mount);
	free_images(&mount->fs);
	free(mount->point);

	return status;
}

static const struct option options[] = {
	{ "foreground", no_argument, NULL, OPTION_FOREGROUND },
	{ "image", no_argument, NULL, OPTION_IMAGE },
	{ "all", no_argument, NULL, OPTION_ALL },
	{ "with", required_argument, NULL, OPTION_WITH },
	{ "overlay", required_argument, NULL, OPTION_OVERLAY },
	{ "replay", no_argument, NULL, OPTION_REPLAY },
	{ "allow-other", no_argument, NULL, OPTION_ALLOW_OTHER },
	{ "careful", no_argument, NULL, OPTION_CAREFUL },
	{ }
};

const struct cli_command mount_command = {
	.name = "mount",
	.summary = "have the files of a volume in a directory",
	.help = "Usage: qnapvol mount [-V NAME] [OPTION]... DIRECTORY SOURCE...\n"
		"Have the files of a volume in a directory, read-only. As root the kernel's ext4 does\n"
		"that, else fuse2fs. Unmounting the directory (umount, or fusermount3 -u) ends it.\n\n"
		"Options:\n"
		"  -f, --foreground       stay in the foreground; Ctrl-C unmounts\n"
		"      --with WAY         by what: auto, kernel, fuse2fs or image\n"
		"      --image            have the image of the volume in the directory, not its files\n"
		"      --all              have the images of all volumes in the directory\n"
		"      --replay           replay the journal, into a temporary file\n"
		"      --overlay FILE     replay it into this file; with --image, the image can be\n"
		"                         written, and that goes into this file\n"
		"      --careful          with fuse2fs: do not end when a sector cannot be read; slower,\n"
		"                         and so by default if it is known that some cannot\n"
		"      --allow-other      other users may read it as well\n",
	.options = options,
	.without = "o",
	.take = take,
	.data = &the_mount,
	.run = run,
};
