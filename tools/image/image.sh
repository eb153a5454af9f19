#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Writes the image of a USB stick that boots Debian 13 on a QNAP box: see image.sh --help. Needs no
# privileges: the root file system is made in a user namespace, and never mounted.

# What has the size of a file system does not belong into memory, where some systems have /tmp.
export TMPDIR=${TMPDIR:-/var/tmp}

. "$(dirname "${BASH_SOURCE[0]}")/../testing/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../testing/binfmt.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../kernel-tree/dts.sh"
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
. "$(dirname "${BASH_SOURCE[0]}")/root.sh"
. "$(dirname "${BASH_SOURCE[0]}")/disk.sh"

# our_packages: the folder with the packages of this repository.
our_packages()
{
	if [ -n "${setting[DEBS]}" ]; then
		debs=${setting[DEBS]}
	else
		debs=$repo/build/deb
		step "Building the packages" make -C "$repo" deb "OUT=$debs"
	fi
	compgen -G "$debs/qnap-nas-dtbs_*.deb" > /dev/null ||
		die "$debs has no packages of ours: there is no qnap-nas-dtbs_*.deb"
}

report()
{
	local out=${setting[OUT]} size

	size=$(numfmt --to=iec --suffix=B "$(stat -c %s "$out")")
	echo "$out: $size, Debian 13 with Linux $(cat "$tmp/kernel") for ${setting[MODEL]}"
	echo "The box will call itself ${setting[HOSTNAME]}, and take its address by DHCP."
	case $access in
	key)
		echo "Log in by ssh as root, with your key. There is no password." ;;
	both)
		echo "Log in as root: by ssh with your key, on the console with your password." ;;
	password)
		echo "Log in as root, by ssh or on the console, with your password." ;;
	generated)
		echo "Log in as root, by ssh or on the console. The password is $password" ;;
	esac
	echo "To a stick, as root: dd if=$out of=/dev/sdX bs=4M conv=fsync"
}

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
	cat "$repo/tools/image/help.txt"
	exit
fi
read_settings "$@"
check_settings
"$testing/need.sh" fetch image arm64-root
check_ssh_key
need_arm64_programs
need_namespace
our_packages
make_base
make_root
make_disk
report
