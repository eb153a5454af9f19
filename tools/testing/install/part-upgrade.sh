# SPDX-License-Identifier: GPL-2.0-only
# Debian's backports bring Linux 7.3, which has drivers for the MCU of its own. To be sourced by
# check-install.sh.
# shellcheck shell=bash disable=SC2154

apt_upgrades()
{
	on_guest "sed 's|/trixie |/trixie-backports |' /etc/apt/sources.list \
		> /etc/apt/sources.list.d/backports.list && apt-get -q update"
	apt_on_box upgrade install linux-image-arm64 linux-headers-arm64
}

built_for_new_kernel()
{
	want_match '^qnap-mcu/1.0, 7\.3\..*: installed' on_guest "dkms status"
}

new_kernel()
{
	on_guest "linux-version list | linux-version sort | tail -n 1"
}

# Of a module that is there twice, modprobe takes ours, but it has to be in it.
new_initramfs_has_ours()
{
	local module

	in_initramfs "$(new_kernel)" > "$tmp/in-initramfs"
	for module in qnap-mcu qnap-mcu-hwmon qnap-mcu-poweroff nvmem-qnap-mcu-eeprom; do
		grep -q "/updates/.*/$module\.ko" "$tmp/in-initramfs" ||
			{ echo "no $module"; cat "$tmp/in-initramfs"; return 1; }
	done
}

runs_new_kernel()
{
	want 7.3 on_guest "uname -r | cut -d . -f 1-2"
}

# The old one is still in the menu, with its own tree.
old_kernel_is_left()
{
	want_match "fdt .*$our_tree" on_guest "grep -A 8 'linux .*vmlinuz-6\.12' \
		/boot/extlinux/extlinux.conf"
}

part_upgrade()
{
	step "Booting Linux 6.12" boot_box
	box_case "apt installs Linux 7.3" apt_upgrades
	box_case "DKMS has built the modules for it" built_for_new_kernel
	box_case "its initramfs has them" new_initramfs_has_ours
	box_case "extlinux.conf names our tree for it" entry_names_our_tree 7.1
	box_case "Linux 6.12 is still there, with its own" old_kernel_is_left
	step "Restarting into Linux 7.3" restart_box
	box_case "Linux 7.3 runs" runs_new_kernel
	box_case "7.3: the modules are DKMS's, not the kernel's" modules_are_ours
	box_case "7.3: no unit has failed" nothing_failed
	box_case "7.3: sensors" sensors_shows_labels
	box_case "7.3: the fan follows pwm1" fan_sweep
	box_case "7.3: beep" beeps
	box_case "7.3: LEDs" leds_light
	box_case "7.3: status LED" status_says_running
	box_case "7.3: address from the EEPROM" nic_has_address
	box_case "7.3: qnap-nas-info" info_says_all
	box_case "7.3: a held power button switches the box off" button_switches_off
	box_case "7.3: the MCU acknowledged the power-off" mcu_acknowledged
}
