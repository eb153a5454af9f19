# SPDX-License-Identifier: GPL-2.0-only
# The old children of Linux 7.3 on our core, as a patch series has them on its way. That the
# power-off works, the host sees.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

# Its number in the name depends on the order of the devices.
eeprom()
{
	echo /sys/bus/nvmem/devices/qnap-mcu-eeprom*/nvmem
}

old_bound()
{
	[ -e "$serdev/firmware_version" ] || fail "not our core"
	[ -e "$(hwmon pwm1)" ] || fail "no hwmon"
	[ ! -e "$(hwmon pwm1_enable)" ] || fail "not the old hwmon driver"
	[ -e "$leds/red:status" ] || fail "no LEDs"
	[ -c "$(event_device)" ] || fail "no input device"
	[ -e "$(eeprom)" ] || fail "no EEPROM"
}

lights()
{
	set_to 1 "$leds/$1/brightness"
	eventually 2 want on mcu_says "$2"
	set_to 0 "$leds/$1/brightness"
	eventually 2 want off mcu_says "$2"
}

has_leds()
{
	want "$1" sh -c "ls -d $leds/hdd*:red:status | wc -l"
	[ -e "$leds/usb:blue:disk" ] || fail "no USB LED"
}

fan_obeys()
{
	set_to 100 "$(hwmon pwm1)"
	want 100 mcu_says pwm
	want 100 cat "$(hwmon pwm1)"
}

fan_turns()
{
	[ "$(cat "$(hwmon fan1_input)")" -gt 500 ] || fail "$(cat "$(hwmon fan1_input)") rpm"
}

temperature()
{
	mcu temp 41
	want 41000 cat "$(hwmon temp1_input)"
}

button()
{
	evtest "$(event_device)" > /tmp/events &
	sleep 1
	mcu press 2500
	sleep 4
	kill $!
	want_text 'KEY_POWER.*value 1' cat /tmp/events
	want_text 'KEY_POWER.*value 0' cat /tmp/events
}

same_eeprom()
{
	cmp "$(eeprom)" /tests/eeprom
}

# The old module has no alias.
modprobe nvmem-qnap-mcu-eeprom
it "the old children bind to our core" eventually 20 old_bound
it "they know how many bays the box has" has_leds 4
it "error LED" lights hdd3:red:status led.hdd3
it "USB LED" lights usb:blue:disk led.usb
it "status LED" lights red:status led.status.red
it "duty cycle" fan_obeys
it "fan speed" eventually 5 fan_turns
it "temperature" temperature
it "button" button
it "EEPROM" same_eeprom
done_testing
