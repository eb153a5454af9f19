#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of "qnapvol dump" as it is typed.

. ../lib/ktap.sh

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
qnapvol=$PWD/qnapvol
cd "$tmp" || exit 1

# expect STATUS TEXT COMMAND...: does it end so, and say so?
expect()
{
	status=$1
	text=$2
	shift 2
	timeout 60 "$@" > out 2>&1
	got=$?
	[ "$got" -eq "$status" ] && grep -qe "$text" out && return

	echo "# $*: status $got, said:"
	sed 's/^/# /' out
	return 1
}

dump()
{
	"$qnapvol" dump -V disk.img "$@" disk.img
}

# expect_dump STATUS TEXT OPTION...: does a dump of disk.img end so, and say so?
expect_dump()
{
	said=$2
	ends=$1
	shift 2
	expect "$ends" "$said" "$qnapvol" dump -V disk.img "$@" disk.img
}

# A file system without a journal, with data, and with zeros in files.
mkdir files
seq 1000000 > files/numbers
dd if=/dev/zero of=files/zeros bs=64k count=16 2> /dev/null
truncate -s 64M disk.img
mke2fs -q -F -t ext2 -d files disk.img

expect_dump 0 "is in new.img" -o new.img && cmp -s disk.img new.img
result $? "a dump is what is there"
[ "$(stat -c %b new.img)" -lt 20000 ] && [ "$(stat -c %s new.img)" -eq 67108864 ]
result $? "zeros are holes"
[ ! -e new.img.map ]
result $? "a complete dump needs no mapfile"
expect_dump 2 "is there already" -o new.img
result $? "what is there already is not overwritten"
expect_dump 0 "is in new.img" -o new.img --force
result $? "but on request"
dump -o full.img --no-sparse -q > out 2>&1 && cmp -s disk.img full.img &&
	[ "$(stat -c %b full.img)" -ge 131072 ] && [ ! -s out ]
result $? "without holes, and silently, on request"
dump -o - -q | cmp -s - disk.img
result $? "standard output"
expect_dump 0 "100%" -o new.img --force --progress
result $? "progress is shown on request"
# shellcheck disable=SC2016
expect 1 "Broken pipe" sh -c '"$0" dump -V disk.img -o - disk.img | :; exit 1' "$qnapvol"
result $? "nobody reads standard output"

dump -o new.img --force >&- 2>&- && cmp -s disk.img new.img
result $? "messages go nowhere else if standard output and error are closed"

# What must not be written.
sum=$(sha256sum disk.img)
expect_dump 2 "is a source" -o disk.img
result $? "not to the source"
ln -s disk.img link.img
expect_dump 2 "is a source" -o link.img --force
result $? "not to the source by a link"
# shellcheck disable=SC2016
expect 2 "is a source" sh -c '"$0" dump -V disk.img -o - disk.img >> disk.img' "$qnapvol"
result $? "not to the source by standard output"
[ "$sum" = "$(sha256sum disk.img)" ]
result $? "the source is as it was"
ln -s disk.img other.img.map.new
expect_dump 2 "is a source" -o other.img
result $? "not by what its mapfile is called for a moment"
expect_dump 2 "is no file" -o /dev/null
result $? "not to a device"
expect_dump 2 "directory" -o .
result $? "not to a directory"
expect_dump 2 "No such file" -o nowhere/new.img
result $? "not where there is no directory"
expect 2 "\-o FILE" "$qnapvol" dump -V disk.img disk.img
result $? "no output"
expect 0 "is in one.img" "$qnapvol" dump -o one.img disk.img
result $? "the only volume, without its name"
expect 4 "no vg1/lv9 here" "$qnapvol" dump -V vg1/lv9 -o x.img disk.img
result $? "a volume that is not there"
[ ! -e x.img ] && [ ! -e x.img.map ]
result $? "nothing is left of that"

# A limit of the size of files is as a FAT32.
# shellcheck disable=SC2016
expect 1 "FAT32" sh -c 'ulimit -f 1000; exec "$0" dump -V disk.img -o x.img disk.img' "$qnapvol"
result $? "a file system that takes no large files"
rm -f x.img x.img.map

# Interrupted: large enough to take a moment.
truncate -s 1G large.img
mke2fs -q -F -t ext2 large.img
for at in 100 500 900; do
	dd if=/dev/urandom of=large.img bs=1M count=60 seek=$at conv=notrunc 2> /dev/null
done
for signal in INT TERM KILL; do
	rm -f out.img out.img.map
	"$qnapvol" dump -V large.img -o out.img --map-interval 1 large.img 2> said &
	pid=$!
	wait_for 10 grep -q "?" out.img.map
	kill -STOP $pid
	kill -$signal $pid
	kill -CONT $pid
	wait $pid 2> /dev/null
	status=$?
	if [ $signal = KILL ]; then
		[ $status -eq 137 ]
	else
		[ $status -gt 128 ] && grep -q "same command" said
	fi
	result $? "SIG$signal interrupts a dump"
	[ -s out.img.map ] && grep -q "?" out.img.map
	result $? "SIG$signal leaves a mapfile"
	expect 0 "going on" "$qnapvol" dump -V large.img -o out.img large.img &&
		cmp -s large.img out.img
	result $? "the same command goes on after SIG$signal"
done

# Half of it was done, and the mapfile says which half.
map()
{
	printf '# x\n# qnapvol: %s\n0 ? 1\n0 0x2000000 %s\n0x2000000 0x2000000 ?\n' "$1" "$2"
}
identity="disk.img, 67108864 bytes, ext2 $(dumpe2fs -h disk.img 2> /dev/null |
	sed -n 's/^Filesystem UUID: *//p')"
rm -f half.img
truncate -s 64M half.img
map "$identity" "+" > half.img.map
expect_dump 0 "going on" -o half.img && cmp -s -n 33554432 half.img /dev/zero &&
	cmp -s -i 33554432 half.img disk.img
result $? "what the mapfile says is done is not done again"
map "$identity" "-" > half.img.map
expect_dump 8 "byte 0 to 33554431" -o half.img
result $? "what could not be read is listed again"
expect_dump 0 "is in" -o half.img --retry-bad && cmp -s half.img disk.img
result $? "and tried again on request"
map "vg1/lv1, 67108864 bytes" "+" > half.img.map
expect_dump 2 "another volume" -o half.img
result $? "a mapfile of another volume"
echo nonsense > half.img.map
expect_dump 2 "no mapfile" -o half.img
result $? "a mapfile that is none"
map "$identity" "+" > half.img.map
truncate -s 1M half.img
expect_dump 2 "is there already" -o half.img
result $? "a file that is not as long as its mapfile says"
rm half.img
expect_dump 0 "is in" -o half.img && cmp -s half.img disk.img
result $? "a mapfile without its file"

# Bad sectors, known from ddrescue.
printf '0 + 1\n0 0x101000 +\n0x101000 0x400 -\n0x101400 0x3efec00 +\n' > rescue.map
expect_dump 8 "skip-bad" -o bad.img -m rescue.map && [ ! -e bad.img ]
result $? "bad sectors are refused"
expect_dump 8 "byte 1052672 to 1053695 (1024 bytes)" -o bad.img -m rescue.map --skip-bad
result $? "and listed on request"
cp disk.img wanted.img
dd if=/dev/zero of=wanted.img bs=1024 seek=1028 count=1 conv=notrunc 2> /dev/null
cmp -s bad.img wanted.img
result $? "all else is read"
grep -qE '^0x00101000 +0x00000400 +-' bad.img.map
result $? "the mapfile knows them"
if command -v ddrescuelog > /dev/null; then
	expect 0 "bad-sector: *1024 B" ddrescuelog -t bad.img.map
	result $? "ddrescuelog understands the mapfile"
else
	skip "ddrescuelog understands the mapfile" "there is no ddrescuelog"
fi
expect_dump 0 "is in" -o bad.img --retry-bad && cmp -s bad.img disk.img
result $? "they are read once they can be"
dump -o - -q -m rescue.map --skip-bad 2> /dev/null | cmp -s - wanted.img
result $? "standard output has zeros for them"

# No space: a small file system in memory, if that can be had.
if mkdir small && unshare -rm sh -c 'mount -t tmpfs -o size=1M none small' 2> /dev/null; then
	# shellcheck disable=SC2016
	expect 1 "there are .* free" unshare -rm sh -c '
		mount -t tmpfs -o size=1M none small
		exec "$0" dump -V disk.img -o small/new.img disk.img' "$qnapvol"
	result $? "no space is noticed before"
	# shellcheck disable=SC2016
	expect 0 "No space left.*make room" unshare -rm sh -c '
		mount -t tmpfs -o size=2M none small
		"$0" dump -V disk.img -o small/new.img --no-space-check disk.img && exit 1
		mount -o remount,size=80M small
		"$0" dump -V disk.img -o small/new.img --no-space-check disk.img &&
			cmp small/new.img disk.img' "$qnapvol"
	result $? "no space left, and going on once there is room"
else
	skip "no space is noticed before" "no file system can be mounted"
	skip "no space left, and going on once there is room" "no file system can be mounted"
fi

tests=${qnapvol%/*}/tests
if [ ! -x "$tests/mkqnapimg" ]; then
	skip "volumes" "there are no images"
	finish
fi

# A box: the volumes, and what is none; then one whose pool is damaged.
"$tests/mkqnapimg" "$tests/variants/basic.json" box > /dev/null
for volume in lv544 lv1 snap10001; do
	"$qnapvol" dump -q -V "vg1/$volume" -o "$volume.img" box/disk1.img box/disk2.img &&
		cmp -s "$volume.img" "box/truth/vg1-$volume.raw"
	result $? "$volume of a box"
done
"$qnapvol" dump -q -V vg1/lv1 -o degraded.img box/disk2.img && cmp -s degraded.img lv1.img
result $? "lv1 of one of its disks"
expect 2 "vg1/tp1 is a pool" "$qnapvol" dump -V vg1/tp1 -o x.img box/disk1.img
result $? "not a pool"
expect 2 "vg1 is a group" "$qnapvol" dump -V vg1 -o x.img box/disk1.img
result $? "not a group"
"$tests/mkqnapimg" "$tests/variants/damaged-leaf.json" damaged > /dev/null
expect 8 "say --skip-bad" "$qnapvol" dump -V vg1/lv1 -o x.img damaged/disk1.img
result $? "a damaged volume is refused"
expect 8 "cannot be read: byte" "$qnapvol" dump -V vg1/lv1 -o x.img --skip-bad damaged/disk1.img
result $? "what is left of it is written on request"
finish
