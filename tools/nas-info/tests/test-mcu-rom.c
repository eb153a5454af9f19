// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the decoder of the microcontroller's EEPROM. */

#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "ktap.h"

static void decode(struct mcu_rom *rom, const u8 *image, size_t len)
{
	u8 *exact = malloc(len ?: 1);

	memcpy(exact, image, len);
	mcu_rom_decode(rom, (struct span){ exact, len });
	free(exact);
}

static void test_good(void)
{
	static const enum mcu_mac_state states[] = {
		MCU_MAC_FILLER, MCU_MAC_GOOD, MCU_MAC_UNUSABLE, MCU_MAC_UNUSABLE,
		MCU_MAC_DAMAGED, MCU_MAC_EMPTY, MCU_MAC_UNUSABLE, MCU_MAC_EMPTY,
	};
	static const char *const names[] = {
		"slot 0: a filler", "slot 1: an address", "slot 2: zeroes", "slot 3: for all",
		"slot 4: not an address", "slot 5: zeroed", "slot 6: for a group", "slot 7: erased",
	};
	u8 image[MCU_ROM_SIZE];
	struct mcu_rom rom;

	image_mcu(image);
	decode(&rom, image, sizeof(image));
	ktap_check(rom.fault == MCU_ROM_GOOD, "a good EEPROM");
	ktap_check(!strcmp(rom.serial, "Q225I01234"), "serial number");
	ktap_check(!strcmp(rom.ext_port, "01"), "ext-port");
	for (size_t i = 0; i < MCU_ROM_MACS; i++)
		ktap_check(rom.macs[i].state == states[i], names[i]);
	ktap_check(!strcmp(rom.macs[1].address, "24:5e:be:0a:0b:0c"), "what slot 1 has");
	ktap_check(!*rom.macs[4].address && !*rom.macs[5].address,
		   "what is damaged or empty is no address");
}

static void test_mac(const char *address, enum mcu_mac_state state)
{
	u8 image[MCU_ROM_SIZE];
	struct mcu_rom rom;

	image_mcu(image);
	image_put(image, 155, address);
	decode(&rom, image, sizeof(image));
	ktap_check(rom.macs[7].state == state, address);
}

static void test_macs(void)
{
	test_mac("00:00:00:00:05:02", MCU_MAC_FILLER);
	test_mac("00:00:00:00:06:01", MCU_MAC_FILLER);
	test_mac("00:00:00:01:05:09", MCU_MAC_GOOD);
	test_mac("00:08:9B:FE:dc:ba", MCU_MAC_GOOD);
	test_mac("0b:08:9b:fe:dc:ba", MCU_MAC_UNUSABLE);
	test_mac("00:08:9b:fe:dc:bg", MCU_MAC_DAMAGED);
	test_mac("00:08:9b:fe:dc-ba", MCU_MAC_DAMAGED);
}

static void test_serial(void)
{
	u8 image[MCU_ROM_SIZE];
	struct mcu_rom rom;

	image_mcu(image);
	image_put(image, 0, "0123456789012345678");
	decode(&rom, image, sizeof(image));
	ktap_check(!strcmp(rom.serial, "0123456789012345678"), "a number of 19 characters");
	image[3] = 0x1b;
	decode(&rom, image, sizeof(image));
	ktap_check(rom.serial_state == SPAN_TEXT_DAMAGED && !*rom.serial,
		   "a control character damages it");
	memset(image, 0xff, 19);
	decode(&rom, image, sizeof(image));
	ktap_check(rom.serial_state == SPAN_TEXT_EMPTY && !*rom.serial, "an erased one is none");
}

static void test_whole(void)
{
	u8 image[MCU_ROM_SIZE];
	struct mcu_rom rom;
	bool good = true;

	image_mcu(image);
	for (size_t len = 0; len <= sizeof(image); len++) {
		decode(&rom, image, len);
		good &= rom.fault == (len < 172 ? MCU_ROM_SHORT : MCU_ROM_GOOD);
	}
	ktap_check(good, "copies of all lengths");
	memset(image, 0xa5, sizeof(image));
	decode(&rom, image, sizeof(image));
	ktap_check(rom.fault == MCU_ROM_DAMAGED, "nothing but 0xa5 is damaged");
	image_put(image, 0, "Q225I0123456789ABCD");
	decode(&rom, image, sizeof(image));
	ktap_check(rom.fault == MCU_ROM_GOOD, "a serial number alone is good");
	image[0] = 0xa5;
	image_put(image, 155, "00:00:00:00:05:09");
	decode(&rom, image, sizeof(image));
	ktap_check(rom.fault == MCU_ROM_GOOD, "a filler alone is good");
	memset(image, 0xff, sizeof(image));
	decode(&rom, image, sizeof(image));
	ktap_check(rom.fault == MCU_ROM_ERASED, "nothing but 0xff is empty");
	memset(image, 0, sizeof(image));
	decode(&rom, image, sizeof(image));
	ktap_check(rom.fault == MCU_ROM_ZEROED, "nothing but zeroes is empty");
}

int main(void)
{
	ktap_begin();
	test_good();
	test_macs();
	test_serial();
	test_whole();

	return ktap_end();
}
