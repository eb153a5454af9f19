# SPDX-License-Identifier: GPL-2.0-only
# The MCU says nothing when the system boots, and only later: nothing is lost.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

not_there()
{
	[ ! -e "$leds/red:status" ] || fail "there are LEDs"
	! cat "$serdev/firmware_version" 2> /tmp/error || fail "there is a version"
	grep -q 'No data available' /tmp/error || fail "$(cat /tmp/error)"
}

lines()
{
	dmesg | grep -c "qnap-mcu.*${serdev##*/}"
}

# The complaint comes after the MCU was asked in vain for a second. Loading is over by then.
loading_does_not_wait()
{
	rmmod qnap-mcu
	modprobe qnap-mcu
	want "$1" lines
}

it "the core is loaded" eventually 20 module_loaded qnap-mcu
sleep 8
it "nothing is there that would not work" not_there
it "the log has one line about it" want 1 lines
it "loading the core does not wait for it" loading_does_not_wait 1
mcu mute off
it "all is there once it speaks" eventually 20 all_bound
it "the fan is readable" want 102 cat "$(hwmon pwm1)"
it "the log has no second complaint" test "$(lines)" -le 2
done_testing
