#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of qnapvol list: what it says of images without QNAP's layers, and of made-up boxes.

. ../lib/ktap.sh

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
repo=$(pwd)

# Debian's python, with its packages, whatever else there is.
python=/usr/bin/python3

# Root mounts on /mnt, others on directories of their own.
at=/mnt
[ "$(id -u)" -eq 0 ] || at='files-of-[^ ]*'
unset SUDO_COMMAND

# has PATTERN NAME: the output of the last command
has()
{
	grep -q -e "$1" "$tmp/out"
	result $? "$2"
}

# list CODE NAME ARGUMENT...: the exit status; the output is for has
list()
{
	code=$1
	name=$2
	shift 2
	(cd "$tmp" && "$repo/qnapvol" list "$@") > "$tmp/out" 2> "$tmp/err"
	[ $? -eq "$code" ]
	result $? "$name: exit status $code"
}

# says PATTERN NAME: an error message of the last list
says()
{
	grep -q -e "$1" "$tmp/err"
	result $? "$2"
}

# show BOX [-v]: a box that is made up
show()
{
	box=$1
	shift
	tests/show-list "$box" tree "$@" > "$tmp/out" 2>&1
	result $? "$box: is shown"
}

# validate: fails if the JSON on the input is not as the schema has it
validate()
{
	"$python" -c '
import json, sys, jsonschema
with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.Draft7Validator(schema).validate(json.load(sys.stdin))
' qnapvol.schema.json
}

# flat: the JSON output as one line without white space
flat()
{
	tr -d ' \n'
}

# valid NAME: the output of the last command is as the schema has it
valid()
{
	if ! "$python" -c 'import jsonschema' 2> /dev/null; then
		skip "$1: the JSON output fits the schema" "needs python3-jsonschema"
		return
	fi
	validate < "$tmp/out"
	result $? "$1: the JSON output fits the schema"
}

# bytes FILE OFFSET TEXT: put bytes, as printf has them, into an image
bytes()
{
	printf '%b' "$3" | dd of="$tmp/$1" bs=1 seek="$2" conv=notrunc status=none
}

# image NAME [SIZE]: zeros
image()
{
	truncate -s "${2:-4M}" "$tmp/$1"
}

# ext FILE [OPTION]...
ext()
{
	file=$1
	shift
	/sbin/mke2fs -q -F -t ext4 -L Data -O '^metadata_csum' "$@" "$tmp/$file" 2> "$tmp/err"
}

echo "KTAP version 1"

image plain.img
ext plain.img -O '^dir_index'
bytes plain.img 2044 QNAP
list 0 "ext4" plain.img
has 'file system ext4 "Data"' "ext4: type and label"
has '^    readable$' "ext4: is readable"
has "^      .*qnapvol mount -V plain.img $at plain.img$" "ext4: what to type"
has '^1 volume, 1 readable\.$' "ext4: the sum"
list 0 "ext4 -v" -v plain.img
has "QNAP's mark" "ext4: QNAP's mark is said to do no harm"
list 0 "ext4 as JSON" --json plain.img
valid "ext4"
flat < "$tmp/out" | grep -q '"kind":"ext","type":"ext4","label":"Data"'
result $? "ext4: JSON"
flat < "$tmp/out" | grep -q '"qnap":true,"hides_names":false,"needs_recovery":false'
result $? "ext4: QNAP's marks in JSON"

image index.img
ext index.img
bytes index.img 2044 QNAP
list 0 "ext4 with QNAP's index" index.img
has 'index of file names is on' "ext4 with QNAP's index: says so"

image journal.img
ext journal.img
# The feature needs_recovery, beside filetype, extent, 64bit and flex_bg.
bytes journal.img 1120 '\0306\002'
list 0 "ext4 with a journal to replay" journal.img
has "mount -V journal.img --replay $at journal.img$" \
	"ext4 with a journal to replay: --replay"

cp "$tmp/plain.img" "$tmp/cut.img"
truncate -s 3M "$tmp/cut.img"
list 0 "ext4 that is cut" cut.img
has 'readable, but: the file system has 4.2 MB, but there are only 3.1 MB' \
	"ext4 that is cut: says so"

cp "$tmp/plain.img" "$tmp/it's a disk.img"
list 0 "odd path" "it's a disk.img"
grep '^      .*mount -V' "$tmp/out" | grep -qF "'it'\\''s a disk.img' "
result $? "odd path: is quoted"
command=$(sed -n 's/^      .*\(qnapvol mount.*\)/\1/p' "$tmp/out")
[ "$(eval "set -- $command"; echo "$#:$4:$6")" = "6:it's a disk.img:it's a disk.img" ]
result $? "odd path: a shell takes it for one word"

cp "$tmp/plain.img" "$tmp/$(printf 'a\n\033[31m\377.img')"
list 0 "path with control characters" "$(printf 'a\n\033[31m\377.img')"
! grep -q "$(printf '\033')" "$tmp/out"
result $? "path with control characters: none reaches the terminal"
list 0 "path with control characters as JSON" --json "$(printf 'a\n\033[31m\377.img')"
valid "path with control characters"

if [ -x /sbin/sfdisk ]; then
	for scheme in gpt dos; do
		image $scheme.img 16M
		printf 'label: %s\nstart=2048, size=8192\n' $scheme |
			/sbin/sfdisk -q "$tmp/$scheme.img" 2> "$tmp/err"
		dd if="$tmp/plain.img" of="$tmp/$scheme.img" bs=1M seek=1 conv=notrunc \
			status=none
		list 0 "$scheme" $scheme.img
		has "$scheme.img .*1 partition (" "$scheme: the table is told"
		has "^  $scheme.img:1  .*ext4" "$scheme: the partition is a volume"
		has "dump -V $scheme.img:1 -o $scheme.img:1.img $scheme.img$" \
			"$scheme: what to type"
		list 0 "$scheme as JSON" --json $scheme.img
		valid "$scheme"
	done
else
	skip "partition tables" "needs fdisk"
fi

cp "$tmp/plain.img" "$tmp/rescued.img"
printf '%s\n' '# Mapfile. Created by GNU ddrescue' '0x00300000 + 1' \
	'0x00000000 0x00300000 +' '0x00300000 0x00100000 -' > "$tmp/rescued.map"
list 0 "ddrescue" -m rescued.map rescued.img
has 'ddrescue has not read 1.0 MB' "ddrescue: what is missing"
has "mount .* -m rescued.map rescued.img$" "ddrescue: the mapfile is in the command"

# What is nothing of a box: status 4, and a sentence that says what it is.

image ntfs.img
bytes ntfs.img 3 'NTFS    '
list 4 "NTFS" ntfs.img
says 'NTFS, of Windows' "NTFS: is told"
image blank.img
list 4 "blank" blank.img
says 'blank.img: empty' "blank: is told"
image noise.img
bytes noise.img 0 'noise'
list 4 "noise" noise.img
says 'noise.img: nothing that is known' "noise: is told"
: > "$tmp/empty.img"
list 4 "empty file" empty.img
image short.img 100
list 4 "short file" short.img
list 0 "a disk of another system beside one of a box" ntfs.img plain.img
list 4 "noise as JSON" --json noise.img
valid "noise"

image zfs.img
bytes zfs.img 16400 'version\0\0\0name\0\0pool_guid'
list 6 "ZFS" zfs.img
has 'zpool import -o readonly=on' "ZFS: what does it"

image lvm.img
bytes lvm.img 512 LABELONE
list 7 "part of a group that cannot be told" lvm.img
has 'part of a volume group that cannot be told' "part of a group that cannot be told: says so"
has 'There may be volumes in lvm.img' "part of a group that cannot be told: the sum"

image swap.img
bytes swap.img 4086 SWAPSPACE2
list 0 "swap" swap.img
has 'swap: memory of the box, no files' "swap: is told"

# Boxes that are made up.

show two-bays
has '^    disk1.img:3 .*member 1 of 2 of array md1$' "two bays: members"
has '^  md1 .*RAID 1 (mirror), 1 of 2 members is missing: degraded, readable; part of .* vg1$' \
	"two bays: arrays"
has '^    member 2: missing$' "two bays: missing members"
has '^  md9 .*system of the box' "two bays: system"
has '^  md256 .*swap of the box' "two bays: swap"
has 'never remove them with wipefs' "two bays: DRBD"
has '^    pv1: missing: 2.0 TB that the box had as /dev/drbd2$' \
	"two bays: missing physical volumes"
has 'lv544 .*keeps for itself' "two bays: reserve"
has 'tp1 .*version 4 of QNAP, 7 volumes.*512 KiB, on tier 2.*backup superblock' "two bays: pool"
has '^  vg1/lv1  2.0 TB (1.0 TB in use), file system ext4 "DataVol1", made 2017-07-1' \
	"two bays: volumes"
has '^    readable, but: vg1/tp1: the backup superblock' "two bays: a warning of the pool"
has '^  vg1/snap10001 .*snapshot of vg1/lv1' "two bays: snapshots"
has "mount -V vg1/snap10001 $at " "two bays: snapshots can be mounted"
has "mount -V vg1/lv2 --replay $at " "two bays: journal to replay"
has 'its end is missing' "two bays: a volume that is cut"
has 'fuse2fs' "two bays: large blocks"
has 'luks -V vg1/lv4 ' "two bays: encrypted: the password"
has 'mount --image -V vg1/lv4 /mnt/image ' "two bays: encrypted: the image"
has 'luks --open qnapvol /mnt/image/vg1-lv4.img$' "two bays: encrypted: cryptsetup"
has 'mount /mnt/files /dev/mapper/qnapvol$' "two bays: encrypted: the files"
has 'dump -V vg1/lv5 -o vg1-lv5.img ' "two bays: a volume that is not known"
has '^    NOT readable: the root of its mappings is damaged$' "two bays: a damaged volume"
! grep -q 'V vg1/lv6' "$tmp/out"
result $? "two bays: no command for a damaged volume"
has "--vgtext backup/vg1 -m 'it'.''s.map' 'disk 1.img' \\$'./-odd.012.377.img'$" \
	"two bays: options and sources are in the command"
! grep -q 'tp1_tmeta' "$tmp/out"
result $? "two bays: internals are hidden"
has '^7 volumes, 6 readable\.$' "two bays: the sum"

show two-bays -v
has 'tp1_tmeta .*inner part' "two bays -v: internals"
has 'description number 12, .* 12 11$' "two bays -v: generations"
has "mount -V md9 $at " "two bays -v: the system can be mounted"

show half-array
has '^    NOT readable: two of three members are missing$' "half an array: says so"
has '^    spare: disk1.img:1, not used: it is a spare$' \
	"half an array: members that are not used"
has '^No volume with files was found\. There may be volumes in md1, which cannot' \
	"half an array: the sum"

show damaged
has '^  md1 .*; member 1 of 2 of array md2$' "damaged: an array in an array"
has '^    readable, but: vg1/tp1: the metadata is damaged: parts of volumes may be missing$' \
	"damaged: damage of the metadata is a warning"

for box in two-bays half-array damaged zfs odd-names; do
	tests/show-list $box json > "$tmp/out"
	valid "$box"
done
tests/show-list two-bays json | flat | grep -q \
	'"name":"vg1/lv6",.*"state":"not-readable","why":"[^"]*","error":"damaged"'
result $? "two bays: a damaged volume in JSON"

# Boxes of the generator: the exit status is of the kind of error if no volume can be read.

# variant CODE NAME
variant()
{
	if ! [ -x tests/mkqnapimg ] || ! [ -e "tests/variants/$2.json" ]; then
		skip "$2" "needs the generator"
		return
	fi
	rm -rf "$tmp/images"
	tests/mkqnapimg "tests/variants/$2.json" "$tmp/images" > "$tmp/out" 2>&1
	result $? "$2: is made"
	list "$1" "$2" --json "$tmp"/images/disk*.img
	valid "$2"
}

variant 0 basic
[ ! -x tests/mkqnapimg ] || flat < "$tmp/out" | grep -q '"summary":{"volumes":2,"readable":2}'
result $? "basic: the sum in JSON"
variant 0 legacy
variant 0 static
variant 0 luks
variant 0 md-50
variant 5 md-5-two-missing
variant 6 declined-v5
variant 6 declined-incompat
variant 6 declined-flex
variant 6 declined-zfs
variant 7 damaged-devices
variant 0 damaged-leaf
[ ! -x tests/mkqnapimg ] || flat < "$tmp/out" | grep -q '"state":"warning"'
result $? "damaged-leaf: a warning in JSON"

if command -v script > /dev/null; then
	TERM=xterm script -qc "./qnapvol list $tmp/plain.img" /dev/null | grep -q "$(printf '\033')"
	result $? "colours on a terminal"
	! TERM=xterm NO_COLOR=1 script -qc "./qnapvol list $tmp/plain.img" /dev/null |
		grep -q "$(printf '\033')"
	result $? "NO_COLOR: no colours"
else
	skip "colours" "needs script"
fi

./qnapvol list "$tmp/plain.img" > /dev/full 2> "$tmp/err"
[ $? -eq 1 ] && grep -q 'cannot write' "$tmp/err"
result $? "a full disk is told"

finish
