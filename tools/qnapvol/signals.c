// SPDX-License-Identifier: GPL-2.0-only
/* The signals that end a command: Ctrl-C, and what the system sends */

#include <stddef.h>

#include "signals.h"

static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

#define NUM_SIGNALS	(sizeof(numbers) / sizeof(*numbers))

/* Until signals_catch(), or sigwait(), they wait. Returns which these are. */
sigset_t signals_block(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < NUM_SIGNALS; i++)
		sigaddset(&set, numbers[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);

	return set;
}

/* Has the handler called from now on, with flags of sigaction(). */
void signals_catch(void (*handler)(int number), int flags)
{
	const struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < NUM_SIGNALS; i++) {
		sigaction(numbers[i], &action, NULL);
		sigaddset(&set, numbers[i]);
	}
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
