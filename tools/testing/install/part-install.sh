# SPDX-License-Identifier: GPL-2.0-only
# A fresh Debian 13 with Linux 6.12, and apt install. To be sourced by check-install.sh.
# shellcheck shell=bash disable=SC2154

# What the test brings along. All else on the box is Debian's.
bring_test_files()
{
	on_guest "mkdir -p $test_files"
	to_guest "$tmp"/i2c-stub-*.ko "$tmp"/vpd-5[46] "$testing/install/vpd.sh" "$test_files"
	to_guest "$testing"/install/{vpd,slow-boot}.service /etc/systemd/system
	on_guest "systemctl -q daemon-reload && systemctl -q enable --now vpd &&
		systemctl -q enable slow-boot && apt-get -q update"
}

# file_list NAME: all files that no package owns, so that they are somebody's who made them. The
# links that lead to /etc/alternatives are the packages' own, although dpkg does not know.
file_list()
{
	on_guest "find / -xdev \( -path $test_files -o -path /tmp -o -path /var/tmp \) -prune \
		-o ! -lname '/etc/alternatives/*' -print | sort > /var/tmp/all
		cat /var/lib/dpkg/info/*.list | sort -u > /var/tmp/owned
		# The top of the tree is merged into /usr, but not in all of dpkg's lists.
		sed -n 's|^/\(bin\|sbin\|lib\)/|/usr/&|p' /var/tmp/owned | sed 's|//|/|g' |
			sort -u - /var/tmp/owned > /var/tmp/owned-too
		comm -23 /var/tmp/all /var/tmp/owned-too" > /dev/null
	on_guest "comm -23 /var/tmp/all /var/tmp/owned-too" > "$tmp/files-$1"
}

fresh_boots_stock()
{
	want 6.12 on_guest "uname -r | cut -d . -f 1-2"
	want_match "^fdtdir " entry_fdt
	want_match "^Qnap TS-433" on_guest "tr -d '\0' < /proc/device-tree/model"
}

# As users have it on Debian 13: the line of the MCU is a serial port, and nobody talks to it. beep
# may succeed, with a terminal that has no loudspeaker.
fresh_has_no_mcu()
{
	not on_guest "sensors 2>&1 | grep -i qnap"
	not on_guest "ls /sys/class/leds | grep -i status"
	on_guest "beep" || true
	want 0 mcu_number frames
}

# What the owner types.
apt_installs()
{
	apt_on_box all "install ./qnap-*.deb" || { tail -n 40 "$tmp/apt-all"; return 1; }
	not grep -nE '^(E:|W:|dpkg: (error|warning))' "$tmp/apt-all"
}

dkms_has_built()
{
	want_match '^qnap-mcu/1.0, 6\.12\..*: installed' on_guest "dkms status"
	want 6 on_guest "find /lib/modules/*/updates/dkms -name '*qnap*.ko*' | wc -l"
}

packages_are_clean()
{
	want "" on_guest "dpkg --audit"
	want "" on_guest "dpkg -V qnap-mcu-dkms qnap-nas-dtbs qnap-nas-tools"
}

# They are early in memory: power-off, fan, and the Ethernet controller's address. It does not
# matter how Debian packs them, but where they were taken from does.
initramfs_has_ours()
{
	local kernel module

	kernel=$(on_guest "uname -r")
	in_initramfs "$kernel" > "$tmp/in-initramfs"
	for module in qnap-mcu qnap-mcu-hwmon qnap-mcu-poweroff nvmem-qnap-mcu-eeprom \
			leds-qnap-mcu; do
		grep -q "/updates/.*/$module\.ko" "$tmp/in-initramfs" ||
			{ echo "no $module"; cat "$tmp/in-initramfs"; return 1; }
	done
}

# The entry names our tree for this board, and the file that it names is the packaged one.
entry_names_our_tree()
{
	local fdt

	fdt=$(entry_fdt)
	[ "${fdt##*/}" = "$our_tree" ] || { echo "$fdt"; return 1; }
	on_guest "cmp '${fdt#fdt }' /usr/lib/qnap-nas-dtbs/$1/rockchip/$our_tree"
}

stock_tree_is_left()
{
	want "" on_guest "dpkg -V linux-image-\$(uname -r)"
}

install_on_fresh()
{
	box_case "fresh: Linux 6.12 with the kernel's own tree" fresh_boots_stock
	box_case "fresh: no MCU" fresh_has_no_mcu
	step "Preparing the box" bring_test_files
	file_list before
	cp "$tmp/files-before" "$kept/"
	to_guest "$packages"/qnap-*.deb "$test_files"
	box_case "apt install, with DKMS and a new initramfs" apt_installs
	box_case "the packages are as they should be" packages_are_clean
	box_case "DKMS has built the modules for this kernel" dkms_has_built
	box_case "the initramfs has them" initramfs_has_ours
	box_case "extlinux.conf names our tree of this board" entry_names_our_tree 6.12
	box_case "the kernel's own tree is untouched" stock_tree_is_left
}

part_install()
{
	step "Booting a fresh Debian" boot_box
	install_on_fresh
	step "Switching off" switch_box_off
}
