# SPDX-License-Identifier: GPL-2.0-only
# All interfaces at once on a bad line, while drivers come and go; before that, where the kernel can
# do it, the allocations of a probe fail, each in a probe of its own. What the kernel says of it is
# judged by the host.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

seconds=$(sed -n 's/.*\<qnap\.seconds=\([0-9]*\).*/\1/p' /proc/cmdline)
sweep=$(sed -n 's/.*\<qnap\.sweep=\([0-9]*\),\([0-9]*\).*/\1 \2/p' /proc/cmdline)
driver=/sys/bus/serial/drivers/qnap-mcu
failslab=/sys/kernel/debug/failslab
kmemleak=/sys/kernel/debug/kmemleak
children="qnap-mcu-leds qnap-mcu-hwmon qnap-mcu-input qnap-mcu-poweroff qnap-mcu-eeprom"

unbind()
{
	echo "${serdev##*/}" > $driver/unbind
}

bind()
{
	echo "${serdev##*/}" > $driver/bind
}

fail_allocations()
{
	# shellcheck disable=SC2086 # two numbers
	/tests/failslab "${serdev##*/}" $sweep > /tmp/allocations || fail "not through"
	[ "$(sed 's/ .*//' /tmp/allocations)" -ge 100 ] || fail "only $(cat /tmp/allocations)"
	all_bound
}

bad_line()
{
	local fault

	for fault in flip=0.2 lose=0.2 noise=0.2 twice=1 late=0.3 split=1 refuse8=0.5 refuse9=0.5 \
		     babble=0.5 restart=0.05; do
		mcu fault $fault
	done
	mcu fault-time late=300
}

rebind()
{
	unbind
	sleep "0.$((round % 10))"
	bind
}

rebind_child()
{
	local child device

	child=$(echo "$children" | cut -d ' ' -f $((round % 5 + 1)))
	device=$(echo "$serdev/$child".*)
	echo "${device##*/}" > "/sys/bus/platform/drivers/$child/unbind"
	sleep "0.$((round % 10))"
	echo "${device##*/}" > "/sys/bus/platform/drivers/$child/bind"
}

# This kernel has no network, so that nothing hears of new devices.
load_modules()
{
	# shellcheck disable=SC2086 # a list of words
	modprobe -a $ours
}

# In any order: those that are in use stay.
reload()
{
	# shellcheck disable=SC2086 # a list of words
	rmmod $ours
	load_modules
}

come_and_go()
{
	round=0
	while kill -0 "$1"; do
		round=$((round + 1))
		case $((round % 4)) in
		0)
			reload ;;
		2)
			rebind ;;
		*)
			rebind_child ;;
		esac
		sleep "$((round % 4 + 1)).$((round % 10))"
	done
}

load()
{
	bad_line
	/tests/load "$seconds" /tests/eeprom > /tmp/load &
	come_and_go $! > /dev/null 2>&1
	wait $!
}

# of THREAD COLUMN: from the load's account.
of()
{
	local value

	value=$(sed -n "s/^$1 //p" /tmp/load | cut -d ' ' -f "$2")
	echo "${value:--1}"
}

worked()
{
	grep "^$1 " /tmp/load
	[ "$(of "$1" 1)" -ge "$((seconds / 10))" ]
}

documented_errors()
{
	grep "^# $1: " /tmp/load | sort | uniq -c | head
	[ "$(of "$1" 3)" -eq 0 ]
}

# What the checksum does not show nobody can know; the emulator says how often that was.
right_values()
{
	local wrong=0 thread excuse

	for thread in $threads; do
		wrong=$((wrong + $(of "$thread" 4)))
	done
	excuse=$(mcu faults | sed -n 's/^undetected_replies=//p')
	echo "$wrong wrong values, $excuse undetected replies"
	grep expected /tmp/load | sort | uniq -c | head
	[ "$wrong" -le "$excuse" ]
}

line_was_bad()
{
	mcu faults
	[ "$(mcu faults | sed -n 's/^damaged_replies=//p')" -ge 10 ]
}

all_back()
{
	mcu fault off
	sleep 1
	reload 2> /dev/null
	rebind
	eventually 60 all_bound
}

led_works()
{
	echo none > $leds/hdd1:red:status/trigger
	set_to 1 $leds/hdd1:red:status/brightness
	eventually 2 want on mcu_says led.hdd1
	set_to 0 $leds/hdd1:red:status/brightness
	eventually 2 want off mcu_says led.hdd1
}

fan_works()
{
	set_to 1 "$(hwmon pwm1_enable)"
	set_to 123 "$(hwmon pwm1)"
	want 123 mcu_says pwm
	want 123 cat "$(hwmon pwm1)"
	want 35000 cat "$(hwmon temp1_input)"
}

eeprom_works()
{
	cmp /sys/bus/nvmem/devices/qnap-mcu-eeprom*/nvmem /tests/eeprom
}

# What was freed a moment ago may still be on some stack: only what is there twice is lost.
nothing_leaked()
{
	sleep 10
	echo scan > $kmemleak
	sleep 10
	echo scan > $kmemleak
	cat $kmemleak
	[ -z "$(cat $kmemleak)" ]
}

threads="leds blink fan sensors cooling input eeprom diagnosis"

load_modules
it "all drivers bind" eventually 120 all_bound
if [ -d $failslab ]; then
	it "allocations of the probe fail, one at a time" fail_allocations
	sed 's/^/# failslab /' /tmp/allocations
	it "the drivers are back" all_back
fi
it "load for $seconds s" load
for thread in $threads; do
	it "$thread: worked" worked "$thread"
	it "$thread: no error but the documented ones" documented_errors "$thread"
done
it "the line was bad" line_was_bad
it "no wrong value" right_values
it "the drivers are back after the load" all_back
it "a LED does as it is told" led_works
it "the fan does as it is told" fan_works
it "the EEPROM reads right" eeprom_works
[ ! -e $kmemleak ] || it "nothing leaked" nothing_leaked
grep -v '^#' /tmp/load | sed 's/^/# /'
echo "1..$count"
