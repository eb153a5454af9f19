/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's string functions for kernel sources that are also built in user space. */

#ifndef _TOOLS_LINUX_STRING_H
#define _TOOLS_LINUX_STRING_H

#include <string.h>

#endif /* _TOOLS_LINUX_STRING_H */
