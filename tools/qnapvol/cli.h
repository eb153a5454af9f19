/* SPDX-License-Identifier: GPL-2.0-only */
/* What all commands of the program have in common: options, sources, messages */

#ifndef _QNAPVOL_CLI_H
#define _QNAPVOL_CLI_H

#include <getopt.h>
#include <linux/compiler.h>
#include <sys/stat.h>

#include "qnapvol.h"

/* Wrong options; the other exit statuses are those of enum qv_error. */
#define EXIT_USAGE	2

/* Options without a letter, of all commands; those of one command begin at CLI_OWN. */
enum cli_option {
	CLI_HELP = 256,
	CLI_VERSION,
	CLI_VGTEXT,
	CLI_GENERATION,
	CLI_TIER_MAP,
	CLI_SUPERBLOCK,
	CLI_OWN = 512,
};

#define CLI_ARGUMENTS_MAX	256

/* For what --tier-map takes, with its end. */
#define CLI_TIER_MAP_MAX	16

/**
 * struct cli_source - a source on the command line
 * @path: its path
 * @rescue_map: ddrescue's mapfile for it, or NULL
 */
struct cli_source {
	const char *path;
	const char *rescue_map;
};

/**
 * struct cli - a command line, and what it opens
 * @volume: -V, or NULL
 * @output: -o, or NULL
 * @verbose: -v
 * @quiet: -q
 * @options: how to read
 * @arguments: what is no option, with the mapfile that was named before it
 * @num: how many of them
 * @qv: what they are, once cli_open() was called; else NULL
 */
struct cli {
	const char *volume;
	const char *output;
	bool verbose;
	bool quiet;
	struct qv_options options;
	struct cli_source arguments[CLI_ARGUMENTS_MAX];
	size_t num;
	struct qv *qv;
};

/**
 * struct cli_command - a command of the program
 * @name: as it is typed
 * @summary: what it does, in a few words
 * @help: its own options and how to use it, for --help
 * @options: its own options, ended by a zero entry, or NULL
 * @without: letters of the common options that mean nothing to it, or NULL
 * @take: takes one of these: the option's value and its argument; returns false if that is wrong,
 *	  after a message
 * @data: for @take
 * @run: does it; returns an exit status
 */
struct cli_command {
	const char *name;
	const char *summary;
	const char *help;
	const struct option *options;
	const char *without;
	bool (*take)(int option, const char *argument, void *data);
	void *data;
	int (*run)(struct cli *cli);
};

extern const struct cli_command list_command;
extern const struct cli_command dump_command;
extern const struct cli_command mount_command;
extern const struct cli_command nbd_command;
extern const struct cli_command thin_xml_command;
extern const struct cli_command dm_table_command;
extern const struct cli_command luks_command;

int cli_open(struct cli *cli, size_t first);
const struct qv_item *cli_find(struct cli *cli, enum qv_item_kind kind, int *status);
int cli_fail(struct cli *cli, int ret);
int cli_no_memory(void);
void cli_print_remarks(const struct cli *cli);
bool cli_is_same_file(const struct stat *a, const struct stat *b);
bool cli_number(const char *text, __u64 *number);
bool cli_tier_map(const char *map, struct qv_options *options);
const char *cli_tier_map_text(const struct qv_options *options, char *text, size_t size);
void cli_error(const char *format, ...) __printf(1, 2);
void cli_say(const struct cli *cli, const char *format, ...) __printf(2, 3);
const char *cli_human_size(__u64 bytes, char *text, size_t size);

#endif /* _QNAPVOL_CLI_H */
