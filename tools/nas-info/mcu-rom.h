/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in the EEPROM behind the microcontroller. */

#ifndef _NAS_INFO_MCU_ROM_H
#define _NAS_INFO_MCU_ROM_H

#include "span.h"

#define MCU_ROM_SIZE	256
#define MCU_ROM_MACS	8
#define MCU_ROM_MAC_LEN	17

enum mcu_rom_fault {
	MCU_ROM_GOOD,
	MCU_ROM_SHORT,
	MCU_ROM_ERASED,
	MCU_ROM_ZEROED,
	MCU_ROM_DAMAGED,
};

enum mcu_mac_state {
	MCU_MAC_GOOD,
	/* What QNAP writes where there is no port: 00:00:00:00:05:09 and the like. */
	MCU_MAC_FILLER,
	MCU_MAC_EMPTY,
	/* An address, but not one that a port may have. */
	MCU_MAC_UNUSABLE,
	MCU_MAC_DAMAGED,
};

/**
 * struct mcu_mac - the slot of an address
 * @state: what is in it
 * @address: the address, in lower case; empty if @state is empty or damaged
 */
struct mcu_mac {
	enum mcu_mac_state state;
	char address[MCU_ROM_MAC_LEN + 1];
};

/**
 * struct mcu_rom - what it says
 * @fault: what is wrong with it as a whole
 * @serial_state: whether there is a serial number
 * @serial: of the box
 * @ext_port: two characters, empty if there are none; their meaning is not known
 * @macs: addresses
 */
struct mcu_rom {
	enum mcu_rom_fault fault;
	enum span_text serial_state;
	char serial[20];
	char ext_port[3];
	struct mcu_mac macs[MCU_ROM_MACS];
};

void mcu_rom_decode(struct mcu_rom *rom, struct span span);
const char *mcu_rom_fault_text(enum mcu_rom_fault fault);

#endif /* _NAS_INFO_MCU_ROM_H */
