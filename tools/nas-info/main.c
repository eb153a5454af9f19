// SPDX-License-Identifier: GPL-2.0-only
/* qnap-nas-info: says which QNAP NAS this is, and which device tree it needs. */

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <unistd.h>

#include "info.h"
#include "report.h"
#include "text.h"

#define EXIT_USAGE 2
#define NAME_AND_VERSION "qnap-nas-info " QNAP_NAS_INFO_VERSION

static const char help_text[] =
"Usage: qnap-nas-info [OPTION]...\n"
"Say which QNAP NAS this is: boards and their revisions, serial number, Ethernet\n"
"addresses, firmware of the microcontroller (MCU), and which device tree fits.\n"
"\n"
"  --json            write all that is known as JSON\n"
"  --dtb             write the file name of the device tree that fits, no more\n"
"  --root DIR        look into DIR/sys instead of /sys\n"
"  --help            print this\n"
"  --version         print the version\n"
"\n"
"Copies of EEPROMs, as dd makes them; the box is not looked at then, unless\n"
"--root says so:\n"
"  --mainboard FILE  of the mainboard's\n"
"  --backplane FILE  of the backplane's\n"
"  --mcu FILE        of the MCU's\n";

enum option_id {
	OPTION_JSON = 1,
	OPTION_DTB,
	OPTION_ROOT,
	OPTION_MAINBOARD,
	OPTION_BACKPLANE,
	OPTION_MCU,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "dtb", no_argument, NULL, OPTION_DTB },
	{ "root", required_argument, NULL, OPTION_ROOT },
	{ "mainboard", required_argument, NULL, OPTION_MAINBOARD },
	{ "backplane", required_argument, NULL, OPTION_BACKPLANE },
	{ "mcu", required_argument, NULL, OPTION_MCU },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ }
};

/**
 * struct settings - what the command line asks for
 * @request: where to look
 * @json: write JSON
 * @dtb: write the device tree's name
 */
struct settings {
	struct info_request request;
	bool json;
	bool dtb;
};

static noreturn void usage(const char *what, const char *why)
{
	if (what)
		warnx("%s: %s", what, why);
	else if (why)
		warnx("%s", why);
	fprintf(stderr, "Try 'qnap-nas-info --help'.\n");
	exit(EXIT_USAGE);
}

/* Output that could not be written, to a full disk or a closed pipe, is no success. */
static noreturn void finish(int status)
{
	const bool failed = ferror(stdout);

	errno = 0;
	if (fflush(stdout) || failed) {
		warnx("cannot write the output%s%s", errno ? ": " : "",
		      errno ? strerror(errno) : "");
		status = EXIT_FAILURE;
	}
	exit(status);
}

/* Without what is at its end: "/" is the same as nothing. */
static char *root_of(char *path)
{
	size_t len = strlen(path);

	if (!len)
		usage(NULL, "--root wants a folder");
	if (access(path, F_OK))
		err(EXIT_FAILURE, "%s", path);
	while (len && path[len - 1] == '/')
		path[--len] = '\0';

	return path;
}

static void take(struct settings *settings, int option)
{
	switch (option) {
	case OPTION_JSON:
		settings->json = true;
		break;
	case OPTION_DTB:
		settings->dtb = true;
		break;
	case OPTION_ROOT:
		settings->request.root = root_of(optarg);
		break;
	case OPTION_MAINBOARD:
		settings->request.mainboard = optarg;
		break;
	case OPTION_BACKPLANE:
		settings->request.backplane = optarg;
		break;
	case OPTION_MCU:
		settings->request.mcu = optarg;
		break;
	case OPTION_HELP:
		fputs(help_text, stdout);
		finish(EXIT_SUCCESS);
	case OPTION_VERSION:
		puts(NAME_AND_VERSION);
		finish(EXIT_SUCCESS);
	default:
		usage(NULL, NULL);
	}
}

static bool has_board_copies(const struct info_request *request)
{
	return request->mainboard || request->backplane;
}

static void parse_command_line(struct settings *settings, int argc, char **argv)
{
	struct info_request *request = &settings->request;
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		take(settings, option);
	if (argv[optind])
		usage(argv[optind], "not an option");
	if (settings->json && settings->dtb)
		usage(NULL, "give only one of --json and --dtb");
	if (!request->root && !has_board_copies(request) && !request->mcu)
		request->root = "";
	if (settings->dtb && !request->root && !has_board_copies(request))
		usage(NULL, "--dtb needs --mainboard: the MCU does not know the board");
}

static void say(const char *sentence)
{
	fputs("qnap-nas-info: ", stderr);
	text_print(stderr, sentence);
	putc('\n', stderr);
}

/* One line on standard output, or none; sentences on standard error. */
static bool print_dtb(const struct info *info)
{
	if (!info->choice.tree) {
		say(info->why);
		return false;
	}
	for (size_t i = 0; i < info->num_remarks; i++)
		say(info->remarks[i]);
	puts(info->choice.tree->dtb);

	return true;
}

static bool print_all(struct info *info, const struct settings *settings)
{
	const struct info_request *request = &settings->request;

	if (request->root || request->mcu)
		info_mcu(info, request);
	if (request->root)
		info_tree(info, request);
	if (settings->json)
		report_json(stdout, info, NAME_AND_VERSION);
	else
		report_print(stdout, info);

	return info->asked_boards ? !!info->choice.tree : info->mcu.good;
}

int main(int argc, char **argv)
{
	struct settings settings = { };
	struct info info = { };
	bool good;

	parse_command_line(&settings, argc, argv);
	if (settings.request.root || has_board_copies(&settings.request))
		info_boards(&info, &settings.request);
	good = settings.dtb ? print_dtb(&info) : print_all(&info, &settings);
	info_free(&info);
	finish(good ? EXIT_SUCCESS : EXIT_FAILURE);
}
