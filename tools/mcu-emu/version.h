/* SPDX-License-Identifier: GPL-2.0-only */
/* Version of mcu-emu and mcu-decode. */

#ifndef _MCU_EMU_VERSION_H
#define _MCU_EMU_VERSION_H

#define MCU_EMU_VERSION "1.0"

#endif /* _MCU_EMU_VERSION_H */
