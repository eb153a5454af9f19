#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest: makes a stack of stock md, LVM, thin pool and ext4 on each set of disks, with files,
# snapshots and discards, and puts on the result disk what the readers of it have to find.
# shellcheck shell=bash

# shellcheck source=tools/testing/qnapvol/storage.sh
. /tests/storage.sh
# shellcheck source=tools/testing/qnapvol/manifest.sh
. /tests/manifest.sh

# A directory with one of everything that a file system has to keep.
write_files()
{
	local dir=$1 deep=$1/deep i

	mkdir -p "$dir/small" "$dir/with space/ÄÖÜ 日本語"
	dd if=/dev/urandom of="$dir/random" bs=64k count=40 2> /dev/null
	seq 1 60000 > "$dir/text"
	: > "$dir/empty"
	truncate -s 24M "$dir/sparse"
	dd if=/dev/urandom of="$dir/sparse" bs=4k seek=3000 count=5 conv=notrunc 2> /dev/null
	for i in $(seq 200); do
		echo "$i of $dir" > "$dir/small/$i"
	done
	for i in $(seq 24); do
		deep=$deep/level$i
	done
	mkdir -p "$deep"
	echo "at the bottom" > "$deep/file"
	echo "twice" > "$dir/link-1"
	ln "$dir/link-1" "$dir/with space/link-2"
	ln -s ../text "$dir/small/symbolic"
	echo "long" > "$dir/$(printf '%0250d' 7)"
	echo "attributes" > "$dir/attributes"
	setfattr -n user.origin -v "$(seq -s , 100)" "$dir/attributes"
}

# All that changes things in place: files overwritten, grown, shrunk, renamed and removed.
change_files()
{
	local dir=$1 i

	dd if=/dev/urandom of="$dir/random" bs=4k seek=17 count=60 conv=notrunc 2> /dev/null
	dd if=/dev/urandom of="$dir/sparse" bs=4k seek=200 count=3 conv=notrunc 2> /dev/null
	seq 100000 100400 >> "$dir/text"
	truncate -s 100 "$dir/link-1"
	mv "$dir/small/17" "$dir/deep/renamed"
	for i in $(seq 20 60); do
		rm "$dir/small/$i"
	done
	dd if=/dev/urandom of="$dir/added" bs=64k count=20 2> /dev/null
}

# Without the checksum of metadata there is room for QNAP's mark, which stock kernels ignore.
make_file_system()
{
	mkfs.ext4 -q -b 4096 -O ^dir_index,^metadata_csum,64bit -E nodiscard "$1"
	printf QNAP | dd of="$1" bs=1 seek=2044 conv=notrunc 2> /dev/null
}

# snapshot NAME: of lv1 as it is now, with what is in it.
snapshot()
{
	quiet lvm lvcreate -s -kn -n "$1" "$vg/lv1"
	manifest "$mnt" > "$out/$1.files"
}

fill_volumes()
{
	make_file_system "$dev/lv1"
	mount "$dev/lv1" "$mnt"
	write_files "$mnt/first"
	snapshot snap10001
	change_files "$mnt/first"
	write_files "$mnt/second"
	snapshot snap10002
	rm -r "$mnt/second" "$mnt/first/random"
	seq 1 30000 > "$mnt/third"
	sync
	fstrim "$mnt"
	manifest "$mnt" > "$out/lv1.files"
	umount "$mnt"

	make_file_system "$dev/lv2"
	mount "$dev/lv2" "$mnt"
	write_files "$mnt"
	manifest "$mnt" > "$out/lv2.files"
	umount "$mnt"

	# No file system: 12 chunks of the same that all have a place in the pool.
	dd if=/dev/urandom of="$dev/lv3" bs=512k count=12 2> /dev/null
}

# zeroed FILE: with chunks 8 to 11 as QNAP's kernel would have them read after it zeroed them by a
# mark in the metadata: as the last 4 of 12 chunks they have data in the pool.
zeroed()
{
	dd if="$1" bs=512k count=8
	dd if=/dev/zero bs=512k count=4
	dd if="$1" bs=512k skip=12
}

# Each volume from end to end, and lv3 as it will be in QNAP's form.
hash_volumes()
{
	local volume

	for volume in lv1 lv2 lv3 snap10001 snap10002; do
		echo "$(sha256sum < "$dev/$volume" | cut -d ' ' -f 1)  $volume"
	done
	echo "$(zeroed "$dev/lv3" 2> /dev/null | sha256sum | cut -d ' ' -f 1)  lv3-zeroed"
}

save_metadata()
{
	quiet lvm vgcfgbackup -f "$out/vgtext" "$vg"
	dd if="$md" of="$out/head" bs=1M count=1 2> /dev/null
	quiet lvm lvchange -y -ay "$vg/tp1_tmeta"
	thin_dump "$dev/tp1_tmeta" > "$out/metadata.xml"
	quiet lvm lvchange -an "$vg/tp1_tmeta"
}

make_array()
{
	local chunk="--chunk=$3" members

	members=$(partitions "$1")
	[ "$2" -ne 1 ] || chunk=
	# shellcheck disable=SC2086 # lists of words
	mdadm --quiet --create "/dev/md$1" --run --metadata=1.0 --name="$1" --homehost=none \
		--bitmap=none --assume-clean --level="$2" $chunk \
		--raid-devices="$(echo $members | wc -w)" $members
}

make_volumes()
{
	quiet lvm pvcreate "$md"
	quiet lvm vgcreate -s 4m "$vg" "$md"
	quiet lvm lvcreate -Wn -Zn -n lv544 -l 2 "$vg"
	quiet lvm lvcreate --type thin-pool -n tp1 -l 44 -c 512k --poolmetadatasize 8m \
		--poolmetadataspare n --zero "$1" --discards passdown "$vg"
	quiet lvm lvcreate -V 64m --thinpool tp1 -n lv1 "$vg"
	quiet lvm lvcreate -V 32m --thinpool tp1 -n lv2 "$vg"
	quiet lvm lvcreate -V 8m --thinpool tp1 -n lv3 "$vg"
}

# make_stack NUMBER LEVEL KiB ZERO: array (with chunks of that length), group and pool (that zeroes
# new blocks, or not) of that number.
make_stack()
{
	local md=/dev/md$1 vg=vg$1 dev=/dev/vg$1 out=/tmp/out/vg$1 mnt=/tmp/mnt$1

	set -e
	mkdir -p "$out" "$mnt"
	say "$vg: level $2"
	make_array "$1" "$2" "$3"
	make_volumes "$4"
	say "$vg: files"
	fill_volumes
	say "$vg: hashes"
	quiet lvm vgchange -ay -K "$vg"
	hash_volumes > "$out/volumes"
	quiet lvm vgchange -an "$vg"
	save_metadata
	quiet mdadm --stop "$md"
	touch "$out/complete"
	say "$vg: complete"
}

make_stack 1 1 0 y &
make_stack 2 5 64 n &
make_stack 3 6 512 n &
wait
for vg in vg1 vg2 vg3; do
	[ -e "/tmp/out/$vg/complete" ] || exit 1
done
tar -C /tmp/out -cf "$(disk truth)" . || exit 1
sync
