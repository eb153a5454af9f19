/* SPDX-License-Identifier: GPL-2.0-only */
/* The signals that end a command: Ctrl-C, and what the system sends */

#ifndef _QNAPVOL_SIGNALS_H
#define _QNAPVOL_SIGNALS_H

#include <signal.h>

sigset_t signals_block(void);
void signals_catch(void (*handler)(int number), int flags);

#endif /* _QNAPVOL_SIGNALS_H */
