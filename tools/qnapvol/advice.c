// SPDX-License-Identifier: GPL-2.0-only
/*
 * What to type next
 *
 * The commands are complete: with the program as it was called, with the options that said how to
 * read, and with all sources, so that they can be copied into a shell as they are.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "advice.h"
#include "role.h"
#include "text.h"
#include "volume.h"

#define IMAGE_DIRECTORY	"/mnt/image"
#define FILES_DIRECTORY	"/mnt/files"

/**
 * struct advisor - whom to tell what
 * @cli: the command line of this run
 * @item: what the advice is for
 * @fn: called with each command
 * @data: for @fn
 */
struct advisor {
	const struct cli *cli;
	const struct qv_item *item;
	advice_fn fn;
	void *data;
};

static void put_word(FILE *out, const char *word)
{
	fputc(' ', out);
	text_quote(out, word);
}

/* A name that begins with a dash would be taken for an option. */
static void put_path(FILE *out, const char *path)
{
	char *plain = NULL;

	if (*path == '-' && asprintf(&plain, "./%s", path) > 0)
		put_word(out, plain);
	else
		put_word(out, path);
	free(plain);
}

static void put_option(FILE *out, const char *option, const char *path)
{
	fprintf(out, " %s", option);
	put_path(out, path);
}

static void put_tier_map(FILE *out, const struct qv_options *options)
{
	char text[CLI_TIER_MAP_MAX];
	const char *map = cli_tier_map_text(options, text, sizeof(text));

	if (map)
		fprintf(out, " --tier-map %s", map);
}

static void put_reading_options(FILE *out, const struct qv_options *options)
{
	if (options->vgtext)
		put_option(out, "--vgtext", options->vgtext);
	if (options->generation)
		fprintf(out, " --generation %u", options->generation);
	put_tier_map(out, options);
	if (options->superblock)
		fprintf(out, " --superblock %llu", options->superblock);
}

static void put_sources(FILE *out, const struct cli *cli)
{
	for (size_t i = 0; i < cli->num; i++) {
		if (cli->arguments[i].rescue_map)
			put_option(out, "-m", cli->arguments[i].rescue_map);
		put_path(out, cli->arguments[i].path);
	}
}

static void put_program(FILE *out, bool as_root, const char *command)
{
	if (as_root)
		fputs("sudo ", out);
	text_quote(out, program_invocation_name);
	fprintf(out, " %s", command);
}

static void put_volume(FILE *out, const struct advisor *advisor)
{
	fputs(" -V", out);
	put_word(out, advisor->item->name);
}

/* The end of a command that reads the sources as this run did. */
static void put_reading(FILE *out, const struct advisor *advisor)
{
	put_reading_options(out, &advisor->cli->options);
	put_sources(out, advisor->cli);
}

/* Who needed sudo for this needs it for the next command as well. */
static bool had_sudo(void)
{
	return geteuid() == 0 && getenv("SUDO_COMMAND");
}

static bool needs_sudo(void)
{
	return geteuid() != 0 || had_sudo();
}

static bool is_source(const struct cli *cli, const char *path)
{
	for (size_t i = 0; i < cli->num; i++) {
		if (!strcmp(cli->arguments[i].path, path))
			return true;
	}

	return false;
}

/* Writes a command to the stream. @file: name for an image of the volume */
typedef void (*put_command_fn)(FILE *out, const struct advisor *advisor, const char *file);

static int tell(const struct advisor *advisor, const char *what, put_command_fn put)
{
	char *file = volume_file_name(advisor->item, ".img");
	char *text = NULL;
	size_t size;
	FILE *out = file ? open_memstream(&text, &size) : NULL;
	bool good;

	if (out)
		put(out, advisor, file);
	good = out && !fclose(out);
	if (good)
		advisor->fn(what, text, advisor->data);
	free(text);
	free(file);

	return good ? 0 : -QV_ERR_SYSTEM;
}

/* Users may mount on directories of their own only. */
static void put_mount(FILE *out, const struct advisor *advisor, const char *file)
{
	char *name = volume_file_name(advisor->item, "");
	const char *what = name ?: "the-volume";
	const bool root = geteuid() == 0;

	(void)file;
	if (!root)
		fprintf(out, "mkdir -p files-of-%s && ", what);
	put_program(out, had_sudo(), "mount");
	put_volume(out, advisor);
	if (advisor->item->content.ext.needs_recovery)
		fputs(" --replay", out);
	fprintf(out, " %s%s", root ? "/mnt" : "files-of-", root ? "" : what);
	put_reading(out, advisor);
	free(name);
}

static void put_dump(FILE *out, const struct advisor *advisor, const char *file)
{
	put_program(out, had_sudo(), "dump");
	put_volume(out, advisor);
	fprintf(out, " -o %s%s", is_source(advisor->cli, file) ? "copy-of-" : "", file);
	put_reading(out, advisor);
}

/*
 * Encrypted volumes: the password is tried, the image is had in one directory, cryptsetup opens it,
 * and the files are in another one. Images of users can not be read by root, so root has them.
 */

static void put_try(FILE *out, const struct advisor *advisor, const char *file)
{
	(void)file;
	put_program(out, had_sudo(), "luks");
	put_volume(out, advisor);
	put_reading(out, advisor);
}

static void put_image(FILE *out, const struct advisor *advisor, const char *file)
{
	(void)file;
	fprintf(out, "%smkdir -p %s %s && ", needs_sudo() ? "sudo " : "", IMAGE_DIRECTORY,
		FILES_DIRECTORY);
	put_program(out, needs_sudo(), "mount --image");
	put_volume(out, advisor);
	fprintf(out, " %s", IMAGE_DIRECTORY);
	put_reading(out, advisor);
}

static void put_open(FILE *out, const struct advisor *advisor, const char *file)
{
	(void)advisor;
	put_program(out, needs_sudo(), "luks --open qnapvol " IMAGE_DIRECTORY "/");
	fputs(file, out);
}

static void put_files(FILE *out, const struct advisor *advisor, const char *file)
{
	(void)advisor;
	(void)file;
	put_program(out, needs_sudo(), "mount " FILES_DIRECTORY " /dev/mapper/qnapvol");
}

static int tell_luks(const struct advisor *advisor)
{
	int ret = tell(advisor, "to see whether you have the password", put_try);

	if (!ret)
		ret = tell(advisor, "to see the files, as root: first have the image", put_image);
	if (!ret)
		ret = tell(advisor, "then open it with the password", put_open);
	if (!ret)
		ret = tell(advisor, "then see the files in " FILES_DIRECTORY, put_files);

	return ret;
}

/**
 * advice_give() - say what to type next
 * @cli: the command line of this run
 * @item: what to read
 * @fn: called with each command, the best first, and with what it is for
 * @data: for @fn
 *
 * Return: 0, or -%QV_ERR_SYSTEM: no memory.
 */
int advice_give(const struct cli *cli, const struct qv_item *item, advice_fn fn, void *data)
{
	const struct advisor advisor = { cli, item, fn, data };
	const enum role role = role_of(item);
	int ret = 0;

	if (item->state == QV_NOT_READABLE || (role != ROLE_VOLUME && role != ROLE_SYSTEM))
		return 0;

	if (item->content.kind == QV_CONTENT_EXT)
		ret = tell(&advisor, geteuid() ? "to see the files in a directory here" :
			   "to see the files in /mnt", put_mount);
	if (item->content.kind == QV_CONTENT_LUKS)
		ret = tell_luks(&advisor);
	/* A copy of a source is made by cp or ddrescue. */
	if (item->kind != QV_ITEM_SOURCE && !ret)
		ret = tell(&advisor, "to copy it into a file", put_dump);

	return ret;
}
