# SPDX-License-Identifier: GPL-2.0-only
# Waits to be told to power the machine off. The host saves its state meanwhile, and starts it from
# there again and again, each time with another emulator: one whose temperature is 99.
# shellcheck shell=bash
# shellcheck source=tests.sh
. /tests/tests.sh

# An answer that was under way when the state was saved never comes.
told_to_go()
{
	local line

	echo "get temp" >&5
	while read -r -t 0.2 line <&5; do
		case $line in
		temp=99)
			return 0 ;;
		ok)
			return 1 ;;
		esac
	done
	return 1
}

# The kernel's own driver has neither a version nor a device for the power-off.
case $(cat /proc/cmdline) in
*qnap.stock*)
	it "the drivers bind by themselves" eventually 20 test -e "$leds/hdd1:red:status" ;;
*)
	wait_for_all ;;
esac
echo "+++ ready"
until told_to_go; do
	sleep 0.05
done
# In the emulator's trace this is the time when the power-off began.
mcu "temp 98"
