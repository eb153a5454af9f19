#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Benchmark: the stock modules of Debian's 7.3 kernel and ours in turn, on the same port, which is
# as slow as a real one, with the same emulator, both in the guest.
#
#	bench.sh [--boots N] [--short] [--rst] [--keep FOLDER]
#
# --boots N	of each driver; medians get better with more (3)
# --short	one boot of each, only what does not depend on a quiet machine, as KTAP
# --rst		print the table as reStructuredText
# --keep FOLDER	leave the samples there
#
# A measure that misses its target, or could not be taken, makes it fail.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"

version=7.3
boots=3
form=table
keep=
samples=$tmp/samples
machine=("${clockwork_machine[@]}")
guest_lines=("${clockwork_lines[@]}")

# As in the SoC: a 16550A with a FIFO of 64 bytes.
port=fifo_size=64

# Rounds: see guest/bench.sh.
extent="qnap.floor=6 qnap.values=12 qnap.all=yes"
short_extent="qnap.floor=2 qnap.values=3 qnap.all=no"

parse_arguments()
{
	while [ $# -gt 0 ]; do
		case $1 in
		--boots)
			boots=${2:-}
			[[ "$boots" =~ ^[1-9][0-9]*$ ]] || die "--boots takes a number from 1"
			shift ;;
		--short)
			form=ktap boots=1 extent=$short_extent ;;
		--rst)
			form=rst ;;
		--keep)
			keep=${2:?"--keep takes a folder"}
			shift ;;
		--help)
			sed -n '4,/^$/s/^# \{0,1\}//p' "$0"
			exit 0 ;;
		*)
			die "what is $1? Try --help" ;;
		esac
		shift
	done
}

# The kernel's own modules are there, unpacked for their size to be seen.
unpack_stock_modules()
{
	local kernel module file

	kernel=$(kernel_dir "$version")
	mkdir "$tmp/stock-modules"
	for module in $stock_modules; do
		file=$(find "$kernel/lib/modules/" -name "$module.ko.xz")
		[ -n "$file" ] || die "Debian's kernel $version has no $module to compare with"
		xz -dc "$file" > "$tmp/stock-modules/$module.ko"
	done
}

# modules_of DRIVER: their names, with commas. Ours are all that the build has.
modules_of()
{
	case $1 in
	stock)
		tr ' ' , <<< "$stock_modules" ;;
	ours)
		sed 's|.*/||; s|\.o$||' "$build/modules.order" | paste -s -d , ;;
	esac
}

module_size()
{
	local name=$1

	shift
	aarch64-linux-gnu-size "$@" | awk -v name="$name" 'NR > 1 { sum += $1 + $2 }
		END { print name, "size", sum }'
}

our_files()
{
	sed "s|^|$build/|; s|\.o$|.ko|" "$build/modules.order"
}

prepare_guests()
{
	guest_files=("$guest_programs/tools/mcu-emu/mcu-emu"
		     "$guest_programs/tools/testing/bench"/{bench,port-check}
		     "$build/tools/testing/nullmodem/nullmodem.ko")
	images=$tmp/stock
	mkdir "$images"
	guest_images "$version"
	images=$tmp/ours
	mkdir "$images"
	guest_images "$version" "$build"
}

# Whether the emulator acknowledged a power-off request before the machine stopped: its trace is on
# the console.
switched_off()
{
	local good=0

	! grep -A1 '| power off' "$tmp/console" | grep -q '| done' || good=1
	echo "driver works-poweroff $good"
}

# boot DRIVER JOB NUMBER: one guest; what it measured is added to the samples.
boot()
{
	local driver=$1 job=$2

	images=$tmp/$driver
	# shellcheck disable=SC2086 # a list of words
	start_guest "$version" nullmodem bench.sh quiet "qnap.job=$job" \
		"qnap.modules=$(modules_of "$driver")" "qnap.port=$port" $extent
	wait_guest 240 || { tail -n 5 "$tmp/result"; echo "the guest does not end"; return 1; }
	tr -d '\r' < "$tmp/result" > "$samples/$driver-$job-$3"
	[ "$job" != dead ] || switched_off >> "$samples/$driver-$job-$3"
	grep -q '^+++ script ended: 0' "$samples/$driver-$job-$3" ||
		{ tail -n 5 "$tmp/result"; tail -n 5 "$tmp/console"; return 1; }
}

parse_arguments "$@"
[ -z "$keep" ] || mkdir -p "$keep"
[ -z "$keep" ] || samples=$(cd "$keep" && pwd)
mkdir -p "$samples"
"$testing/need.sh" fetch modules guest bench
"$testing/fetch.sh" guest "kernel-$version" > /dev/null
unpack_stock_modules
build=$("$testing/build.sh" "$version")
step "Building the programs for the guest" build_guest_programs mcu-emu testing/bench
step "Preparing the guests" prepare_guests
{
	module_size stock "$tmp/stock-modules"/*.ko
	# shellcheck disable=SC2046 # a list of files
	module_size ours $(our_files)
} > "$samples/sizes"
for number in $(seq "$boots"); do
	for driver in stock ours; do
		step "Measuring $driver, boot $number of $boots" boot "$driver" alive "$number"
	done
done
for driver in stock ours; do
	[ "$form" = ktap ] || step "A dead MCU, $driver" boot "$driver" dead 1
done
"$testing/bench-judge.py" "$form" "$samples"
