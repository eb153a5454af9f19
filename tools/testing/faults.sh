#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fault sweep: works the modules in Debian's 6.12 arm64 kernel while the emulator garbles what goes
# over the line, and compares all that the MCU does and all that is read with what the emulator
# knows. See --help.
#
# Each run is NAME:OPERATIONS:SEED. Most runs are operations by chance under one kind of fault: 1 %
# of the bytes flipped or lost, or of random bytes added; 1 % of the replies twice, or 700 ms late;
# "all" is half a percent of each of these at once. Then come replies in pieces, refusals, babble,
# restarts that keep and that lose what LEDs and fan do, and silence of 5 s. In "nth" the Nth frame
# of a short script fails, for every N and every kind; its operations are these cases, at most. In
# "return" the MCU is silent for 5 s, and the first operation after that must succeed.
#
# The emulator runs in the guest, on a null modem that is as slow as a real port, and the guest's
# clock counts instructions: see clockwork_machine in guest.sh. All times are that clock's.
#
# Each guest does some runs, two guests at a time. KTAP goes to stdout, with a table; the logs of
# runs that failed are kept in build/faults/.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"

usage="usage: faults.sh [--reduced | --stock]: work the drivers on a bad line

OPS=100000 is the number of operations in each of the main runs, a tenth in the others.
RUNS='NAME:OPERATIONS:SEED[,...] ...' are other runs; those with a comma share a guest.
SEED=1 is the seed, where RUNS does not name one.
--reduced does all kinds of runs in a minute, with too few operations to show a rare failure.
--stock does it with the drivers of Debian's 7.3 kernel, to compare, and fails nothing. Of these
only what they get right on a good line is asked: no blinking, no frost, no fast fan."

table_head="\
# Frames are requests and replies. Undetected are those whose damage the checksum does not show;
# excused is what they did.
#            oper-                                    damaged   undetected     longest
# run       ations failed  lost wrong excused  frames  frames   req.   rep. step, ms     s"

version=6.12
drivers=ours
guest_argument=
at_once=2
logs=$repo/build/faults
operations=${OPS:-100000}
seed=${SEED:-1}
passed=0
failed=0
number=0
declare -A runs_of=()

# What is reduced: one operation in a hundred and less; one frame in seven that fails alone; no
# silence by chance, and only two returns from it. All kinds of faults and all of the code are in.
reduced_runs()
{
	runs_with_seed all:600 late:250 babble:150 restart:150 reset:100 return:2
	runs_with_seed flip:400 lose:300 noise:300 twice:200 split:100 refuse8:100 refuse9:100 \
		nth:40
}

# runs_with_seed NAME:OPERATIONS...: for one guest.
runs_with_seed()
{
	local list

	list=$(printf ",%s:$seed" "$@")
	echo "${list#,}"
}

stock_runs()
{
	local name

	for name in none flip lose noise twice late all; do
		runs_with_seed "$name:$((operations / 50))"
	done
}

full_runs()
{
	local name

	for name in late lose all flip noise twice; do
		echo "$name:$operations:$seed"
	done
	echo "nth:250:$seed,nth:250:$((seed + 1)),nth:250:$((seed + 2)),nth:250:$((seed + 3))"
	echo "return:64:$seed"
	for name in silence split refuse8 refuse9 babble restart reset none; do
		echo "$name:$((operations / 10)):$seed"
	done
}

check_numbers()
{
	[[ "$operations" =~ ^[1-9][0-9]{1,8}$ ]] || die "OPS=$operations: give a number from 10 on"
	[[ "$seed" =~ ^[0-9]+$ ]] || die "SEED=$seed: a seed is a number"
}

check_runs()
{
	[[ "$1" =~ ^([a-z0-9]+:[1-9][0-9]*:[0-9]+[, $'\n']?)+$ ]] ||
		die "RUNS=$1: each run is NAME:OPERATIONS:SEED, for instance flip:1000:1"
}

# The folder's and the files' name of some runs.
label()
{
	local first=${1%%,*}

	echo "${first//:/-}"
}

start_runs()
{
	local name

	name=$(label "$1")
	echo "$1: the guest boots" > "$tmp/$name.progress"
	"$testing/faults-run.sh" "$version" "$images" "$1" "$tmp/$name.progress" "$logs/$name" \
		${guest_argument:+"$guest_argument"} > "$tmp/$name.ktap" 2> "$tmp/$name.err" &
	runs_of[$!]=$1
}

# Reports the runs that have ended, as soon as there are some; says how far they are meanwhile.
end_runs()
{
	local before=${#runs_of[@]} pid status told=$SECONDS

	while [ ${#runs_of[@]} -eq "$before" ]; do
		sleep 0.5
		for pid in "${!runs_of[@]}"; do
			! kill -0 "$pid" 2> /dev/null || continue
			status=0
			wait "$pid" || status=$?
			report_runs "${runs_of[$pid]}" "$status"
			unset "runs_of[$pid]"
		done
		[ $((SECONDS - told)) -lt 10 ] || { told=$SECONDS; tell_progress; }
	done
}

tell_progress()
{
	local pid

	for pid in "${!runs_of[@]}"; do
		say "$(cat "$tmp/$(label "${runs_of[$pid]}").progress")"
	done
}

# report_runs RUNS STATUS: runs that failed without a failed case have crashed.
report_runs()
{
	local name good bad verdict=ok

	name=$(label "$1")
	good=$(grep -c '^ok ' "$tmp/$name.ktap" || true)
	bad=$(grep -c '^not ok ' "$tmp/$name.ktap" || true)
	number=$((number + 1))
	grep '^+++ row' "$tmp/$name.ktap" | cut -c 9- >> "$tmp/table" || true
	[ "$drivers" = ours ] || return 0
	[ "$2" -eq 0 ] || verdict="not ok"
	[ "$2" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	sed 's/^+++ row/# row:/; s/^/    /' "$tmp/$name.ktap"
	sed 's/^/# /' "$tmp/$name.err"
	echo "$verdict $number $1"
	passed=$((passed + good))
	failed=$((failed + bad))
	say "$1: $good passed, $bad failed, after ${SECONDS} s"
}

print_table()
{
	echo "$table_head"
	sed 's/^/# /' "$tmp/table"
}

stop_runs()
{
	[ ${#runs_of[@]} -eq 0 ] || kill "${!runs_of[@]}"
	wait
}

prepare_ours()
{
	build=$("$testing/build.sh" "$version")
	modules=("$build")
}

# Only the null modem is ours.
prepare_stock()
{
	version=7.3
	guest_argument=qnap.stock
	logs=$logs-stock
	build=$("$testing/build.sh" "$version")
	modules=()
}

check_numbers
case ${1-} in
--help)
	echo "$usage"
	exit ;;
--reduced)
	list=$(reduced_runs) ;;
--stock)
	drivers=stock
	list=${RUNS:-$(stock_runs)} ;;
"")
	list=${RUNS:-$(full_runs)} ;;
*)
	die "$usage" ;;
esac
check_runs "$list"
at_exit stop_runs
"$testing/need.sh" fetch modules guest bench
"$testing/fetch.sh" guest > /dev/null
prepare_$drivers
step "Building the programs for the guest" build_guest_programs testing/faults
machine=("${clockwork_machine[@]}")
guest_modules+=" virtio_pci virtio_console"
guest_files=("$guest_programs/tools/testing/faults/faults"
	     "$build/tools/testing/nullmodem/nullmodem.ko")
step "Preparing the guest" guest_images "$version" "${modules[@]}"
rm -rf "$logs"
: > "$tmp/table"
[ $drivers = stock ] || echo "KTAP version 1"
for runs in $list; do
	[ ${#runs_of[@]} -lt "$at_once" ] || end_runs
	start_runs "$runs"
done
while [ ${#runs_of[@]} -gt 0 ]; do
	end_runs
done
print_table
if [ $drivers = stock ]; then
	[ "$(wc -l < "$tmp/table")" -eq "$(wc -w <<< "${list//,/ }")" ] ||
		die "not all runs came to their end: see ${logs#"$repo"/}/"
	exit 0
fi
echo "1..$number"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
