// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the bytes come from: sysfs, or files with a copy of it
 *
 * The driver at24 gives an EEPROM twice: as a file of the I2C device, and as one of an nvmem
 * device, which is called after the label if the device tree has one, and otherwise after the I2C
 * device, with a number behind that.
 * The number of the I2C bus is not the same with all kernels.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source.h"
#include "text.h"

/**
 * struct search - devices that may be the one that is looked for
 * @num: how many there are that can be read
 * @path: file of the first one
 * @other: file of the second one
 * @described: a device without a file
 */
struct search {
	unsigned int num;
	char *path;
	char *other;
	char *described;
};

/**
 * struct place - where to look
 * @bus: kind of devices
 * @file: their file
 * @matches: whether a device, with that name in that folder, is the one
 */
struct place {
	const char *bus;
	const char *file;
	bool (*matches)(const char *folder, const char *name, const struct source_name *wanted);
};

static void say_missing(struct source *source, char *why)
{
	source->state = SOURCE_MISSING;
	source->why = why;
}

static void say_unreadable(struct source *source, int error)
{
	source->state = error == ENOENT ? SOURCE_MISSING : SOURCE_UNREADABLE;
	if (error == EACCES || error == EPERM)
		source->why = text_format("may only be read by root: run this as root");
	else
		source->why = text_format("cannot be read: %s", strerror(error));
}

/* Reads all there is. Returns an error number. */
static int read_all(struct source *source, int fd)
{
	ssize_t len;

	while (source->len < sizeof(source->data)) {
		len = read(fd, source->data + source->len, sizeof(source->data) - source->len);
		if (!len)
			break;
		if (len > 0)
			source->len += len;
		else if (errno != EINTR)
			return errno;
	}

	return 0;
}

/* The file that @source has in its path. */
static void read_path(struct source *source)
{
	const int fd = open(source->path, O_RDONLY | O_CLOEXEC);
	int error = errno;

	if (fd >= 0) {
		error = read_all(source, fd);
		close(fd);
		if (!error) {
			source->state = SOURCE_GOOD;
			return;
		}
		source->len = 0;
	}
	say_unreadable(source, error);
}

static void judge_length(struct source *source)
{
	if (source->state == SOURCE_GOOD && source->len > SOURCE_MAX) {
		source->state = SOURCE_TOO_LONG;
		source->len = 0;
		source->why = text_format("has more than %d bytes: it is no copy of an EEPROM",
					  SOURCE_MAX);
	}
}

/**
 * source_file() - read a copy of an EEPROM
 * @source: what was read
 * @path: the file
 */
void source_file(struct source *source, const char *path)
{
	source->path = text_format("%s", path);
	read_path(source);
	judge_length(source);
}

/* The first line of a file; empty if it cannot be read. */
static void read_line(const char *path, char *line, size_t size)
{
	struct source file = { .path = (char *)path };

	read_path(&file);
	free(file.why);
	if (file.len >= size)
		file.len = size - 1;
	memcpy(line, file.data, file.len);
	line[file.len] = '\0';
	line[strcspn(line, "\n")] = '\0';
}

/* The label that the device tree gives it; empty if there is none. */
static void read_label(const char *folder, const char *name, char *label, size_t size)
{
	char *path = text_format("%s/%s/of_node/label", folder, name);

	read_line(path, label, size);
	free(path);
}

/* There may be a number behind it. */
static bool begins_with(const char *name, const char *start)
{
	const size_t len = strlen(start);

	return !strncmp(name, start, len) && name[len + strspn(name + len, "0123456789")] == '\0';
}

static bool is_labelled(const char *folder, const char *name, const struct source_name *wanted)
{
	char label[32];

	read_label(folder, name, label, sizeof(label));

	return !strcmp(label, wanted->label);
}

static bool is_called(const char *folder, const char *name, const struct source_name *wanted)
{
	(void)folder;

	return begins_with(name, wanted->label);
}

/* "1-0054", and the nvmem device "1-00540", unless the label says that it is another. */
static bool has_address(const char *folder, const char *name, const struct source_name *wanted)
{
	const size_t digits = strspn(name, "0123456789");
	char label[32];

	if (!digits || name[digits] != '-' || !begins_with(name + digits + 1, wanted->address))
		return false;
	read_label(folder, name, label, sizeof(label));

	return !*label || !strcmp(label, wanted->label);
}

static bool is_mcu(const char *folder, const char *name, const struct source_name *wanted)
{
	(void)folder;
	(void)wanted;

	return begins_with(name, "qnap-mcu-eeprom");
}

static bool is_serial(const char *folder, const char *name, const struct source_name *wanted)
{
	(void)folder;
	(void)wanted;

	return !strncmp(name, "serial", strlen("serial"));
}

/* Takes the path over. */
static void keep(char **where, char *path)
{
	if (*where)
		free(path);
	else
		*where = path;
}

static void found(struct search *search, const char *folder, const char *name, const char *file)
{
	char *path = text_format("%s/%s/%s", folder, name, file);

	if (!access(path, F_OK))
		keep(search->num++ ? &search->other : &search->path, path);
	else
		keep(&search->described, path);
}

/* In the order of their names, so that a box with several answers always in the same way. */
static void look(struct search *search, const char *root, const struct place *place,
		 const struct source_name *wanted)
{
	char *folder = text_format("%s/sys/bus/%s/devices", root, place->bus);
	struct dirent **entries;
	const int num = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < num; i++) {
		if (place->matches(folder, entries[i]->d_name, wanted))
			found(search, folder, entries[i]->d_name, place->file);
		free(entries[i]);
	}
	if (num >= 0)
		free(entries);
	free(folder);
}

/* Reads what was found if it is the only one. Returns false if there was none. */
static bool read_found(struct source *source, struct search *search, const char *option)
{
	if (search->num == 1) {
		source->path = search->path;
		search->path = NULL;
		read_path(source);
		judge_length(source);
	} else if (search->num > 1) {
		source->state = SOURCE_UNREADABLE;
		source->why = text_format("may be %s as well as %s: choose one with %s",
					  search->path, search->other, option);
	}

	return search->num;
}

static void end_search(struct search *search)
{
	free(search->path);
	free(search->other);
	free(search->described);
}

static bool has_sysfs(const char *root)
{
	char *path = text_format("%s/sys/bus", root);
	const bool has = !access(path, F_OK);

	free(path);

	return has;
}

static char *why_no_eeprom(const char *root, const struct search *search,
			   const struct source_name *name)
{
	static const char no_file[] =
		"cannot be read: there is no %s: at24 is not loaded, or the chip does not answer";

	if (!has_sysfs(root))
		return text_format("was not found: there is no %s/sys/bus, so sysfs is not mounted",
				   root);
	if (search->described)
		return text_format(no_file, search->described);

	return text_format("was not found: no I2C device is called %s or has the address 0x%s",
			   name->label, name->address + 2);
}

/**
 * source_eeprom() - find and read the EEPROM of a board
 * @source: what was read, or why nothing was
 * @root: folder that has sysfs in it, or empty
 * @name: which EEPROM; a label counts more than an address
 */
void source_eeprom(struct source *source, const char *root, const struct source_name *name)
{
	static const struct place places[] = {
		{ "i2c", "eeprom", is_labelled },
		{ "nvmem", "nvmem", is_called },
		{ "i2c", "eeprom", has_address },
		{ "nvmem", "nvmem", has_address },
	};
	struct search search = { };
	bool done = false;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places) && !done; i++) {
		look(&search, root, &places[i], name);
		done = read_found(source, &search, name->option);
	}
	if (!done)
		say_missing(source, why_no_eeprom(root, &search, name));
	end_search(&search);
}

/**
 * source_mcu() - find and read the EEPROM behind the microcontroller
 * @source: what was read, or why nothing was
 * @root: folder that has sysfs in it, or empty
 */
void source_mcu(struct source *source, const char *root)
{
	static const char no_mcu[] =
		"was not found: either its drivers are not loaded, or the MCU does not answer";
	static const struct place place = { "nvmem", "nvmem", is_mcu };
	struct search search = { };

	look(&search, root, &place, NULL);
	if (!read_found(source, &search, "--mcu"))
		say_missing(source, text_format("%s", no_mcu));
	end_search(&search);
}

/**
 * source_firmware() - read the version of the microcontroller's firmware
 * @source: what was read, or why nothing was
 * @root: folder that has sysfs in it, or empty
 */
void source_firmware(struct source *source, const char *root)
{
	static const struct place place = { "serial", "firmware_version", is_serial };
	struct search search = { };

	look(&search, root, &place, NULL);
	if (!search.num)
		say_missing(source, text_format("is not known: the driver does not tell it"));
	else
		source_text(source, "", search.path);
	end_search(&search);
}

/**
 * source_text() - read a text
 * @source: what was read; there is always a zero behind it
 * @root: folder that has sysfs in it, or empty
 * @path: the file in it
 */
void source_text(struct source *source, const char *root, const char *path)
{
	source->path = text_format("%s%s", root, path);
	read_path(source);
	if (source->len > SOURCE_MAX)
		source->len = SOURCE_MAX;
	if (source->len && source->data[source->len - 1] == '\n')
		source->len--;
	source->data[source->len] = '\0';
}

/**
 * source_free() - free what belongs to it
 * @source: what was read
 */
void source_free(struct source *source)
{
	free(source->path);
	free(source->why);
}

/**
 * source_span() - look at what was read
 * @source: what was read
 *
 * Return: all of it; nothing if it could not be read.
 */
struct span source_span(const struct source *source)
{
	return (struct span){ source->data, source->len };
}
