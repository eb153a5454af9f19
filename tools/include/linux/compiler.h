/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel knows of compilers, as far as tools in user space need it. */

#ifndef _TOOLS_LINUX_COMPILER_H
#define _TOOLS_LINUX_COMPILER_H

#ifndef __printf
#define __printf(a, b)	__attribute((__format__(__printf__, a, b)))
#endif

#endif /* _TOOLS_LINUX_COMPILER_H */
