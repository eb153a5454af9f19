/* SPDX-License-Identifier: GPL-2.0-only */
/* Mount points: whether they can be used, and unmounting */

#ifndef _QNAPVOL_MOUNT_POINT_H
#define _QNAPVOL_MOUNT_POINT_H

#include <stdbool.h>

int mount_point_check(const char *path);
bool mount_point_is_mounted(const char *path);
int mount_point_unmount(const char *path, bool lazily);
int mount_point_check_fuse(void);

#endif /* _QNAPVOL_MOUNT_POINT_H */
