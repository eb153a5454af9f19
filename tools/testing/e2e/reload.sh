# SPDX-License-Identifier: GPL-2.0-only
# Drivers come and go, many times.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

rounds=$(sed -n 's/.*\<qnap\.rounds=\([0-9]*\).*/\1/p' /proc/cmdline)

unload_all()
{
	rmmod leds-qnap-mcu qnap-mcu-hwmon qnap-mcu-input qnap-mcu-poweroff nvmem-qnap-mcu-eeprom
	rmmod qnap-mcu
}

load_all()
{
	modprobe qnap-mcu
	eventually 20 all_bound
}

reload()
{
	local round

	for round in $(seq "$rounds"); do
		unload_all || fail "round $round: cannot unload"
		load_all || fail "round $round: not all is back"
	done
}

# The children's modules load by their aliases, again and again: only the core's was asked for.
nothing_left()
{
	unload_all
	[ ! -e "$leds/red:status" ] || fail "LEDs"
	! ls /sys/bus/serial/devices/*/firmware_version 2> /dev/null || fail "firmware_version"
	! ls -d /sys/kernel/debug/qnap-mcu* 2> /dev/null || fail "debugfs"
	! ls -d /sys/bus/nvmem/devices/qnap-mcu* 2> /dev/null || fail "nvmem"
	load_all
}

rebind()
{
	local round

	for round in $(seq 10); do
		echo "${serdev##*/}" > /sys/bus/serial/drivers/qnap-mcu/unbind
		[ ! -e "$serdev/firmware_version" ] || fail "still bound"
		echo "${serdev##*/}" > /sys/bus/serial/drivers/qnap-mcu/bind
		eventually 20 all_bound
	done
}

# Each child alone, while it has something to do.
rebind_child()
{
	local device

	device=$(echo "$serdev/$1".*)
	echo "${device##*/}" > "/sys/bus/platform/drivers/$1/unbind"
	[ ! -e "$device/driver" ] || fail "still bound"
	echo "${device##*/}" > "/sys/bus/platform/drivers/$1/bind"
	eventually 5 test -e "$device/driver"
}

# The core goes while someone has the button's device open.
unbind_in_use()
{
	evtest "$(event_device)" > /dev/null 2>&1 &
	sleep 1
	echo "${serdev##*/}" > /sys/bus/serial/drivers/qnap-mcu/unbind
	sleep 1
	kill $! 2> /dev/null
	echo "${serdev##*/}" > /sys/bus/serial/drivers/qnap-mcu/bind
	eventually 20 all_bound
}

unload_blinking()
{
	modprobe ledtrig-timer
	echo timer > "$leds/hdd1:red:status/trigger"
	echo 200 > "$leds/hdd1:red:status/delay_on"
	echo heartbeat > "$leds/red:status/trigger"
	sleep 1
	unload_all
	load_all
}

wait_for_all
it "nothing stays behind" nothing_left
it "unload and load, $rounds times" reload
it "unbind and bind the MCU, 10 times" rebind
for child in qnap-mcu-leds qnap-mcu-hwmon qnap-mcu-input qnap-mcu-poweroff qnap-mcu-eeprom; do
	it "unbind and bind $child" rebind_child $child
done
it "unbind while the button is watched" unbind_in_use
it "unload while LEDs blink" unload_blinking
done_testing
