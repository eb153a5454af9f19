# SPDX-License-Identifier: GPL-2.0-only
# The box of the scenario: a Debian on a disk, the MCU beside it, and questions to both.
# To be sourced after lib.sh, guest.sh, ktap.sh and disk-guest.sh.
# shellcheck shell=bash disable=SC2034,SC2154

# Everything is emulated, and other guests may be at work: these are for a machine that is slow.
boot_seconds=900
apt_seconds=3600
off_seconds=300
# What belongs to the test, not to the box.
test_files=/root/test

# box_case NAME COMMAND...: as ktap_case, but the first command that fails in a function ends it,
# and one that takes long says so.
box_case()
{
	local name=$1 status

	shift
	(step_text=$name; tick) &
	ticker=$!
	set +e
	(set -e; "$@") > "$tmp/box-case" 2>&1 < /dev/null
	status=$?
	set -e
	stop_ticker
	[ ! -t 2 ] || echo >&2
	ktap_case "$name" box_verdict "$status"
}

box_verdict()
{
	cat "$tmp/box-case"
	return "$1"
}

# want VALUE COMMAND...: it prints just that.
want()
{
	local value=$1 got

	shift
	got=$("$@") || { echo "failed: $*: $got"; return 1; }
	[ "$got" = "$value" ] || { echo "'$got' instead of '$value': $*"; return 1; }
}

# want_match REGEX COMMAND...: a line of what it prints matches.
want_match()
{
	local regex=$1 got

	shift
	got=$("$@" 2>&1) || { echo "failed: $*: $got"; return 1; }
	grep -qE -- "$regex" <<< "$got" || { echo "no '$regex' in: $*"; echo "$got"; return 1; }
}

# eventually SECONDS COMMAND...: it succeeds before that. What it said last is shown if not.
eventually()
{
	local end=$((SECONDS + $1)) said

	shift
	until said=$("$@" 2>&1); do
		[ "$SECONDS" -lt "$end" ] || { echo "$said"; return 1; }
		sleep 1
	done
}

# mcu_has KEY=VALUE
mcu_has()
{
	want "$1" mcu "get ${1%%=*}"
}

# mcu_number KEY: a number out of the emulator's state.
mcu_number()
{
	local line

	line=$(mcu "get $1")
	echo "${line#*=}"
}

# eeprom_images MAINBOARD BACKPLANE: with these strings, where the boards have them.
eeprom_images()
{
	vpd_image mainboard "$1" > "$tmp/vpd-54"
	vpd_image backplane "$2" > "$tmp/vpd-56"
}

# wait_booted: until somebody can log in, and all has been started that starts by itself.
wait_booted()
{
	wait_ssh "$boot_seconds" || { tail -n 20 "$console_log"; return 1; }
	on_guest "systemctl is-system-running --wait" || true
}

# boot_box: an MCU that was told to switch off needs its power button.
boot_box()
{
	[ "$(mcu "get power")" = power=on ] || mcu reset
	start_disk_guest
	wait_booted
}

# end_box: it ends by itself, after somebody said so.
end_box()
{
	if wait_disk_guest "$off_seconds"; then
		return 0
	fi
	tail -n 20 "$console_log"
	return 1
}

restart_box()
{
	on_guest "systemctl --no-block reboot"
	end_box
	boot_box
}

switch_box_off()
{
	on_guest "systemctl --no-block poweroff"
	end_box
}

# apt_on_box NAME ARGUMENT...: what apt says is left in $tmp/apt-NAME, and on stderr as it comes.
apt_on_box()
{
	local name=$1

	shift
	on_guest "cd $test_files && DEBIAN_FRONTEND=noninteractive timeout $apt_seconds \
		apt-get -q -y -o Dpkg::Use-Pty=0 $*" > "$tmp/apt-$name" 2>&1
}

apt_said()
{
	grep -qE -- "$2" "$tmp/apt-$1" || { tail -n 30 "$tmp/apt-$1"; return 1; }
}

# The modules under test, by the files they lie in.
ours="qnap_mcu qnap_mcu_hwmon qnap_mcu_input qnap_mcu_poweroff leds_qnap_mcu nvmem_qnap_mcu_eeprom"

# in_initramfs KERNEL: the modules of the MCU that it holds.
in_initramfs()
{
	on_guest "lsinitramfs /boot/initrd.img-$1" | grep -E 'qnap.*\.ko' || true
}

# entry_fdt: what the first entry of extlinux.conf on the running box says of the device tree.
entry_fdt()
{
	on_guest "grep -m 1 -oE '(fdt|fdtdir) .*' /boot/extlinux/extlinux.conf"
}

kernel_of_entry()
{
	on_guest "sed -n 's/^.*linux .*vmlinuz-//p' /boot/extlinux/extlinux.conf | head -n 1"
}

at_exit stop_ticker
