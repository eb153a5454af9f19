#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The table of boxes against the device trees in this repository: each name is one of a source, each
# source is in the table, and names and compatibles agree.

. ../lib/ktap.sh

dts=../../arch/arm64/boot/dts/rockchip
names=$(sed -n 's/.*\.dtb = "\(.*\)\.dtb".*/\1/p' board.c | sort -u)

echo "KTAP version 1"

[ -n "$names" ]
result $? "the table has names"

for name in $names; do
	source=$dts/$name.dts
	case $name in
	*-pcb-*)
		source=$dts/$name.dtso ;;
	esac
	[ -f "$source" ]
	result $? "$name.dtb has a source"

	board=${name%-pcb-*}
	compatible=qnap,${board##*-qnap-}
	grep -q "compatible = \"$compatible\"" "$source" &&
		grep -q "\.compatible = \"$compatible\"" board.c
	result $? "$name.dtb is for $compatible"
	case $name in
	*-pcb-*)
		grep -q "regulator-hdd1-power {" "$source"
		result $? "$name.dtb can switch drives" ;;
	esac
done

for source in "$dts"/*-qnap-*.dts "$dts"/*-qnap-*.dtso; do
	name=${source##*/}
	printf '%s\n' "$names" | grep -qx "${name%.*}"
	result $? "$name is in the table"
done

finish
