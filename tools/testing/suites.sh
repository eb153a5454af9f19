# SPDX-License-Identifier: GPL-2.0-only
# Runs suites of the end-to-end tests beside each other and reports them as KTAP.
# To be sourced after lib.sh.
# shellcheck shell=bash disable=SC2154

# How many at a time. Where the logs of suites that failed are kept.
suites_at_once=$(nproc)
suites_logs=
declare -A suite_of=()
suites_passed=0
suites_failed=0
suites_number=0

# start_suite VERSION SUITE IMAGES
start_suite()
{
	local name="$2 (Linux $1)" out=$tmp/$1-$2

	"$testing/e2e-suite.sh" "$1" "$2" "$3" "$suites_logs-$1/$2" > "$out.ktap" \
		2> "$out.err" &
	suite_of[$!]="$name:$out"
	say "$name has started"
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
			report_suite "${suite_of[$pid]%%:*}" "${suite_of[$pid]#*:}" "$status"
			unset "suite_of[$pid]"
		done
	done
}

# report_suite NAME OUT STATUS: a suite that failed without a failed case has crashed.
report_suite()
{
	local name=$1 out=$2 status=$3 good bad verdict=ok

	good=$(grep -c '^ok ' "$out.ktap" || true)
	bad=$(grep -c '^not ok ' "$out.ktap" || true)
	suites_number=$((suites_number + 1))
	[ "$status" -eq 0 ] || verdict="not ok"
	sed 's/^/    /' "$out.ktap"
	sed 's/^/# /' "$out.err"
	echo "$verdict $suites_number $name"
	[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	suites_passed=$((suites_passed + good))
	suites_failed=$((suites_failed + bad))
	say "$name: $good passed, $bad failed, after ${SECONDS} s"
}

# run_suite VERSION SUITE IMAGES: as soon as there is room for one more.
run_suite()
{
	[ ${#suite_of[@]} -lt "$suites_at_once" ] || end_suites
	start_suite "$@"
}

# finish_suites: plan and sum. Fails if a case did, or if there was none.
finish_suites()
{
	while [ ${#suite_of[@]} -gt 0 ]; do
		end_suites
	done
	echo "1..$suites_number"
	echo "$suites_passed passed, $suites_failed failed"
	[ "$suites_failed" -eq 0 ] && [ "$suites_passed" -gt 0 ]
}

stop_suites()
{
	[ ${#suite_of[@]} -eq 0 ] || kill "${!suite_of[@]}"
	wait
}

at_exit stop_suites
