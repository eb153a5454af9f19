# SPDX-License-Identifier: GPL-2.0-only
# The image of the stick: a partition table and one ext4 file system, which also holds what U-Boot
# reads. To be sourced after lib.sh, settings.sh and root.sh.
# shellcheck shell=bash disable=SC2154

mib=$((1024 * 1024))
# Room for a boot loader of these boards, and for the second copy of the table at the end.
first_mib=16
last_mib=1
# systemd-repart knows a root file system for arm64 by this type.
root_type=B921B045-1DF0-41C3-AF44-4C6F280D3FAE
# U-Boot's driver for ext4 is older than these.
new_features=^metadata_csum_seed,^orphan_file

# uuid NAME: random, or the same whenever the same image is built for the same date.
uuid()
{
	if [ -n "${SOURCE_DATE_EPOCH-}" ]; then
		printf '%s %s %s' "$1" "$SOURCE_DATE_EPOCH" "${setting[HOSTNAME]}" | sha1sum |
			sed -E 's/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/\1-\2-5\3-8\4-\5/'
	else
		cat /proc/sys/kernel/random/uuid
	fi
}

choose_uuids()
{
	root_uuid=$(uuid "file system")
	partition_uuid=$(uuid partition)
	table_uuid=$(uuid table)
}

# A device node cannot be made in a user namespace, and none is needed: the kernel makes them.
unpack_root()
{
	mkdir "$tmp/root"
	at_exit "in_namespace rm -rf '$tmp/root'"
	in_namespace tar -C "$tmp/root" --xattrs --xattrs-include='*' --exclude='./dev/*' \
		-xpf "$tmp/root.tar"
	rm "$tmp/root.tar"
}

# In MiB, with what ext4 keeps for itself.
needed_size()
{
	local used

	used=$(in_namespace du -sm --apparent-size "$tmp/root" | cut -f 1)
	echo $((used * 5 / 4 + 100))
}

# choose_size: that of the file system, in MiB. There is room to install more before it has grown.
choose_size()
{
	local needed

	needed=$(needed_size)
	if [ -z "${setting[SIZE]}" ]; then
		fs_mib=$(((needed + 300 + 63) / 64 * 64))
		return
	fi
	fs_mib=$((setting[SIZE] / mib - first_mib - last_mib))
	[ "$fs_mib" -ge "$needed" ] ||
		die "SIZE= is too small: $((needed + first_mib + last_mib))M are needed"
}

# write_disk FILE
write_disk()
{
	local partition="uuid=$partition_uuid, name=root, attrs=LegacyBIOSBootable"

	truncate -s "$((first_mib + fs_mib + last_mib))M" "$1"
	sfdisk -q "$1" <<-END
		label: gpt
		label-id: $table_uuid
		start=${first_mib}MiB, size=${fs_mib}MiB, type=$root_type, $partition
	END
	in_namespace env "E2FSPROGS_FAKE_TIME=${SOURCE_DATE_EPOCH-}" mke2fs -q -F -t ext4 -L root \
		-O "$new_features" -U "$root_uuid" -d "$tmp/root" \
		-E "offset=$((first_mib * mib)),hash_seed=$root_uuid" "$1" "${fs_mib}M"
}

make_disk()
{
	local part=${setting[OUT]}.part

	PATH=$PATH:/usr/sbin:/sbin
	step "Unpacking the root file system" unpack_root
	choose_size
	need_free "$(dirname "$part")" $((fs_mib * 3 / 4)) "OUT= names another place"
	at_exit "rm -f '$part'"
	rm -f "$part"
	step "Writing the image" write_disk "$part"
	mv "$part" "${setting[OUT]}"
}
