# SPDX-License-Identifier: GPL-2.0-only
# The boards' device trees and the kernel tree that has their SoC. To be sourced after lib.sh.
# shellcheck shell=bash disable=SC2154

dts=arch/arm64/boot/dts/rockchip

# has_sata_ports TREE: the files of the SoC have nodes for the ports of the SATA controllers. The
# tree may have ours already.
has_sata_ports()
{
	grep -qs --exclude=rk356x-sata-ports.dtsi 'sata2_port0:' "$1/$dts"/rk35*.dtsi
}

# lay_dts TREE DEST: our sources into DEST, which has or will have the files of the SoC in TREE.
# What these lack is added after them.
lay_dts()
{
	local tree=$1 dest=$2

	cp "$repo/$dts"/*qnap*.dts* "$dest/"
	! has_sata_ports "$tree" || return 0
	cp "$repo/compat/rk356x-sata-ports.dtsi" "$dest/"
	sed -i 's|^#include "rk356[68]\.dtsi"$|&\n#include "rk356x-sata-ports.dtsi"|' \
		"$dest"/*qnap*.dts*
}

# gather_dts TREE DEST: our sources and the files of the SoC into the new folder DEST.
gather_dts()
{
	local tree=$1 dest=$2

	mkdir -p "$dest"
	ln -s "$tree/$dts"/*.dtsi "$dest/"
	rm -f "$dest"/*qnap* "$dest/rk356x-sata-ports.dtsi"
	lay_dts "$tree" "$dest"
}

# preprocess TREE SOURCE: what the compiler is given, on stdout.
preprocess()
{
	cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -I "$(dirname "$2")" -I "$1/include" \
		"$2"
}

# boards, overlays: names of our files without their suffix.
boards()
{
	basename -s .dts "$repo/$dts"/*qnap*.dts
}

overlays()
{
	basename -s .dtso "$repo/$dts"/*qnap*.dtso
}

# base_of OVERLAY: the board that it belongs to, by its name.
base_of()
{
	echo "${1%-pcb-*}"
}
