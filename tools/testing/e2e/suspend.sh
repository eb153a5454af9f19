# SPDX-License-Identifier: GPL-2.0-only
# Suspend and resume. The MCU is restarted before the system sleeps, as if it had lost its memory:
# afterwards it must have everything back.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

alarm=/sys/class/rtc/rtc0/wakealarm

# Sleeps until the clock wakes the system.
sleep_until_alarm()
{
	local before

	before=$(date +%s)
	echo 0 > $alarm
	echo +5 > $alarm || fail "no alarm"
	echo freeze > /sys/power/state || fail "no suspend"
	[ $(($(date +%s) - before)) -ge 3 ] || fail "it did not sleep"
}

forget()
{
	mcu reset
	want off mcu_says led.hdd2
	want 102 mcu_says pwm
}

prepare()
{
	set_to 1 "$(hwmon pwm1_enable)"
	set_to 222 "$(hwmon pwm1)"
	set_to 1 "$leds/hdd2:red:status/brightness"
	set_to timer "$leds/usb:blue:disk/trigger"
	set_to 250 "$leds/usb:blue:disk/delay_on"
	set_to 250 "$leds/usb:blue:disk/delay_off"
	set_to 1 "$leds/green:status/brightness"
	eventually 2 want on mcu_says led.hdd2
	eventually 2 want blink mcu_says led.usb
	eventually 2 want on mcu_says led.status.green
	want 222 mcu_says pwm
}

sleep_and_forget()
{
	forget
	sleep_until_alarm
}

# That the button, polled every 500 ms before and after, is left alone meanwhile, the host sees.
sleep_watched()
{
	evtest "$(event_device)" > /tmp/events 2>&1 &
	sleep 1
	sleep_until_alarm
	mcu press 1500
	sleep 3
	kill $!
	want_text 'KEY_POWER.*value 1' cat /tmp/events
}

wait_for_all
modprobe ledtrig-timer
it "fan and LEDs are set" prepare
it "the system sleeps and wakes" sleep_and_forget
it "the fan has its speed again" eventually 3 want 222 mcu_says pwm
it "the fan is still in the user's hands" want 1 cat "$(hwmon pwm1_enable)"
it "a LED is lit again" eventually 3 want on mcu_says led.hdd2
it "a LED blinks again" eventually 3 want blink mcu_says led.usb
it "the status LED is green again" eventually 3 want on mcu_says led.status.green
it "the system sleeps again, and the button works afterwards" sleep_watched
# Requests to a sleeping port would all be. A host under load may be late once or twice.
it "requests do not time out" test "$(counter timeouts)" -le 3
done_testing
