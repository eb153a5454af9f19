#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the tests of the tools that are named, by default of all: check-tools.sh [TOOL...]. A tool's
# makefile has a target "check", which prints KTAP.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

: > "$tmp/ktap"

check_tool()
{
	local tool=$1 status=0 before

	echo "# $tool"
	before=$(grep -c '^not ok ' "$tmp/ktap" || true)
	make --no-print-directory -C "$tool" check < /dev/null | tee -a "$tmp/ktap" ||
		status=$?
	# Neither a test that failed, nor success: it did not get as far as that.
	if [ "$status" -ne 0 ] && [ "$(grep -c '^not ok ' "$tmp/ktap")" = "$before" ]; then
		echo "not ok $tool: exit code $status" | tee -a "$tmp/ktap"
	fi
}

tools=("$@")
[ $# -gt 0 ] || mapfile -t tools < <(cd "$repo/tools" && printf '%s\n' */Makefile | xargs dirname)

"$testing/need.sh" emulator qnapvol
for tool in "${tools[@]}"; do
	check_tool "$repo/tools/$tool"
done
skipped=$(grep -c '^ok .*# SKIP' "$tmp/ktap" || true)
passed=$(($(grep -c '^ok ' "$tmp/ktap" || true) - skipped))
failed=$(grep -c '^not ok ' "$tmp/ktap" || true)
echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
