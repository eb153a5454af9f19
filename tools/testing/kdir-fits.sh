#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Can the modules be built for this kernel, and would they work there? kdir-fits.sh KDIR

die()
{
	echo "$*" >&2
	exit 1
}

kdir=$1
config=$kdir/include/config/auto.conf

[ -e "$kdir/Makefile" ] ||
	die "$kdir is no kernel build tree: install the kernel's headers, or name a tree (KDIR=)."
[ -e "$config" ] ||
	die "$kdir is not prepared: run 'make modules_prepare' there."
for option in SERIAL_DEV_BUS SERIAL_DEV_CTRL_TTYPORT MFD_CORE OF; do
	grep -q "^CONFIG_$option=[ym]" "$config" ||
		die "The kernel of $kdir lacks CONFIG_$option: the drivers cannot work there."
done
