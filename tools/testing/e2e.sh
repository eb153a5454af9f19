#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# End-to-end tests: the modules in Debian's arm64 kernel of a version, in QEMU, talking to the
# emulator over an 8250 port.
#
#	e2e.sh VERSION [SUITE...]
#
# Each suite is a script in e2e/, run in a guest that was booted for it, as many at a time as there
# are processors: they mostly wait. KTAP goes to stdout, the logs of suites that failed are kept in
# build/e2e-VERSION/.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"

version=$1
shift
[ $# -gt 0 ] || set -- reload leds input hwmon diagnosis thermal probe nvmem silent suspend \
	poweroff poweroff-faults poweroff-silent reboot panic
logs=$repo/build/e2e-$version
declare -A suite_of=()
passed=0
failed=0
number=0

# The longest first, so that none is left over at the end.
start_suite()
{
	"$testing/e2e-suite.sh" "$version" "$1" "$tmp" "$logs/$1" > "$tmp/$1.ktap" \
		2> "$tmp/$1.err" &
	suite_of[$!]=$1
	say "$1 (Linux $version) has started"
}

# Reports the suites that have ended, as soon as there is one.
end_suites()
{
	local before=${#suite_of[@]} pid status

	while [ ${#suite_of[@]} -eq "$before" ]; do
		sleep 0.5
		for pid in "${!suite_of[@]}"; do
			! kill -0 "$pid" 2> /dev/null || continue
			status=0
			wait "$pid" || status=$?
			report_suite "${suite_of[$pid]}" "$status"
			unset "suite_of[$pid]"
		done
	done
}

# report_suite SUITE STATUS: a suite that failed without a failed case has crashed.
report_suite()
{
	local suite=$1 status=$2 good bad verdict=ok

	good=$(grep -c '^ok ' "$tmp/$suite.ktap" || true)
	bad=$(grep -c '^not ok ' "$tmp/$suite.ktap" || true)
	number=$((number + 1))
	[ "$status" -eq 0 ] || verdict="not ok"
	sed 's/^/    /' "$tmp/$suite.ktap"
	sed 's/^/# /' "$tmp/$suite.err"
	echo "$verdict $number $suite"
	[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	passed=$((passed + good))
	failed=$((failed + bad))
	say "$suite (Linux $version): $good passed, $bad failed, after ${SECONDS} s"
}

stop_suites()
{
	[ ${#suite_of[@]} -eq 0 ] || kill "${!suite_of[@]}"
	wait
}

at_exit stop_suites
"$testing/need.sh" fetch modules emulator guest
"$testing/fetch.sh" guest > /dev/null
build=$("$testing/build.sh" "$version")
build_emulator
step "Preparing the guest" guest_images "$version" "$build"
rm -rf "$logs"
echo "KTAP version 1"
for suite in "$@"; do
	[ ${#suite_of[@]} -lt "$(nproc)" ] || end_suites
	start_suite "$suite"
done
while [ ${#suite_of[@]} -gt 0 ]; do
	end_suites
done
echo "1..$number"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
