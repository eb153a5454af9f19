# SPDX-License-Identifier: GPL-2.0-only
# What nobody wishes for: a silent MCU, rescue mode, a crash, a pin in the pinhole. To be sourced by
# check-install.sh.
# shellcheck shell=bash disable=SC2154

# Without its MCU the box starts, too.
boots_with_silent_mcu()
{
	want_match 'MCU does not answer, will keep asking' on_guest dmesg
	not on_guest "test -e $hwmon || test -e /sys/class/leds/green:status"
	nothing_failed
}

# All that boots or starts with the MCU comes with its first answer.
has_all_once_mcu_answers()
{
	mcu "mute off"
	eventually 120 on_guest "test -e /dev/input/qnap-mcu && test -e $hwmon/pwm1"
	stable_names
	sensors_shows_labels
	status_says_running
	nothing_failed
}

# For a while, in the midst of work. The fan has been asked before, so it is known to be there.
bears_silent_mcu()
{
	mcu "mute on"
	eventually 60 want_match 'fan.*N/A' on_guest "sensors 'qnapmcu-*' 2> /dev/null || true"
	want_match 'Connection timed out' on_guest "cat $hwmon/fan1_input || true"
	mcu "mute off"
	eventually 60 sensors_shows_labels
	nothing_failed
}

shows_rescue_mode()
{
	on_guest "systemctl --no-block isolate rescue.target"
	eventually 240 mcu_has led.status.red=on
	mcu_has led.status.green=off
}

# Its shell is left by a line, as nobody may log in there without a password.
leaves_rescue_mode()
{
	wait_console 120 'Press Enter to continue'
	type_at_console ""
	wait_booted
	eventually 240 mcu_has led.status.red=off
	mcu_has led.status.green=on
}

# pinhole 1|0: a pin is held in it from now on, or not any more. The event takes the way of the
# kernel's own, from the input device to logind. Its time and the report that ends it are zeros.
pinhole()
{
	local press="\\001\\000\\230\\001\\00$1\\000\\000\\000"

	on_guest "{ head -c 16 /dev/zero; printf '$press'; head -c 24 /dev/zero; } > /tmp/event &&
		cat /tmp/event > /dev/input/qnap-keys"
}

# Longer than logind waits for a pin that is held.
bears_touch_of_pinhole()
{
	pinhole 1
	sleep 1
	pinhole 0
	sleep 10
	want running on_guest "systemctl is-system-running"
}

held_pinhole_restarts()
{
	mcu "remark pinhole"
	pinhole 1
	end_box
	disk_guest_restarted
	status_showed pinhole "green slow"
}

# The kernel alone is left to tell, and does if the processor that is left is the one that takes
# the interrupts of the MCU's line.
crash()
{
	mcu "remark crash"
	on_guest "sync
		irq=\$(sed -n 's/^ *\([0-9]*\):.* ttyS[0-9]*\$/\1/p' /proc/interrupts)
		cpu=\$(cat /proc/irq/\$irq/effective_affinity_list) || exit
		(sleep 1; exec taskset -c \$cpu sh -c 'echo c > /proc/sysrq-trigger') \
			> /dev/null 2>&1 &"
	wait_console 120 'end Kernel panic'
	eventually 60 blinked_since_crash
}

blinked_since_crash()
{
	status_showed crash "red on"
	[ "$(grep -c "red on" "$tmp/status-frames")" -ge 3 ] &&
		[ "$(grep -c "status LED: off" "$tmp/status-frames")" -ge 3 ]
}

# The power supply is the board's, so Linux is off; but the drives are not, and that is said.
says_that_drives_stay_on()
{
	mcu "mute on"
	switch_box_off
	disk_guest_switched_off
	grep 'MCU did not acknowledge power-off: drives may stay on' "$console_log"
}

# slow-boot would wait for the status LED.
boot_with_silent_mcu()
{
	mcu reset
	mcu "mute on"
	start_disk_guest systemd.mask=slow-boot.service
	wait_booted
}

part_trouble()
{
	step "Booting with a silent MCU" boot_with_silent_mcu
	box_case "a silent MCU: the box starts, and says so" boots_with_silent_mcu
	box_case "it answers: fan, button and LEDs are there" has_all_once_mcu_answers
	box_case "it is silent for a while: N/A, and all goes on" bears_silent_mcu
	box_case "the status LED shows rescue mode" shows_rescue_mode
	box_case "the status LED shows that rescue mode is over" leaves_rescue_mode
	box_case "a touch of the pinhole does nothing" bears_touch_of_pinhole
	box_case "a pin that is held there reboots in good order" held_pinhole_restarts
	step "Booting" boot_box
	box_case "the status LED blinks red after a crash" crash
	stop_disk_guest
	step "Booting after the crash" boot_box
	box_case "power-off with a silent MCU: Linux is off, and says what is not" \
		says_that_drives_stay_on
	mcu "mute off"
}
