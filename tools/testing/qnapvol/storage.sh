# SPDX-License-Identifier: GPL-2.0-only
# In the guest: disks and the programs that work on them. To be sourced.
# shellcheck shell=bash

export MDADM_NO_UDEV=1 DM_DISABLE_UDEV=1 LVM_SUPPRESS_FD_WARNINGS=1
modprobe -a -q raid1 raid456 dm-mod dm-thin-pool dm-snapshot ext4

say()
{
	echo "# $(cut -d ' ' -f 1 /proc/uptime) $*"
}

# disk NAME: the one that QEMU was given with that serial number.
disk()
{
	local serial

	for serial in /sys/block/vd*/serial; do
		[ "$(cat "$serial")" != "$1" ] || echo "/dev/$(basename "${serial%/serial}")"
	done
}

# partitions NUMBER: the data partitions of the disks of that array, in order.
partitions()
{
	local member=0

	while [ -n "$(disk "array$1-$member")" ]; do
		echo "$(disk "array$1-$member")3"
		member=$((member + 1))
	done
}

# quiet COMMAND...: what it says is of interest only if it fails.
quiet()
{
	local output

	output=$("$@" 2>&1) || { echo "$*: $output"; return 1; }
}
