/* SPDX-License-Identifier: GPL-2.0-only */
/* Directories that nobody else can enter, for as long as they are needed */

#ifndef _QNAPVOL_TEMPORARY_H
#define _QNAPVOL_TEMPORARY_H

char *temporary_directory(void);
void temporary_remove(char *directory);

#endif /* _QNAPVOL_TEMPORARY_H */
