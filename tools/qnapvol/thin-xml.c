// SPDX-License-Identifier: GPL-2.0-only
/* qnapvol thin-xml: write the metadata of a pool for the stock tools */

#include "cli.h"
#include "output.h"
#include "thin-print.h"

enum {
	SKIP_BAD = CLI_OWN,
	FORCE,
};

static const struct option xml_options[] = {
	{ "skip-bad", no_argument, NULL, SKIP_BAD },
	{ "force", no_argument, NULL, FORCE },
	{ }
};

static const char xml_help[] =
	"Usage: qnapvol thin-xml -V POOL [-o FILE] [OPTION]... SOURCE...\n"
	"Write the metadata of a thin pool as XML, as thin_restore reads and thin_dump writes it.\n"
	"Chunks that QNAP's metadata says read as zeros are left out, which is the same to readers.\n\n"
	"Options:\n"
	"  -o, --output FILE      where to, instead of standard output\n"
	"      --skip-bad         leave out what is damaged: that is listed\n"
	"      --force            overwrite FILE\n";

static struct {
	bool skip_bad;
	bool force;
} given;

static bool take(int option, const char *argument, void *data)
{
	(void)argument;
	(void)data;
	given.skip_bad |= option == SKIP_BAD;
	given.force |= option == FORCE;

	return option == SKIP_BAD || option == FORCE;
}

static int fail(struct cli *cli, const struct thin_print *print, int ret)
{
	const char *name = print->pool->name;

	if (print->outside && !print->damaged)
		cli_error("%llu chunks are beyond the end of %s: say --skip-bad to leave them out",
			  print->outside, name);
	else if (print->damaged)
		cli_error("the metadata of %s is damaged: say --skip-bad for what is left of it",
			  name);
	else
		return cli_fail(cli, ret);

	return -ret;
}

static void say_what_is_missing(const struct cli *cli, const struct thin_print *print)
{
	const struct qv_item *pool = print->pool;

	if (print->zeroed)
		cli_say(cli, "%llu chunks that read as zeros are left out", print->zeroed);
	if (print->outside)
		cli_error("%llu chunks beyond the end of %s are left out", print->outside,
			  pool->name);
	if (print->damaged)
		cli_error("the metadata of %s is damaged: what could not be read is left out",
			  pool->name);
	if (pool->pool.map == QV_TIER_TREE)
		cli_say(cli, "%s has several tiers: the blocks are those of the pool, not of one",
			pool->name);
}

static int write_pool(struct cli *cli, struct thin_print *print)
{
	FILE *file = output_open(cli, given.force);
	int ret;

	if (!file)
		return EXIT_USAGE;

	ret = thin_print_write(print, file);
	if (!output_close(cli, file, !ret))
		return QV_ERR_SYSTEM;
	if (ret)
		return fail(cli, print, ret);

	say_what_is_missing(cli, print);

	return print->damaged || print->outside ? QV_ERR_DAMAGED : 0;
}

static int print_pool(struct cli *cli, const struct qv_item *pool)
{
	struct thin_print print = {
		.pool = pool, .num_blocks = qv_pool_num_blocks(pool), .devices = qv_pool_devices,
		.mappings = qv_pool_mappings, .skip_bad = given.skip_bad,
	};
	int ret = thin_print_prepare(&print);
	int status = ret ? fail(cli, &print, ret) : write_pool(cli, &print);

	thin_print_free(&print);

	return status;
}

static int run(struct cli *cli)
{
	const struct qv_item *pool = NULL;
	int status = cli_open(cli, 0);

	if (!status)
		pool = cli_find(cli, QV_ITEM_POOL, &status);
	if (pool)
		status = print_pool(cli, pool);
	if (cli->qv)
		cli_print_remarks(cli);

	return status;
}

const struct cli_command thin_xml_command = {
	.name = "thin-xml",
	.summary = "write the metadata of a pool for thin_restore",
	.help = xml_help,
	.options = xml_options,
	.take = take,
	.run = run,
};
