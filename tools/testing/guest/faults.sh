# SPDX-License-Identifier: GPL-2.0-only
# Runs of the fault sweep, see ../faults.sh. The kernel command line names them. The emulator runs in
# here, at the other end of a port that is as slow as a real one.
# shellcheck shell=bash
# shellcheck source=tests.sh

runs()
{
	sed -n 's/.*\<qnap\.runs=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' '
}

insmod /tests/nullmodem.ko
. /tests/tests.sh

it "the emulator's trace leads to the host" test -c /dev/vport0p1
it "LEDs can blink" modprobe ledtrig-timer
# shellcheck disable=SC2046 # a list of words
/tests/faults $(runs) 2>&1
done_testing
# The MCU is gone with the program.
rmmod qnap-mcu-poweroff
