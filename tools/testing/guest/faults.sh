# SPDX-License-Identifier: GPL-2.0-only
# Runs of the fault sweep, see ../faults.sh. The kernel command line names them. The emulator runs
# in here, at the other end of a port that is as slow as a real one.
# shellcheck shell=bash
# shellcheck source=tests.sh

runs()
{
	sed -n 's/.*\<qnap\.runs=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' '
}

stock()
{
	grep -q -w qnap.stock /proc/cmdline
}

# The kernel's own driver gives up if the MCU is not there when it looks, and that for the EEPROM
# does not load by itself.
look_again()
{
	sleep 1
	echo "${serdev##*/}" > /sys/bus/serial/drivers/qnap-mcu/bind
	modprobe nvmem-qnap-mcu-eeprom
}

insmod /tests/nullmodem.ko
. /tests/tests.sh

it "the emulator's trace leads to the host" test -c /dev/vport0p1
it "LEDs can blink" modprobe ledtrig-timer
! stock || look_again &
# shellcheck disable=SC2046 # a list of words
/tests/faults $(! stock || echo --modest) $(runs) 2>&1
done_testing
# The MCU is gone with the program.
stock || rmmod qnap-mcu-poweroff
