#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the KUnit tests and says which part of the drivers' lines they reached.
#
# Fails if that is less than all of the frame codec or less than 90 % of any other driver. The
# lines that were not reached are in build/kunit/coverage.txt.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
. "$(dirname "${BASH_SOURCE[0]}")/kunit-lib.sh"

# gcov_report: an annotated listing of each driver, as gcov writes it.
gcov_report()
{
	local objects=$kunit_build/drivers/overlay/qnap-mcu/drivers data

	cd "$tmp"
	find "$objects" -name '*.gcda' ! -path '*/tests/*' | while read -r data; do
		gcov --preserve-paths --object-directory "$(dirname "$data")" "$data"
	done
}

# listing DRIVER: where gcov_report left it.
listing()
{
	printf '%s/%s.gcov\n' "$tmp" "$(tr / '#' <<< "$kunit_copy/$1")"
}

# lines LISTING: its executable lines, each with a 1 if it was reached, else a 0. A line that is
# there several times, for copies of an inline function, is reached if one of them is.
lines()
{
	awk -F : '$2 + 0 && $1 !~ /-$/ { reached[$2 + 0] = reached[$2 + 0] || $1 ~ /[0-9]/ }
		END { for (line in reached) print line, reached[line] }' "$1" | sort -n
}

report_driver()
{
	local driver=$1 wanted=90 all reached percent

	[ "$(basename "$driver")" != qnap-mcu-frame.c ] || wanted=100
	: > "$tmp/lines"
	[ ! -f "$(listing "$driver")" ] || lines "$(listing "$driver")" > "$tmp/lines"
	all=$(wc -l < "$tmp/lines")
	reached=$(grep -c ' 1$' "$tmp/lines") || true
	percent=$((all ? 100 * reached / all : 0))
	sed -n "s|^\([0-9]*\) 0$|$driver:\1|p" "$tmp/lines" >> "$kunit_logs/coverage.txt"
	ktap_case "$driver: $reached of $all lines, $percent % of $wanted % wanted" \
		[ "$percent" -ge "$wanted" ]
}

report()
{
	local driver

	: > "$kunit_logs/coverage.txt"
	while read -r driver; do
		report_driver "$driver"
	done < <(cd "$repo" && find drivers -name '*.c' ! -path '*/tests/*' | sort)
}

status=0
"$testing/kunit.sh" > "$tmp/ktap" || status=$?
ktap_begin
ktap_case "the tests: $(tail -n 1 "$tmp/ktap")" [ "$status" -eq 0 ]
lock kunit
step "Reading the coverage data" gcov_report
report
ktap_end
