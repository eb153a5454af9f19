/* SPDX-License-Identifier: GPL-2.0-only */
/* EEPROMs as they are in the boxes, by all that is known. */

#ifndef _NAS_INFO_IMAGE_H
#define _NAS_INFO_IMAGE_H

#include "mcu-rom.h"
#include "vpd.h"

void image_vpd(u8 *image, enum vpd_kind kind, const char *product);
void image_mcu(u8 *image);
void image_put(u8 *image, size_t offset, const char *text);

#endif /* _NAS_INFO_IMAGE_H */
