// SPDX-License-Identifier: GPL-2.0-only
/* qnapvol: reads the volumes of QNAP NAS boxes on any system, and writes nothing */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const struct cli_command *const commands[] = {
	&list_command,
	&dump_command,
	&thin_xml_command,
	&dm_table_command,
	&mount_command,
	&nbd_command,
	&luks_command,
};

#define NUM_COMMANDS	(sizeof(commands) / sizeof(*commands))

static const struct option common_options[] = {
	{ "volume", required_argument, NULL, 'V' },
	{ "output", required_argument, NULL, 'o' },
	{ "rescue-map", required_argument, NULL, 'm' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, CLI_HELP },
	{ "version", no_argument, NULL, CLI_VERSION },
	{ "vgtext", required_argument, NULL, CLI_VGTEXT },
	{ "generation", required_argument, NULL, CLI_GENERATION },
	{ "tier-map", required_argument, NULL, CLI_TIER_MAP },
	{ "superblock", required_argument, NULL, CLI_SUPERBLOCK },
	{ }
};

#define NUM_COMMON	(sizeof(common_options) / sizeof(*common_options) - 1)
#define OPTIONS_MAX	64

/* Room for "qnapvol COMMAND", as getopt's messages begin. */
#define NAME_MAX_SIZE	40

/* Arguments are taken in their order, as a mapfile is for the source that follows. */
#define COMMON_LETTERS	"-V:o:m:vq"

static const char volume_help[] =
	"  -V, --volume NAME      what to read, as \"qnapvol list\" names it: vg1/lv1\n";

static const char common_help[] =
	"  -m, --rescue-map FILE  ddrescue's mapfile of the source that follows\n"
	"      --vgtext FILE      description of the volume group, from a backup of the box\n"
	"      --generation N     use an older description that is still on the disks\n"
	"      --tier-map MAP     how a pool's blocks are found: auto, tree or identity:TIER\n"
	"      --superblock N     use the superblock in that block of the pool's metadata\n"
	"  -v, --verbose          say more\n"
	"  -q, --quiet            say nothing but errors\n"
	"      --help             this help\n"
	"      --version          the version\n";

static void print_usage(void)
{
	puts("Usage: qnapvol COMMAND [OPTION]... SOURCE...\n"
	     "Read the volumes of a QNAP NAS. Sources are disks, partitions, arrays or image files;\n"
	     "name all that belong to the box, in any order. They are never written.\n\n"
	     "Commands:");
	for (size_t i = 0; i < NUM_COMMANDS; i++)
		printf("  %-9s  %s\n", commands[i]->name, commands[i]->summary);
	printf("\nCommon options:\n%s%s\n"
	       "qnapvol COMMAND --help tells more about a command, man qnapvol about all.\n",
	       volume_help, common_help);
}

static bool has_option(const struct cli_command *command, int option)
{
	return option >= CLI_HELP || !command->without || !strchr(command->without, option);
}

static void print_help(const struct cli_command *command)
{
	printf("%s\nCommon options:\n%s%s", command->help,
	       has_option(command, 'V') ? volume_help : "", common_help);
}

static bool take_tier_map(struct qv_options *options, const char *map)
{
	if (cli_tier_map(map, options))
		return true;

	cli_error("--tier-map is auto, tree, or identity:0, identity:1, identity:2");

	return false;
}

static bool take_number(const char *name, const char *argument, __u64 max, __u64 *number)
{
	if (cli_number(argument, number) && *number <= max)
		return true;

	cli_error("%s wants a number, not \"%s\"", name, argument);

	return false;
}

/* An argument that is no option; with the mapfile that was named before it. */
static bool take_argument(struct cli *cli, const char *path, const char **rescue_map)
{
	if (cli->num == CLI_ARGUMENTS_MAX) {
		cli_error("%u sources at most", CLI_ARGUMENTS_MAX);
		return false;
	}

	cli->arguments[cli->num++] = (struct cli_source){ path, *rescue_map };
	*rescue_map = NULL;

	return true;
}

static bool take_reading_option(struct cli *cli, int option, const char *argument)
{
	__u64 number = 0;
	bool good = true;

	switch (option) {
	case CLI_VGTEXT:
		cli->options.vgtext = argument;
		break;
	case CLI_GENERATION:
		good = take_number("--generation", argument, UINT32_MAX, &number);
		cli->options.generation = number;
		break;
	case CLI_TIER_MAP:
		good = take_tier_map(&cli->options, argument);
		break;
	case CLI_SUPERBLOCK:
		good = take_number("--superblock", argument, UINT64_MAX, &cli->options.superblock);
		break;
	default:
		good = false;
	}

	return good;
}

static bool take_common_option(struct cli *cli, int option, char *argument,
			       const char **rescue_map)
{
	switch (option) {
	case 1:
		return take_argument(cli, argument, rescue_map);
	case 'V':
		cli->volume = argument;
		return true;
	case 'o':
		cli->output = argument;
		return true;
	case 'm':
		*rescue_map = argument;
		return true;
	case 'v':
		cli->verbose = true;
		return true;
	case 'q':
		cli->quiet = true;
		return true;
	default:
		return take_reading_option(cli, option, argument);
	}
}

/* The options of the command behind the common ones; @letters has those with a letter only. */
static void join_options(const struct cli_command *command, struct option *all, char *letters)
{
	size_t num = NUM_COMMON;

	memcpy(all, common_options, sizeof(common_options));
	letters = stpcpy(letters, COMMON_LETTERS);
	for (const struct option *own = command->options; own && own->name; own++) {
		all[num++] = *own;
		if (own->val < CLI_HELP)
			letters += sprintf(letters, own->has_arg ? "%c:" : "%c", own->val);
	}
	all[num] = (struct option){ };
}

/* For getopt's messages. */
static void name_program(const struct cli_command *command, char **argv)
{
	static char name[NAME_MAX_SIZE];

	snprintf(name, sizeof(name), "qnapvol %s", command->name);
	argv[0] = name;
}

static bool is_own(const struct cli_command *command, int option)
{
	for (const struct option *own = command->options; own && own->name; own++) {
		if (own->val == option)
			return true;
	}

	return false;
}

static bool take_option(const struct cli_command *command, struct cli *cli, int option,
			char *argument, const char **rescue_map)
{
	if (is_own(command, option))
		return command->take(option, argument, command->data);
	if (!has_option(command, option)) {
		cli_error("qnapvol %s has no option -%c", command->name, option);
		return false;
	}

	return take_common_option(cli, option, argument, rescue_map);
}

/* Returns an exit status, or -1: go on. */
static int parse(const struct cli_command *command, struct cli *cli, int argc, char **argv)
{
	struct option all[OPTIONS_MAX];
	char letters[sizeof(COMMON_LETTERS) + 2 * OPTIONS_MAX];
	const char *rescue_map = NULL;
	bool good = true;
	int option;

	name_program(command, argv);
	join_options(command, all, letters);
	while (good && (option = getopt_long(argc, argv, letters, all, NULL)) != -1) {
		if (option == CLI_HELP) {
			print_help(command);
			return EXIT_SUCCESS;
		}
		good = take_option(command, cli, option, optarg, &rescue_map);
	}
	while (good && optind < argc)
		good = take_argument(cli, argv[optind++], &rescue_map);
	if (good && rescue_map) {
		cli_error("--rescue-map is for the source that follows it, and none does");
		good = false;
	}

	if (!good)
		fprintf(stderr, "For the options type: qnapvol %s --help\n", command->name);

	return good ? -1 : EXIT_USAGE;
}

/* Output that could not be written, to a full disk or a closed pipe, is no success. */
static int finish(int status)
{
	const bool failed = ferror(stdout);

	errno = 0;
	if (!fflush(stdout) && !failed)
		return status;

	cli_error("cannot write the output%s%s", errno ? ": " : "", errno ? strerror(errno) : "");

	return QV_ERR_SYSTEM;
}

/* Files must not get the numbers of these, or what is printed would be written into them. */
static void open_standard_files(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct cli cli = { };
	int status = parse(command, &cli, argc, argv);

	if (status < 0)
		status = command->run(&cli);
	qv_free(cli.qv);

	return finish(status);
}

static const struct cli_command *find_command(const char *name)
{
	for (size_t i = 0; i < NUM_COMMANDS; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}

	return NULL;
}

static int fail_command(const char *name)
{
	if (!name)
		cli_error("say what to do, for example: qnapvol list SOURCE...");
	else if (!access(name, F_OK))
		cli_error("%s is no command; to see what is in it, type: qnapvol list %s", name,
			  name);
	else
		cli_error("there is no command %s", name);
	fputs("For the commands type: qnapvol --help\n", stderr);

	return EXIT_USAGE;
}

/* qnapvol help, qnapvol help COMMAND */
static int help(const char *name)
{
	const struct cli_command *command = name ? find_command(name) : NULL;

	if (name && !command)
		return fail_command(name);

	if (command)
		print_help(command);
	else
		print_usage();

	return finish(EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct cli_command *command = name ? find_command(name) : NULL;

	open_standard_files();
	if (command)
		return run(command, argc - 1, argv + 1);
	if (name && (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")))
		return help(argc > 2 ? argv[2] : NULL);
	if (name && !strcmp(name, "--version")) {
		puts("qnapvol " QNAPVOL_VERSION);
		return finish(EXIT_SUCCESS);
	}

	return fail_command(name);
}
