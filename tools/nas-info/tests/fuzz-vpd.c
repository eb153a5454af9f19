// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as an EEPROM of any kind: what is told from it is text that can be printed, a code and
 * a revision are only told if all is good, and the choice of a device tree is one of the table.
 */

#include "board.h"
#include "fuzz.h"
#include "mcu-rom.h"

static void check_text(const char *text, size_t size)
{
	const size_t len = strnlen(text, size);

	require(len < size);
	for (size_t i = 0; i < len; i++)
		require(text[i] >= ' ' && text[i] <= '~');
}

static void check_vpd(const struct vpd *vpd)
{
	const bool good = vpd->fault == VPD_GOOD;

	require(good == !!*vpd->code);
	require(good == !!vpd->bom);
	require(good ? vpd->pcb <= 99 && *vpd->product : !vpd->pcb);
	require(vpd_fault_text(vpd->fault));
	check_text(vpd->product, sizeof(vpd->product));
	check_text(vpd->code, sizeof(vpd->code));
	check_text(vpd->made, sizeof(vpd->made));
	check_text(vpd->made_bytes, sizeof(vpd->made_bytes));
	require(!*vpd->made == !*vpd->made_bytes);
	for (size_t id = 0; id < VPD_NUM_FIELDS; id++)
		check_text(vpd->fields[id], sizeof(vpd->fields[id]));
}

static void check_choice(const struct vpd *mainboard, const struct vpd *backplane)
{
	struct board_choice choice;

	board_choose(&choice, mainboard, backplane);
	require((choice.fault == BOARD_GOOD) == !!choice.tree);
	require(!choice.tree || choice.board);
	require(!choice.tree || choice.tree->mainboard <= mainboard->pcb);
	require(!choice.tree || choice.tree->backplane <= (backplane ? backplane->pcb : 0));
	require(!choice.board || !backplane == !choice.board->backplane);
}

static void check_mac(const struct mcu_mac *mac)
{
	const bool none = mac->state == MCU_MAC_EMPTY || mac->state == MCU_MAC_DAMAGED;

	require(mac->state <= MCU_MAC_DAMAGED);
	check_text(mac->address, sizeof(mac->address));
	require(strlen(mac->address) == (none ? 0 : MCU_ROM_MAC_LEN));
}

static void check_mcu(struct span span)
{
	struct mcu_rom rom;

	mcu_rom_decode(&rom, span);
	require(mcu_rom_fault_text(rom.fault));
	check_text(rom.serial, sizeof(rom.serial));
	check_text(rom.ext_port, sizeof(rom.ext_port));
	for (size_t i = 0; i < MCU_ROM_MACS; i++)
		check_mac(&rom.macs[i]);
}

/* The fuzzer does not find product strings of boards by itself. */
static void put_product(u8 *data, size_t len, size_t offset, const char *product)
{
	if (len >= offset + strlen(product))
		memcpy(data + offset, product, strlen(product));
}

int fuzz_one(const u8 *data, size_t len)
{
	struct input in = { data, len };
	const u8 how = take_byte(&in);
	const size_t rest = in.len;
	u8 *bytes = take_bytes(&in, rest);
	const struct span span = { bytes, rest };
	struct vpd mainboard, backplane;

	if (how & 1)
		put_product(bytes, rest, 0x42, "70-006Q0B2-00");
	if (how & 2)
		put_product(bytes, rest, 0x6a, "70-010Q0B3-00");
	vpd_decode(&mainboard, VPD_MAINBOARD, span);
	vpd_decode(&backplane, VPD_BACKPLANE, span);
	check_vpd(&mainboard);
	check_vpd(&backplane);
	if (mainboard.fault == VPD_GOOD)
		check_choice(&mainboard, backplane.fault == VPD_GOOD ? &backplane : NULL);
	check_mcu(span);
	free(bytes);

	return 0;
}
