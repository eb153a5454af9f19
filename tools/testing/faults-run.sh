#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs of the fault sweep in one guest, see faults.sh:
#
#	faults-run.sh VERSION IMAGES NAME:OPERATIONS:SEED[,...] PROGRESS LOGS [ARGUMENT...]
#
# Boots a guest from what guest_images has left in IMAGES, with these kernel arguments. KTAP goes to
# stdout, the last progress line to the file PROGRESS; the logs are kept in LOGS if a case fails.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"

version=$1
images=$2
runs=$3
progress=$4
logs=$5
shift 5

# seconds_of RUN: much more than it needs. Most operations take some ms, the slowest 50; cases of
# the runs in which seconds pass on purpose take seconds.
seconds_of()
{
	local name operations

	IFS=: read -r name operations _ <<< "$1"
	case $name in
	nth | return)
		echo $((120 + operations * 15)) ;;
	*)
		echo $((120 + operations / 5)) ;;
	esac
}

# time_limit: of all runs, and of a boot.
time_limit()
{
	local run sum=120

	for run in ${runs//,/ }; do
		sum=$((sum + $(seconds_of "$run")))
	done
	echo "$sum"
}

# finished: the guest's program has come to its end in each run, and so has the guest's script.
finished()
{
	local ended count

	ended=$(grep -c '^+++ run ended: [01]' "$tmp/result" || true)
	count=$(tr , '\n' <<< "$runs" | wc -l)
	[ "$ended" -eq "$count" ] &&
		grep -q '^+++ script ended: 0' "$tmp/result"
}

# The guest's cases, those of its program and of the script around it, numbered through.
report()
{
	tr -d '\r' < "$tmp/result" |
		sed 's/^faults: /# &/' | grep -E '^(not ok |ok |#|\+\+\+ row)' |
		awk '/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++count) } { print }'
}

# host_case NAME COMMAND...
host_case()
{
	local name=$1 number

	shift
	number=$(($(grep -cE '^(not )?ok ' "$tmp/ktap" || true) + 1))
	if "$@" > /dev/null 2>&1; then
		echo "ok $number $name" >> "$tmp/ktap"
	else
		echo "not ok $number $name" >> "$tmp/ktap"
	fi
}

keep_logs()
{
	mkdir -p "$logs"
	cp "$tmp"/{result,console,frames,qemu.log} "$logs/"
	echo "# logs: ${logs#"$repo"/}/; again: make faults RUNS=$runs"
}

# The last line of progress, with what the host's clock says of it.
progress_line()
{
	local line count total took

	line=$(tr -d '\r' < "$tmp/result" | sed -n 's/^+++ \([a-z0-9]*: .*\)/\1/p' | tail -n 1)
	[ "${line%%:*}" = "$run" ] || { run=${line%%:*}; run_start=$SECONDS; }
	read -r _ count _ total _ <<< "${line/;/ ;}"
	took=$((SECONDS - run_start))
	[ "${count:-0}" -gt 0 ] && [ "$took" -gt 0 ] || { echo "$line"; return; }
	echo "$line; $((count / took))/s, $(((total - count) * took / count)) s left"
}

# Passes the progress on until the guest is gone.
watch_guest()
{
	local run='' run_start=$SECONDS

	while sleep 2; do
		grep -q '^+++ [a-z0-9]*: ' "$tmp/result" || continue
		progress_line > "$progress.new"
		mv "$progress.new" "$progress"
	done
}

machine=("${clockwork_machine[@]}")
guest_lines=("${clockwork_lines[@]}")
# The emulator's trace.
guest_options=(-monitor none -device "virtio-serial-pci,addr=4"
	       -chardev "file,id=frames,path=$tmp/frames"
	       -device "virtserialport,chardev=frames,name=qnap.frames")
start_guest "$version" nullmodem faults.sh quiet mitigations=off kpti=0 "qnap.runs=$runs" "$@"
watch_guest &
at_exit "kill $! 2> /dev/null"
guest_status=0
wait_guest "$(time_limit)" || guest_status=$?
report > "$tmp/ktap"
host_case "$runs: it came to its end" finished
host_case "$runs: it ended in time" test "$guest_status" -eq 0
cat "$tmp/ktap"
! grep -q '^not ok ' "$tmp/ktap" || { keep_logs; exit 1; }
