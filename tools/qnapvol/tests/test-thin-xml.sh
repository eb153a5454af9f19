#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of "qnapvol thin-xml": what the stock tools make of it.

. ../lib/ktap.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if [ ! -x tests/mkqnapimg ]; then
	skip "thin-xml" "there are no images"
	finish
fi
if ! command -v thin_restore > /dev/null; then
	skip "thin-xml" "there is no thin_restore"
	finish
fi

# restore VARIANT: the pool's XML goes through the stock tools and comes out as it was
restore()
{
	rm -rf "$tmp/image" "$tmp/xml"
	tests/mkqnapimg "tests/variants/$1.json" "$tmp/image" > /dev/null || return 1
	./qnapvol thin-xml -q -V vg1/tp1 -o "$tmp/xml" "$tmp"/image/disk*.img || return 1
	rm -f "$tmp/metadata"
	truncate -s 64M "$tmp/metadata"
	thin_restore -i "$tmp/xml" -o "$tmp/metadata" > /dev/null || return 1
	thin_check "$tmp/metadata" > "$tmp/said" 2>&1 || { cat "$tmp/said"; return 1; }
	# Some versions end without a newline.
	thin_dump "$tmp/metadata" > "$tmp/dumped" || return 1
	sed 's/ flags="0"//' "$tmp/dumped" | awk 1 | cmp - "$tmp/xml"
}

for variant in basic thin-many-mappings; do
	restore $variant
	result $? "$variant comes back from thin_restore as it was"
done

disk=$tmp/image/disk1.img
[ "$(sed -n 's/.*length="\([0-9]*\)".*/\1/p; s/.*<single.*/1/p' "$tmp/xml" |
	awk '{ sum += $1 } END { print sum }')" = \
	"$(sed -n 's/.*mapped_blocks="\([0-9]*\)".*/\1/p' "$tmp/xml" |
	awk '{ sum += $1 } END { print sum }')" ]
result $? "the numbers of chunks are right"
./qnapvol thin-xml -q -V vg1/tp1 "$disk" | cmp -s - "$tmp/xml"
result $? "standard output"
./qnapvol thin-xml "$disk" > "$tmp/said" 2>&1
[ $? -eq 2 ] && grep -q "which pool with -V: vg1/tp1" "$tmp/said"
result $? "without a name the pools are named"
./qnapvol dump -o "$tmp/none" "$disk" > "$tmp/said" 2>&1
[ $? -eq 2 ] && grep -q "which volume with -V: vg1/lv1" "$tmp/said"
result $? "and the volumes"
./qnapvol thin-xml -V vg1/tp1 -o "$tmp/xml" "$disk" > "$tmp/said" 2>&1
[ $? -eq 2 ] && grep -q "say --force" "$tmp/said"
result $? "what is there already is not overwritten"
./qnapvol thin-xml -q -V vg1/tp1 -o "$tmp/xml" --force "$disk"
result $? "but on request"
./qnapvol thin-xml -V vg1/tp1 -o "$disk" --force "$disk" > "$tmp/said" 2>&1
[ $? -eq 2 ] && grep -q "is a source" "$tmp/said"
result $? "not to a source"
./qnapvol thin-xml -V vg1/lv1 "$disk" > "$tmp/said" 2>&1
[ $? -eq 2 ] && grep -q "is no pool" "$tmp/said"
result $? "not of a volume"

tests/mkqnapimg tests/variants/damaged-leaf.json "$tmp/damaged" > /dev/null
./qnapvol thin-xml -V vg1/tp1 -o "$tmp/part" "$tmp"/damaged/disk*.img > "$tmp/said" 2>&1
[ $? -eq 7 ] && grep -q "skip-bad" "$tmp/said" && [ ! -e "$tmp/part" ]
result $? "a damaged pool is refused"
./qnapvol thin-xml -V vg1/tp1 -o "$tmp/part" --skip-bad "$tmp"/damaged/disk*.img \
	> "$tmp/said" 2>&1
[ $? -eq 7 ] && grep -q "left out" "$tmp/said" && grep -q "^</superblock>" "$tmp/part"
result $? "but what is left of it is written on request"
finish
