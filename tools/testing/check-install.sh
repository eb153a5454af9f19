#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Goes with the packages through what an owner goes through, on an emulated TS-433 with Debian 13
# for arm64 and its real programs. Each part begins where the one before has left the disk:
#
#	check-install.sh [--from PART]
#
# install	a fresh Debian, apt install, DKMS builds inside
# features	after a restart: what the box can do then
# trouble	a silent MCU, rescue mode, the pinhole, a crash
# upgrade	apt brings Linux 7.3; the same again, in short
# remove	apt remove, a restart, apt purge
# refusals	kernels without headers, unknown boards, full disks
#
# --from begins with the disk as the last run has left it before that part. What comes before has
# not been tested then. All is emulated: an hour and more. Logs: build/check-install/.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
. "$(dirname "${BASH_SOURCE[0]}")/disk-guest.sh"
. "$(dirname "${BASH_SOURCE[0]}")/install/box.sh"
. "$(dirname "${BASH_SOURCE[0]}")/install/part-install.sh"
. "$(dirname "${BASH_SOURCE[0]}")/install/part-features.sh"
. "$(dirname "${BASH_SOURCE[0]}")/install/part-trouble.sh"
. "$(dirname "${BASH_SOURCE[0]}")/install/part-upgrade.sh"
. "$(dirname "${BASH_SOURCE[0]}")/install/part-remove.sh"
. "$(dirname "${BASH_SOURCE[0]}")/install/part-refusals.sh"

parts="install features trouble upgrade remove refusals"
# The boards' strings: a TS-433 that is as new as the second of its device trees.
mainboard=70-006Q0B2-001-120-RS
backplane=70-010Q0B3-000-100-RS
our_tree=rk3568-qnap-ts433-pcb-12-10.dtb
logs=$repo/build/check-install
kept=$cache/install/run
packages=$repo/build/deb

usage()
{
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
	exit 2
}

# stub VERSION: the kernel's module that stands in for EEPROMs.
build_stub()
{
	local build=$tmp/stub-$1

	mkdir -p "$build"
	cp "$cache/src/linux-$1/drivers/i2c/i2c-stub.c" "$build/"
	echo 'obj-m := i2c-stub.o' > "$build/Makefile"
	make -C "$(kernel_dir "$1")/usr/src/build" "M=$build" ARCH=arm64 \
		CROSS_COMPILE=aarch64-linux-gnu- modules
	cp "$build/i2c-stub.ko" "$tmp/i2c-stub-$1.ko"
}

prepare()
{
	local version

	"$testing/need.sh" fetch modules emulator guest dts disk-guest
	"$testing/fetch.sh" kernel-6.12 kernel-7.3 source-6.12 source-7.3 > /dev/null
	base=$("$testing/install/root.sh")
	ssh_key=$base/key
	for version in 6.12 7.3; do
		step "Building i2c-stub for Linux $version" build_stub "$version"
	done
	build_emulator
	make -C "$repo" deb
	lock install-run
	mkdir -p "$kept"
}

# run_part PART: on a disk of its own, which the next part begins with.
run_part()
{
	step "$1: copying the disk" cp --sparse=always "$disk_before" "$disk_image"
	say "$1 has started"
	"part_$1"
	stop_disk_guest
	mv "$disk_image" "$kept/after-$1"
	disk_before=$kept/after-$1
	say "$1: $ktap_passed passed, $ktap_failed failed so far, after ${SECONDS} s"
}

keep_logs()
{
	mkdir -p "$logs"
	cp "$tmp"/{console*,frames*,apt-*,qemu.log,emulator.log} "$logs/" 2> /dev/null || true
}

disk_of_before()
{
	local part last=

	for part in $parts; do
		[ "$part" != "$1" ] || break
		last=$part
	done
	[ "$part" = "$1" ] || die "no such part: $1. There are: $parts"
	if [ -z "$last" ]; then
		disk_before=$base/disk
	else
		disk_before=$kept/after-$last
	fi
	[ -e "$disk_before" ] || die "no run has come to the end of $last yet"
}

from=install
if [ "${1:-}" = --from ]; then
	[ $# -eq 2 ] || usage
	from=$2
	shift 2
fi
[ $# -eq 0 ] || usage
prepare
disk_of_before "$from"
disk_image=$kept/disk
eeprom_images "$mainboard" "$backplane"
start_emulator
mcu "temp 20" || die "the emulator does not answer"
rm -rf "$logs"
at_exit keep_logs
ktap_begin
started=
for part in $parts; do
	[ "$part" != "$from" ] || started=yes
	[ -z "$started" ] || run_part "$part"
done
ktap_end
