# SPDX-License-Identifier: GPL-2.0-only
# Test results as KTAP, and their sum. To be sourced after lib.sh.
# shellcheck shell=bash disable=SC2154

ktap_passed=0
ktap_failed=0

ktap_begin()
{
	echo "KTAP version 1"
}

# ktap_case NAME COMMAND...: it passes if the command does; what it prints is shown if not.
ktap_case()
{
	local name=$1 number=$((ktap_passed + ktap_failed + 1))

	shift
	if ("$@") > "$tmp/case" 2>&1 < /dev/null; then
		ktap_passed=$((ktap_passed + 1))
		echo "ok $number $name"
	else
		ktap_failed=$((ktap_failed + 1))
		sed 's/^/# /' "$tmp/case"
		echo "not ok $number $name"
	fi
}

# ktap_end: plan and sum. Fails if a case did, or if there was none.
ktap_end()
{
	echo "1..$((ktap_passed + ktap_failed))"
	echo "$ktap_passed passed, $ktap_failed failed"
	[ "$ktap_failed" -eq 0 ] && [ "$ktap_passed" -gt 0 ]
}

# A test case ends with the first thing that is wrong.
wrong()
{
	echo "$*"
	exit 1
}

# not COMMAND...: it fails. With set -e a plain "!" would pass whatever comes of it.
not()
{
	! "$@"
}

# pretend COMMAND LINE: where this folder is first in PATH, the command is this line of shell.
bin=$tmp/bin

pretend()
{
	mkdir -p "$bin"
	printf '#!/bin/bash\n%s\n' "$2" > "$bin/$1"
	chmod 755 "$bin/$1"
}

# silent COMMAND...: a test that passes if the command succeeds and says nothing.
silent()
{
	local output

	if ! output=$("$@" 2>&1) || [ -n "$output" ]; then
		echo "$output"
		return 1
	fi
}
