// SPDX-License-Identifier: GPL-2.0-only
/* What is in the EEPROM behind the microcontroller: see mcu-rom.h. */

#include <ctype.h>
#include <string.h>

#include "mcu-rom.h"

#define SERIAL_OFFSET	0x00
#define SERIAL_LEN	19
#define EXT_PORT_OFFSET	0x22
#define EXT_PORT_LEN	2
#define MAC_OFFSET	0x24

/**
 * mcu_rom_fault_text() - say in words what is wrong
 * @fault: what
 *
 * Return: the end of a sentence that begins with the EEPROM.
 */
const char *mcu_rom_fault_text(enum mcu_rom_fault fault)
{
	static const char *const texts[] = {
		[MCU_ROM_GOOD] = "is good",
		[MCU_ROM_SHORT] = "is cut short: it ends before its last address does",
		[MCU_ROM_ERASED] = "is empty: every byte is 0xff",
		[MCU_ROM_ZEROED] = "is empty: every byte is zero",
		[MCU_ROM_DAMAGED] = "is damaged: it has neither a serial number nor an address",
	};

	return texts[fault];
}

/* "xx:xx:xx:xx:xx:xx" and nothing else. */
static bool is_mac(struct span text)
{
	if (text.len != MCU_ROM_MAC_LEN)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (i % 3 == 2 ? text.data[i] != ':' : !isxdigit(text.data[i]))
			return false;

	return true;
}

static enum mcu_mac_state judge_mac(const char *address)
{
	static const char zeroes[] = "00:00:00:00:00:00";
	static const char filler[] = "00:00:00:00:";

	/* The lowest bit of the first byte says that it is for a group of ports. */
	if (!strcmp(address, zeroes) || strchr("13579bdf", address[1]))
		return MCU_MAC_UNUSABLE;

	return strncmp(address, filler, strlen(filler)) ? MCU_MAC_GOOD : MCU_MAC_FILLER;
}

static void decode_mac(struct mcu_mac *mac, struct span text)
{
	if (!is_mac(text)) {
		mac->state = span_blank(text) ? MCU_MAC_EMPTY : MCU_MAC_DAMAGED;
		return;
	}
	for (size_t i = 0; i < text.len; i++)
		mac->address[i] = tolower(text.data[i]);
	mac->state = judge_mac(mac->address);
}

static enum mcu_rom_fault judge(struct span span)
{
	if (span.len < MAC_OFFSET + MCU_ROM_MACS * MCU_ROM_MAC_LEN)
		return MCU_ROM_SHORT;
	if (span_all(span, 0xff))
		return MCU_ROM_ERASED;

	return span_all(span, 0) ? MCU_ROM_ZEROED : MCU_ROM_GOOD;
}

static bool has_address(const struct mcu_rom *rom)
{
	for (size_t i = 0; i < MCU_ROM_MACS; i++)
		if (rom->macs[i].state == MCU_MAC_GOOD || rom->macs[i].state == MCU_MAC_FILLER)
			return true;

	return false;
}

/**
 * mcu_rom_decode() - read the EEPROM
 * @rom: what it says
 * @span: its content, of any length
 */
void mcu_rom_decode(struct mcu_rom *rom, struct span span)
{
	*rom = (struct mcu_rom){ .fault = judge(span) };
	rom->serial_state = span_text(span_part(span, SERIAL_OFFSET, SERIAL_LEN), rom->serial);
	span_text(span_part(span, EXT_PORT_OFFSET, EXT_PORT_LEN), rom->ext_port);
	for (size_t i = 0; i < MCU_ROM_MACS; i++)
		decode_mac(&rom->macs[i],
			   span_part(span, MAC_OFFSET + i * MCU_ROM_MAC_LEN, MCU_ROM_MAC_LEN));
	if (rom->fault == MCU_ROM_GOOD && rom->serial_state != SPAN_TEXT_GOOD && !has_address(rom))
		rom->fault = MCU_ROM_DAMAGED;
}
