#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# For dracut: puts the drivers of QNAP's microcontroller into the initramfs, if they were built for
# that kernel. See the hook for initramfs-tools.
# shellcheck disable=SC2154 # dracut sets kernel

# called by dracut
check()
{
	/usr/lib/qnap-mcu-dkms/built | grep -qxF "$kernel" || return 255
}

# called by dracut
installkernel()
{
	hostonly='' instmods qnap-mcu qnap-mcu-poweroff qnap-mcu-hwmon nvmem-qnap-mcu-eeprom \
		leds-qnap-mcu
}
