# SPDX-License-Identifier: GPL-2.0-only
# What the tests in the guest have in common: results as KTAP, the emulator's control line, waiting.
# For busybox's sh, which knows more than a POSIX shell.
# shellcheck shell=bash disable=SC2034

leds=/sys/class/leds
serdev=$(echo /sys/bus/serial/devices/serial?-?)
counters=/sys/kernel/debug/qnap-mcu-${serdev##*/}
ours="qnap-mcu leds-qnap-mcu qnap-mcu-hwmon qnap-mcu-input qnap-mcu-poweroff nvmem-qnap-mcu-eeprom"

count=0
echo "KTAP version 1"

# it NAME COMMAND...: a test case. It passes if the command does; what it prints is shown if not.
it()
{
	local name=$1

	shift
	count=$((count + 1))
	if ("$@") > /tmp/output 2>&1; then
		echo "ok $count $name"
	else
		sed 's/^/# /' /tmp/output
		echo "not ok $count $name"
	fi
}

# The last line of each suite: without it the host takes the suite for crashed.
done_testing()
{
	it "the kernel's log has no warning" log_is_clean
	echo "1..$count"
}

fail()
{
	echo "$*"
	exit 1
}

# want VALUE COMMAND...: the command succeeds and prints just that.
want()
{
	local expected=$1 got

	shift
	got=$("$@" 2>&1) || fail "$* failed: $got"
	[ "$got" = "$expected" ] || fail "$*: '$got', expected '$expected'"
}

# want_text REGEX COMMAND...: the command succeeds and prints a line that matches.
want_text()
{
	local regex=$1 got

	shift
	got=$("$@" 2>&1) || fail "$* failed: $got"
	echo "$got" | grep -q -e "$regex" || fail "$*: no '$regex' in '$got'"
}

# refuses ERROR FILE VALUE: writing the value to the file fails with that error.
refuses()
{
	local got

	if got=$(set_to "$3" "$2" 2>&1); then
		fail "$2 took '$3'"
	fi
	case $got in
	*"$1"*)
		;;
	*)
		fail "$2 refused '$3' with '$got', expected '$1'" ;;
	esac
}

# set_to VALUE FILE
set_to()
{
	echo "$1" > "$2" || fail "$2 did not take '$1'"
}

# eventually SECONDS COMMAND...: the command succeeds within that time.
eventually()
{
	local end=$(($(date +%s) + $1 + 1)) got

	shift
	while ! got=$("$@" 2>&1); do
		[ "$(date +%s)" -lt "$end" ] || fail "still not: $got"
		sleep 0.1
	done
}

# Commands go to the emulator and its answers come back through a serial port of their own.
exec 5<> /run/mcu-control

mcu()
{
	local line

	echo "$*" >&5
	while read -r -t 10 line <&5; do
		case $line in
		ok)
			return 0 ;;
		error:*)
			echo "emulator: $* -> $line"
			return 1 ;;
		*)
			echo "$line" ;;
		esac
	done
	echo "emulator: $* -> no answer"
	return 1
}

# mcu_says KEY: a value of the emulator's state.
mcu_says()
{
	local line

	line=$(mcu get "$1") || fail "$line"
	echo "${line#*=}"
}

# sends N COMMAND...: the command makes the driver send that many frames, and nothing goes on else.
# The fan is read back one second after it was set last.
sends()
{
	local expected=$1 before after

	shift
	sleep 1.3
	before=$(mcu_says frames)
	"$@" || fail "$* failed"
	sleep 0.3
	after=$(mcu_says frames)
	[ $((after - before)) -eq "$expected" ] ||
		fail "$*: $((after - before)) frames, expected $expected"
}

counter()
{
	cat "$counters/$1"
}

# Attributes of our hwmon device, input device, and so on, wherever they are numbered.
hwmon()
{
	echo "/sys/class/hwmon/$(ls "$serdev"/qnap-mcu-hwmon.*/hwmon)/$1"
}

event_device()
{
	local event

	event=$(echo "$serdev"/qnap-mcu-input.*/input/input*/event*)
	[ -d "$event" ] || fail "no input device"
	echo "/dev/input/${event##*/}"
}

module_loaded()
{
	[ -d "/sys/module/$(echo "$1" | tr - _)" ]
}

# All drivers have found their devices.
all_bound()
{
	[ -e "$serdev/firmware_version" ] || fail "no MCU"
	[ -e "$leds/red:status" ] || fail "no LEDs"
	[ -e "$(hwmon pwm1)" ] || fail "no hwmon"
	[ -c "$(event_device)" ] || fail "no input device"
	[ -e "$serdev/nvmem" ] || [ -e /sys/bus/nvmem/devices/qnap-mcu-eeprom0/nvmem ] ||
		fail "no EEPROM"
	ls "$serdev"/qnap-mcu-poweroff.*/driver > /dev/null || fail "no power-off"
}

wait_for_all()
{
	it "all drivers bind by themselves" eventually 20 all_bound
}

# The console's keyboard handler opens every device with keys, so the button is always polled. For
# tests that count requests, or let something befall the next one.
stop_polling()
{
	rmmod qnap-mcu-input
}

# Suspected of the kernel's log: warnings, bugs, and what lockdep and friends say.
log_is_clean()
{
	dmesg | grep -E 'WARNING|BUG|Oops|Call trace|INFO: |possible|refcount|leak|stall' \
		> /tmp/suspects || return 0
	# The kernel says these of itself, in every boot.
	grep -v -E 'possible CPUs|spectre|SMP: Total of' /tmp/suspects || return 0
	return 1
}
