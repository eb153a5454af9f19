#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fuzzes what reads the line, disks and EEPROMs, with clang's libFuzzer and sanitizers:
#
#	fuzz.sh [--learn] [SECONDS] [TARGET...]
#
# Each target, by default all of fuzz/ and all of tools/*/tests/, first gets the inputs of its
# corpus, fuzz/corpus/NAME, then new ones; the time, 600 seconds without SECONDS, is that of all
# targets together. An input that fails is kept in build/fuzz/. With --learn the inputs that reached
# something new are added to the corpus, and those that reach nothing of their own leave it.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"

line_targets=(codec scan mcu decode)
eeprom_targets=(vpd)
failures=$repo/build/fuzz
learn=

# Longer than any frame; than any EEPROM; than what a disk begins with.
line_input_max=256
eeprom_input_max=600
disk_input_max=70000

# The sanitizers remember freed memory; more of it costs more than it finds.
export ASAN_OPTIONS=quarantine_size_mb=8

usage()
{
	echo "usage: ${0##*/} [--learn] [SECONDS] [TARGET...]"
}

disk_targets()
{
	local source

	for source in "$repo"/tools/qnapvol/tests/fuzz-*.c; do
		source=${source##*/fuzz-}
		echo "${source%.c}"
	done
}

input_max()
{
	if [[ " ${line_targets[*]} " = *" $1 "* ]]; then
		echo "$line_input_max"
	elif [[ " ${eeprom_targets[*]} " = *" $1 "* ]]; then
		echo "$eeprom_input_max"
	else
		echo "$disk_input_max"
	fi
}

build()
{
	make -C "$testing/fuzz" OUT="$tmp/bin" -j "$(nproc)"
	make -C "$repo/tools/qnapvol" FUZZ_OUT="$tmp/bin" -j "$(nproc)" fuzz
	make -C "$repo/tools/nas-info" FUZZ_OUT="$tmp/bin" -j "$(nproc)" fuzz
}

# unpack_corpus TARGET DIR: a line of hexadecimal digits is an input.
unpack_corpus()
{
	mkdir -p "$2"
	python3 - "$testing/fuzz/corpus/$1" "$2" <<-'END'
		import sys
		for number, line in enumerate(open(sys.argv[1])):
		    open("%s/%04d" % (sys.argv[2], number), "wb").write(bytes.fromhex(line))
	END
}

# pack_corpus DIR TARGET
pack_corpus()
{
	python3 - "$1" "$testing/fuzz/corpus/$2" <<-'END'
		import os, sys
		paths = [entry.path for entry in os.scandir(sys.argv[1])]
		inputs = [open(path, "rb").read() for path in paths]
		with open(sys.argv[2], "w") as corpus:
		    for data in sorted(inputs, key=lambda i: (len(i), i)):
		        corpus.write(data.hex() + "\n")
	END
}

# fuzz TARGET ARGUMENT...: on a failure shows what was said and the input.
fuzz()
{
	local target=$1 log=$tmp/$1.log

	shift
	"$tmp/bin/fuzz-$target" -artifact_prefix="$failures/$target-" \
		-max_len="$(input_max "$target")" -timeout=10 -print_final_stats=1 "$@" \
		> "$log" 2>&1 || { tail -n 40 "$log"; return 1; }
}

replay()
{
	local inputs

	inputs=$(find "$tmp/$1" -type f | wc -l)
	[ "$inputs" -gt 0 ] || { echo "the corpus is empty"; return 1; }
	fuzz "$1" -runs=0 "$tmp/$1"
}

# A fuzzer that hardly gets to run finds nothing.
search()
{
	local runs

	mkdir -p "$tmp/$1.new"
	fuzz "$1" -max_total_time="$2" "$tmp/$1.new" "$tmp/$1"
	runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$tmp/$1.log")
	[ "$runs" -ge 1000 ] || { echo "only $runs inputs in $2 s"; return 1; }
	echo "$runs" > "$tmp/$1.runs"
}

learn_from()
{
	mkdir "$tmp/$1.merged"
	fuzz "$1" -merge=1 "$tmp/$1.merged" "$tmp/$1" "$tmp/$1.new"
	pack_corpus "$tmp/$1.merged" "$1"
}

fuzz_target()
{
	local target=$1 seconds=$2

	say "$target: the corpus, then new inputs for $seconds s"
	unpack_corpus "$target" "$tmp/$target"
	ktap_case "$target: corpus" replay "$target"
	ktap_case "$target: new inputs" search "$target" "$seconds"
	[ ! -e "$tmp/$target.runs" ] || say "$target: $(cat "$tmp/$target.runs") inputs"
	[ -z "$learn" ] || step "Learning from $target" learn_from "$target"
}

case ${1:-} in
--help)
	usage
	exit 0 ;;
--learn)
	learn=yes
	shift ;;
esac
seconds=${1:-600}
[[ "$seconds" =~ ^[1-9][0-9]*$ ]] || die "not a number of seconds: $seconds. $(usage)"
targets=("${@:2}")
if [ ${#targets[@]} -eq 0 ]; then
	mapfile -t targets < <(disk_targets)
	targets=("${line_targets[@]}" "${eeprom_targets[@]}" "${targets[@]}")
fi

"$testing/need.sh" fuzz
mkdir -p "$failures" "$tmp/bin"
step "Building the fuzz targets" build
ktap_begin
for target in "${targets[@]}"; do
	fuzz_target "$target" $(((seconds + ${#targets[@]} - 1) / ${#targets[@]}))
done
rmdir --ignore-fail-on-non-empty "$failures"
ktap_end
