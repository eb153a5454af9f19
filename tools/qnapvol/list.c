// SPDX-License-Identifier: GPL-2.0-only
/* qnapvol list: what is there, and what to type next */

#include <stdio.h>
#include <string.h>

#include "list.h"
#include "words.h"

#define TEXT_MAX	400

enum {
	LIST_JSON = CLI_OWN,
};

static const struct option options[] = {
	{ "json", no_argument, NULL, LIST_JSON },
	{ }
};

static bool as_json;

static bool take(int option, const char *argument, void *data)
{
	(void)argument;
	*(bool *)data = option == LIST_JSON;

	return true;
}

/* A thing of a box, or of Linux's way to divide disks. */
static bool is_known(const struct qv_item *item)
{
	switch (role_of(item)) {
	case ROLE_FOREIGN:
	case ROLE_EMPTY:
		return false;
	case ROLE_UNKNOWN:
		return item->kind == QV_ITEM_ARRAY;
	case ROLE_PART:
		return item->holder || item->content.kind != QV_CONTENT_TABLE;
	default:
		return true;
	}
}

/* Does it stand in the way of a volume? Returns the kind of error, 0: it does not. */
static enum qv_error obstacle_of(const struct qv_item *item)
{
	const enum role role = role_of(item);

	if (role == ROLE_ZFS)
		return QV_ERR_UNSUPPORTED;
	if (role_is_orphan(item))
		return QV_ERR_DAMAGED;
	if (item->state != QV_NOT_READABLE || role == ROLE_SYSTEM || role == ROLE_SWAP ||
	    role == ROLE_INTERNAL || role == ROLE_RESERVE)
		return QV_OK;

	return item->error;
}

/* What is in sources that hold nothing of a box. */
static int fail_unknown(const struct cli *cli)
{
	const struct qv_item *item;
	char text[TEXT_MAX] = "";
	FILE *out = fmemopen(text, sizeof(text) - 1, "w");

	if (!out)
		return QV_ERR_SYSTEM;

	for (item = qv_items(cli->qv); item; item = qv_next(item)) {
		fprintf(out, "%s%s: ", item == qv_items(cli->qv) ? "" : "; ", item->name);
		words_content(out, item);
	}
	fclose(out);
	cli_error("nothing of a QNAP NAS is here: are these all disks of the box? Found %s", text);

	return QV_ERR_NOT_FOUND;
}

/*
 * 0 if something can be read or nothing is wrong, else what stands in the way. A system of a box
 * that can be read is no volume.
 */
static int judge(const struct cli *cli)
{
	enum qv_error obstacle = QV_OK;
	bool known = false;

	for (const struct qv_item *item = qv_items(cli->qv); item; item = qv_next(item)) {
		if (role_of(item) == ROLE_VOLUME && item->state != QV_NOT_READABLE)
			return 0;
		obstacle = obstacle ?: obstacle_of(item);
		known |= is_known(item);
	}

	return known ? (int)obstacle : fail_unknown(cli);
}

static int run(struct cli *cli)
{
	int status = cli_open(cli, 0);

	if (status)
		return status;

	status = as_json ? list_json(cli, stdout) : list_tree(cli, stdout);
	if (status)
		return ferror(stdout) ? QV_ERR_SYSTEM : cli_no_memory();
	if (!as_json)
		cli_print_remarks(cli);

	return judge(cli);
}

const struct cli_command list_command = {
	.name = "list",
	.summary = "say what is there, and what to type next",
	.help = "Usage: qnapvol list [OPTION]... SOURCE...\n"
		"Say what is in the sources, what of it can be read, and what to type next.\n\n"
		"Options:\n"
		"      --json             for programs, as qnapvol.schema.json describes it\n",
	.options = options,
	.without = "oV",
	.take = take,
	.data = &as_json,
	.run = run,
};
