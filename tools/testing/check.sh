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

parts=(
	"check-static=$testing/check-static.sh"
	"check-scripts=$testing/check-scripts.sh"
	"check-tools=$testing/check-tools.sh"
	"fuzz=$testing/fuzz.sh 20"
	"kunit=$testing/kunit.sh"
	"coverage=$testing/kunit-coverage.sh"
	"check-e2e=$testing/e2e.sh 6.12"
	"check-e2e-7.3=$testing/e2e.sh 7.3"
	"check-dt=$testing/check-dt.sh"
	"check-dtb-compare=$testing/dtb-compare.sh --check"
	"in-tree=$testing/check-in-tree.sh"
	"check-boards=$testing/check-boards.sh"
	"check-bench=$testing/bench.sh --short"
	"check-faults=$testing/faults.sh --reduced"
	"check-poweroff=$testing/poweroff-sweep.sh 10"
	"check-export=$testing/check-export.sh"
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

run_part()
{
	local name=${1%%=*} command=${1#*=} start=$SECONDS status=0

	echo "=== $name"
	# shellcheck disable=SC2086 # a command and its arguments
	$command 2>&1 > "$logs/$name.log" < /dev/null | tee "$logs/$name.err" >&2
	status=${PIPESTATUS[0]}
	show_failures "$logs/$name.log"
	judge "$name" "$status"
	verdicts+=("$name: $part_passed passed, $part_failed failed, $((SECONDS - start)) s")
	echo "${verdicts[-1]}"
}

sum()
{
	echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
}

rm -rf "$logs"
mkdir -p "$logs"
if [ $# -eq 0 ]; then
	"$testing/need.sh" fetch modules emulator guest dt dts dtb-compare bench fuzz kunit static \
		export
	"$testing/fetch.sh" all > /dev/null
	set -- "${parts[@]}"
fi
for part in "$@"; do
	set +e
	run_part "$part"
	set -e
done
echo "=== all, ${SECONDS} s; logs are in ${logs#"$repo"/}/"
printf '%s\n' "${verdicts[@]}"
sum
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
