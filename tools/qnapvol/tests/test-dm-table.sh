#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of "qnapvol dm-table" as it is typed.

. ../lib/ktap.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# expect STATUS TEXT OPTION...: does it end so, and say so?
expect()
{
	status=$1
	text=$2
	shift 2
	./qnapvol dm-table "$@" > "$tmp/out" 2>&1
	got=$?
	[ "$got" -eq "$status" ] && grep -q "$text" "$tmp/out" && return

	echo "# $*: status $got, said:"
	sed 's/^/# /' "$tmp/out"
	return 1
}

disk=$tmp/disk.img
truncate -s 16M "$disk"
mke2fs -q -F -t ext2 "$disk"
expect 0 "^0 32768 linear /dev/loop0 0$" -V "$disk" --map "$disk=/dev/loop0" "$disk"
result $? "an image file by the name of its device"
expect 6 "losetup" -V "$disk" "$disk"
result $? "not without one"
./qnapvol dm-table -V "$disk" --map "$disk=/dev/loop0" -o "$tmp/table" "$disk" &&
	[ "$(cat "$tmp/table")" = "0 32768 linear /dev/loop0 0" ]
result $? "to a file"
expect 2 "say --force" -V "$disk" --map "$disk=/dev/loop0" -o "$tmp/table" "$disk"
result $? "what is there already is not overwritten"
expect 2 "FROM=TO" -V "$disk" --map loop0 "$disk"
result $? "a name for nothing"
expect 2 "max-rows" -V "$disk" --max-rows none "$disk"
result $? "no number of rows"

printf '0 + 1\n0 0x100000 +\n0x100000 0x400 -\n0x100400 0xeffc00 +\n' > "$tmp/map"
expect 8 "^2048 2 error$" -V "$disk" --map "$disk=/dev/loop0" -m "$tmp/map" "$disk"
result $? "what cannot be read is an error of the device"
[ "$(grep -cE '^[0-9]+ [0-9]+ (linear|error)' "$tmp/out")" -eq 3 ]
result $? "and the rest is there"
expect 6 "pieces" -V "$disk" --max-rows 2 --map "$disk=/dev/loop0" -m "$tmp/map" "$disk"
result $? "too many pieces"

if [ -x tests/mkqnapimg ]; then
	tests/mkqnapimg tests/variants/basic.json "$tmp/image" > /dev/null
	expect 6 "mdadm" -V vg1/lv1 "$tmp"/image/disk*.img
	result $? "not on an array that the kernel does not know"
	# The array as a source of its own, as mdadm would show it.
	./qnapvol dump -q -V md1 -o "$tmp/md1" "$tmp"/image/disk*.img
	expect 0 "linear /dev/md1 " -V vg1/lv1 --map "$tmp/md1=/dev/md1" "$tmp/md1"
	result $? "but on one that is a source"
	: > "$tmp/made"
	grep -E '^[0-9]' "$tmp/out" | while read -r start len kind _ place; do
		[ "$kind" = zero ] || dd if="$tmp/md1" of="$tmp/made" bs=512 count="$len" \
			skip="$place" seek="$start" conv=notrunc 2> /dev/null
	done
	truncate -s "$(stat -c %s "$tmp/image/truth/vg1-lv1.raw")" "$tmp/made"
	cmp -s "$tmp/made" "$tmp/image/truth/vg1-lv1.raw"
	result $? "and it shows the volume"
else
	skip "arrays" "there are no images"
fi
finish
