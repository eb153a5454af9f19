// SPDX-License-Identifier: GPL-2.0-only
/* qnapvol nbd: a volume as a network block device, by nbdkit with the plugin that is beside us */

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "signals.h"
#include "temporary.h"
#include "volume.h"

#define PLUGIN		"nbdkit-qnapvol-plugin.so"

/* Set by the makefile: where "make install" puts the plugin. */
#ifndef PLUGIN_DIRECTORY
#define PLUGIN_DIRECTORY	"/usr/local/lib/nbdkit/plugins"
#endif

/* nbdkit is asked this often whether it is ready, in microseconds. */
#define POLL_INTERVAL	20000

#define OWN_ARGUMENTS	32
#define NBDKIT_MAX	64
#define ARGUMENTS_MAX	(OWN_ARGUMENTS + NBDKIT_MAX + 2 * CLI_ARGUMENTS_MAX)

enum option_name {
	OPTION_SOCKET = CLI_OWN,
	OPTION_PORT,
	OPTION_NBDKIT,
};

/**
 * struct nbd - what the options say, and the command that comes of it
 * @socket: path of the Unix socket, or NULL
 * @port: TCP port, or NULL
 * @passed: options and parameters for nbdkit itself
 * @num_passed: how many
 * @own_socket: path of one in a private directory, if no other was given
 * @pid_file: appears in that directory when it is ready
 * @arguments: the command
 * @num: how many
 * @failed: there was no memory for all of it
 */
struct nbd {
	const char *socket;
	const char *port;
	const char *passed[NBDKIT_MAX];
	size_t num_passed;
	char *own_socket;
	char *pid_file;
	char *arguments[ARGUMENTS_MAX + 1];
	size_t num;
	bool failed;
};

static struct nbd the_nbd;

static bool take(int option, const char *argument, void *data)
{
	struct nbd *nbd = data;
	__u64 port;

	switch (option) {
	case OPTION_SOCKET:
		nbd->socket = argument;
		return true;
	case OPTION_PORT:
		nbd->port = argument;
		if (cli_number(argument, &port) && port && port <= UINT16_MAX)
			return true;
		cli_error("--port wants a number up to 65535, not \"%s\"", argument);
		return false;
	default:
		if (nbd->num_passed < NBDKIT_MAX) {
			nbd->passed[nbd->num_passed++] = argument;
			return true;
		}
		cli_error("--nbdkit can be used %d times at most", NBDKIT_MAX);
		return false;
	}
}

/* The command */

static __printf(2, 3) void add(struct nbd *nbd, const char *format, ...)
{
	char **argument = &nbd->arguments[nbd->num];
	va_list values;

	va_start(values, format);
	if (nbd->num == ARGUMENTS_MAX || vasprintf(argument, format, values) < 0) {
		*argument = NULL;
		nbd->failed = true;
	} else {
		nbd->num++;
	}
	va_end(values);
}

static void add_parameter(struct nbd *nbd, const char *key, const char *value)
{
	if (value)
		add(nbd, "%s=%s", key, value);
}

/* Options of nbdkit stand before the plugin, parameters behind it. */
static void add_passed(struct nbd *nbd, bool options)
{
	for (size_t i = 0; i < nbd->num_passed; i++) {
		if ((*nbd->passed[i] == '-') == options)
			add(nbd, "%s", nbd->passed[i]);
	}
}

static void add_parameters(const struct cli *cli, struct nbd *nbd, const char *volume)
{
	const struct qv_options *options = &cli->options;
	char map[CLI_TIER_MAP_MAX];

	add_parameter(nbd, "volume", volume);
	add_parameter(nbd, "vgtext", options->vgtext);
	add_parameter(nbd, "tier-map", cli_tier_map_text(options, map, sizeof(map)));
	if (options->generation)
		add(nbd, "generation=%u", options->generation);
	if (options->superblock)
		add(nbd, "superblock=%llu", options->superblock);
	for (size_t i = 0; i < cli->num; i++) {
		add_parameter(nbd, "source-map", cli->arguments[i].rescue_map);
		add_parameter(nbd, "source", cli->arguments[i].path);
	}
}

static void make_command(const struct cli *cli, struct nbd *nbd, const char *plugin,
			 const char *volume)
{
	add(nbd, "nbdkit");
	add(nbd, "--foreground");
	add(nbd, "--readonly");
	add(nbd, "--pidfile");
	add(nbd, "%s", nbd->pid_file);
	if (cli->verbose)
		add(nbd, "--verbose");
	add(nbd, nbd->port ? "--ipaddr" : "--unix");
	add(nbd, "%s", nbd->port ? "localhost" : nbd->socket);
	if (nbd->port)
		add(nbd, "--port=%s", nbd->port);
	add_passed(nbd, true);
	add(nbd, "%s", plugin);
	add_parameters(cli, nbd, volume);
	add_passed(nbd, false);
}

/* Beside the program, as it is built, or else where it is installed. False after a message. */
static bool find_plugin(char *plugin, size_t size)
{
	char program[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program));
	const char *slash = len > 0 ? memrchr(program, '/', len) : NULL;

	snprintf(plugin, size, "%.*s/" PLUGIN, slash ? (int)(slash - program) : 0, program);
	if (!access(plugin, R_OK))
		return true;

	snprintf(plugin, size, PLUGIN_DIRECTORY "/" PLUGIN);
	if (!access(plugin, R_OK))
		return true;

	cli_error(PLUGIN " is neither beside the program nor in " PLUGIN_DIRECTORY
		  ": install it, or build with nbdkit's headers");

	return false;
}

/* Running it */

static void say_ready(const struct cli *cli, const struct nbd *nbd)
{
	const char *socket = nbd->socket;

	if (nbd->port)
		cli_say(cli, "ready at nbd://localhost:%s, Ctrl-C ends it. On this machine:\n"
			"  nbd-client -readonly localhost %s /dev/nbd0     (as root, after \"modprobe nbd\")\n"
			"  qemu-img info nbd://localhost:%s\n"
			"  guestmount --ro --format=raw -a nbd://localhost:%s -m /dev/sda DIRECTORY",
			nbd->port, nbd->port, nbd->port, nbd->port);
	else
		cli_say(cli, "ready at nbd+unix:///?socket=%s, Ctrl-C ends it. In another terminal:\n"
			"  nbd-client -readonly -unix %s /dev/nbd0     (as root, after \"modprobe nbd\")\n"
			"  nbdfuse --readonly FILE --unix %s     (FILE is the image then)\n"
			"  qemu-img info \"nbd+unix:///?socket=%s\"\n"
			"  guestmount --ro --format=raw -a \"nbd://?socket=%s\" -m /dev/sda DIRECTORY",
			socket, socket, socket, socket, socket);
}

static pid_t server;

static void pass_on(int number)
{
	kill(server, number);
}

/* Waits until nbdkit is ready, or returns false if it has ended. */
static bool wait_until_ready(const struct nbd *nbd)
{
	while (access(nbd->pid_file, F_OK)) {
		if (child_has_ended(server))
			return false;
		usleep(POLL_INTERVAL);
	}

	return true;
}

/* nbdkit leaves its socket behind. */
static int serve(const struct cli *cli, const struct nbd *nbd)
{
	bool ready;
	int status;

	server = child_start((const char *const *)nbd->arguments, -1);
	if (server < 0)
		return QV_ERR_SYSTEM;

	/* The terminal sends Ctrl-C to nbdkit as well; other signals may be sent to us alone. */
	signals_catch(pass_on, SA_RESTART);
	ready = wait_until_ready(nbd);
	if (ready)
		say_ready(cli, nbd);
	status = child_wait(server);
	if (ready && !nbd->port)
		unlink(nbd->socket);

	return status ? QV_ERR_SYSTEM : 0;
}

/* Names the files in the private directory. Returns false if there is no memory. */
static bool name_files(struct nbd *nbd, const char *directory, const struct qv_item *item)
{
	char *name = volume_file_name(item, ".sock");

	if (!name || asprintf(&nbd->own_socket, "%s/%s", directory, name) < 0)
		nbd->own_socket = NULL;
	free(name);
	if (asprintf(&nbd->pid_file, "%s/pid", directory) < 0)
		nbd->pid_file = NULL;
	if (!nbd->socket)
		nbd->socket = nbd->own_socket;

	return nbd->own_socket && nbd->pid_file;
}

static void free_texts(struct nbd *nbd)
{
	for (size_t i = 0; i < nbd->num; i++)
		free(nbd->arguments[i]);
	free(nbd->own_socket);
	free(nbd->pid_file);
}

static int serve_in(const struct cli *cli, struct nbd *nbd, const char *plugin,
		    const struct qv_item *item)
{
	char *directory;
	int status;

	/* What is made here is removed, whenever the signal comes. */
	signals_block();
	directory = temporary_directory();
	if (!directory)
		return QV_ERR_SYSTEM;

	nbd->failed = !name_files(nbd, directory, item);
	if (!nbd->failed)
		make_command(cli, nbd, plugin, item->name);
	status = nbd->failed ? cli_no_memory() : serve(cli, nbd);
	if (nbd->pid_file)
		unlink(nbd->pid_file);
	temporary_remove(directory);
	free_texts(nbd);

	return status;
}

static int run(struct cli *cli)
{
	struct nbd *nbd = &the_nbd;
	int status = cli_open(cli, 0);
	const struct qv_item *item = status ? NULL : volume_find(cli, &status);
	char plugin[PATH_MAX];

	if (!item)
		return status;
	cli_print_remarks(cli);
	if (!find_plugin(plugin, sizeof(plugin)))
		return QV_ERR_SYSTEM;
	if (!child_find("nbdkit")) {
		cli_error("nbdkit is not installed: install the package nbdkit");
		return QV_ERR_SYSTEM;
	}

	return serve_in(cli, nbd, plugin, item);
}

static const struct option options[] = {
	{ "socket", required_argument, NULL, OPTION_SOCKET },
	{ "port", required_argument, NULL, OPTION_PORT },
	{ "nbdkit", required_argument, NULL, OPTION_NBDKIT },
	{ }
};

const struct cli_command nbd_command = {
	.name = "nbd",
	.summary = "serve a volume as a network block device",
	.help = "Usage: qnapvol nbd [-V NAME] [OPTION]... SOURCE...\n"
		"Serve a volume as a network block device, by nbdkit, read-only, until Ctrl-C.\n\n"
		"Options:\n"
		"      --socket PATH      the Unix socket; by default in a directory of its own\n"
		"      --port PORT        have TCP in place of it, for this machine only\n"
		"      --nbdkit ARGUMENT  an option or a parameter of nbdkit; many times:\n"
		"                         --nbdkit --filter=cow\n",
	.options = options,
	.without = "o",
	.take = take,
	.data = &the_nbd,
	.run = run,
};
