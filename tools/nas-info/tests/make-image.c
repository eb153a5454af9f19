// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes an EEPROM to standard output, for the tests in shell:
 *
 *	make-image mainboard|backplane PRODUCT
 *	make-image mcu
 */

#include <stdio.h>
#include <string.h>

#include "image.h"

int main(int argc, char **argv)
{
	u8 image[VPD_SIZE];
	size_t len = VPD_SIZE;

	if (argc == 3 && !strcmp(argv[1], "mainboard")) {
		image_vpd(image, VPD_MAINBOARD, argv[2]);
	} else if (argc == 3 && !strcmp(argv[1], "backplane")) {
		image_vpd(image, VPD_BACKPLANE, argv[2]);
	} else if (argc == 2 && !strcmp(argv[1], "mcu")) {
		image_mcu(image);
		len = MCU_ROM_SIZE;
	} else {
		return 2;
	}

	return fwrite(image, 1, len, stdout) != len || fflush(stdout);
}
