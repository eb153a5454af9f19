// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkqnapimg: what is in volumes
 *
 * A file system is made by mke2fs and filled by debugfs, at a time that never changes: mke2fs -d
 * would take times of change from this machine. What differs in QNAP's is set afterwards.
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gen.h"

#define FAKE_TIME	"E2FSPROGS_FAKE_TIME=1545000000"

#define MKFS		FAKE_TIME " mke2fs -q -F -b 4096"

#define EXT_SUPER		1024
#define EXT_COMPAT		0x5c
#define EXT_COMPAT_DIR_INDEX	0x20
#define EXT_INCOMPAT		0x60
#define EXT_INCOMPAT_RECOVER	0x04
#define EXT_HASH_SEED		0xec
#define EXT_HASH_REVISION	0x3f4
#define EXT_QNAP		0x3fc

#define MANY_FILES	400

#define CONTENT_KEYS	"type files dir_index qnap needs_recovery label config unit percent " \
			"password content state"

/* Below this there is no room for a journal. */
#define SMALL		(16 * MIB)

static u64 random_file_size(void)
{
	static const u64 limits[] = { 100, 5000, 70000, 70000, 700000 };

	return random_below(limits[random_below(sizeof(limits) / sizeof(*limits))]);
}

static void file_make(const char *path, u64 size)
{
	struct image *file = image_new(0, "%s", path);
	u8 *data = must_alloc(1, size + 1);

	/* Half of them are text of some sort, which compresses and has the same bytes again. */
	random_bytes(data, size);
	for (u64 i = 0; random_below(2) && i < size; i++)
		data[i] = 'a' + data[i] % 26;
	file->size = size;
	image_write(file, data, size, 0);
	free(data);
	close(file->fd);
}

/* Makes a file twice: in the directory, and in the list of what debugfs has to do. */
static void add_file(FILE *commands, const char *directory, const char *name, u64 size)
{
	char *path = must_text("%s/%s", directory, name);

	file_make(path, size);
	fprintf(commands, "write \"%s\" \"%s\"\n", path, name);
	free(path);
}

static void add_directory(FILE *commands, const char *directory, const char *name)
{
	char *path = must_text("%s/%s", directory, name);

	if (mkdir(path, 0755))
		die("cannot make %s", path);
	fprintf(commands, "mkdir \"%s\"\n", name);
	free(path);
}

static void add_tree(FILE *commands, struct json_object *content, const char *directory)
{
	const u64 files = get_number(content, "files", 20);
	char name[NAME_SIZE];

	add_directory(commands, directory, "Public");
	add_directory(commands, directory, "Public/Bilder \xc3\x84\xc3\xb6\xc3\xbc");
	add_directory(commands, directory, "homes");
	for (u64 i = 0; i < files; i++) {
		snprintf(name, sizeof(name), "%s/file%llu.%s",
			 i % 3 ? "Public" : "Public/Bilder \xc3\x84\xc3\xb6\xc3\xbc",
			 (unsigned long long)i, i % 2 ? "JPG" : "txt");
		add_file(commands, directory, name, random_file_size());
	}
	if (!get_bool(content, "dir_index", false))
		return;
	add_directory(commands, directory, "Many");
	for (unsigned int i = 0; i < MANY_FILES; i++) {
		snprintf(name, sizeof(name), "Many/File with a long name %u", i);
		add_file(commands, directory, name, 10);
	}
}

/* The box keeps copies of LVM's descriptions in its own system. */
static void add_config(FILE *commands, const char *backups)
{
	fprintf(commands, "mkdir .config\nmkdir .config/lvm\nmkdir .config/lvm/backup\n");
	fprintf(commands, "write \"%s/vg1.vg\" .config/lvm/backup/vg1\n", backups);
}

static void patch(const struct image *image, u64 at, u32 set)
{
	u8 word[4];

	image_read(image, word, sizeof(word), EXT_SUPER + at);
	put32(word, (word[0] | word[1] << 8 | word[2] << 16 | (u32)word[3] << 24) | set);
	image_write(image, word, sizeof(word), EXT_SUPER + at);
}

/*
 * QNAP's hash of names is not that of others. As here nobody knows it, another key of the hash has
 * to do: an index is of no use either way.
 */
static void hide_names(const struct image *image)
{
	u8 key[UUID_BYTES];

	run(FAKE_TIME " e2fsck -fyD '%s' > /dev/null 2>&1 || [ $? = 1 ]", image->path);
	random_bytes(key, sizeof(key));
	image_write(image, key, sizeof(key), EXT_SUPER + EXT_HASH_SEED);
}

static void put_marks(const struct image *image, struct json_object *content)
{
	u8 revision[4];

	put32(revision, 1);
	if (get_bool(content, "qnap", true)) {
		image_write(image, revision, sizeof(revision), EXT_SUPER + EXT_HASH_REVISION);
		image_write(image, "QNAP", 4, EXT_SUPER + EXT_QNAP);
	}
	if (get_bool(content, "needs_recovery", false))
		patch(image, EXT_INCOMPAT, EXT_INCOMPAT_RECOVER);
}

static void uuid_text(char *text)
{
	u8 u[UUID_BYTES];

	random_bytes(u, sizeof(u));
	sprintf(text, "%02x%02x%02x%02x-%02x%02x-4%01x%02x-8%01x%02x-%02x%02x%02x%02x%02x%02x",
		u[0], u[1], u[2], u[3], u[4], u[5], u[6] & 15, u[7], u[8] & 15, u[9], u[10], u[11],
		u[12], u[13], u[14], u[15]);
}

static void make_empty_ext(const struct image *image, struct json_object *content, const char *type)
{
	const char *index = get_bool(content, "dir_index", false) ? "" : "^";
	const char *more = "";
	char uuid[64], seed[64];

	if (!strcmp(type, "ext4"))
		more = image->size < SMALL ? ",64bit,^has_journal" : ",64bit";
	uuid_text(uuid);
	uuid_text(seed);
	run(MKFS " -t %s -O %sdir_index,^metadata_csum%s -U %s -L '%s' %s%s '%s'", type, index,
	    more, uuid, get_text(content, "label", ""), "-E lazy_itable_init=1,hash_seed=", seed,
	    image->path);
}

static void make_ext(const struct image *image, struct json_object *content, const char *type)
{
	char *directory = must_text("%.*s.files", (int)(strlen(image->path) - 4), image->path);
	char *script = must_text("%s.debugfs", image->path);
	FILE *commands = fopen(script, "w");

	if (!commands || mkdir(directory, 0755))
		die("cannot make %s", directory);
	add_tree(commands, content, directory);
	if (get(content, "config"))
		add_config(commands, get_text(content, "config", ""));
	fclose(commands);
	make_empty_ext(image, content, type);
	run(FAKE_TIME " debugfs -w -f '%s' '%s' > /dev/null 2>&1", script, image->path);
	if (get_bool(content, "dir_index", false))
		hide_names(image);
	put_marks(image, content);
	unlink(script);
	free(directory);
	free(script);
}

/* Data in a part of the blocks, holes between them. */
static void make_random(const struct image *image, struct json_object *content)
{
	const u64 unit = get_number(content, "unit", 64 * KIB);
	const u64 percent = get_number(content, "percent", 50);
	u8 *buf = must_alloc(1, unit);

	for (u64 start = 0; start + unit <= image->size; start += unit) {
		if (random_below(100) >= percent)
			continue;
		random_bytes(buf, unit);
		image_write(image, buf, unit, start);
	}
	free(buf);
}

static void make_mark(struct image *image, struct json_object *content, const char *type)
{
	const struct place place = { "content", image, 0, image->size };

	if (!strcmp(type, "zfs"))
		zfs_write(&place);
	else if (!strcmp(type, "swap"))
		swap_write(&place);
	else if (!strcmp(type, "flashcache"))
		flashcache_write(&place, get_number(content, "state", 0xfacecafe),
				 image->size / 4096);
	else if (strcmp(type, "none"))
		die("no content is \"%s\"", type);
}

/* Makes a file with what has to be read from the volume. */
struct image *content_make(struct json_object *content, u64 size, const char *path)
{
	const char *type = get_text(content, "type", "none");
	struct image *image = image_new(size, "%s", path);

	if (content)
		check_keys(content, "content", CONTENT_KEYS);
	if (!strncmp(type, "ext", 3))
		make_ext(image, content, type);
	else if (!strcmp(type, "luks"))
		luks_write(image, content);
	else if (!strcmp(type, "random"))
		make_random(image, content);
	else
		make_mark(image, content, type);

	return image;
}
