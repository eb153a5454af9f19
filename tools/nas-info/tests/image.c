// SPDX-License-Identifier: GPL-2.0-only
/*
 * EEPROMs as they are in the boxes, by all that is known
 *
 * Places are written down here once more, so that one that is wrong in the decoder is noticed.
 */

#include <string.h>

#include "image.h"

/* The 24th of May 2022, 12:00, in minutes since 1996: 13882320 is 0xd3d3d0. */
static const u8 date[] = { 0xd0, 0xd3, 0xd3 };

/**
 * image_put() - write a text
 * @image: where
 * @offset: where in it
 * @text: what
 */
void image_put(u8 *image, size_t offset, const char *text)
{
	memcpy(image + offset, text, strlen(text));
}

/**
 * image_vpd() - make the EEPROM of a board
 * @image: VPD_SIZE bytes
 * @kind: which board
 * @product: its product string
 */
void image_vpd(u8 *image, enum vpd_kind kind, const char *product)
{
	memset(image, 0, VPD_USED);
	memset(image + VPD_USED, 0xff, VPD_SIZE - VPD_USED);
	if (kind == VPD_MAINBOARD) {
		memcpy(image + 11, date, sizeof(date));
		image_put(image, 15, "QNAP Systems");
		image_put(image, 32, "Main board      ");
		image_put(image, 49, "MB12345678901234");
		image_put(image, 66, product);
		image_put(image, 124, "A vendor");
		image_put(image, 214, "A name");
	} else {
		image_put(image, 29, "ENC1234");
		memcpy(image + 51, date, sizeof(date));
		image_put(image, 55, "QNAP Systems");
		image_put(image, 72, "Back plane");
		image_put(image, 89, "BP1234");
		image_put(image, 106, product);
		image_put(image, 148, "A vendor");
	}
}

/**
 * image_mcu() - make the EEPROM behind the microcontroller
 * @image: MCU_ROM_SIZE bytes
 */
void image_mcu(u8 *image)
{
	memset(image, 0xff, MCU_ROM_SIZE);
	memset(image, 0, 19);
	image_put(image, 0, "Q225I01234");
	image_put(image, 34, "01");
	image_put(image, 36, "00:00:00:00:05:09");
	image_put(image, 53, "24:5E:BE:0a:0b:0c");
	image_put(image, 70, "00:00:00:00:00:00");
	image_put(image, 87, "ff:ff:ff:ff:ff:ff");
	image_put(image, 104, "24:5e:be:0a:0b;0d");
	memset(image + 121, 0, 17);
	image_put(image, 138, "01:00:5e:00:00:01");
}
