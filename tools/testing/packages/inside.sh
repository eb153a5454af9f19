#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the packages inside of a Debian 13, as root, in the order of an owner's doings: install,
# new kernels, removal, purge. To be run by check-packages.sh, which has put all into /test:
#
#	inside.sh OLD NEW	releases of two of Debian's kernels

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"

old=$1
new=$2
ancient=6.1.0-30-arm64
future=7.4.1+deb14-arm64
bare=6.12.200+deb13-arm64
broken=6.12.201+deb13-arm64
settings=/etc/default/qnap-nas-dtbs
extlinux=/boot/extlinux/extlinux.conf
kept=/boot/qnap-nas-dtbs
sets=/usr/lib/qnap-nas-dtbs
export DEBIAN_FRONTEND=noninteractive

# A program of the system is that of the test from now on, which may call the other one.
take_over()
{
	dpkg-divert --quiet --local --rename --divert "$1.real" "$1"
	cat > "$1"
	chmod 755 "$1"
}

machine()
{
	echo "$1" > /test/machine
}

# apt COMMAND...: what it says is in /test/said. Without the network, and without a terminal: on one
# dkms leaves a sleep behind, which would keep the terminal's file system busy at the end.
apt()
{
	echo "# apt $*"
	apt-get -q -y -o Dpkg::Use-Pty=0 --allow-downgrades --no-install-recommends "$@" \
		> /test/said 2>&1 ||
		{ cat /test/said; return 1; }
}

install_kernel()
{
	apt install "/test/debs/linux-image-$1.deb" ${2:+"/test/debs/linux-headers-$1.deb"}
}

# said TEXT: apt's programs have.
said()
{
	grep -qF -e "$1" /test/said || { echo "nobody said '$1':"; cat /test/said; return 1; }
}

not_said()
{
	not grep -qF -e "$1" /test/said || { echo "said '$1':"; cat /test/said; return 1; }
}

has_modules()
{
	[ "$(find "/lib/modules/$1/updates/dkms" -name '*.ko.xz' 2> /dev/null | wc -l)" -eq 6 ]
}

# first_choice KERNEL: modprobe takes ours, not the kernel's own.
first_choice()
{
	local module

	for module in qnap-mcu leds-qnap-mcu qnap-mcu-hwmon qnap-mcu-input qnap-mcu-poweroff \
			nvmem-qnap-mcu-eeprom; do
		modprobe -S "$1" -D "$module" | tail -n 1 | grep /updates/dkms/ ||
			{ modprobe -S "$1" -D "$module"; return 1; }
	done
}

# in_initramfs KERNEL PLACE: how many modules of the MCU are there under that folder.
in_initramfs()
{
	lsinitramfs "/boot/initrd.img-$1" | grep "/$2/" | grep -c 'qnap.*\.ko' || true
}

# list: all files that are not dpkg's own, to be compared later.
list()
{
	find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /test -o -path /tmp \
		-o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache -o -path /var/log \
		-o -path /run -o -path "/boot/initrd.img-*" -o -path "/var/lib/systemd" \
		-o -path /etc/group- -o -path /etc/gshadow- -o -path "$extlinux" \
		-o -path /usr/bin/qnap-nas-info \) -prune -o -print | sort
}

digests()
{
	find "/lib/modules/$new/kernel" "/usr/lib/linux-image-$new/" -type f -exec md5sum {} + |
		sort -k 2
}

# board_is NAME: what its EEPROMs say. With "silent" none can be read.
board_is()
{
	echo "$1" > /test/board-is
}


setting()
{
	sed -i "s/^$1=.*/$1=$2/" "$settings"
}

# fdt_of KERNEL: what extlinux.conf has for it, in both its entries.
fdt_of()
{
	awk -v kernel="vmlinuz-$1" '/^label/ { mine = 0 } \
		$1 == "linux" { mine = substr($2, index($2, "vmlinuz-")) == kernel } \
		/^\tfdt/ && mine { print $1, $2 }' "$extlinux" | sort -u
}

# uses KERNEL SET NAME: extlinux.conf names that tree, which is the one of the set.
uses()
{
	[ "$(fdt_of "$1")" = "fdt $kept/$1/$3" ] || { fdt_of "$1"; return 1; }
	cmp "$kept/$1/$3" "$sets/$2/rockchip/$3"
}

uses_stock()
{
	[ "$(fdt_of "$1")" = "fdtdir /usr/lib/linux-image-$1/" ] || { fdt_of "$1"; return 1; }
}

# --- the cases

amd64_is_skipped()
{
	machine x86_64
	apt install /test/debs/qnap-mcu-dkms.deb
	said "kernel $old goes without these modules: this is no arm64 system."
	not has_modules "$old"
	apt purge qnap-mcu-dkms
	machine aarch64
}

owner_has_written_extlinux()
{
	printf 'label mine\n\tappend root=/dev/sda2 rootdelay=30\n' > "$extlinux"
	apt install /test/debs/qnap-nas-{dtbs,tools}.deb
	said "Yours is kept as $extlinux.orig"
	grep rootdelay=30 "$extlinux.orig"
	not grep rootdelay=30 "$extlinux"
	apt purge qnap-nas-dtbs qnap-nas-tools
	rm "$extlinux.orig"
}

all_at_once()
{
	apt install /test/debs/qnap-*.deb
	[ ! -e "$extlinux.orig" ]
	has_modules "$old"
	has_modules "$new"
	not_said "goes without"
	[ -z "$(find /etc/systemd -name 'qnap*')" ]
}

unknown_board()
{
	said "the kernels' own device trees stay in use, as this box is not known"
	said "name one of $sets/*/rockchip as BOARD_DTB in $settings"
	said "and type 'qnap-nas-dtbs update'."
	uses_stock "$old"
	uses_stock "$new"
	qnap-nas-dtbs status | grep "^in use: the kernels' own device trees$"
}

precedence()
{
	first_choice "$1"
}

signed()
{
	[ "$(modinfo -F signer "/lib/modules/$1/updates/dkms/qnap-mcu.ko.xz")" = \
	  "DKMS module signing key" ]
}

initramfs_has_ours()
{
	[ "$(in_initramfs "$1" updates/dkms)" -eq 5 ] || {
		lsinitramfs "/boot/initrd.img-$1" | grep '\.ko'; return 1; }
	[ "$(in_initramfs "$1" kernel)" -eq 0 ]
}

known_board()
{
	board_is ts433
	qnap-nas-dtbs update
	uses "$old" 6.12 rk3568-qnap-ts433-pcb-12-10.dtb
	uses "$new" 7.1 rk3568-qnap-ts433-pcb-12-10.dtb
	qnap-nas-dtbs status > /test/status
	grep -q "^in use: rk3568-qnap-ts433-pcb-12-10.dtb, as the box has said so$" /test/status
	grep -q "^kernel $new: $kept/.*, made for Linux 7.1 and later$" /test/status
	grep -q "BOARD_DTB=stock" /test/status
}

other_board()
{
	board_is ts233
	qnap-nas-dtbs update
	uses "$old" 6.12 rk3568-qnap-ts233.dtb
	[ "$(find "$kept/$old" -type f | wc -l)" -eq 1 ]
	board_is ts433
	qnap-nas-dtbs update
}

newer_board()
{
	board_is newer
	qnap-nas-dtbs update > /test/said 2>&1
	board_is ts433
	said "taken for the newest known"
	uses "$new" 7.1 rk3568-qnap-ts433-pcb-12-10.dtb
}

# What the box has said before is not forgotten when an EEPROM cannot be read once.
board_silent()
{
	board_is silent
	qnap-nas-dtbs update
	uses "$new" 7.1 rk3568-qnap-ts433-pcb-12-10.dtb
	board_is ts433
}

setting_wins()
{
	setting BOARD_DTB rk3568-qnap-ts433.dtb
	qnap-nas-dtbs update
	uses "$new" 7.1 rk3568-qnap-ts433.dtb
	setting BOARD_DTB ""
	qnap-nas-dtbs update
}

fallback()
{
	board_is silent
	qnap-nas-dtbs remove --all
	setting FALLBACK_DTB rk3568-qnap-ts433.dtb
	qnap-nas-dtbs update
	uses "$new" 7.1 rk3568-qnap-ts433.dtb
	qnap-nas-dtbs status | grep "as FALLBACK_DTB in $settings says so"
	board_is ts433
	qnap-nas-dtbs update
	uses "$new" 7.1 rk3568-qnap-ts433-pcb-12-10.dtb
	setting FALLBACK_DTB ""
}

# bad_setting VALUE TEXT: said, and the kernels' own trees are used.
bad_setting()
{
	local status=0

	setting BOARD_DTB "$1"
	qnap-nas-dtbs update > /test/said 2>&1 || status=$?
	setting BOARD_DTB ""
	[ "$status" -eq 1 ]
	said "$2"
	uses_stock "$new"
	qnap-nas-dtbs update
}

stock_setting()
{
	setting BOARD_DTB stock
	qnap-nas-dtbs update > /test/said 2>&1
	[ ! -s /test/said ] || { cat /test/said; return 1; }
	uses_stock "$old"
	uses_stock "$new"
	[ ! -e "$kept" ]
	setting BOARD_DTB ""
	qnap-nas-dtbs update
}

usage_error()
{
	local status=0

	qnap-nas-dtbs "$@" > /test/said 2>&1 || status=$?
	[ "$status" -eq 2 ]
	said "type 'qnap-nas-dtbs --help'"
}

# u-boot-update does nothing here: what extlinux.conf names must be there until it does.
u_boot_update_off()
{
	mkdir -p /etc/u-boot-menu/conf.d
	echo "U_BOOT_UPDATE=false" > /etc/u-boot-menu/conf.d/off.conf
	setting BOARD_DTB "$1"
	qnap-nas-dtbs update > /test/said 2>&1
	setting BOARD_DTB ""
	rm -r /etc/u-boot-menu
	uses "$old" 6.12 rk3568-qnap-ts433-pcb-12-10.dtb
	uses "$new" 7.1 rk3568-qnap-ts433-pcb-12-10.dtb
	qnap-nas-dtbs update
	[ "$(find "$kept/$new" -type f | wc -l)" -eq 1 ]
}

owner_told()
{
	echo "U_BOOT_FDT=mine.dtb" >> /etc/default/u-boot
	qnap-nas-dtbs update > /test/said 2>&1
	sed -i '/mine/d' /etc/default/u-boot
	said "in /etc/default/u-boot do not count any more"
	uses "$new" 7.1 rk3568-qnap-ts433-pcb-12-10.dtb
}

# Removal needs no settings, so what is wrong there does not hinder it.
broken_settings()
{
	local status=0

	cp "$settings" /test/settings
	echo "BOARD_DTB=(" >> "$settings"
	qnap-nas-dtbs remove --all || status=$?
	cp /test/settings "$settings"
	[ "$status" -eq 0 ]
	uses_stock "$new"
	[ ! -e "$kept" ]
	qnap-nas-dtbs update
}

no_such_kernel()
{
	not qnap-nas-dtbs update 9.9.9-arm64 > /test/said 2>&1
	said "there is no kernel 9.9.9-arm64 here"
	[ ! -e "$kept/9.9.9-arm64" ]
}

# Its own tree, in the same way as without the package.
ancient_kernel()
{
	install_kernel "$ancient"
	said "kernel $ancient goes without these modules: they are for Linux 6.12 to 7.3."
	said "there is no rk3568-qnap-ts433-pcb-12-10.dtb for kernel $ancient"
	[ "$(fdt_of "$ancient")" = "fdtdir $kept/$ancient/" ]
	cmp "$kept/$ancient/rockchip/rk3568-qnap-ts433.dtb" \
		"/usr/lib/linux-image-$ancient/rockchip/rk3568-qnap-ts433.dtb"
	apt purge "linux-image-$ancient"
	[ ! -L "$kept/$ancient" ]
}

future_kernel()
{
	install_kernel "$future" headers
	said "kernel $future goes without these modules: they are for Linux 6.12 to 7.3."
	not has_modules "$future"
	uses "$future" 7.1 rk3568-qnap-ts433-pcb-12-10.dtb
	[ -s "/boot/initrd.img-$future" ]
	apt purge "linux-image-$future" "linux-headers-$future"
}

no_headers()
{
	install_kernel "$bare"
	said "its headers are missing: install linux-headers-$bare"
	[ "$(in_initramfs "$bare" updates/dkms)" -eq 0 ]
	uses "$bare" 6.12 rk3568-qnap-ts433-pcb-12-10.dtb
}

headers_later()
{
	apt install "/test/debs/linux-headers-$bare.deb"
	has_modules "$bare"
	first_choice "$bare"
	initramfs_has_ours "$bare"
}

# made_once KERNEL: its headers come, but the initramfs has the modules already.
made_once()
{
	local before

	before=$(stat -c %i.%Z "/boot/initrd.img-$1")
	/etc/kernel/header_postinst.d/qnap-mcu-dkms "$1"
	[ "$(stat -c %i.%Z "/boot/initrd.img-$1")" = "$before" ]
}

# repair KERNEL: the reason is gone, and what is typed is what was said.
repair()
{
	printf 'modules:\n\tcp -r /test/modules-6.12/. %s/\n' "\$(M)" \
		> "/lib/modules/$1/build/Makefile"
	sed -n "s/.* $1 goes without .* type '\(.*\)', and then '\(.*\)'\.$/\1 \&\& \2/p" \
		/test/said > /test/typed
	[ -s /test/typed ]
	sh /test/typed
}

build_fails()
{
	install_kernel "$broken" headers
	said "kernel $broken goes without these modules: building them failed"
	[ -s "/boot/initrd.img-$broken" ]
	uses "$broken" 6.12 rk3568-qnap-ts433-pcb-12-10.dtb
	[ ! -e "/lib/modules/$broken/updates" ]
	grep -q "no member named poll" /var/lib/dkms/qnap-mcu/1.0/build/make.log
	repair "$broken"
	has_modules "$broken"
	initramfs_has_ours "$broken"
	apt purge "linux-image-$broken" "linux-headers-$broken"
}

kernel_goes()
{
	apt purge "linux-image-$bare" "linux-headers-$bare"
	[ ! -e "$kept/$bare" ]
	[ ! -e "/lib/modules/$bare" ]
	[ -z "$(fdt_of "$bare")" ]
	uses "$new" 7.1 rk3568-qnap-ts433-pcb-12-10.dtb
}

same_kernel_again()
{
	apt install --reinstall "/test/debs/linux-image-$new.deb"
	has_modules "$new"
	first_choice "$new"
	initramfs_has_ours "$new"
	uses "$new" 7.1 rk3568-qnap-ts433-pcb-12-10.dtb
}

package_again()
{
	apt install --reinstall /test/debs/qnap-*.deb
	has_modules "$old"
	has_modules "$new"
	initramfs_has_ours "$old"
	uses "$new" 7.1 rk3568-qnap-ts433-pcb-12-10.dtb
}

# systemd is not there to answer, but the maintainer scripts take it for running. What fancontrol
# reads is in that folder.
upgrade_of_tools()
{
	mkdir -p /run/systemd/system /run/qnap-nas
	apt install --reinstall /test/debs/qnap-nas-tools.deb
	rmdir /run/systemd/system
	not_said "Syntax:"
	[ -d /run/qnap-nas ]
}

# dpkg goes back to the installed version.
aborted_upgrade()
{
	/var/lib/dpkg/info/qnap-mcu-dkms.prerm upgrade 9
	not has_modules "$new"
	/var/lib/dpkg/info/qnap-mcu-dkms.postinst abort-upgrade 9 > /test/said 2>&1
	has_modules "$old"
	has_modules "$new"
}

# Neither the disk nor the initramfs keeps those of the version before.
upgrade_does_not_build()
{
	/var/lib/dpkg/info/qnap-mcu-dkms.prerm upgrade 9
	machine x86_64
	/var/lib/dpkg/info/qnap-mcu-dkms.postinst configure 0.9 > /test/said 2>&1
	machine aarch64
	said "kernel $new goes without these modules"
	[ "$(in_initramfs "$old" updates/dkms)" -eq 0 ]
	[ "$(in_initramfs "$new" updates/dkms)" -eq 0 ]
	/var/lib/dpkg/info/qnap-mcu-dkms.postinst configure 0.9 > /test/said 2>&1
	initramfs_has_ours "$old"
	initramfs_has_ours "$new"
	[ ! -e /run/qnap-mcu-dkms.kernels ]
}

# dpkg takes it up again.
aborted_removal()
{
	/var/lib/dpkg/info/qnap-nas-dtbs.prerm remove
	uses_stock "$new"
	/var/lib/dpkg/info/qnap-nas-dtbs.postinst abort-remove
	uses "$new" 7.1 rk3568-qnap-ts433-pcb-12-10.dtb
}

# /boot on a file system of its own, of that size, until join_boot or the end of the case.
separate_boot()
{
	mkdir -p /test/boot
	mount -t tmpfs -o "size=$1" none /test/boot
	trap "umount /test/boot" EXIT
	cp -a /boot/. /test/boot/
	mount --bind /test/boot /boot
	trap join_boot EXIT
}

join_boot()
{
	trap - EXIT
	umount /boot
	umount /test/boot
}

boot_partition()
{
	separate_boot 200m
	qnap-nas-dtbs update
	fdt_of "$new" > /test/fdt
	join_boot
	[ "$(< /test/fdt)" = "fdt /qnap-nas-dtbs/$new/rk3568-qnap-ts433-pcb-12-10.dtb" ]
}

# Another tree does not fit any more: the one from before stays, whole, and in use.
boot_full()
{
	local status=0 hook=0

	separate_boot 200m
	head -c 300M /dev/zero > /boot/ballast 2> /dev/null || true
	setting BOARD_DTB rk3568-qnap-ts433.dtb
	qnap-nas-dtbs update > /test/said 2>&1 || status=$?
	/etc/kernel/postinst.d/qnap-nas-dtbs "$new" > /dev/null 2>&1 || hook=$?
	find /boot/qnap-nas-dtbs -type f | sort > /test/files
	head -n 1 /boot/qnap-nas-dtbs/board > /test/board
	join_boot
	setting BOARD_DTB ""
	[ "$status" -eq 1 ]
	[ "$hook" -eq 0 ]
	said "there is no room in /boot (0 KiB free): the device trees are as they were."
	[ "$(< /test/board)" = "rk3568-qnap-ts433-pcb-12-10.dtb told" ]
	printf '%s\n' "$kept/$old/rk3568-qnap-ts433-pcb-12-10.dtb" \
		"$kept/$new/rk3568-qnap-ts433-pcb-12-10.dtb" "$kept/board" | sort |
		diff - /test/files
}

flash_kernel_uses()
{
	export FK_MACHINE="Qnap TS-433-4G NAS System 4-Bay"
	apt install /test/debs/flash-kernel.deb
	cmp /boot/dtb "$sets/7.1/rockchip/rk3568-qnap-ts433-pcb-12-10.dtb"
	flash-kernel "$old"
	qnap-nas-dtbs update
	cmp "/boot/dtb-$old" "$sets/6.12/rockchip/rk3568-qnap-ts433-pcb-12-10.dtb"
	cmp "/boot/dtb-$new" "$sets/7.1/rockchip/rk3568-qnap-ts433-pcb-12-10.dtb"
	cmp /boot/dtb "/boot/dtb-$new"
	strings /boot/boot.scr | grep '^setenv fdtfile$'
}

# With a newer kernel and without it again, by the hooks alone.
flash_kernel_follows()
{
	export FK_MACHINE="Qnap TS-433-4G NAS System 4-Bay"
	apt purge "linux-image-$new" "linux-headers-$new"
	cmp /boot/dtb "$sets/6.12/rockchip/rk3568-qnap-ts433-pcb-12-10.dtb"
	install_kernel "$new" headers
	cmp /boot/dtb "$sets/7.1/rockchip/rk3568-qnap-ts433-pcb-12-10.dtb"
}

# The folder of the newer kernel's own trees is a link.
flash_kernel_stock()
{
	export FK_MACHINE="Qnap TS-433-4G NAS System 4-Bay"
	setting BOARD_DTB stock
	qnap-nas-dtbs update
	cmp "/boot/dtb-$old" "/usr/lib/linux-image-$old/rockchip/rk3568-qnap-ts433.dtb"
	cmp "/boot/dtb-$new" "/usr/lib/linux-image-$new/rockchip/rk3568-qnap-ts433.dtb"
	apt install --reinstall "/test/debs/linux-image-$new.deb"
	setting BOARD_DTB ""
	qnap-nas-dtbs update
	cmp /boot/dtb "$sets/7.1/rockchip/rk3568-qnap-ts433-pcb-12-10.dtb"
}

# Another box's tree would not do for it, and these kernels have no other.
flash_kernel_ts133()
{
	export FK_MACHINE="Qnap TS-133-2G NAS System 1-Bay" FK_PROC_DTMODEL=/test/model
	printf %s "$FK_MACHINE" > "$FK_PROC_DTMODEL"
	setting BOARD_DTB stock
	qnap-nas-dtbs update
	cmp /boot/dtb "$sets/7.1/rockchip/rk3566-qnap-ts133.dtb"
	setting BOARD_DTB ""
}

flash_kernel_back()
{
	export FK_MACHINE="Qnap TS-433-4G NAS System 4-Bay"
	apt purge qnap-nas-dtbs
	not_said "failed"
	said "without this package flash-kernel does not know the box"
	cmp "/boot/dtb-$new" "/usr/lib/linux-image-$new/rockchip/rk3568-qnap-ts433.dtb"
	cmp "/boot/dtb-$old" "/usr/lib/linux-image-$old/rockchip/rk3568-qnap-ts433.dtb"
	[ -z "$(find /etc/flash-kernel/dtbs /boot/dtbs -name '*pcb*')" ]
	[ -z "$(find /etc/flash-kernel/dtbs -type l)" ]
	apt purge flash-kernel
}

# In whatever order dpkg takes them.
all_with_a_kernel()
{
	apt install /test/debs/qnap-nas-dtbs.deb
	apt purge qnap-mcu-dkms qnap-nas-dtbs qnap-nas-tools "linux-image-$new" "linux-headers-$new"
	uses_stock "$old"
	[ ! -e "$kept" ]
	[ ! -e "/lib/modules/$new" ]
	[ ! -e "/boot/initrd.img-$new" ]
	[ ! -e /var/lib/dkms/qnap-mcu ]
}

removal()
{
	apt remove qnap-mcu-dkms qnap-nas-dtbs qnap-nas-tools
	uses_stock "$old"
	uses_stock "$new"
	[ ! -e "/lib/modules/$new/updates" ]
	[ ! -e "$kept" ]
	digests | diff /test/digests -
	modprobe -S "$new" -D qnap-mcu | grep "/kernel/drivers/mfd/"
	[ "$(in_initramfs "$new" updates)" -eq 0 ]
	[ "$(in_initramfs "$old" updates)" -eq 0 ]
}

# A kernel that comes after the removal meets the hooks that a purge would take.
hooks_without_package()
{
	install_kernel "$bare" headers
	[ -s "/boot/initrd.img-$bare" ]
	not_said "qnap"
	apt purge "linux-image-$bare" "linux-headers-$bare"
}

# The key for signing is dkms' own; the group may have members.
purge()
{
	apt purge qnap-mcu-dkms qnap-nas-dtbs qnap-nas-tools
	list > /test/after
	comm -13 /test/before /test/after | grep -vE '^/var/lib/dkms/(mok\.|dkms_dbversion)' \
		> /test/left || true
	cat /test/left
	[ ! -s /test/left ]
}

# A case is a run of its own: in a condition, set -e is off.
if [ "${3:-}" = --case ]; then
	shift 3
	"$@"
	exit
fi

# check NAME COMMAND...
check()
{
	local name=$1

	shift
	ktap_case "$name" "$BASH" "${BASH_SOURCE[0]}" "$old" "$new" --case "$@"
}

# Nothing here has to outlast a power cut.
echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/test
take_over /usr/bin/sync <<'END'
#!/bin/sh
END
[ -e /proc/self ] || mount -t proc none /proc
machine aarch64
board_is silent
echo "$old" > /test/running
take_over /usr/bin/uname <<'END'
#!/bin/sh
case $1 in
-m) cat /test/machine ;;
-r) cat /test/running ;;
*) exec /usr/bin/uname.real "$@" ;;
esac
END
take_over /usr/bin/qnap-nas-info <<'END'
#!/bin/sh
board=/test/vpd/$(cat /test/board-is)
exec /usr/bin/qnap-nas-info.real --mainboard "$board-mainboard" --backplane "$board-backplane" "$@"
END
rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
ktap_begin
check "two kernels and u-boot-menu, without the packages" \
	apt install /test/debs/{gcc,"linux-image-$old","linux-headers-$old"}.deb \
	/test/debs/{"linux-image-$new","linux-headers-$new"}.deb
u-boot-update > /dev/null 2>&1
list > /test/before
digests > /test/digests
check "not arm64: no modules, a sentence" amd64_is_skipped
check "the owner has written extlinux.conf: it is kept" owner_has_written_extlinux
check "all three at once: modules for both kernels" all_at_once
check "unknown board: the kernels' own trees, and what to type" unknown_board
for kernel in "$old" "$new"; do
	check "$kernel: ours go before the kernel's own" precedence "$kernel"
	check "$kernel: modules are signed with dkms' key" signed "$kernel"
	check "$kernel: ours are in the initramfs" initramfs_has_ours "$kernel"
done
check "known board: its tree for each kernel, from the right set" known_board
check "the disk goes into another box" other_board
check "the box is newer than all that are known" newer_board
check "the box cannot be told for once" board_silent
check "BOARD_DTB wins" setting_wins
check "FALLBACK_DTB, until the box can be told" fallback
check "BOARD_DTB=stock" stock_setting
check "BOARD_DTB: there is no such tree" bad_setting rk3568-qnap-ts999.dtb "which is not in"
check "BOARD_DTB: a path" bad_setting ..\\/..\\/etc\\/passwd "is no name of a file"
check "u-boot-update is switched off, another tree" u_boot_update_off rk3568-qnap-ts433.dtb
check "u-boot-update is switched off, the kernels' own trees" u_boot_update_off stock
check "the owner has chosen in /etc/default/u-boot" owner_told
check "removal with broken settings" broken_settings
check "usage: no command" usage_error
check "usage: remove what" usage_error remove
check "usage: remove nothing" usage_error remove ""
check "usage: a kernel that is a path" usage_error remove ../extlinux
check "update: there is no such kernel" no_such_kernel
check "a kernel older than 6.12" ancient_kernel
check "a kernel newer than 7.3" future_kernel
check "a kernel without headers: a sentence, its tree" no_headers
check "its headers come later: modules, also in the initramfs" headers_later
check "headers and kernel came together: the initramfs is made once" made_once "$new"
check "a kernel for which the modules do not build, until they do" build_fails
check "a kernel is purged" kernel_goes
check "a kernel is installed again" same_kernel_again
check "the packages are installed again" package_again
check "the tools are upgraded while systemd runs" upgrade_of_tools
check "the upgrade of the modules is aborted" aborted_upgrade
check "the upgrade of the modules does not build, until it does" upgrade_does_not_build
check "the removal of the device trees is aborted" aborted_removal
check "/boot is a partition" boot_partition
check "/boot is full: all as before, a sentence" boot_full
check "removal: modules, trees and initramfs are the kernels' own" removal
check "a kernel comes after the removal" hooks_without_package
check "purge leaves no file" purge
apt install /test/debs/qnap-*.deb > /dev/null
check "flash-kernel: each kernel's tree, from its set" flash_kernel_uses
check "flash-kernel: kernels go and come" flash_kernel_follows
check "flash-kernel: BOARD_DTB=stock" flash_kernel_stock
check "flash-kernel: a TS-133, and kernels without a tree for it" flash_kernel_ts133
check "flash-kernel: purge goes back to the kernels' own" flash_kernel_back
check "all packages are purged at once, and a kernel with them" all_with_a_kernel
ktap_end
