# SPDX-License-Identifier: GPL-2.0-only
# A thermal zone that follows the MCU's sensor drives the fan, and hands it over and back.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

pwm_between()
{
	local pwm

	pwm=$(mcu_says pwm)
	[ "$pwm" -ge "$1" ] && [ "$pwm" -le "$2" ] || fail "pwm is $pwm, not $1 to $2"
}

# heats TEMPERATURE LOW HIGH: the fan follows into that range and stays there.
heats()
{
	mcu temp "$1"
	eventually 15 pwm_between "$2" "$3"
	sleep 3
	pwm_between "$2" "$3"
}

zone_reads()
{
	mcu temp 20
	eventually 5 want 20000 cat /sys/class/thermal/thermal_zone0/temp
}

# The zone wants another speed, the user is in charge: the fan keeps the user's.
keeps_by_hand()
{
	set_to 1 "$enable"
	set_to 150 "$pwm1"
	mcu temp 70
	sleep 4
	want 150 mcu_says pwm
}

# What the zone wanted meanwhile holds at once when it is in charge again.
hands_back()
{
	set_to 2 "$enable"
	pwm_between 166 238
}

keeps_full_speed()
{
	set_to 0 "$enable"
	mcu temp 40
	sleep 4
	want 255 mcu_says pwm
	set_to 2 "$enable"
	pwm_between 64 204
}

state_sets()
{
	set_to disabled /sys/class/thermal/thermal_zone0/mode
	set_to "$1" /sys/class/thermal/cooling_device0/cur_state
	want "$2" mcu_says pwm
}

wait_for_all
pwm1=$(hwmon pwm1)
enable=$(hwmon pwm1_enable)
it "the thermal zone is in charge" want 2 cat "$enable"
it "the zone reads the MCU's sensor" zone_reads
it "there is a state for each cooling level" want 7 cat /sys/class/thermal/cooling_device0/max_state
it "a warm case: the fan turns slowly" heats 40 64 64
it "a hot case: the fan turns faster" heats 55 89 128
it "a very hot case: the fan turns fast" heats 75 166 238
it "a cooler case: the fan slows down" heats 40 64 89
it "by hand, the zone leaves the fan alone" keeps_by_hand
it "back to the zone, the fan is at its speed" hands_back
it "full speed, the zone leaves the fan alone" keeps_full_speed
it "state 7 is level 238" state_sets 7 238
it "state 1 is level 64" state_sets 1 64
it "state 0 is level 0" state_sets 0 0
it "a state above the highest is refused" \
	refuses "Invalid argument" /sys/class/thermal/cooling_device0/cur_state 8
done_testing
