#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Are the images of mkqnapimg what they should be? Stock tools read what is stock in them, each
# layer by its own tool: nothing of this project's reader is used here.

# Tests are called by check():
# shellcheck disable=SC2317
# shellcheck source=../../lib/ktap.sh
. ../lib/ktap.sh

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
variants=tests/variants

# make NAME [SED-SCRIPT]: makes the images of a variant, changed by the script, in $work/NAME
make_images()
{
	rm -rf "${work:?}/$1"
	sed "${2:-}" "$variants/$1.json" > "$work/$1.json"
	tests/mkqnapimg "$work/$1.json" "$work/$1"
}

# has TOOL: is there such a program?
has()
{
	command -v "$1" > /dev/null 2>&1
}

# partition IMAGE NUMBER FILE: copies a partition to a file
partition()
{
	start=$(partx --raw --noheadings --output START --nr "$2" "$1")
	sectors=$(partx --raw --noheadings --output SECTORS --nr "$2" "$1")
	dd if="$1" of="$3" bs=512 skip="$start" count="$sectors" conv=sparse status=none
	truncate -s $((sectors * 512)) "$3"
}

# tmeta DIRECTORY FILE: copies a pool's metadata, that is on the first physical volume
tmeta()
{
	pe=$(awk '/tp1_tmeta {/ { in_lv = 1 } in_lv && /"pv0"/ { gsub(",", ""); print $2; exit }' \
		"$1/vg1.vg")
	extents=$(awk '/tp1_tmeta {/ { in_lv = 1 } in_lv && /extent_count/ { print $3; exit }' \
		"$1/vg1.vg")
	dd if="$1/truth/md1.raw" of="$2" bs=1M skip=$((1 + 4 * pe)) count=$((4 * extents)) \
		status=none
}

test_vector()
{
	tests/mkqnapimg --vector "$work/vector" &&
		[ "$(od -A n -t x4 -N 4 "$work/vector")" = " 56480a4c" ]
}

test_same_images()
{
	make_images basic && mv "$work/basic" "$work/before" && make_images basic || return 1
	cmp "$work/before/disk1.img" "$work/basic/disk1.img" &&
		cmp "$work/before/disk2.img" "$work/basic/disk2.img"
}

test_partitions()
{
	[ "$(partx --raw --noheadings --output NR "$1" | wc -l)" = "$2" ] &&
		[ "$(blkid -p -o value -s PTTYPE "$1")" = "$3" ]
}

# mdadm knows about the superblock, and that its checksum is correct
test_md()
{
	make_images "$1" || return 1
	partition "$work/$1/disk$2.img" "$3" "$work/member"
	mdadm --examine "$work/member" > "$work/examine" 2>&1
	grep -q 'Checksum : .* correct' "$work/examine" && grep -q "Raid Level : $4" "$work/examine"
}

test_lvm()
{
	make_images "$1" || return 1
	raw=$work/$1/truth/$2.raw
	pvck --nolocking --dump headers "$raw" > "$work/headers" 2> /dev/null &&
		pvck --nolocking --dump metadata "$raw" > "$work/text" 2> /dev/null &&
		grep -q "vgname .* seqno $3" "$work/headers" || return 1
	! grep -qi 'bad\|fail' "$work/headers"
}

# All generations are in the ring.
test_generations()
{
	make_images "$1" || return 1
	pvck --nolocking --dump metadata_search "$work/$1/truth/md1.raw" 2> /dev/null \
		> "$work/search"
	[ "$(grep -c '^ *metadata at .* seqno' "$work/search")" = "$2" ]
}

# thin_check counts all references, and thin_dump finds all mappings
test_thin()
{
	make_images "$1" "$2" && tmeta "$work/$1" "$work/tmeta" || return 1
	thin_check "$work/tmeta" > "$work/check" 2>&1 &&
		thin_dump "$work/tmeta" > "$work/dump" || return 1
	[ "$(grep -c '<device' "$work/dump")" = "$3" ]
}

# A wrong count has to be found: else the check before this one says nothing.
test_thin_can_fail()
{
	make_images thin-v2-stock && tmeta "$work/thin-v2-stock" "$work/tmeta" || return 1
	printf '\377' | dd of="$work/tmeta" bs=1 seek=5000 conv=notrunc status=none
	! thin_check "$work/tmeta" > "$work/check" 2>&1
}

test_ext()
{
	make_images "$1" || return 1
	e2fsck -fn "$work/$1/truth/$2.raw" > "$work/fsck" 2>&1
}

# The files of a volume are those of the directory beside it.
test_files()
{
	mkdir "$work/files"
	debugfs -R "rdump / $work/files" "$work/basic/truth/vg1-lv1.raw" > /dev/null 2>&1
	rm -rf "$work/files/lost+found"
	diff -r "$work/files" "$work/basic/truth/vg1-lv1.files"
}

test_drbd()
{
	[ "$(blkid -p -o value -s TYPE "$work/basic/truth/md1.raw")" = drbd ]
}

test_luks()
{
	make_images luks || return 1
	# The box's hash of the password "geheim123"
	perl -e 'print crypt("geheim123", "\$1\$YCCaQNAP\$")' > "$work/key"
	cryptsetup luksOpen --test-passphrase --key-file "$work/key" \
		"$work/luks/truth/vg1-lv1.raw"
}

# What is in it, decrypted by another program
test_luks_payload()
{
	nbdkit -U - file "$work/luks/truth/vg1-lv1.raw" --filter=luks passphrase=+"$work/key" \
		--run "nbdcopy \"\$uri\" $work/plain" &&
		cmp "$work/plain" "$work/luks/truth/vg1-lv1.plain.raw"
}

# check NAME TOOL COMMAND...: a check, if there is what it takes
check()
{
	name=$1
	tool=$2
	shift 2
	if has "$tool"; then
		"$@"
		result $? "$name"
	else
		skip "$name" "there is no $tool"
	fi
}

PATH=$PATH:/usr/sbin:/sbin
export PATH
echo "KTAP version 1"
check "superblock of a pool: the known checksum" od test_vector
check "the same images each time" mke2fs test_same_images
check "GPT" partx test_partitions "$work/basic/disk1.img" 5 gpt
make_images legacy
check "MBR" partx test_partitions "$work/legacy/disk1.img" 4 dos
check "DRBD's mark" blkid test_drbd
check "md 0.90" mdadm test_md md-0.90 1 1 raid5
check "md 1.0" mdadm test_md basic 1 3 raid1
check "md 1.0 of the system, with a bitmap" mdadm test_md basic 2 1 raid1
check "md 1.1" mdadm test_md md-1.1 2 1 raid5
check "md 1.2" mdadm test_md md-1.2 1 1 raid5
check "md linear" mdadm test_md md-linear 1 1 linear
check "md 10" mdadm test_md md-10-far 1 1 raid10
check "LVM: label, header, description" pvck test_lvm basic md1 17
check "LVM: a description that goes round the end" pvck test_lvm lvm-ring md1 17
check "LVM: stripes on two physical volumes" pvck test_lvm lvm-striped md2 17
check "LVM: all generations" pvck test_generations lvm-generation 4
check "pool: snapshots that share" thin_check test_thin thin-v2-stock '' 3
check "pool: a damaged block is found" thin_check test_thin_can_fail
stock='"version": 2, "block_size": 4096, "details": 24, "tiers"'
stock="s/tier-thin-pool/thin-pool/; s/\"tiers\"/\"data_size\": \"88M\", $stock/"
check "pool: many snapshots" thin_check test_thin thin-snapshots "$stock; s/170/84/" 5
check "pool: three levels" thin_check test_thin thin-many-mappings \
	"$(echo "$stock" | sed 's/88M/20G/')" 1
check "ext4 as QNAP makes it" e2fsck test_ext basic vg1-lv1
check "ext3" e2fsck test_ext legacy content0
check "files" debugfs test_files
check "LUKS with QNAP's hash of the password" cryptsetup test_luks
check "what LUKS has encrypted" nbdcopy test_luks_payload
finish
