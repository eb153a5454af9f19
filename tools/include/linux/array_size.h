/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's array size for kernel sources, and tools in their style, in user space. */

#ifndef _TOOLS_LINUX_ARRAY_SIZE_H
#define _TOOLS_LINUX_ARRAY_SIZE_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif /* _TOOLS_LINUX_ARRAY_SIZE_H */
