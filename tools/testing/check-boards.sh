#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boots what each board's device tree says of the MCU, in QEMU's machine: LEDs, fan, trips, EEPROM,
# and an Ethernet controller that asks for its address, also when there is none to be had. With
# Debian's 6.12 and 7.3 kernels and the device trees for each:
#
#	check-boards.sh [SUITE...]
#
# The suite mac-plain, for comparison, is not among those that run by default.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"
. "$(dirname "${BASH_SOURCE[0]}")/suites.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../kernel-tree/dts.sh"

versions="6.12 7.3"
# The one that asks the MCU for an address.
mac_board=rk3568-qnap-ts433
suites_logs=$repo/build/check-boards
# They mostly wait for a thermal zone to poll.
suites_at_once=$((2 * $(nproc)))
guest_modules+=" dwmac-rk"

# graft BOARD NAME [ZONE]
graft()
{
	local board=$1 name=$2

	shift 2
	"$testing/board-graft.py" "$tmp/dtbs/$board.dtb" "$tmp/machine.dtb" "$images/$name.facts" \
		"$@" > "$tmp/$name.dts"
	dtc -q -i "$testing/guest" -I dts -O dtb -o "$images/$name.dtb" "$tmp/$name.dts"
	guest_files+=("$images/$name.facts")
}

# A boot loader finds the Ethernet controller through its alias, and puts its address there.
graft_bootloader()
{
	local dtb=$images/bootloader.dtb

	cp "$images/$mac_board.dtb" "$dtb"
	fdtput -t bx "$dtb" "$(fdtget "$dtb" /aliases ethernet0)" local-mac-address \
		02 11 22 33 44 55
}

# The same board without a word about the EEPROM.
graft_plain()
{
	local dtb=$images/plain.dtb

	cp "$images/$mac_board.dtb" "$dtb"
	fdtput -d "$dtb" "$(fdtget "$dtb" /aliases ethernet0)" nvmem-cells nvmem-cell-names
}

prepare()
{
	local board

	qemu-system-aarch64 "${machine[@]}" -nic none -display none \
		-machine "dumpdtb=$tmp/machine.dtb"
	for board in $(boards); do
		graft "$board" "$board"
		graft "$board" "$board-cpu" cpu-thermal
	done
	graft_bootloader
	graft_plain
	guest_initramfs "$@"
}

# prepare_version VERSION: device trees, modules and images for its guests.
prepare_version()
{
	local build

	images=$tmp/images-$1
	mkdir "$images"
	guest_files=("$testing/guest/late-init")
	build=$("$testing/build.sh" "$1")
	"$testing/fetch.sh" "source-$1" > /dev/null
	"$repo/tools/kernel-tree/dtbs.sh" "$cache/src/linux-$1" "$tmp/dtbs"
	step "Preparing the guests for Linux $1" prepare "$1" "$build"
	rm -rf "$suites_logs-$1"
}

# Of the boards with the same fan and zone of the processor only one is booted with it.
distinct_cpu_zones()
{
	local board

	for board in $(boards); do
		echo "$(grep -v '^models' "$1/$board-cpu.facts" | cksum) board-$board-cpu"
	done | sort -s -u -k 1,2 | cut -d ' ' -f 3
}

# default_suites IMAGES: the longest first, so that none is left over at the end.
default_suites()
{
	printf 'mac-%s\n' late silent
	boards | sed 's/^/board-/'
	distinct_cpu_zones "$1"
	printf 'mac-%s\n' present bootloader
}

"$testing/need.sh" fetch modules emulator guest dts
"$testing/fetch.sh" guest > /dev/null
build_emulator
for version in $versions; do
	prepare_version "$version"
done
echo "KTAP version 1"
for version in $versions; do
	suites=("$@")
	[ $# -gt 0 ] || mapfile -t suites < <(default_suites "$tmp/images-$version")
	for suite in "${suites[@]}"; do
		run_suite "$version" "$suite" "$tmp/images-$version"
	done
done
finish_suites
