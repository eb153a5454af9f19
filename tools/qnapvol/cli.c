// SPDX-License-Identifier: GPL-2.0-only
/* What all commands of the program have in common: options, sources, messages */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define NAMES_SIZE	400

/* Prints a message that says what is wrong. */
void cli_error(const char *format, ...)
{
	va_list arguments;

	fflush(stdout);
	fputs("qnapvol: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

/* Prints a message that is worth knowing, if the user did not say that none are wanted. */
void cli_say(const struct cli *cli, const char *format, ...)
{
	va_list arguments;

	if (cli->quiet)
		return;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

/* Prints what went wrong in the library. Returns the exit status for that: 0 for success. */
int cli_fail(struct cli *cli, int ret)
{
	if (ret)
		cli_error("%s", qv_error_text(cli->qv));

	return -ret;
}

/* Says that there is no memory. Returns the exit status for that. */
int cli_no_memory(void)
{
	cli_error("no memory");

	return QV_ERR_SYSTEM;
}

bool cli_number(const char *text, __u64 *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);

	return *text >= '0' && *text <= '9' && !*end && !errno;
}

/* How blocks are found on the tiers, as --tier-map has it. */
bool cli_tier_map(const char *map, struct qv_options *options)
{
	static const char identity[] = "identity:";
	const char *tier = map + sizeof(identity) - 1;

	options->tier_map = QV_TIER_AUTO;
	if (!strcmp(map, "auto"))
		return true;

	options->tier_map = QV_TIER_TREE;
	if (!strcmp(map, "tree"))
		return true;

	options->tier_map = QV_TIER_IDENTITY;
	if (strncmp(map, identity, sizeof(identity) - 1) || *tier < '0' ||
	    *tier >= '0' + QV_TIERS || tier[1])
		return false;
	options->tier = *tier - '0';

	return true;
}

/* What cli_tier_map() takes for that, or NULL: the default. */
const char *cli_tier_map_text(const struct qv_options *options, char *text, size_t size)
{
	switch (options->tier_map) {
	case QV_TIER_TREE:
		return "tree";
	case QV_TIER_IDENTITY:
		snprintf(text, size, "identity:%u", options->tier);
		return text;
	default:
		return NULL;
	}
}

/* As disks are sold: 1 kB is 1000 bytes. */
const char *cli_human_size(__u64 bytes, char *text, size_t size)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	double number = bytes;
	size_t i = 0;

	while (number >= 999.5) {
		number /= 1000;
		i++;
	}
	snprintf(text, size, i && number < 9.95 ? "%.1f %s" : "%.0f %s", number, units[i]);

	return text;
}

static const char *severity_name(enum qv_severity severity)
{
	switch (severity) {
	case QV_INFO:
		return "note";
	case QV_WARNING:
		return "warning";
	default:
		return "damage";
	}
}

/* Prints what was noticed: with -v all, with -q nothing but damage. */
void cli_print_remarks(const struct cli *cli)
{
	struct qv_remark remark;

	for (size_t i = 0; i < qv_num_remarks(cli->qv); i++) {
		remark = qv_remark(cli->qv, i);
		if ((remark.severity == QV_INFO && !cli->verbose) ||
		    (remark.severity != QV_DAMAGE && cli->quiet))
			continue;
		fprintf(stderr, "qnapvol: %s: %s: %s", severity_name(remark.severity),
			remark.place, remark.text);
		if (remark.count > 1)
			fprintf(stderr, " (%lu times)", remark.count);
		fputc('\n', stderr);
	}
}

/* Two names of a disk are the same disk. */
bool cli_is_same_file(const struct stat *a, const struct stat *b)
{
	if (S_ISBLK(a->st_mode) && S_ISBLK(b->st_mode))
		return a->st_rdev == b->st_rdev;

	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The one before it that is the same file or disk, or NULL. */
static const struct cli_source *find_same(const struct cli *cli, size_t first, size_t index)
{
	struct stat st, before;

	if (stat(cli->arguments[index].path, &st))
		return NULL;

	for (size_t i = first; i < index; i++) {
		if (!stat(cli->arguments[i].path, &before) && cli_is_same_file(&st, &before))
			return &cli->arguments[i];
	}

	return NULL;
}

/*
 * What is named twice would be two members of an array that are the same. With the mapfile only one
 * of them would have errors where the other one has zeros. Returns an exit status.
 */
static int add_source(struct cli *cli, size_t first, size_t index)
{
	const struct cli_source *source = &cli->arguments[index];
	const struct cli_source *same = find_same(cli, first, index);

	if (!same)
		return cli_fail(cli, qv_add_source(cli->qv, source->path, source->rescue_map));

	if (source->rescue_map) {
		cli_error("%s is %s, which was named before: name it once, with its mapfile",
			  source->path, same->path);
		return EXIT_USAGE;
	}
	cli_say(cli, "qnapvol: note: %s is %s, which was named before: it is read once",
		source->path, same->path);

	return 0;
}

/*
 * Opens the arguments from the first one on and finds what is in them. Returns an exit status,
 * after a message if it is not 0.
 */
int cli_open(struct cli *cli, size_t first)
{
	int status = 0;

	if (first >= cli->num) {
		cli_error("name the disks or images to read: see qnapvol --help");
		return EXIT_USAGE;
	}

	cli->qv = qv_new();
	if (!cli->qv)
		return cli_no_memory();

	for (size_t i = first; i < cli->num && !status; i++)
		status = add_source(cli, first, i);

	return status ?: cli_fail(cli, qv_scan(cli->qv, &cli->options));
}

static const char *kind_name(enum qv_item_kind kind)
{
	return kind == QV_ITEM_POOL ? "pool" : "volume";
}

/* As many names as there is room for, for a person to choose from. */
static void list_names(const struct cli *cli, enum qv_item_kind kind, char *names, size_t size)
{
	const struct qv_item *item;
	size_t len = 0;

	for (item = qv_items(cli->qv); item && len < size; item = qv_next(item)) {
		if (item->kind != kind || (kind == QV_ITEM_VOLUME && item->volume.hidden))
			continue;
		len += snprintf(names + len, size - len, "%s%s", len ? ", " : "", item->name);
	}
}

static void fail_unnamed(const struct cli *cli, enum qv_item_kind kind)
{
	char names[NAMES_SIZE] = "qnapvol list says what there is";

	list_names(cli, kind, names, sizeof(names));
	cli_error("say which %s with -V: %s", kind_name(kind), names);
}

/*
 * Finds what -V names, of that kind: pools are none but pools, anything that can be read is a
 * volume. Returns NULL and an exit status after a message.
 */
const struct qv_item *cli_find(struct cli *cli, enum qv_item_kind kind, int *status)
{
	const struct qv_item *item;

	*status = EXIT_USAGE;
	if (!cli->volume) {
		fail_unnamed(cli, kind);
		return NULL;
	}

	item = qv_find(cli->qv, cli->volume);
	if (!item) {
		*status = cli_fail(cli, -(int)qv_error_kind(cli->qv));
		return NULL;
	}
	if (kind == QV_ITEM_POOL && item->kind != QV_ITEM_POOL) {
		cli_error("%s is no pool: qnapvol list says which there are", item->name);
		return NULL;
	}
	*status = 0;

	return item;
}
