// SPDX-License-Identifier: GPL-2.0-only
/*
 * qnapvol dm-table: a table of device mapper that shows a volume
 *
 * The kernel then reads the volume itself, from the disks. That is for volumes of few pieces, and
 * only for those whose data the kernel finds as it is: not for arrays that this program puts
 * together.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "dm-rows.h"
#include "output.h"
#include "volume.h"

#define ROWS_DEFAULT	10000
#define ROWS_LIMIT	1000000
#define MAPS_MAX	64

enum {
	MAP = CLI_OWN,
	MAX_ROWS,
	FORCE,
};

static const struct option table_options[] = {
	{ "map", required_argument, NULL, MAP },
	{ "max-rows", required_argument, NULL, MAX_ROWS },
	{ "force", no_argument, NULL, FORCE },
	{ }
};

static const char table_help[] =
	"Usage: qnapvol dm-table [-V NAME] [OPTION]... SOURCE...\n"
	"Print a table for \"dmsetup create --readonly NAME\" that shows a volume as a device.\n"
	"Sources are block devices. For a volume of many pieces use dump, mount or nbd.\n\n"
	"Options:\n"
	"  -o, --output FILE      where to, instead of standard output\n"
	"      --map FROM=TO      write TO for the source FROM, such as disk.img=/dev/loop0\n"
	"      --max-rows N       how many rows there may be: 10000\n"
	"      --force            overwrite FILE\n";

/**
 * struct map - a name for a source
 * @from: path of the source
 * @len: how long that is
 * @to: its name in the table
 */
struct map {
	const char *from;
	size_t len;
	const char *to;
};

static struct {
	struct map maps[MAPS_MAX];
	size_t num_maps;
	__u64 max_rows;
	bool force;
} given = { .max_rows = ROWS_DEFAULT };

static bool take_map(const char *argument)
{
	const char *equals = strrchr(argument, '=');

	if (!equals || equals == argument || !equals[1] || strpbrk(equals, " \t\n")) {
		cli_error("--map wants FROM=TO, such as disk.img=/dev/loop0, not \"%s\"", argument);
		return false;
	}
	if (given.num_maps == MAPS_MAX) {
		cli_error("--map can be given %u times", MAPS_MAX);
		return false;
	}
	given.maps[given.num_maps++] = (struct map){ argument, equals - argument, equals + 1 };

	return true;
}

static bool take(int option, const char *argument, void *data)
{
	(void)data;
	if (option == MAP)
		return take_map(argument);
	if (option == FORCE) {
		given.force = true;
		return true;
	}

	if (option == MAX_ROWS && cli_number(argument, &given.max_rows) && given.max_rows &&
	    given.max_rows <= ROWS_LIMIT)
		return true;
	cli_error("--max-rows wants a number, 1 to %u, not \"%s\"", ROWS_LIMIT, argument);

	return false;
}

static const struct qv_item *find_owner(const struct cli *cli, const struct qv_dev *dev)
{
	const struct qv_item *item = qv_items(cli->qv);

	while (item && item->dev != dev)
		item = qv_next(item);

	return item;
}

static const char *find_map(const char *path)
{
	for (size_t i = 0; i < given.num_maps; i++) {
		if (strlen(path) == given.maps[i].len &&
		    !memcmp(path, given.maps[i].from, given.maps[i].len))
			return given.maps[i].to;
	}

	return NULL;
}

static const char *name_source(const char *path)
{
	const char *to = find_map(path);
	struct stat st;

	if (to)
		return to;
	if (stat(path, &st) || !S_ISBLK(st.st_mode)) {
		cli_error("%s is no block device: try losetup -rf --show, and --map %s=/dev/loop0",
			  path, path);
		return NULL;
	}
	if (strpbrk(path, " \t\n")) {
		cli_error("there is a space in %s: say --map with another name", path);
		return NULL;
	}

	return path;
}

/* The name of a device in the table, or NULL after a message. */
static const char *name_device(const struct qv_dev *dev, void *data)
{
	const struct qv_item *owner = find_owner(data, dev);

	if (owner && owner->kind == QV_ITEM_SOURCE)
		return name_source(owner->name);

	if (owner && owner->kind == QV_ITEM_ARRAY)
		cli_error("the kernel has no %s: name what mdadm --assemble --readonly makes",
			  owner->name);
	else
		cli_error("%s is no device of the kernel: use dump, mount or nbd",
			  qv_dev_name(dev));

	return NULL;
}

static int fail(struct cli *cli, const struct qv_item *item, enum dm_result result)
{
	switch (result) {
	case DM_TOO_MANY:
		cli_error("%s has more than %llu pieces: use dump, mount or nbd, or say --max-rows",
			  item->name, given.max_rows);
		return QV_ERR_UNSUPPORTED;
	case DM_UNALIGNED:
		cli_error("%s is not made of whole sectors: use dump, mount or nbd", item->name);
		return QV_ERR_UNSUPPORTED;
	default:
		return cli_fail(cli, -QV_ERR_SYSTEM);
	}
}

static int print_rows(struct cli *cli, const struct qv_item *item, const struct dm_rows *rows)
{
	char size[16];
	FILE *file;
	bool good;

	/* First in vain: a table that is not complete must not be handed out. */
	file = fopen("/dev/null", "we");
	good = file && dm_rows_print(rows, name_device, cli, file);
	if (file)
		fclose(file);
	if (!good)
		return QV_ERR_UNSUPPORTED;

	file = output_open(cli, given.force);
	if (!file)
		return EXIT_USAGE;
	dm_rows_print(rows, name_device, cli, file);
	if (!output_close(cli, file, true))
		return QV_ERR_SYSTEM;
	if (!rows->bad)
		return 0;

	cli_error("%s of %s cannot be read: the device will say so",
		  cli_human_size(rows->bad, size, sizeof(size)), item->name);

	return QV_ERR_UNREADABLE;
}

static int print_table(struct cli *cli, const struct qv_item *item)
{
	struct dm_rows rows = { .max = given.max_rows };
	enum dm_result result = dm_rows_make(&rows, item->dev);
	int status;

	if (result == DM_GOOD)
		status = print_rows(cli, item, &rows);
	else
		status = fail(cli, item, result);
	dm_rows_free(&rows);

	return status;
}

static int run(struct cli *cli)
{
	const struct qv_item *item = NULL;
	int status = cli_open(cli, 0);

	if (!status)
		item = volume_find(cli, &status);
	if (item)
		status = print_table(cli, item);
	if (cli->qv)
		cli_print_remarks(cli);

	return status;
}

const struct cli_command dm_table_command = {
	.name = "dm-table",
	.summary = "print a table of device mapper, for volumes of few pieces",
	.help = table_help,
	.options = table_options,
	.take = take,
	.run = run,
};
