// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkqnapimg: encrypted volumes
 *
 * The box does not give the user's password to LUKS, but a hash of it. The header is cryptsetup's,
 * that takes its salts from this machine: it alone is another one each time.
 */

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gen.h"

#define SALT		"$1$YCCaQNAP$"
#define FORMAT		"cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 " \
			"--cipher aes-xts-plain64 --key-size 512 --hash sha256"

#define KEY_SIZE	64
#define PAYLOAD_OFFSET	104

static void write_file(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(bytes, len, 1, file) != 1 || fclose(file))
		die("cannot write %s", path);
}

static void write_header(const struct image *image, const char *password, const u8 *key)
{
	const char *hash = crypt(password, SALT);
	char *passphrase = must_text("%s.pass", image->path);
	char *volume_key = must_text("%s.key", image->path);

	if (!hash)
		die("crypt() does not know " SALT);
	write_file(passphrase, hash, strlen(hash));
	write_file(volume_key, key, KEY_SIZE);
	run(FORMAT " --volume-key-file '%s' --key-file '%s' '%s'", volume_key, passphrase,
	    image->path);
	unlink(passphrase);
	unlink(volume_key);
	free(passphrase);
	free(volume_key);
}

static u64 payload_start(const struct image *image)
{
	u8 offset[4];

	image_read(image, offset, sizeof(offset), PAYLOAD_OFFSET);

	return ((u64)offset[0] << 24 | offset[1] << 16 | offset[2] << 8 | offset[3]) * SECTOR;
}

/* What is in it is kept beside it as it is before it is encrypted. */
void luks_write(const struct image *image, struct json_object *content)
{
	char *path = must_text("%.*s.plain.raw", (int)(strlen(image->path) - 4), image->path);
	u8 key[KEY_SIZE], sector[SECTOR];
	struct image *plain;
	u64 start;

	random_bytes(key, sizeof(key));
	write_header(image, get_text(content, "password", "password"), key);
	start = payload_start(image);
	plain = content_make(get(content, "content"), image->size - start, path);
	for (u64 at = 0; at < plain->size; at += SECTOR) {
		image_read(plain, sector, SECTOR, at);
		xts_encrypt(key, at / SECTOR, sector);
		image_write(image, sector, SECTOR, start + at);
	}
	free(path);
}
