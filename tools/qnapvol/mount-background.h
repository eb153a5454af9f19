/* SPDX-License-Identifier: GPL-2.0-only */
/* Going on in the background once all is ready */

#ifndef _QNAPVOL_MOUNT_BACKGROUND_H
#define _QNAPVOL_MOUNT_BACKGROUND_H

int background_begin(int *report);
void background_ready(int report);

#endif /* _QNAPVOL_MOUNT_BACKGROUND_H */
