#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the KUnit tests and says which part of the drivers' lines they reached.
#
# Fails if that is less than all of the frame codec or less than 90 % of any other driver. The
# lines that were not reached are in build/kunit/coverage.txt.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
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
	local driver=$1 wanted=90 all reached percent verdict='not ok'

	[ "$(basename "$driver")" != qnap-mcu-frame.c ] || wanted=100
	: > "$tmp/lines"
	[ ! -f "$(listing "$driver")" ] || lines "$(listing "$driver")" > "$tmp/lines"
	all=$(wc -l < "$tmp/lines")
	reached=$(grep -c ' 1$' "$tmp/lines") || true
	percent=$((all ? 100 * reached / all : 0))
	sed -n "s|^\([0-9]*\) 0$|$driver:\1|p" "$tmp/lines" >> "$kunit_logs/coverage.txt"
	[ "$percent" -lt "$wanted" ] || verdict=ok
	printf '%s %s: %d of %d lines, %d %% (%d wanted)\n' \
		"$verdict" "$driver" "$reached" "$all" "$percent" "$wanted"
	[ "$verdict" = ok ]
}

report()
{
	local driver failed=0

	: > "$kunit_logs/coverage.txt"
	while read -r driver; do
		report_driver "$driver" || failed=1
	done < <(cd "$repo" && find drivers -name '*.c' ! -path '*/tests/*' | sort)
	return "$failed"
}

"$testing/kunit.sh" > "$tmp/ktap" || die "the tests failed, see $kunit_logs"
lock kunit
step "Reading the coverage data" gcov_report
report
