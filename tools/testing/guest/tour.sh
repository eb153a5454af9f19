# SPDX-License-Identifier: GPL-2.0-only
# The demonstration, as seen from the guest: commands that anybody would type, what they print, and
# after each step whether the MCU did what it was told. demo-show.py makes a transcript of it.
# shellcheck shell=bash disable=SC2034
# shellcheck source=tests.sh
. /tests/tests.sh > /dev/null

# What happened so far belongs together. The pauses here and below let the host read the trace in
# between.
mark()
{
	sleep 0.4
	echo "+++ mark"
	sleep 0.2
}

title()
{
	echo "+++ title $*"
	sleep 0.2
}

# run COMMAND: as typed at a shell prompt.
run()
{
	echo "+++ run $1"
	eval "$1" 2>&1
	mark
}

# check NAME COMMAND...: whether the step did what it should.
check()
{
	local name=$1 output

	shift
	if output=$("$@" 2>&1); then
		echo "+++ ok $name"
	else
		echo "+++ failed $name: $output"
	fi
}

# The button is pressed on the box, not by a command in the guest.
happens()
{
	echo "+++ happens $1"
	shift
	"$@"
}

turning()
{
	[ "$(cat fan1_input)" -gt "$1" ] || fail "$(cat fan1_input) rpm"
}

pwm_between()
{
	local pwm

	pwm=$(mcu_says pwm)
	[ "$pwm" -ge "$1" ] && [ "$pwm" -le "$2" ] || fail "pwm is $pwm"
}

title "The modules load by themselves"
check "all six drivers found their devices" eventually 20 all_bound
run "lsmod | grep qnap"
cd "$serdev" || exit 1
run "cat $serdev/firmware_version"
check "firmware version" want 0105 cat "$serdev/firmware_version"

title "Fan and temperature, as lm-sensors sees them"
run "sensors"
check "sensors shows the fan" want_text 'System fan: *[0-9]* RPM' sensors
check "sensors shows the temperature" want_text 'Case: *[+]38.0 C' sensors

title "LEDs switch and blink"
modprobe ledtrig-timer
cd $leds || exit 1
run "echo 1 > hdd1:red:status/brightness"
check "the error LED of bay 1 is lit" eventually 2 want on mcu_says led.hdd1
run "echo 1 > green:status/brightness"
check "the status LED is green" eventually 2 want on mcu_says led.status.green
run "echo timer > usb:blue:disk/trigger"
check "the USB LED blinks, by the MCU" want blink mcu_says led.usb
run "echo timer > hdd2:red:status/trigger"
run "echo 100 > hdd2:red:status/delay_on; echo 100 > hdd2:red:status/delay_off"
check "the error LED of bay 2 blinks fast, by the MCU" want fast mcu_says led.hdd2
run "echo 0 > hdd1:red:status/brightness; echo 0 > hdd2:red:status/brightness"
check "the error LEDs are dark" want off mcu_says led.hdd2

title "The fan does what pwm1 says"
cd "$(hwmon)" || exit 1
run "echo 1 > pwm1_enable; echo 255 > pwm1; sleep 3; cat fan1_input"
check "full speed" turning 5000
run "echo 100 > pwm1; sleep 3; cat fan1_input"
check "slower" want 100 mcu_says pwm
run "echo 300 > pwm1"
check "what is out of range is refused, and the fan goes on" want 100 mcu_says pwm

title "The thermal zone drives the fan"
run "echo 2 > pwm1_enable"
happens "the case warms up to 70 degrees" mcu temp 70
run "sleep 4; cat temp1_input pwm1"
check "the fan runs faster" eventually 10 pwm_between 166 238
happens "the case cools down to 40 degrees" mcu temp 40
run "sleep 4; cat temp1_input pwm1"
check "the fan runs slower" eventually 10 pwm_between 64 89

title "The power button"
event=$(event_device)
echo "+++ run evtest $event"
evtest "$event" > /tmp/events &
sleep 1
happens "somebody holds the power button for two seconds" mcu press 2000
sleep 3
kill $!
sed -n 's/^Event: time [0-9.]*, \(.*value.*\)/\1/p' /tmp/events
mark
check "pressed" want_text 'KEY_POWER.*value 1' cat /tmp/events
check "and released" want_text 'KEY_POWER.*value 0' cat /tmp/events

title "The buzzer"
beep='\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000'
beep=$beep'\0022\0000\0001\0000\0001\0000\0000\0000'
run "printf %b \"\$beep\" > $event   # a struct input_event: EV_SND, SND_BELL, 1"
check "one short beep" eventually 2 want 1 mcu_says beeps_short

title "Serial number and MAC address"
cd /sys/bus/nvmem/devices/qnap-mcu-eeprom0/cells || exit 1
run "tr -d '\\0' < serial-number@0,0; echo"
check "serial number" want_text '^Q237Y12345' cat serial-number@0,0
run "hexdump -e '6/1 \"%02x \" \"\\n\"' mac@24*"
check "MAC address" want_text "^24 5e be 00 00 10" hexdump -e '6/1 "%02x " "\n"' mac@24,0

title "The kernel's log"
check "no warning" log_is_clean

title "Power-off: first the MCU, then the machine"
echo "+++ run poweroff -f"
