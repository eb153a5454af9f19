# SPDX-License-Identifier: GPL-2.0-only
# The status LED, with an imitation of systemctl that says what systemd would.
# shellcheck shell=bash disable=SC2154

system_is()
{
	pretend systemctl "[ \"\$*\" != 'is-system-running --wait' ] || echo running > '$tmp/system'
		cat '$tmp/system'; grep -q running '$tmp/system'"
	echo "$1" > "$tmp/system"
}

# shows STATE RED GREEN: each as led_is has it
shows()
{
	system_is "$1"
	on_box status-led now || return 1
	# shellcheck disable=SC2086
	led_is red:status $2 && led_is green:status $3
}

# Green blinks while the system boots, and is lit when it has.
boots()
{
	shows starting off "blink 500" || return 1
	on_box status-led boot
	led_is green:status on
}

# Somebody else uses the LED: it is his until something changes.
leaves_alone()
{
	shows running off on || return 1
	echo 0 > "$box/sys/class/leds/green:status/brightness"
	on_box status-led check
	led_is green:status off || return 1
	system_is degraded
	on_box status-led check
	led_is red:status on
}

alarms()
{
	shows running off on || return 1
	on_box status-led alarm
	led_is red:status "blink" 500 && led_is green:status off || return 1
	on_box status-led check
	led_is red:status "blink" 500 || return 1
	on_box status-led calm
	led_is red:status off && led_is green:status on
}

alarm_is_not_all()
{
	shows running off on || return 1
	on_box status-led alarm
	shows stopping off "blink 1000"
	local status=$?
	system_is running
	on_box status-led calm
	return "$status"
}

# Its unit is masked, so it has ended.
leaves_owner_alone()
{
	system_is running
	on_box status-led last
	led_is red:status off && led_is green:status on || return 1
	echo 0 > "$box/sys/class/leds/green:status/brightness"
	on_box status-led alarm
	led_is red:status off && led_is green:status off || return 1
	on_box status-led calm
	led_is red:status off && led_is green:status off
}

no_leds()
{
	mv "$box/sys/class/leds" "$tmp/leds"
	system_is starting
	silent on_box status-led boot
	local status=$?
	[ ! -e "$box/sys/class/leds" ] || status=1
	mv "$tmp/leds" "$box/sys/class/leds"
	return "$status"
}

refuses_words()
{
	local status=0

	on_box status-led on || status=$?
	[ "$status" -eq 2 ]
}

status_cases()
{
	rm -rf "$box/sys/class/leds"
	make_led red:status
	make_led green:status
	make_led usb:blue:disk
	ktap_case "boot: green blinks, then is lit" boots
	ktap_case "running: green" shows running "off" on
	ktap_case "units failed: both" shows degraded "on" on
	ktap_case "emergency: red" shows maintenance on off
	ktap_case "shutdown: green blinks slowly" shows stopping off "blink 1000"
	ktap_case "the LED is left alone while nothing changes" leaves_alone
	ktap_case "alarm: red blinks, until it is over" alarms
	ktap_case "the shutdown is shown even so" alarm_is_not_all
	ktap_case "the LED is the owner's: a copy's alarm leaves it alone" leaves_owner_alone
	ktap_case "a box without LEDs" no_leds
	ktap_case "an unknown word" refuses_words
}
