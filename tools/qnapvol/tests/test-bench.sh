#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Nothing is many times slower than it should be: a short round of the benchmarks.

. ../lib/ktap.sh

table=$(mktemp)
trap 'rm -f "$table"' EXIT

tests/bench.sh --short > "$table" 2>&1
status=$?
sed 's/^/# /' "$table"
while read -r line; do
	name=$(echo "$line" | cut -c 1-50 | sed 's/ *$//')
	case $line in
	*PASS)
		result 0 "$name" ;;
	*FAIL)
		result 1 "$name" ;;
	esac
done < "$table"
[ $status -eq 0 ] && grep -q PASS "$table"
result $? "all limits are kept"

! BENCH_RATIO=1000 tests/bench.sh --short > "$table" 2>&1 && grep -q FAIL "$table"
result $? "a limit that cannot be kept is not"
finish
