/* SPDX-License-Identifier: GPL-2.0-only */
/* The password of an encrypted volume, and the passphrase that QNAP makes of it */

#ifndef _QNAPVOL_LUKS_SECRET_H
#define _QNAPVOL_LUKS_SECRET_H

#include <crypt.h>
#include <stdbool.h>
#include <stddef.h>

#define LUKS_PASSWORD_MAX	512

/**
 * struct luks_secret - secrets, in memory that is not swapped and is wiped at the end
 * @password: what the user types
 * @length: of @password
 * @passphrase: what QNAP makes of it, by luks_secret_derive()
 * @derived_from: how much of the password it was made of
 * @begun: the same part of the password
 * @crypt: for crypt_r(), which leaves traces of the password there
 */
struct luks_secret {
	char password[LUKS_PASSWORD_MAX + 1];
	size_t length;
	const char *passphrase;
	size_t derived_from;
	char begun[LUKS_PASSWORD_MAX + 1];
	struct crypt_data crypt;
};

struct luks_secret *luks_secret_new(void);
void luks_secret_free(struct luks_secret *secret);
bool luks_secret_ask(struct luks_secret *secret, int fd);
bool luks_secret_derive(struct luks_secret *secret, size_t length);

#endif /* _QNAPVOL_LUKS_SECRET_H */
