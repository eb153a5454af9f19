// SPDX-License-Identifier: GPL-2.0-only
/*
 * qnapvol luks: the passphrase of an encrypted volume
 *
 * All else is done by cryptsetup. It gets the passphrase through a pipe: a command line can be read
 * by everybody, and a file stays.
 */

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "luks-secret.h"
#include "volume.h"

/* The header of LUKS1, with big-endian numbers: where the data begins, in sectors. */
#define LUKS1_PAYLOAD		104
#define LUKS_VERSION		6
#define SECTOR			512

/* That of LUKS2 has as much as this for its keys; what is above is not believed. */
#define HEADER_MAX		(32 << 20)

#define COPY_SIZE		(64 << 10)

/* Boxes that use less than the whole password use no less than this. */
#define SHORTEST		8

/* cryptsetup: no key has this passphrase. */
#define CRYPTSETUP_WRONG	2

enum option_name {
	OPTION_PRINT = CLI_OWN,
	OPTION_TEST,
	OPTION_OPEN,
	OPTION_LENGTH,
	OPTION_PASSWORD_FD,
};

/**
 * struct luks - what the options say
 * @print: print the passphrase
 * @test: say whether it is right
 * @open: name for the device that is opened, or NULL
 * @length: take so many letters of the password, or 0: find out
 * @password_fd: where to read the password, or -1
 * @path: what cryptsetup is to look at, or NULL
 * @header_path: room for that path
 * @header: copy of the header for that, or -1
 */
struct luks {
	bool print;
	bool test;
	const char *open;
	__u64 length;
	int password_fd;
	const char *path;
	char header_path[32];
	int header;
};

static struct luks the_luks = { .password_fd = -1, .header = -1 };

static bool take(int option, const char *argument, void *data)
{
	struct luks *luks = data;
	__u64 number = 0;

	switch (option) {
	case OPTION_PRINT:
		luks->print = true;
		return true;
	case OPTION_TEST:
		luks->test = true;
		return true;
	case OPTION_OPEN:
		luks->open = argument;
		return true;
	default:
		if (!cli_number(argument, &number) || number > INT32_MAX) {
			cli_error("that option wants a number, not \"%s\"", argument);
			return false;
		}
	}
	if (option == OPTION_LENGTH)
		luks->length = number;
	else
		luks->password_fd = number;

	return true;
}

/* What cryptsetup looks at */

/* Returns 0 if what the header says cannot be. */
static __u64 header_size(const struct qv_dev *dev, const __u8 *head)
{
	const __u64 most = qv_dev_size(dev) < HEADER_MAX ? qv_dev_size(dev) : HEADER_MAX;
	__be32 payload;
	__u64 size;

	if (head[LUKS_VERSION + 1] != 1)
		return most;

	memcpy(&payload, head + LUKS1_PAYLOAD, sizeof(payload));
	size = (__u64)be32toh(payload) * SECTOR;

	return size <= most ? size : 0;
}

static bool copy(struct qv_dev *dev, int to, __u64 size)
{
	static __u8 buf[COPY_SIZE];
	__u64 len;

	for (__u64 start = 0; start < size; start += len) {
		len = size - start < sizeof(buf) ? size - start : sizeof(buf);
		if (qv_dev_read(dev, buf, len, start) ||
		    pwrite(to, buf, len, start) != (ssize_t)len)
			return false;
	}

	return true;
}

/* The header has no secret in it, but is written nowhere either: it is in memory. */
static int copy_header(struct cli *cli, struct luks *luks, const struct qv_item *item)
{
	__u8 head[SECTOR];
	int ret = qv_dev_read(item->dev, head, sizeof(head), 0);
	const __u64 size = ret ? 0 : header_size(item->dev, head);

	if (ret)
		return cli_fail(cli, ret);
	if (!size) {
		cli_error("the header of LUKS in %s is damaged", item->name);
		return QV_ERR_DAMAGED;
	}
	luks->header = memfd_create("luks-header", 0);
	if (luks->header < 0 || ftruncate(luks->header, qv_dev_size(item->dev)) ||
	    !copy(item->dev, luks->header, size)) {
		cli_error("cannot copy the header of LUKS in %s", item->name);
		return QV_ERR_UNREADABLE;
	}
	snprintf(luks->header_path, sizeof(luks->header_path), "/proc/self/fd/%d", luks->header);
	luks->path = luks->header_path;

	return 0;
}

/* What cryptsetup opens stays in use, so that has to be a file or a device. */
static int fail_open(const struct luks *luks, const struct qv_item *item)
{
	char *file = volume_file_name(item, ".img");

	cli_error("cryptsetup opens images and devices only: type");
	cli_error("  qnapvol mount --image -V %s DIRECTORY SOURCE...", item->name);
	cli_error("  qnapvol luks --open %s DIRECTORY/%s", luks->open, file ?: "FILE");
	free(file);

	return QV_ERR_UNSUPPORTED;
}

static int set_path(struct cli *cli, struct luks *luks, const struct qv_item *item)
{
	if (!luks->open)
		return copy_header(cli, luks, item);
	if (item->kind != QV_ITEM_SOURCE)
		return fail_open(luks, item);

	luks->path = item->name;

	return 0;
}

static int find_volume(struct cli *cli, struct luks *luks)
{
	int status = cli_open(cli, 0);
	const struct qv_item *item = status ? NULL : volume_find(cli, &status);

	if (!item)
		return status;
	cli_print_remarks(cli);
	if (item->content.kind != QV_CONTENT_LUKS) {
		cli_error("%s is not encrypted by LUKS: it can be read as it is", item->name);
		return QV_ERR_NOT_FOUND;
	}
	if (!child_find("cryptsetup")) {
		cli_error("cryptsetup is not installed: install the package cryptsetup");
		return QV_ERR_SYSTEM;
	}

	return set_path(cli, luks, item);
}

/* Trying it */

/* Runs cryptsetup, with the passphrase in its standard input. Returns its exit status. */
static int run_cryptsetup(const struct luks *luks, const struct luks_secret *secret)
{
	const char *const test[] = {
		"cryptsetup", "open", "--test-passphrase", "--type", "luks", "--key-file", "-",
		luks->path, NULL,
	};
	const char *const open[] = {
		"cryptsetup", "open", "--readonly", "--type", "luks", "--key-file", "-",
		luks->path, luks->open, NULL,
	};
	const ssize_t length = strlen(secret->passphrase);
	bool written;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;

	/* It fits into the pipe, so it can be written before anybody reads. */
	written = write(ends[1], secret->passphrase, length) == length;
	close(ends[1]);
	pid = written ? child_start(luks->open ? open : test, ends[0]) : -1;
	close(ends[0]);

	return pid < 0 ? -EIO : child_wait(pid);
}

/* Takes less and less of the password until it is right. Returns an exit status. */
static int find_length(const struct cli *cli, const struct luks *luks, struct luks_secret *secret)
{
	const size_t longest = luks->length ?: secret->length;
	size_t length = longest;
	int status;

	do {
		if (!luks_secret_derive(secret, length))
			return QV_ERR_SYSTEM;
		status = run_cryptsetup(luks, secret);
		if (!status)
			return 0;
		if (status != CRYPTSETUP_WRONG) {
			cli_error("cryptsetup failed, with exit status %d", status);
			return QV_ERR_SYSTEM;
		}
		if (length == longest && length > SHORTEST && !luks->length)
			cli_say(cli, "not that one, trying less of it");
	} while (!luks->length && length-- > SHORTEST);

	cli_error("the password is wrong%s: it is that of the volume, not that of a user",
		  luks->length ? "" : ", and so is its beginning");

	return QV_ERR_UNREADABLE;
}

static void say_result(const struct cli *cli, const struct luks *luks,
		       const struct luks_secret *secret)
{
	if (secret->derived_from < secret->length)
		cli_say(cli, "the first %zu letters of the password are right",
			secret->derived_from);
	else
		cli_say(cli, "the password is right");
	if (luks->open)
		cli_say(cli, "it is open as /dev/mapper/%s; type\n"
			"  qnapvol mount DIRECTORY /dev/mapper/%s\n"
			"to have the files, and when that is unmounted, to close it\n"
			"  cryptsetup close %s", luks->open, luks->open, luks->open);
}

/* For a person it has a newline, for a pipe it has not: that would be a part of it. */
static int print_passphrase(const struct luks_secret *secret)
{
	const char *end = isatty(STDOUT_FILENO) ? "\n" : "";
	const ssize_t length = strlen(secret->passphrase);

	if (write(STDOUT_FILENO, secret->passphrase, length) == length &&
	    write(STDOUT_FILENO, end, strlen(end)) == (ssize_t)strlen(end))
		return 0;

	cli_error("cannot write the passphrase: %s", strerror(errno));

	return QV_ERR_SYSTEM;
}

static int use_secret(const struct cli *cli, const struct luks *luks, struct luks_secret *secret)
{
	int status = 0;

	if (!luks_secret_ask(secret, luks->password_fd))
		return QV_ERR_SYSTEM;
	if (luks->length > secret->length) {
		cli_error("the password has %zu letters only", secret->length);
		return EXIT_USAGE;
	}

	if (luks->path)
		status = find_length(cli, luks, secret);
	else if (!luks_secret_derive(secret, luks->length ?: secret->length))
		status = QV_ERR_SYSTEM;
	if (!status && luks->path)
		say_result(cli, luks, secret);
	if (!status && luks->print)
		status = print_passphrase(secret);

	return status;
}

static int run(struct cli *cli)
{
	struct luks *luks = &the_luks;
	struct luks_secret *secret;
	int status;

	luks->print = luks->print || (!cli->num && !luks->test && !luks->open);
	if (cli->num || !luks->print) {
		status = find_volume(cli, luks);
		if (status)
			return status;
	}

	secret = luks_secret_new();
	status = secret ? use_secret(cli, luks, secret) : QV_ERR_SYSTEM;
	luks_secret_free(secret);
	if (luks->header >= 0)
		close(luks->header);

	return status;
}

static const struct option options[] = {
	{ "print", no_argument, NULL, OPTION_PRINT },
	{ "test", no_argument, NULL, OPTION_TEST },
	{ "open", required_argument, NULL, OPTION_OPEN },
	{ "length", required_argument, NULL, OPTION_LENGTH },
	{ "password-fd", required_argument, NULL, OPTION_PASSWORD_FD },
	{ }
};

const struct cli_command luks_command = {
	.name = "luks",
	.summary = "open an encrypted volume",
	.help = "Usage: qnapvol luks [-V NAME] [OPTION]... [SOURCE...]\n"
		"Say whether a password opens an encrypted volume. QNAP does not use the password but\n"
		"a passphrase that is made of it: without a source, that is printed. The password is\n"
		"asked for, or read from standard input if that is no terminal; it is stored nowhere.\n\n"
		"Options:\n"
		"      --test             say whether it is right, which is what is done by default\n"
		"      --print            print the passphrase, for cryptsetup open --key-file -\n"
		"      --open NAME        open the image or device with cryptsetup, read-only, as\n"
		"                         /dev/mapper/NAME; for root\n"
		"      --length N         take the first N letters only; by default less and less\n"
		"                         are tried, down to 8\n"
		"      --password-fd N    read the password from this file descriptor\n",
	.options = options,
	.without = "o",
	.take = take,
	.data = &the_luks,
	.run = run,
};
