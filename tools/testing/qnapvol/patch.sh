#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest: does to the arrays what convert.py says, and lets md see to the parity.
# shellcheck shell=bash

# shellcheck source=tools/testing/qnapvol/storage.sh
. /tests/storage.sh

MIB=1048576

# move FROM OFFSET TO OFFSET BYTES: all on borders of a MiB.
move()
{
	if [ $((($2 | $4 | $5) % MIB)) -ne 0 ]; then
		echo "not on a border of a MiB: $*"
		return 1
	fi
	quiet dd bs=$MIB "if=$1" skip=$(($2 / MIB)) "of=$3" seek=$(($4 / MIB)) count=$(($5 / MIB)) \
		conv=notrunc
}

# do_commands ARRAY DIR
do_commands()
{
	local command a b c

	while read -r command a b c; do
		case $command in
		write)
			move "$2/$a" 0 "$1" "$b" "$(stat -c %s "$2/$a")" || return 1 ;;
		copy)
			move "$1" "$a" "$1" "$b" "$c" || return 1 ;;
		trash)
			move /dev/urandom 0 "$1" "$a" "$b" || return 1 ;;
		*)
			echo "no such command: $command"
			return 1 ;;
		esac
	done < "$2/commands"
}

# fail_disk ARRAY DISK: as if it had died. It keeps what it has.
fail_disk()
{
	quiet mdadm --manage "/dev/md$1" --fail "$(disk "array$1-$2")3"
}

# patch ARRAY DIR
patch()
{
	# shellcheck disable=SC2046 # a list of words
	quiet mdadm --assemble "/dev/md$1" $(partitions "$1") || return 1
	if [ -e "$2/failed" ]; then
		fail_disk "$1" "$(cat "$2/failed")" || return 1
	fi
	do_commands "/dev/md$1" "$2" && quiet mdadm --stop "/dev/md$1"
}

mkdir /tmp/patches
tar -C /tmp/patches -xf "$(disk patches)"
for number in 1 2 3; do
	patch "$number" "/tmp/patches/vg$number" || exit 1
	say "vg$number: converted"
done
sync
