# SPDX-License-Identifier: GPL-2.0-only
# Boots an image in QEMU, from a USB stick that is larger than it, with the emulator on the MCU's
# line. For check-image.sh.
# shellcheck shell=bash disable=SC2016,SC2034,SC2154

stick=(-device "qemu-xhci,id=usb,addr=3" -device "usb-storage,bus=usb.0,drive=disk")
stick_mib=4096
# On a busy machine the console may be found later than systemd waits for it by default.
patience=systemd.default_device_timeout_sec=900

# copy_to_stick: what is booted is written to.
copy_to_stick()
{
	cp --sparse=always "$image" "$tmp/stick"
	truncate -s "${stick_mib}M" "$tmp/stick"
	disk_image=$tmp/stick
}

login_prompt()
{
	wait_console 900 "^$host login:" || wrong "$(tail -n 30 "$console_log")"
}

# What is typed while a program asks the terminal how large it is may be taken for the answer.
type_name()
{
	local tries

	for tries in 1 2 3 4 5; do
		type_at_console root
		! wait_console 30 '^Password:' || return 0
	done
	wrong "no password was asked for ($tries tries): $(tail "$console_log")"
}

# An answer that is not what was typed shows that a shell has it.
console_login()
{
	type_name
	type_at_console "$(cat "$kept/password")"
	wait_console 60 "root@$host" || wrong "$(tail "$console_log")"
	type_at_console 'echo answer-$((40 + 2))'
	wait_console 60 answer-42 || wrong "$(tail "$console_log")"
	type_at_console exit
}

ssh_login()
{
	wait_ssh 300 || wrong "$(cat "$tmp/ssh.log")"
	[ "$(on_guest hostname)" = "$host" ]
}

# ssh_by_password: the right one, which ssh asks a program for.
ssh_by_password()
{
	printf '#!/bin/sh\ncat "%s"\n' "$kept/password" > "$tmp/askpass"
	chmod 755 "$tmp/askpass"
	SSH_ASKPASS=$tmp/askpass SSH_ASKPASS_REQUIRE=force ssh -p "$ssh_port" \
		-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
		-o PubkeyAuthentication=no root@127.0.0.1 true
}

# A key was given, so a password does not do, not even the right one.
ssh_without_key()
{
	local answer

	! answer=$(ssh_by_password 2>&1) || wrong "it let us in"
	[[ "$answer" = *"Permission denied"* ]] || wrong "$answer"
}

kernel_is()
{
	local wanted=6.12.

	[ "$1" = 6.12 ] || wanted=7.
	[[ "$(on_guest uname -r)" = $wanted* ]] || wrong "$(on_guest uname -r)"
}

# ours MODULE: loaded, and from where DKMS puts modules.
ours()
{
	on_guest "lsmod | grep -q '^${1//-/_} '" || wrong "$1 is not loaded"
	on_guest modinfo -n "$1" | grep /updates/dkms/ || wrong "$1 is not ours"
}

our_modules()
{
	local module

	for module in qnap-mcu qnap-mcu-hwmon qnap-mcu-poweroff leds-qnap-mcu \
		      nvmem-qnap-mcu-eeprom; do
		ours "$module"
	done
}

sensors_show()
{
	mcu "temp 43"
	sleep 3
	on_guest sensors | tee /dev/stderr > "$tmp/sensors"
	grep -q '43.0' "$tmp/sensors" && grep -q RPM "$tmp/sensors"
}

# The MCU's EEPROM is there, those of the boards are not, so that no device tree is known to fit.
info_works()
{
	local status=0

	on_guest qnap-nas-info > "$tmp/info" || status=$?
	[ "$status" -eq 1 ] || wrong "exit code $status"
	grep -q Q237Y12345 "$tmp/info" || wrong "$(cat "$tmp/info")"
}

# grown: the file system fills the stick but for what the table needs.
grown()
{
	local size

	size=$(on_guest df -m --output=size / | tail -n 1)
	[ "$size" -gt $((stick_mib * 9 / 10)) ] ||
		wrong "$(on_guest 'df -m /; systemctl status systemd-repart systemd-growfs-root')"
}

network()
{
	on_guest networkctl --no-pager | grep -E 'ether +routable +configured' &&
		on_guest readlink -e /etc/resolv.conf
}

made_at_first_boot()
{
	[ "$(on_guest cat /etc/machine-id | wc -c)" -eq 33 ] || wrong "machine id"
	on_guest ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub
}

# Each unit that was to run does.
no_failures()
{
	local failed

	failed=$(on_guest systemctl --failed --no-legend --plain)
	[ -z "$failed" ] || wrong "$failed"
}

power_off()
{
	on_guest poweroff || true
	wait_disk_guest 300 || wrong "$(tail -n 30 "$console_log")"
	disk_guest_switched_off || wrong "$(tail -n 30 "$console_log")"
	grep -A1 '| power off' "$tmp/frames" | tail -n 1 | grep -q '| done' ||
		wrong "the MCU was not told: $(tail "$tmp/frames")"
	[ "$(mcu "get power")" = power=off ]
}

clean_afterwards()
{
	e2fsck -fn "$disk_image?offset=$(boot_partition)"
}

# boot_cases KERNEL: that the box boots is the first case, and takes the longest.
boot_cases()
{
	copy_to_stick
	disk_drive=("${stick[@]}")
	start_emulator
	say "booting the image for Linux $1; this takes minutes"
	start_disk_guest "$patience"
	ktap_case "$1: boots from a USB stick to a log-in on the console" login_prompt
	ktap_case "$1: log-in on the console by password" console_login
	ktap_case "$1: log-in by ssh with the key" ssh_login
	ktap_case "$1: no log-in by ssh with the password" ssh_without_key
	ktap_case "$1: its kernel" kernel_is "$1"
	ktap_case "$1: our modules run" our_modules
	ktap_case "$1: sensors" sensors_show
	ktap_case "$1: qnap-nas-info" info_works
	ktap_case "$1: the file system fills the stick" grown
	ktap_case "$1: an address by DHCP" network
	ktap_case "$1: host keys and machine id of its own" made_at_first_boot
	ktap_case "$1: no unit has failed" no_failures
	ktap_case "$1: power-off, which the MCU obeys" power_off
	ktap_case "$1: a clean file system after that" clean_afterwards
	stop_disk_guest
	stop_emulator
}
