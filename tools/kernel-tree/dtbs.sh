#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Compiles the boards' device trees against a kernel tree, which has the files of the SoC:
#
#	dtbs.sh TREE OUT
#
# leaves in the folder OUT a .dtb for each board, a .dtbo for each overlay, and a .dtb of each
# overlay with its board. The tree is only read.
#
#	dtbs.sh --compose BASE.dtb OVERLAY.dtbo OUT.dtb
#
# applies one overlay, after a look whether it is for that board.

. "$(dirname "${BASH_SOURCE[0]}")/../testing/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/tree.sh"
. "$(dirname "${BASH_SOURCE[0]}")/dts.sh"

usage()
{
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
	exit 2
}

# first_compatible DTB: of the root node.
first_compatible()
{
	fdtget "$1" / compatible 2> /dev/null | cut -d ' ' -f 1
}

# compose BASE OVERLAY OUT: nothing is left behind if it fails.
compose()
{
	local base=$1 overlay=$2 out=$3 is wants

	is=$(first_compatible "$base") || true
	wants=$(first_compatible "$overlay") || true
	[ -n "$is" ] || die "$base is no device tree"
	[ -n "$wants" ] || die "$overlay is no overlay of ours"
	[ "$is" = "$wants" ] || die "${overlay##*/} is for $wants, ${base##*/} is $is"
	fdtoverlay -i "$base" -o "$tmp/composed" "$overlay" 2> "$tmp/fdtoverlay" ||
		die "${overlay##*/} does not fit ${base##*/}: $(tail -n 1 "$tmp/fdtoverlay")"
	mv "$tmp/composed" "$out"
}

# compile SOURCE OUT: the compiler of the tree if it has been built, with all it has to say.
compile()
{
	local name=${1##*/} compiler=dtc

	[ ! -x "$tree/scripts/dtc/dtc" ] || compiler=$tree/scripts/dtc/dtc
	preprocess "$tree" "$tmp/dts/$name" > "$tmp/$name" || return
	"$compiler" -q -@ -I dts -O dtb -o "$2" "$tmp/$name"
}

compile_all()
{
	local name made=$tmp/made

	mkdir "$made"
	gather_dts "$tree" "$tmp/dts"
	for name in $(boards); do
		compile "$name.dts" "$made/$name.dtb"
	done
	for name in $(overlays); do
		compile "$name.dtso" "$made/$name.dtbo"
		compose "$made/$(base_of "$name").dtb" "$made/$name.dtbo" "$made/$name.dtb"
	done
	install -D -m 644 -t "$out" "$made"/*
}

if [ "${1:-}" = --compose ]; then
	[ $# -eq 4 ] || usage
	compose "$2" "$3" "$4"
	exit
fi
[ $# -eq 2 ] || usage
tree_open "$1"
[ -f "$tree/$dts/rk3568.dtsi" ] || die "$tree has no device trees: there is no $dts/rk3568.dtsi"
out=$(realpath -m "$2")
"$testing/need.sh" dts
step "Compiling the device trees for Linux $version" compile_all
say "they are in $out"
