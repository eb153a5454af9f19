# SPDX-License-Identifier: GPL-2.0-only
# What cannot be done is said in a sentence, and leaves a clean state. To be sourced by
# check-install.sh.
# shellcheck shell=bash disable=SC2154

# board_says MAINBOARD: what the EEPROM of the running box says from now on.
board_says()
{
	eeprom_images "$1" "$backplane"
	to_guest "$tmp/vpd-54" "$test_files"
	on_guest "cat $test_files/vpd-54 > /sys/bus/i2c/devices/*-0054/eeprom"
}

without_headers()
{
	apt_on_box headers "purge 'linux-headers-*' 'linux-kbuild-*'"
}

# The packages install, say what is missing, and nothing is half done.
installs_without_headers()
{
	apt_on_box no-headers "install --no-install-recommends ./qnap-*.deb" ||
		{ tail -n 40 "$tmp/apt-no-headers"; return 1; }
	apt_said no-headers 'kernel 7\.3.* goes without .*: its headers are missing: install'
	want "" on_guest "dpkg --audit"
	want "" on_guest "find /lib/modules -path '*updates*' -name '*qnap*'"
}

# An unknown board keeps what it has.
unknown_board_keeps_stock_tree()
{
	apt_said no-headers "own device trees stay in use, as this box is not known"
	want_match "^fdtdir " entry_fdt
}

# Once the board is known the same command helps.
known_board_gets_tree()
{
	board_says "$mainboard"
	on_guest "qnap-nas-dtbs update"
	entry_names_our_tree 7.1
}

# headers_bring_modules: they are installed later.
headers_bring_modules()
{
	apt_on_box later install linux-headers-arm64
	want_match '^qnap-mcu/1.0, 7\.3\..*: installed' on_guest "dkms status"
}

# /boot as a partition of its own that is full but for a few blocks.
full_boot()
{
	on_guest "cp -a /boot /tmp/boot && size=\$(du -sk /boot | cut -f 1) &&
		mount -t tmpfs -o size=\$((size + 64))k boot /boot &&
		cp -a /tmp/boot/. /boot && rm -r /tmp/boot"
}

boot_files()
{
	on_guest "find /boot -type f -exec sha256sum {} + | sort"
}

# Another tree is asked for, and does not fit; nor does an initramfs, which is asked for as the
# package does when it is installed.
clean_when_boot_is_full()
{
	local before

	before=$(boot_files)
	on_guest "sed -i 's/^BOARD_DTB=.*/BOARD_DTB=rk3568-qnap-ts433.dtb/' \
		/etc/default/qnap-nas-dtbs"
	not on_guest "qnap-nas-dtbs update" 2> "$tmp/full-boot"
	on_guest "/usr/lib/qnap-mcu-dkms/initramfs \$(uname -r)" >> "$tmp/full-boot" 2>&1
	cat "$tmp/full-boot"
	grep -q 'qnap-nas-dtbs: there is no room in /boot' "$tmp/full-boot"
	grep -q 'qnap-mcu-dkms: the initramfs of .* is the old one' "$tmp/full-boot"
	want "$before" boot_files
	on_guest "umount /boot"
}

# fill_root: up to two MiB, enough for what apt and dpkg write themselves. Some of what is called
# free an ext4 gives to nobody, so the end is where it says so.
fill_root()
{
	on_guest "fallocate -l \$((\$(stat -f -c '%f * %S' /) - (64 << 20))) /var/tmp/filler
		cat /dev/zero > /var/tmp/rest 2> /dev/null
		truncate -s -2M /var/tmp/rest && sync"
}

# A root file system without room for the packages. dpkg stops in the middle, says so, and what it
# has begun can be undone.
clean_when_root_is_full()
{
	apt_on_box purged "purge $tested"
	fill_root
	not apt_on_box full-root "install --no-install-recommends ./qnap-*.deb"
	apt_said full-root 'No space left|enough free space'
	on_guest "rm /var/tmp/filler /var/tmp/rest"
	on_guest "dpkg --purge $tested"
	want "" on_guest "dpkg --audit"
}

# On this machine, if it is none of theirs.
wrong_architecture()
{
	mkdir -p "$tmp/dpkg/updates" "$tmp/dpkg/info"
	: > "$tmp/dpkg/status"
	not dpkg --admindir="$tmp/dpkg" --force-not-root --no-act \
		-i "$packages"/qnap-nas-tools_*.deb 2> "$tmp/architecture"
	cat "$tmp/architecture"
	grep -q 'does not match system' "$tmp/architecture"
}

part_refusals()
{
	step "Booting" boot_box
	board_says "70-006Q0XX-001-120-RS"
	box_case "headers are removed" without_headers
	box_case "without headers: apt succeeds and says so" installs_without_headers
	box_case "an unknown board keeps the kernel's own tree, and is told so" \
		unknown_board_keeps_stock_tree
	box_case "a known board gets ours by qnap-nas-dtbs update" known_board_gets_tree
	box_case "headers that come later bring the modules" headers_bring_modules
	step "Filling /boot" full_boot
	box_case "no space in /boot: a sentence, and what was there is as it was" \
		clean_when_boot_is_full
	box_case "no space in /: a sentence, and nothing is half installed" clean_when_root_is_full
	[ "$(dpkg --print-architecture)" = arm64 ] ||
		box_case "another architecture: dpkg says so" wrong_architecture
	step "Switching off" switch_box_off
}
