#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs all checks, also those after one that failed, and ends with the sum of their results:
#
#	check.sh [NAME=COMMAND...]
#
# The last line of each part's stdout is its own sum. A part without one has crashed, and counts as
# one failure, as does one that failed by its exit code alone. Logs: build/check/.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# These measure time, or have guests that talk to the emulator in real time: one at a time, and what
# runs beside them gets only what they leave of the processors.
in_time=(
	"check-tools=$testing/check-tools.sh mcu-emu"
	"kunit=$testing/kunit.sh"
	"coverage=$testing/kunit-coverage.sh"
	"check-e2e=$testing/e2e.sh 6.12"
	"check-e2e-7.3=$testing/e2e.sh 7.3"
)
# These do not mind. The first ones have no guests, which would not like to wait; else the longest
# are first.
any_time=(
	"check-dt=$testing/check-dt.sh"
	"check-tools-qnapvol=$testing/check-tools.sh qnapvol"
	"check-static=$testing/check-static.sh"
	"check-packages=$testing/check-packages.sh"
	"check-export=$testing/check-export.sh"
	"check-qnapvol=$testing/check-qnapvol.sh"
	"check-boards=$testing/check-boards.sh"
	"in-tree=$testing/check-in-tree.sh"
	"check-bench=$testing/bench.sh --short"
	"check-faults=$testing/faults.sh --reduced"
	"check-poweroff=$testing/poweroff-sweep.sh 10"
	"fuzz=$testing/fuzz.sh 50"
	"check-tools-nas-info=$testing/check-tools.sh nas-info"
	"check-scripts=$testing/check-scripts.sh"
	"check-handover=$testing/check-handover.sh"
	"check-dtb-compare=$testing/dtb-compare.sh --check"
)
logs=$repo/build/check
passed=0
failed=0
skipped=0
verdicts=()

# count SUM: takes "N passed, N failed" apart; fails if it is something else.
count()
{
	[[ "$1" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]] || return 1
	part_passed=${BASH_REMATCH[1]}
	part_failed=${BASH_REMATCH[2]}
	part_skipped=${BASH_REMATCH[4]:-0}
}

# Each failed case with what was said about it.
show_failures()
{
	awk '/^ *not ok / { printf "%s%s\n", said, $0; said = "" }
		/^ *# / { said = said $0 "\n" }
		/^ *ok / { said = "" }' "$1"
}

# judge NAME STATUS: adds the part's results to the sum.
judge()
{
	local name=$1 status=$2

	if ! count "$(tail -n 1 "$logs/$name.log")"; then
		count "0 passed, 1 failed"
		echo "$name: crashed with exit code $status"
		tail -n 20 "$logs/$name.err"
	elif [ "$status" -ne 0 ] && [ "$part_failed" -eq 0 ]; then
		part_failed=1
		echo "$name: no case failed, but the exit code is $status"
	fi
	passed=$((passed + part_passed))
	failed=$((failed + part_failed))
	skipped=$((skipped + part_skipped))
}

# run_part NAME=COMMAND [WRAPPER...]: to its end; how it went is in the logs.
run_part()
{
	local name=${1%%=*} command=${1#*=} start=$SECONDS

	shift
	# shellcheck disable=SC2086 # a command and its arguments
	{ "$@" $command 2>&1 > "$logs/$name.log" < /dev/null || echo $? > "$logs/$name.status"; } |
		tee "$logs/$name.err" >&2
	echo $((SECONDS - start)) > "$logs/$name.seconds"
	say "$name: $(tail -n 1 "$logs/$name.log"), after $((SECONDS - start)) s"
}

report_part()
{
	local name=${1%%=*} status

	echo "=== $name"
	status=$(cat "$logs/$name.status" 2> /dev/null || echo 0)
	show_failures "$logs/$name.log"
	judge "$name" "$status"
	verdicts+=("$name: $part_passed passed, $part_failed failed, $(< "$logs/$name.seconds") s")
	echo "${verdicts[-1]}"
}

# run_in_turn PART...
run_in_turn()
{
	local part

	for part in "$@"; do
		run_part "$part"
	done
}

# With all that they have started: each is a process group.
stop_parts()
{
	local part

	for part in $(jobs -rp); do
		kill -- "-$part"
	done
	wait
}

# leave_idle: what runs, with all that it has started, gets its share of the processors again.
leave_idle()
{
	local group

	for group in $(jobs -rp); do
		pgrep -g "$group" | xargs -rn 1 chrt --all-tasks --other --pid 0 || true
	done 2> /dev/null
}

# run_all: two at a time. Those in time are one of them until their end.
run_all()
{
	local part turn wrapper=(chrt --idle 0)

	set -m
	run_in_turn "${in_time[@]}" &
	turn=$!
	for part in "${any_time[@]}"; do
		while [ "$(jobs -rp | wc -l)" -ge 2 ]; do
			sleep 0.2
		done
		if [ ${#wrapper[@]} -gt 0 ] && ! kill -0 "$turn" 2> /dev/null; then
			wrapper=()
			leave_idle
		fi
		run_part "$part" "${wrapper[@]}" &
	done
	wait
	set +m
}

report()
{
	local part

	for part in "$@"; do
		report_part "$part"
	done
}

sum()
{
	echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
}

at_exit stop_parts
rm -rf "$logs"
mkdir -p "$logs"
if [ $# -eq 0 ]; then
	"$testing/need.sh" fetch modules emulator guest dt dts dtb-compare bench fuzz kunit static \
		export in-tree qnapvol deb packages handover
	"$testing/fetch.sh" all > /dev/null
	# Some parts have the same tools, and run at once.
	step "Building the tools" make -C "$repo" tools || true
	run_all
	report "${in_time[@]}" "${any_time[@]}"
else
	run_in_turn "$@"
	report "$@"
fi
echo "=== all, ${SECONDS} s; logs are in ${logs#"$repo"/}/"
printf '%s\n' "${verdicts[@]}"
sum
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
