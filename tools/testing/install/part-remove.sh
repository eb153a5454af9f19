# SPDX-License-Identifier: GPL-2.0-only
# The way back. To be sourced by check-install.sh.
# shellcheck shell=bash disable=SC2154

tested="qnap-mcu-dkms qnap-nas-dtbs qnap-nas-tools"

apt_removes()
{
	apt_on_box remove "remove $tested" || { tail -n 40 "$tmp/apt-remove"; return 1; }
}

# Neither in memory nor on the disk there is a module of ours; the kernel's own are where they were.
stock_modules_again()
{
	local kernel

	want "" on_guest "find /lib/modules -path '*updates*' -name '*qnap*'"
	for kernel in $(on_guest "linux-version list"); do
		not grep updates < <(in_initramfs "$kernel") || return 1
	done
	want_match '/kernel/drivers/mfd/qnap-mcu' on_guest "modinfo -n -k \$(uname -r) qnap_mcu"
}

stock_tree_again()
{
	not on_guest "grep -E 'qnap-nas|^[[:space:]]*fdt ' /boot/extlinux/extlinux.conf"
	want_match "^fdtdir " entry_fdt
}

units_are_gone()
{
	want "" on_guest "systemctl list-unit-files --no-legend '*qnap*' || true"
	want "" on_guest "find /etc/systemd /usr/lib/systemd /usr/lib/udev -name '*qnap*'"
}

# Linux 7.3's own driver on its own tree.
stock_box_works()
{
	want 7.3 on_guest "uname -r | cut -d . -f 1-2"
	want_match "^fan1: +[0-9]+ RPM" on_guest "sensors 'qnapmcu-*'"
	nothing_failed
}

apt_purges()
{
	apt_on_box purge "purge --autoremove $tested" || { tail -n 40 "$tmp/apt-purge"; return 1; }
	want "" on_guest "dpkg-query -W -f '\${Package} ' $tested 2> /dev/null || true"
}

# Of the files that no package owns and that were not there before: all but what the new kernel made
# for itself, apt's and dpkg's own records, logs, and what systemd writes at any boot.
others_files()
{
	grep -vE -e '^/boot/(initrd\.img|config|System\.map|vmlinuz)-7\.3' \
		-e '^/(usr/)?lib/modules/7\.3[^/]*(/modules\.[a-z.]*|/build|/source)?$' \
		-e '^/var/(log|cache|lib/dpkg|lib/apt|lib/systemd|lib/initramfs-tools|tmp)(/|$)' \
		-e '^/var/lib/(ucf|polkit-1|prometheus|dbus|vim|python|pam)(/|$)' \
		-e '^/etc/apt/sources\.list\.d/backports\.list$' \
		-e '^/root/\.' -e '^/etc/(ld\.so\.cache|mtab|resolv\.conf|\.pwd\.lock)$' \
		-e '^/etc/(passwd|group|shadow|gshadow)-$' -e '^/etc/alternatives/' || true
}

# All files of that name, but those of the kernels and of the test.
named_after_us()
{
	on_guest "find / -xdev \( -path $test_files -o -path /usr/lib/modules -o -path /usr/src \
		-o -path '/usr/lib/linux-image*' -o -path /var/log \) -prune -o \
		-iname '*qnap*' -print"
}

nothing_is_left()
{
	file_list after
	want "" others_files < <(comm -13 "$tmp/files-before" "$tmp/files-after")
	want "" named_after_us
}

part_remove()
{
	step "Booting Linux 7.3" boot_box
	[ -e "$tmp/files-before" ] || cp "$kept/files-before" "$tmp/"
	box_case "apt remove" apt_removes
	box_case "the kernel's own modules, also in the initramfs" stock_modules_again
	box_case "extlinux.conf names the kernel's own tree" stock_tree_again
	box_case "units and rules are gone" units_are_gone
	step "Restarting" restart_box
	box_case "the box is as Debian made it" stock_box_works
	box_case "apt purge" apt_purges
	box_case "no file is left" nothing_is_left
	step "Switching off" switch_box_off
}
