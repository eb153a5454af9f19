# SPDX-License-Identifier: GPL-2.0-only
# Common ground of the test scripts: messages, progress lines, the cache, temporary files.
# To be sourced by bash scripts in this folder. Messages go to stderr, results to stdout.
# shellcheck shell=bash disable=SC2034

set -euo pipefail
export LC_ALL=C

testing=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$testing/../.." && pwd)
cache=${QNAP_MCU_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/qnap-mcu}

say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

# A folder of this run alone, removed when the script ends for whatever reason. The commands given
# to at_exit run first.
tmp=$(mktemp -d "${TMPDIR:-/tmp}/qnap-mcu.XXXXXXXX")
at_exit_commands=()
step_text=
step_start=
step_log=$tmp/step.log
ticker=

at_exit()
{
	at_exit_commands+=("$*")
}

clean_up()
{
	local status=$? command

	trap - EXIT INT TERM HUP
	[ -z "$step_text" ] || step_failed
	for command in "${at_exit_commands[@]}"; do
		eval "$command" || true
	done
	rm -rf "$tmp"
	exit "$status"
}

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Says how long a step has been running: on a terminal every second, elsewhere every 20 s.
tick()
{
	local start=$SECONDS

	while sleep 1; do
		if [ -t 2 ]; then
			printf '\r%s ... %d s ' "$step_text" $((SECONDS - start)) >&2
		elif [ $(((SECONDS - start) % 20)) -eq 0 ]; then
			printf '%s ... %d s so far\n' "$step_text" $((SECONDS - start)) >&2
		fi
	done
}

# step TEXT COMMAND...: runs the command with its output in a log, and a progress line meanwhile.
# The script ends when the command fails; the end of the log is shown then.
step()
{
	step_text=$1
	step_start=$SECONDS
	shift
	printf '%s ...' "$step_text" >&2
	[ -t 2 ] || echo >&2
	tick &
	ticker=$!
	exec {step_stderr}>&2
	"$@" > "$step_log" 2>&1 < /dev/null
	step_over "done"
}

stop_ticker()
{
	{ kill "$ticker" && wait "$ticker"; } 2> /dev/null || true
}

step_over()
{
	stop_ticker
	[ ! -t 2 ] || printf '\r' >&2
	printf '%s: %s after %d s\n' "$step_text" "$1" $((SECONDS - step_start)) >&2
	step_text=
	exec {step_stderr}>&-
}

# In the middle of a function stderr still leads to the log.
step_failed()
{
	stop_ticker
	exec 2>&"$step_stderr"
	step_over FAILED
	tail -n 40 "$step_log" | sed 's/^/    /' >&2
}

# lock NAME: only one run at a time over all that share the cache, until this script ends.
lock()
{
	local fd

	mkdir -p "$cache"
	exec {fd}> "$cache/.$1.lock"
	if ! flock -n "$fd"; then
		say "waiting for another run that works on the same cache"
		flock "$fd"
	fi
}

# need_free DIR MIB HINT: ends the script if there is less room on its file system.
need_free()
{
	local free

	free=$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1024) }')
	[ "$free" -ge "$2" ] || die "there are $free MiB left in $1, $2 are needed; $3"
}

# vpd_image BOARD CODE: the content of the EEPROM of a mainboard or backplane with that code.
vpd_image()
{
	local maker=$repo/tools/nas-info

	"${MAKE:-make}" -s -C "$maker" tests/make-image >&2
	"$maker/tests/make-image" "$@"
}

# kernel_dir VERSION: where fetch.sh keeps that kernel.
kernel_dir()
{
	printf '%s/kernel-%s\n' "$cache" "$1"
}
