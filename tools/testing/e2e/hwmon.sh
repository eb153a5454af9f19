# SPDX-License-Identifier: GPL-2.0-only
# Fan and temperature, without a thermal zone: values, units, what is refused, what is cached.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

pwm_takes()
{
	set_to "$1" "$pwm1"
	want "$2" mcu_says pwm
	want "$2" cat "$pwm1"
}

# refused FILE VALUE ERROR: with the errno, nothing sent and nothing changed.
refused()
{
	local before

	before=$(mcu_says pwm)
	sends 0 refuses "$3" "$1" "$2"
	want "$before" mcu_says pwm
}

full_speed()
{
	set_to 0 "$enable"
	want 255 mcu_says pwm
	want 0 cat "$enable"
	refused "$pwm1" 128 "Device or resource busy"
}

by_hand()
{
	set_to 1 "$enable"
	want 1 cat "$enable"
	pwm_takes 120 120
}

# The reading a moment later: the last one is older than a second then.
reads()
{
	sleep 1.2
	want "$2" cat "$(hwmon "$1")"
}

speed_is()
{
	mcu rpm "$1"
	reads fan1_input "$1"
}

temperature_is()
{
	mcu temp "$1"
	reads temp1_input $(($1 * 1000))
}

# The fan stands still although it is driven: after it had its time to start.
fault()
{
	mcu rpm 0
	sleep 5
	reads fan1_fault 1
}

no_fault()
{
	mcu rpm auto
	sleep 1
	reads fan1_fault 0
}

# A stopped fan that was told to stop is none that failed.
no_fault_when_stopped()
{
	set_to 0 "$pwm1"
	mcu rpm 0
	sleep 6
	reads fan1_fault 0
	mcu rpm auto
	pwm_takes 128 128
}

read_often()
{
	local _

	for _ in $(seq 30); do
		cat "$(hwmon temp1_input)" > /dev/null
	done
}

# However often it is read, the MCU is asked once a second.
cached()
{
	local before start asked seconds

	sleep 1.2
	before=$(mcu_says frames)
	start=$(date +%s)
	read_often
	seconds=$(($(date +%s) - start + 1))
	asked=$(($(mcu_says frames) - before))
	[ $asked -ge 1 ] && [ $asked -le $((seconds + 1)) ] ||
		fail "30 readings made $asked requests in $seconds s"
}

silent()
{
	sleep 1.2
	mcu mute on
	! cat "$(hwmon temp1_input)" 2> /tmp/error || fail "read something"
	grep -q 'timed out' /tmp/error || fail "$(cat /tmp/error)"
	mcu mute off
	temperature_is 41
}

# Unloading leaves the fan at its speed or at 128, whichever is more.
unload_leaves()
{
	modprobe qnap-mcu-hwmon
	eventually 5 test -e "$(hwmon pwm1)"
	set_to 1 "$(hwmon pwm1_enable)"
	set_to "$1" "$(hwmon pwm1)"
	want "$1" mcu_says pwm
	rmmod qnap-mcu-hwmon
	want "$2" mcu_says pwm
}

wait_for_all
stop_polling
pwm1=$(hwmon pwm1)
enable=$(hwmon pwm1_enable)
it "the thermal zone is in charge at first" want 2 cat "$enable"
it "pwm1 is what the MCU has" want 102 cat "$pwm1"
it "the fan is labelled" want "System fan" cat "$(hwmon fan1_label)"
it "the temperature is labelled" want Case cat "$(hwmon temp1_label)"
it "pwm1_enable 1: the user is in charge" by_hand
for value in 255 128 51 200; do
	it "pwm1 takes $value" pwm_takes $value $value
done
for value in 1 25 50; do
	it "pwm1 $value is raised to 51" pwm_takes $value 51
done
it "pwm1 takes 0" pwm_takes 0 0
it "pwm1 starts the fan again" pwm_takes 200 200
it "a write is one request" eventually 5 sends 1 set_to 130 "$pwm1"
for value in -1 256 1000 fast ""; do
	it "pwm1 refuses '$value'" refused "$pwm1" "$value" "Invalid argument"
done
it "pwm1 refuses 20 digits" refused "$pwm1" 99999999999999999999 "result out of range"
for value in 3 -1 255 auto; do
	it "pwm1_enable refuses '$value'" refused "$enable" "$value" "Invalid argument"
done
it "pwm1_enable 0: full speed, and pwm1 is refused" full_speed
it "pwm1_enable 1 again" by_hand
it "fan1_input 2400" speed_is 2400
it "fan1_input 12000: above one byte" speed_is 12000
it "fan1_input 0" speed_is 0
it "fan1_fault of a blocked fan" fault
it "fan1_fault of a turning fan" no_fault
it "no fan1_fault of a stopped fan" no_fault_when_stopped
it "temp1_input 47" temperature_is 47
it "temp1_input 0" temperature_is 0
it "temp1_input -5" temperature_is -5
it "temp1_input 100" temperature_is 100
it "a flood of readings does not reach the link" cached
it "a silent MCU: ETIMEDOUT, then well again" silent
it "unloading raises a slow fan to 128" unload_leaves 60 128
it "unloading leaves a fast fan alone" unload_leaves 210 210
done_testing
