#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Powers a guest off again and again while one in five bytes on the MCU's line is flipped or lost,
# and sees whether the MCU was switched off each time:
#
#	poweroff-sweep.sh [--stock] [RUNS [FIRST_SEED]]
#
# RUNS are 1000 if not given, each with a seed of its own from FIRST_SEED on: odd ones lose bytes,
# even ones flip bits. A seed gives the same faults each time. --stock does it with the drivers of
# Debian's 7.3 kernel, to compare, and fails nothing.
#
# Booting takes seconds. So one guest is booted and its state saved just before the power-off, and
# each run starts from there, some at a time, with a fresh emulator. KTAP goes to stdout; the logs
# of runs in which the MCU stayed on are kept in build/poweroff-sweep/SEED/.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"

# They mostly wait.
jobs=$((3 * $(nproc)))
logs=$repo/build/poweroff-sweep
declare -A seed_of=()
passed=0
failed=0

usage="usage: poweroff-sweep.sh [--stock] [RUNS [FIRST_SEED]]: power-offs on a bad line"

# The guest's memory is all in the file: the less, the faster it starts.
save_guest()
{
	local end=$((SECONDS + 120))

	machine+=(-m 192)
	guest_options=(-qmp "unix:$tmp/monitor,server=on,wait=off")
	start_emulator
	start_guest "$version" ts433 poweroff-sweep.sh "$guest_argument"
	until grep -q '^+++ ready' "$tmp/result"; do
		kill -0 "$qemu_pid" || { cat "$tmp/qemu.log" "$tmp/console"; return 1; }
		[ "$SECONDS" -lt "$end" ] || { cat "$tmp/result" "$tmp/console"; return 1; }
		sleep 0.2
	done
	! grep '^not ok' "$tmp/result" || return 1
	"$testing/qemu-save.py" "$tmp/monitor" "$images/saved"
	stop_guest
	stop_emulator
}

fault_of()
{
	if [ $(($1 % 2)) -eq 0 ]; then
		echo flip=20
	else
		echo lose=20
	fi
}

start_run()
{
	"$testing/poweroff-run.sh" "$version" "$images" "$(fault_of "$1")" "$1" "$logs/$1" \
		> "$tmp/run-$1" 2> "$tmp/err-$1" &
	seed_of[$!]=$1
}

end_run()
{
	local pid status=0

	wait -n -p pid "${!seed_of[@]}" || status=$?
	report_run "${seed_of[$pid]}" "$status"
	unset "seed_of[$pid]"
}

# report_run SEED STATUS
report_run()
{
	local number=$((passed + failed + 1)) name

	name="seed $1, $(fault_of "$1")"
	case $2 in
	0)
		passed=$((passed + 1))
		report_success "$1" "$number $name" ;;
	1)
		failed=$((failed + 1))
		report_failure "$1" "$number $name: the MCU is still on" ;;
	*)
		failed=$((failed + 1))
		report_failure "$1" "$number $name: there was no power-off" ;;
	esac
	rm -f "$tmp/run-$1" "$tmp/err-$1"
	progress
}

report_success()
{
	local asked obeyed gone

	read -r asked obeyed gone < "$tmp/run-$1"
	echo "$(fault_of "$1") $asked $obeyed $gone" >> "$tmp/times"
	[ $drivers = stock ] || echo "ok $2: off after $obeyed ms"
}

report_failure()
{
	[ $drivers = ours ] || return 0
	sed 's/^/# /' "$tmp/err-$1" "$logs/$1/frames"
	echo "# logs: ${logs#"$repo"/}/$1/; again: poweroff-sweep.sh 1 $1"
	echo "not ok $2"
}

# On a terminal with each run, elsewhere now and then.
progress()
{
	local over=$((passed + failed)) took=$((SECONDS - start + 1)) end='\n'

	[ ! -t 2 ] || end='\r'
	[ -t 2 ] || [ $((over % 25)) -eq 0 ] || return 0
	# shellcheck disable=SC2059 # the end of the line is a format
	printf "%s: %d of %d power-offs, %d failed, %d a minute, %d s left  $end" "${0##*/}" \
		"$over" "$runs" "$failed" $((60 * over / took)) \
		$(((runs - over) * took / over)) >&2
}

# column FAULT N: a column of the times of one kind of fault: how much it is in a tenth, half,
# nine tenths, 99 % and all of the runs at most.
column()
{
	awk -v "fault=$1" -v "n=$2" '$1 == fault { print $n }' "$tmp/times" | sort -n |
		awk '{ value[NR] = $1 }
			function at(part) { return value[int((NR - 1) * part) + 1] }
			END { if (NR) printf "10 %% %d, median %d, 90 %% %d, 99 %% %d, most %d\n",
				at(0.1), at(0.5), at(0.9), at(0.99), value[NR] }'
}

distribution()
{
	local fault

	for fault in flip=20 lose=20; do
		echo "# $fault: requests that the MCU understood: $(column $fault 2)"
		echo "# $fault: ms from poweroff to the MCU's obedience: $(column $fault 3)"
		echo "# $fault: ms from poweroff to the machine's end: $(column $fault 4)"
	done
}

stop_runs()
{
	[ ${#seed_of[@]} -eq 0 ] || kill "${!seed_of[@]}"
	wait
}

all_runs()
{
	local seed

	start=$SECONDS
	for ((seed = first; seed < first + runs; seed++)); do
		[ ${#seed_of[@]} -lt "$jobs" ] || end_run
		start_run "$seed"
	done
	while [ ${#seed_of[@]} -gt 0 ]; do
		end_run
	done
}

prepare_ours()
{
	version=6.12
	guest_argument=
	build=$("$testing/build.sh" "$version")
}

prepare_stock()
{
	version=7.3
	guest_argument=qnap.stock
	logs=$logs-stock
	build=
	"$testing/fetch.sh" "kernel-$version" > /dev/null
}

[ "${1-}" != --help ] || { echo "$usage"; exit 0; }
drivers=ours
[ "${1-}" != --stock ] || { drivers=stock; shift; }
[[ "$*" =~ ^([1-9][0-9]*( [0-9]+)?)?$ ]] || die "$usage"
runs=${1:-1000}
first=${2:-1}

at_exit stop_runs
"$testing/need.sh" fetch modules emulator guest
"$testing/fetch.sh" guest > /dev/null
prepare_$drivers
build_emulator
step "Preparing the guest" guest_images "$version" "$build"
step "Booting the guest and saving its state" save_guest
rm -rf "$logs"
: > "$tmp/times"
[ $drivers = stock ] || echo "KTAP version 1"
all_runs
distribution
if [ $drivers = stock ]; then
	echo "# the driver of Linux $version: $passed of $runs power-offs reached the MCU"
	exit 0
fi
echo "1..$runs"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -eq "$runs" ]
