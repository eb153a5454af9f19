# SPDX-License-Identifier: GPL-2.0-only
# A root with Debian 13's programs, our files, and an imitation of the box's sysfs, in which the
# values are plain files. To be sourced after ktap.sh.
# shellcheck shell=bash disable=SC2154

make_box()
{
	box=$tmp/box
	nas=$box/usr/lib/qnap-nas
	run=$box/run/qnap-nas
	cp -a "$debian13" "$box"
	make -s -C "$repo/packaging" install DESTDIR="$box"
	in_box /usr/bin/systemd-sysusers qnap-nas.conf
	mkdir -p "$run" "$box/dev/input"
}

# in_box COMMAND...: with the root in place of the system's, as what seems to be root
in_box()
{
	SYSTEMD_DEVICE_VERIFY_SYSFS=0 unshare -r chroot "$box" "$@"
}

# on_box SCRIPT...: one of ours, which puts the root before its paths
on_box()
{
	local script=$nas/$1

	shift
	QNAP_NAS_ROOT=$box PATH=$tmp/bin:$PATH "$script" "$@"
}

# make_led NAME
make_led()
{
	local led=$box/sys/class/leds/$1

	mkdir -p "$led"
	echo "[none] timer" > "$led/trigger"
	echo 0 | tee "$led/brightness" "$led/delay_on" > "$led/delay_off"
}

# led_is NAME off|on|blink [MS]: as it was told last; it has no timer to blink by
led_is()
{
	local led=$box/sys/class/leds/$1 is

	is="$(cat "$led/trigger") $(cat "$led/brightness")"
	is+=" $(cat "$led/delay_on")/$(cat "$led/delay_off")"
	echo "$1: $is"
	case $2 in
	off)
		[[ $is = *none*\ 0\ * ]] ;;
	on)
		[[ $is = *none*\ 1\ * ]] ;;
	blink)
		[[ $is = timer\ *\ $3/$3 ]] ;;
	esac
}

# The bytes that the buzzer was sent: sound bell|tone|none
sounded()
{
	local is

	is=$(od -An -tx1 -v "$box/dev/input/qnap-mcu" | tr -d ' \n')
	echo "buzzer: $is"
	case $1 in
	bell)
		[ "$is" = "$(printf '%032d' 0)1200010001000000" ] ;;
	tone)
		[ "$is" = "$(printf '%032d' 0)1200020001000000" ] ;;
	none)
		[ -z "$is" ] ;;
	esac
}
