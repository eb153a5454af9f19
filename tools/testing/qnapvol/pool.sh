#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest: what the kernel's own thin pool reads, with metadata that thin_restore has made, on
# the data of the arrays. Prints "SHA256  GROUP/VOLUME".
# shellcheck shell=bash

# shellcheck source=tools/testing/qnapvol/storage.sh
. /tests/storage.sh

# create NAME: a device with the table on standard input.
create()
{
	quiet dmsetup create --noudevsync "$1"
}

# open_pool NUMBER
open_pool()
{
	local data=data$1

	# shellcheck disable=SC2046 # a list of words
	quiet mdadm --assemble "/dev/md$1" $(partitions "$1") || return 1
	sed "s|ARRAY|/dev/md$1|" "/tmp/tables/vg$1/data.table" | create "$data" || return 1
	echo "0 $(blockdev --getsz "/dev/mapper/$data") thin-pool $(disk "metadata$1")" \
		"/dev/mapper/$data 1024 0 1 read_only" | create "pool$1"
}

hash_volumes()
{
	local name device sectors

	while read -r name device sectors; do
		echo "0 $sectors thin /dev/mapper/pool$1 $device" | create thin || return 1
		sha256sum < /dev/mapper/thin | sed "s|-|vg$1/$name|"
		quiet dmsetup remove --noudevsync thin || return 1
	done < "/tmp/tables/vg$1/volumes"
}

mkdir /tmp/tables
tar -C /tmp/tables -xf "$(disk tables)"
for number in 1 2 3; do
	if ! open_pool "$number" || ! hash_volumes "$number"; then
		exit 1
	fi
done
