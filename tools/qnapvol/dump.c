// SPDX-License-Identifier: GPL-2.0-only
/* qnapvol dump: write a volume to a file */

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "dump-begin.h"
#include "dump-copy.h"
#include "dump-guard.h"
#include "signals.h"
#include "volume.h"

/* More in a list helps nobody; the mapfile has all. */
#define BAD_LISTED_MAX	20

#define INTERVAL_DEFAULT	5

enum {
	SKIP_BAD = CLI_OWN,
	RETRY_BAD,
	FORCE,
	NO_SPARSE,
	NO_SPACE_CHECK,
	PROGRESS,
	MAP_INTERVAL,
};

static const struct option dump_options[] = {
	{ "skip-bad", no_argument, NULL, SKIP_BAD },
	{ "retry-bad", no_argument, NULL, RETRY_BAD },
	{ "force", no_argument, NULL, FORCE },
	{ "no-sparse", no_argument, NULL, NO_SPARSE },
	{ "no-space-check", no_argument, NULL, NO_SPACE_CHECK },
	{ "progress", no_argument, NULL, PROGRESS },
	{ "map-interval", required_argument, NULL, MAP_INTERVAL },
	{ }
};

static const char dump_help[] =
	"Usage: qnapvol dump [-V NAME] -o FILE [OPTION]... SOURCE...\n"
	"Write a volume to a file. What the volume does not use becomes holes. FILE.map keeps how\n"
	"far it came, as ddrescue's mapfiles do; after an interruption the same command goes on.\n"
	"With -o - it goes to standard output, from the beginning to the end.\n\n"
	"Options:\n"
	"  -o, --output FILE      the file; never a disk, nor on a disk that is a source\n"
	"      --skip-bad         go on after what cannot be read: that is listed, and zeros in FILE\n"
	"      --retry-bad        try again what could not be read before the interruption\n"
	"      --force            overwrite FILE, begin anew\n"
	"      --no-sparse        write blocks of zeros that the volume uses\n"
	"      --no-space-check   begin even if there may not be room for all\n"
	"      --progress         say how far it is even if that does not go to a terminal\n"
	"      --map-interval N   seconds after which FILE.map is written again: 5\n";

static struct {
	bool skip_bad;
	bool retry_bad;
	bool force;
	bool no_sparse;
	bool no_space_check;
	bool progress;
	unsigned int interval;
} given = { .interval = INTERVAL_DEFAULT };

static atomic_int interrupted;

static bool take_interval(const char *argument)
{
	__u64 number;

	if (!cli_number(argument, &number) || !number || number > 3600) {
		cli_error("--map-interval wants seconds, 1 to 3600, not \"%s\"", argument);
		return false;
	}
	given.interval = number;

	return true;
}

static bool take(int option, const char *argument, void *data)
{
	(void)data;
	switch (option) {
	case SKIP_BAD:
		given.skip_bad = true;
		return true;
	case RETRY_BAD:
		given.retry_bad = true;
		return true;
	case FORCE:
		given.force = true;
		return true;
	case NO_SPARSE:
		given.no_sparse = true;
		return true;
	case NO_SPACE_CHECK:
		given.no_space_check = true;
		return true;
	case PROGRESS:
		given.progress = true;
		return true;
	case MAP_INTERVAL:
		return take_interval(argument);
	default:
		return false;
	}
}

static void on_signal(int number)
{
	interrupted = number;
}

static bool has_space(const struct dump_target *target, __u64 wanted)
{
	const __u64 free = dump_target_space(target);
	char need[16], left[16];

	if (given.no_space_check || free >= wanted)
		return true;

	cli_error("%s needs up to %s, there are %s free: use another disk, or --no-space-check",
		  target->path, cli_human_size(wanted, need, sizeof(need)),
		  cli_human_size(free, left, sizeof(left)));

	return false;
}

static bool accept_bad(const struct qv_item *item, const struct dump_sums *sums)
{
	char bad[16];

	if (!sums->bad || given.skip_bad)
		return true;

	cli_error("%s of %s cannot be read, from byte %llu on: say --skip-bad to read the rest",
		  cli_human_size(sums->bad, bad, sizeof(bad)), item->name, sums->first_bad);

	return false;
}

static void print_range(__u64 start, __u64 end)
{
	fprintf(stderr, "qnapvol: cannot be read: byte %llu to %llu (%llu bytes)\n", start, end - 1,
		end - start);
}

/* Returns how much cannot be read. */
static __u64 list_bad(const struct dump_map *map, const char *map_path)
{
	__u64 start, end, num = 0;

	for (start = 0; start < map->size; start = end) {
		start = dump_map_find(map, start, DUMP_BAD, &end);
		if (start < map->size && num++ < BAD_LISTED_MAX)
			print_range(start, end);
	}
	if (num > BAD_LISTED_MAX)
		fprintf(stderr, "qnapvol: and %llu more such ranges%s%s\n", num - BAD_LISTED_MAX,
			map_path ? ": see " : "", map_path ?: "");

	return dump_map_sum(map, DUMP_BAD);
}

static void say_result(const struct cli *cli, const struct qv_item *item,
		       const struct progress *progress, const char *to)
{
	const __u64 time = progress_now() - progress->started;
	char size[16], done[16], rate[16], duration[32];

	cli_say(cli, "%s (%s) is in %s; %s of data read in %s, %s/s", item->name,
		cli_human_size(item->size, size, sizeof(size)), to,
		cli_human_size(progress->done, done, sizeof(done)),
		progress_duration(time / 1000000000, duration, sizeof(duration)),
		cli_human_size(progress->done * 1e9 / (time + !time), rate, sizeof(rate)));
}

/* Returns the exit status. */
static int complete(const struct cli *cli, const struct qv_item *item,
		    const struct dump_copy *copy)
{
	const struct dump_save *save = copy->save;
	const __u64 bad = list_bad(save->map, save->path);
	char text[16];

	say_result(cli, item, copy->progress, copy->target->path);
	if (!bad) {
		if (save->path)
			unlink(save->path);
		return 0;
	}

	cli_error("%s of %s could not be read and are zeros in %s%s%s",
		  cli_human_size(bad, text, sizeof(text)), item->name, copy->target->path,
		  *copy->why ? ": " : "", copy->why);

	return QV_ERR_UNREADABLE;
}

/* Says what happened. Returns the exit status. */
static int conclude(struct cli *cli, const struct qv_item *item, const struct dump_copy *copy,
		    enum dump_result result)
{
	const char *next = copy->target->stream ? "" : "; the same command goes on from there";

	switch (result) {
	case DUMP_COMPLETE:
		return complete(cli, item, copy);
	case DUMP_INTERRUPTED:
		cli_error("interrupted%s", next);
		return 128 + interrupted;
	case DUMP_UNREADABLE:
		cli_error("%s cannot be read at byte %llu%s%s: say --skip-bad to read the rest%s",
			  item->name, copy->bad, *copy->why ? ": " : "", copy->why, next);
		return QV_ERR_UNREADABLE;
	case DUMP_TARGET_ERROR:
		dump_target_print_error(copy->target, copy->error);
		cli_say(cli, "qnapvol: the dump is not complete%s", next);
		return QV_ERR_SYSTEM;
	default:
		return cli_fail(cli, copy->error);
	}
}

static bool is_progress_wanted(const struct cli *cli)
{
	return given.progress || (!cli->quiet && (cli->verbose || isatty(STDERR_FILENO)));
}

static int copy_todo(struct cli *cli, const struct qv_item *item, struct dump_target *target,
		     struct dump_save *save, const struct dump_map *todo, __u64 total)
{
	struct progress progress;
	struct dump_copy copy = {
		.qv = cli->qv, .dev = item->dev, .todo = todo, .window = DUMP_WINDOW,
		.target = target, .save = save, .skip_bad = given.skip_bad,
		.interrupted = &interrupted,
	};

	/* The second time the signal ends the program, should a disk not answer. */
	signals_catch(on_signal, SA_RESETHAND);
	if (target->used)
		cli_say(cli, "going on with %s", target->path);
	progress_start(&progress, total, given.progress || isatty(STDERR_FILENO), progress_now());
	copy.progress = &progress;
	progress.silent = !is_progress_wanted(cli);

	return conclude(cli, item, &copy, dump_copy(&copy));
}

/* Nothing is written before it is known that all can be. */
static int check_and_copy(struct cli *cli, const struct qv_item *item, struct dump_target *target,
			  struct dump_save *save, const struct dump_map *todo)
{
	struct dump_sums sums;
	int status = cli_fail(cli, dump_plan_sum(item->dev, todo, &sums));

	if (status)
		return status;
	if (!accept_bad(item, &sums))
		return QV_ERR_UNREADABLE;
	if (!has_space(target, sums.data))
		return QV_ERR_SYSTEM;

	if (!target->stream)
		status = dump_open(target, save);

	return status ?: copy_todo(cli, item, target, save, todo, sums.data);
}

static int dump_item(struct cli *cli, const struct qv_item *item, struct dump_target *target,
		     struct dump_save *save)
{
	struct dump_map todo;
	int status = 0;

	target->sparse = !given.no_sparse;
	if (target->stream && !dump_guard_stream(cli, target->fd))
		return EXIT_USAGE;
	if (!target->stream)
		status = dump_check(cli, given.force, target, save);
	if (status)
		return status;

	if (given.retry_bad)
		dump_map_replace(save->map, DUMP_BAD, DUMP_TODO);
	if (dump_map_copy(&todo, save->map))
		return cli_no_memory();

	status = check_and_copy(cli, item, target, save, &todo);
	dump_map_free(&todo);

	return status;
}

static int dump(struct cli *cli, const struct qv_item *item)
{
	const bool stream = !strcmp(cli->output, "-");
	struct dump_target target = { .path = "standard output", .fd = -1, .stream = stream };
	struct dump_map map;
	struct dump_save save = { .map = &map, .fd = -1, .interval = given.interval };
	int status;

	if (dump_map_init(&map, item->size))
		return cli_no_memory();

	if (stream)
		target.fd = STDOUT_FILENO;
	pthread_mutex_init(&save.lock, NULL);
	pthread_cond_init(&save.stopped, NULL);
	dump_identify(item, save.identity);
	status = dump_item(cli, item, &target, &save);
	dump_target_close(&target);
	dump_map_free(&map);
	free(save.path);
	free(save.new_path);

	return status;
}

static int run(struct cli *cli)
{
	const struct qv_item *item = NULL;
	int status;

	if (!cli->output) {
		cli_error("say where to with -o FILE, or -o - for standard output");
		return EXIT_USAGE;
	}

	/* These are errors of writing then, which are reported. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	status = cli_open(cli, 0);
	if (!status)
		item = volume_find(cli, &status);
	if (item)
		status = dump(cli, item);
	if (cli->qv)
		cli_print_remarks(cli);

	return status;
}

const struct cli_command dump_command = {
	.name = "dump",
	.summary = "write a volume to a file",
	.help = dump_help,
	.options = dump_options,
	.take = take,
	.run = run,
};
