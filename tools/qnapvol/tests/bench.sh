#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# How fast the program is, against dd and plain files in the same run:
#
#	bench.sh [--short]
#
# Prints a table and exits with 1 if a limit is not kept. With --short it is about errors that make
# it many times slower: small sizes, and limits that a busy machine keeps. All is made in BENCH_DIR,
# by default /dev/shm if there is room, so that no disk is measured. Run from tools/qnapvol.
# BENCH_RATIO, BENCH_SECONDS, BENCH_MIB and BENCH_US are other limits.

if [ "$1" = --short ]; then
	size=128
	rounds=3
	mappings=$((1 << 20))
	ratio=0.3
	seconds=4
	mib=64
	us=50
else
	size=2048
	rounds=7
	mappings=$((16 << 20))
	ratio=0.9
	seconds=2
	mib=64
	us=10
fi
ratio=${BENCH_RATIO:-$ratio}
seconds=${BENCH_SECONDS:-$seconds}
mib=${BENCH_MIB:-$mib}
us=${BENCH_US:-$us}

# MiB that the images take, with what is made of them.
room=$((size * 2 + mappings / 16384 + 64))
where=${BENCH_DIR:-/dev/shm}
[ "$(df -Pm "$where" 2> /dev/null | awk 'NR == 2 { print $4 }')" -gt $((2 * room)) ] 2> /dev/null ||
	where=${TMPDIR:-/tmp}
dir=$(mktemp -d "$where/qnapvol-bench-XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# row WHAT VALUE UNIT RELATION LIMIT: a line of the table; RELATION is >= or <=
row()
{
	verdict=$(awk -v a="$2" -v b="$5" -v r="$4" 'BEGIN {
		print a != "" && (r == ">=" ? a + 0 >= b + 0 : a + 0 <= b + 0) ? "PASS" : "FAIL" }')
	printf '%-50s %9s %-4s %s %5s  %s\n' "$1" "${2:--}" "$3" "$4" "$5" "$verdict"
	[ "$verdict" = PASS ] || failed=1
}

# note WHAT VALUE UNIT: without a limit
note()
{
	printf '%-50s %9s %s\n' "$1" "$2" "$3"
}

calculate()
{
	awk "BEGIN { print $1 }"
}

# seconds_of COMMAND...: how many it takes
seconds_of()
{
	rm -f "$dir/out" "$dir/out.map"
	tests/bench-run "$@" 2> "$dir/said" | cut -d ' ' -f 1
}

bench_dump()
{
	truncate -s "${size}M" "$dir/disk.img"
	mke2fs -q -F -t ext2 "$dir/disk.img"
	dd if=/dev/urandom of="$dir/disk.img" bs=1M seek=8 count=$((size - 8)) conv=notrunc \
		2> /dev/null
	for _ in $(seq "$rounds"); do
		seconds_of dd if="$dir/disk.img" of="$dir/out" bs=1M >> "$dir/dd"
		seconds_of ./qnapvol dump -q -V "$dir/disk.img" -o "$dir/out" "$dir/disk.img" \
			>> "$dir/dump"
	done
	cmp -s "$dir/disk.img" "$dir/out" || { echo "the dump is wrong"; failed=1; }
	dd=$(sort -n "$dir/dd" | head -n 1)
	dump=$(sort -n "$dir/dump" | head -n 1)
	note "dd of $size MiB" "$(calculate "$size / $dd")" MiB/s
	note "dump of the same" "$(calculate "$size / ${dump:-1e9}")" MiB/s
	row "dump, times as fast as dd" "${dump:+$(calculate "$dd / $dump")}" "" ">=" "$ratio"
	rm -f "$dir/out" "$dir/dd" "$dir/dump"
}

# random VOLUME PLAIN SOURCE: small reads
bench_random()
{
	tests/bench-random "$@" > "$dir/random" || failed=1
	while read -r threads plain volume; do
		note "4 KiB at random of a plain file, $threads threads" "$plain" us
		note "4 KiB at random of a volume, $threads threads" "$volume" us
		[ "$threads" -ne 1 ] || row "4 KiB at random, more than a plain file" \
			"$(calculate "$volume - $plain")" us "<=" "$us"
	done < "$dir/random"
}

bench_pool()
{
	sed "s/16777216/$mappings/" tests/bench-16m.json > "$dir/pool.json"
	tests/mkqnapimg "$dir/pool.json" "$dir/pool" || { failed=1; return; }
	disk=$dir/pool/disk1.img
	rm -rf "$dir/pool/truth"
	./qnapvol list "$disk" > "$dir/list"
	grep -q lv1 "$dir/list" || { echo "the volume is not found"; failed=1; }
	tests/bench-run ./qnapvol list "$disk" > "$dir/cost"
	row "list of a pool with $mappings mappings" "$(cut -d ' ' -f 1 "$dir/cost")" s "<=" \
		"$seconds"
	row "memory for that" "$(awk '{ print $2 / 1024 }' "$dir/cost")" MiB "<=" "$mib"
	bench_random vg1/lv1 "$disk" "$disk"
	tests/bench-run ./qnapvol thin-xml -V vg1/tp1 "$disk" > "$dir/cost"
	note "all mappings as XML" "$(cut -d ' ' -f 1 "$dir/cost")" s
	note "memory for that" "$(awk '{ print $2 / 1024 }' "$dir/cost")" MiB
}

bench_dump
if [ -x tests/mkqnapimg ]; then
	rm -f "$dir/disk.img"
	bench_pool
else
	bench_random "$dir/disk.img" "$dir/disk.img" "$dir/disk.img"
fi
[ "$1" = --short ] || tests/bench-raid
exit "$failed"
