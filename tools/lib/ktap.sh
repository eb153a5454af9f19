# SPDX-License-Identifier: GPL-2.0-only
#
# Test results in KTAP, for shell tests.
# shellcheck shell=sh

count=0
failed=0
# What refuses_usage runs.
program=

# result CODE NAME: print the result of a check; 0 is good
result()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failed=1
	fi
}

# skip NAME WHY: a check that cannot be made here
skip()
{
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# wait_for SECONDS COMMAND...: until it succeeds; fails if it has not by then
wait_for()
{
	tries=$(($1 * 100))
	shift
	while ! "$@" > /dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.01
	done
}

# refuses_usage CODE PATTERN ARGUMENT...: a check that the program ends with that code, and says
# what to do
refuses_usage()
{
	code=$1
	pattern=$2
	shift 2
	message=$(timeout 10 "./$program" "$@" < /dev/null 2>&1 > /dev/null)
	[ $? -eq "$code" ] && printf '%s\n' "$message" | grep -q -e "$pattern"
	result $? "refuses '$*'"
}

# well_formed PAGE: a check that man has nothing to say against that manual page
well_formed()
{
	if ! command -v man > /dev/null; then
		skip "$1 is well-formed" "needs man-db"
		return
	fi
	warnings=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 \
		   man --warnings -E UTF-8 -l -Z "$1" 2>&1 > /dev/null)
	[ -z "$warnings" ] || printf '%s\n' "$warnings" | sed 's/^/# /'
	[ -s "$1" ] && [ -z "$warnings" ]
	result $? "$1 is well-formed"
}

# finish: print the plan and exit
finish()
{
	echo "1..$count"
	exit "$failed"
}
