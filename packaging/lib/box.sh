# SPDX-License-Identifier: GPL-2.0-only
#
# LEDs and buzzer of the box, for this package's scripts. Where there are none, nothing happens.
# QNAP_NAS_ROOT is put before all paths of the system, for tests.
# shellcheck shell=sh disable=SC2034

root=${QNAP_NAS_ROOT:-}
run=$root/run/qnap-nas

# put FILE VALUE: into a file of sysfs, which may not be there or refuse it
put()
{
	[ -e "$1" ] || return 0
	{ echo "$2" > "$1"; } 2> /dev/null || true
}

# led NAME off|on|blink [MS]: lit and dark for so long each
led()
{
	led_dir=$root/sys/class/leds/$1
	case $2 in
	off)
		put "$led_dir/trigger" none
		put "$led_dir/brightness" 0 ;;
	on)
		put "$led_dir/trigger" none
		put "$led_dir/brightness" 1 ;;
	blink)
		put "$led_dir/trigger" timer
		put "$led_dir/delay_on" "$3"
		put "$led_dir/delay_off" "$3" ;;
	esac
}

# sound bell|tone: half a second, or one and a half. What is written is a struct input_event of a
# 64-bit system: a time that nobody looks at, EV_SND, the sound, and 1 for on. It must be one write.
sound()
{
	sound_time='\0000\0000\0000\0000\0000\0000\0000\0000'
	sound_code='\0002\0000'
	[ "$1" != bell ] || sound_code='\0001\0000'
	[ -w "$root/dev/input/qnap-mcu" ] || return 0
	printf %b "$sound_time$sound_time\\0022\\0000$sound_code\\0001\\0000\\0000\\0000" \
		> "$root/dev/input/qnap-mcu" || true
}
