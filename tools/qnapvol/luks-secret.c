// SPDX-License-Identifier: GPL-2.0-only
/*
 * The password of an encrypted volume, and the passphrase that QNAP makes of it
 *
 * LUKS does not get what the user types but the crypt(3) string of it, by MD5 and with a salt that
 * is the same in all boxes.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"
#include "luks-secret.h"

#define PASSPHRASE_LENGTH	34

/* Ctrl-C, which is read like any other letter, so that the terminal is never left without echo. */
#define INTERRUPT	0x03

static const char setting[] = "$1$YCCaQNAP$";

/* Returns NULL after a message if there is no memory. */
struct luks_secret *luks_secret_new(void)
{
	const size_t size = sizeof(struct luks_secret);
	struct luks_secret *secret = mmap(NULL, size, PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (secret == MAP_FAILED) {
		cli_no_memory();
		return NULL;
	}
	/* As far as the system lets us: not to the swap space, nor into a core dump. */
	if (mlock(secret, size) || madvise(secret, size, MADV_DONTDUMP))
		errno = 0;
	prctl(PR_SET_DUMPABLE, 0);

	return secret;
}

void luks_secret_free(struct luks_secret *secret)
{
	if (!secret)
		return;

	explicit_bzero(secret, sizeof(*secret));
	munmap(secret, sizeof(*secret));
}

/* Reads a line, or all there is. */
static bool read_password(struct luks_secret *secret, int fd)
{
	char *to = secret->password;
	ssize_t got;

	secret->length = 0;
	while (secret->length < LUKS_PASSWORD_MAX) {
		got = read(fd, to, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (!got || *to == '\n' || *to == '\0')
			break;
		to++;
		secret->length++;
	}
	*to = '\0';

	return true;
}

static bool read_from_terminal(struct luks_secret *secret, int terminal)
{
	static const char prompt[] = "Password of the volume: ";
	struct termios before, silent;
	bool good;

	if (tcgetattr(terminal, &before))
		return false;

	silent = before;
	silent.c_lflag &= ~(ECHO | ISIG);
	if (tcsetattr(terminal, TCSAFLUSH, &silent))
		return false;
	good = write(terminal, prompt, sizeof(prompt) - 1) > 0 && read_password(secret, terminal);
	tcsetattr(terminal, TCSAFLUSH, &before);
	good = write(terminal, "\n", 1) > 0 && good;

	return good && !strchr(secret->password, INTERRUPT);
}

static bool ask_terminal(struct luks_secret *secret)
{
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	bool good;

	if (terminal < 0)
		return read_from_terminal(secret, STDIN_FILENO);

	good = read_from_terminal(secret, terminal);
	close(terminal);

	return good;
}

/*
 * Asks on the terminal, without echo; or reads from standard input if that is none, or from the
 * file if it is not -1. Returns false after a message.
 */
bool luks_secret_ask(struct luks_secret *secret, int fd)
{
	bool good;

	if (fd < 0 && isatty(STDIN_FILENO))
		good = ask_terminal(secret);
	else
		good = read_password(secret, fd < 0 ? STDIN_FILENO : fd);

	if (!good)
		cli_error("cannot read the password");
	else if (!secret->length)
		cli_error("there is no password: type it, or have it in standard input");
	else if (secret->length == LUKS_PASSWORD_MAX)
		cli_error("the password is too long");

	return good && secret->length && secret->length < LUKS_PASSWORD_MAX;
}

/*
 * Makes the passphrase from the first letters of the password: some boxes were set up with less
 * than what was typed. Returns false after a message.
 */
bool luks_secret_derive(struct luks_secret *secret, size_t length)
{
	memcpy(secret->begun, secret->password, length);
	secret->begun[length] = '\0';
	secret->derived_from = length;
	secret->passphrase = crypt_r(secret->begun, setting, &secret->crypt);
	if (secret->passphrase && strlen(secret->passphrase) == PASSPHRASE_LENGTH)
		return true;

	cli_error("libcrypt of this system does not do MD5, which QNAP uses: try another system");

	return false;
}
