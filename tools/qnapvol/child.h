/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs of the system that do a part of the work */

#ifndef _QNAPVOL_CHILD_H
#define _QNAPVOL_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

bool child_find(const char *program);
pid_t child_start(const char *const *arguments, int input);
pid_t child_start_bound(const char *const *arguments, int output);
bool child_has_ended(pid_t pid);
int child_wait(pid_t pid);
int child_run(const char *const *arguments);

#endif /* _QNAPVOL_CHILD_H */
