/* SPDX-License-Identifier: GPL-2.0-only */
/* Checksums of partition tables, LVM and device mapper */

#ifndef _QNAPVOL_CRC32_H
#define _QNAPVOL_CRC32_H

#include <linux/types.h>

u32 qv_crc32(u32 crc, const void *data, size_t len);
u32 qv_crc32_raw(u32 crc, const void *data, size_t len);
u32 qv_crc32c_raw(u32 crc, const void *data, size_t len);

#endif /* _QNAPVOL_CRC32_H */
