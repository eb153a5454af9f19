#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds a User Mode Linux with the drivers and their KUnit tests, and runs the tests.
#
# All tests run in virtual time: UML jumps to the next timer whenever it is idle, so that real
# timeouts cost nothing, and a busy machine makes no difference. The suites of the codec and of the
# core, but for their slow cases, then run in real time, too. KTAP goes to stdout, with the sum of
# both runs in the last line; the kernel's logs are kept in build/kunit/. A warning in the log fails
# the run as much as a failed test does.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/kunit-lib.sh"

# A hanging kernel ends here. All tests need seconds.
time_limit=600

# boot NAME ARGUMENT...: one run of the tests; what it printed is in NAME.log.
boot()
{
	local log=$kunit_logs/$1.log

	shift
	TMPDIR=$tmp timeout --kill-after=10 "$time_limit" "$kunit_build/linux" mem=512M \
		console=tty kunit.enable=1 kunit_shutdown=halt "$@" < /dev/null > "$log" 2>&1 ||
		echo "The kernel ended with status $?" >> "$log"
}

lock kunit
kunit_build_kernel
mkdir -p "$kunit_logs"
find "$kunit_build" -name '*.gcda' -delete
step "Running the tests in virtual time" boot virtual-time time-travel=inf-cpu
step "Running the quick tests in real time" boot real-time 'kunit.filter=speed>slow' \
	'kunit.filter_glob=qnap_mcu_[cf]*'
"$testing/kunit-judge.py" "$kunit_tree" "$kunit_logs"/{virtual,real}-time.log
