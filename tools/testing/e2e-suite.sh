#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One suite of the end-to-end tests, see e2e.sh:
#
#	e2e-suite.sh VERSION SUITE IMAGES LOGS
#
# Boots a guest from what guest_images has left in IMAGES, runs e2e/SUITE.sh in it, and adds what
# the host sees of the outcome. KTAP goes to stdout; the logs are kept in LOGS if a case fails.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"

version=$1
suite=$2
images=$3
logs=$4

# board_of SUITE: the one whose device tree it is about.
board_of()
{
	case $1 in
	board-*)
		echo "${1#board-}" ;;
	*)
		echo rk3568-qnap-ts433 ;;
	esac
}

# model_of BOARD: the first one in its MCU's compatible that the emulator knows.
model_of()
{
	local model

	sed -n 's/^models //p' "$images/$1.facts" | tr ' ' '\n' > "$tmp/models"
	while read -r model; do
		! "$emulator" --help | grep -qw "$model" || { echo "$model"; return; }
	done < "$tmp/models"
	die "the emulator knows no MCU of $1"
}

# What differs from "run e2e/SUITE.sh for two minutes at most, in a guest without thermal zone".
script_of()
{
	echo "${1%%-*}.sh"
}

arguments_of()
{
	case $1 in
	reload)
		echo qnap.rounds=50 ;;
	poweroff-faults)
		echo qnap.fault=drop,20 ;;
	poweroff-silent)
		echo qnap.fault=mute,on ;;
	panic)
		echo panic=0 ;;
	board-*)
		echo "qnap.board=$(board_of "$1")" ;;
	mac-late | mac-bootloader)
		echo "qnap.board=$(board_of "$1") qnap.mac=${1#mac-} rdinit=/tests/late-init" ;;
	mac-*)
		echo "qnap.board=$(board_of "$1") qnap.mac=${1#mac-}" ;;
	esac
}

seconds_of()
{
	case $1 in
	reload)
		echo 400 ;;
	*)
		echo 240 ;;
	esac
}

devicetree_of()
{
	case $1 in
	thermal)
		echo ts433-thermal ;;
	mac-plain | mac-bootloader)
		echo "${1#mac-}" ;;
	board-* | mac-*)
		board_of "$1" ;;
	*)
		echo ts433 ;;
	esac
}

# wait_SUITE: in place of waiting until the machine switches itself off.
#
# A kernel that does not restart after a panic blinks for ever.
wait_panic()
{
	local end=$((SECONDS + $1))

	while [ "$(frames_sent 'status LED: red on')" -lt 5 ]; do
		[ $SECONDS -lt $end ] || return 1
		sleep 1
	done
	stop_guest
}

frames_sent()
{
	grep -c "> .*| $1" "$tmp/frames" || true
}

# acknowledged: the MCU said yes to the last power-off request, and only then the machine stopped.
acknowledged()
{
	grep -A1 '| power off' "$tmp/frames" | tail -n 1 | grep -q '| done' &&
		[ "$(mcu "get power")" = power=off ]
}

console_says()
{
	grep -q "$1" "$tmp/console"
}

# after_SUITE: what the host sees of the suite's outcome.
after_poweroff()
{
	host_case "the MCU acknowledged before the machine stopped" acknowledged
	host_case "the machine stopped" console_says 'reboot: Power down'
}

after_transition()
{
	after_poweroff
}

after_poweroff_faults()
{
	host_case "the MCU acknowledged before the machine stopped" acknowledged
	host_case "it was asked again" test "$(frames_sent 'power off')" -gt 1
}

after_poweroff_silent()
{
	host_case "the machine stopped all the same" console_says 'reboot: Power down'
	host_case "the console says that the MCU is on" console_says 'did not acknowledge power-off'
	host_case "within 40 s" test "$stop_seconds" -le 40
}

# long_pauses MS: how often the MCU was asked nothing for so long.
long_pauses()
{
	awk -v "ms=$1" '/ > / { if (last && $1 - last >= ms) n++; last = $1 } END { print n + 0 }' \
		"$tmp/frames"
}

# It sleeps for more than 4 s, twice. Between two polls of the button there is half a second.
after_suspend()
{
	host_case "the button is not polled while it sleeps" test "$(long_pauses 3000)" -ge 2
}

after_reboot()
{
	host_case "the machine restarted" console_says 'reboot: Restarting system'
	host_case "the fan is at a safe speed" test "$(mcu "get pwm")" = pwm=128
	host_case "the MCU is not switched off" test "$(frames_sent 'power off')" -eq 0
}

after_panic()
{
	host_case "the kernel panicked" console_says 'sysrq triggered crash'
	host_case "the status LED blinked" test "$(frames_sent 'status LED: red on')" -ge 3
	host_case "the bay's LED blinked" test "$(frames_sent 'hdd2 LED: on')" -ge 3
	host_case "and were dark in between" test "$(frames_sent 'hdd2 LED: off')" -ge 3
}

# host_case NAME COMMAND...: a test case outside the guest.
host_case()
{
	local name=$1 number

	shift
	number=$(($(grep -cE '^(not )?ok ' "$tmp/ktap" || true) + 1))
	if "$@" > /dev/null 2>&1; then
		echo "ok $number host: $name" >> "$tmp/ktap"
	else
		echo "# $*" >> "$tmp/ktap"
		echo "not ok $number host: $name" >> "$tmp/ktap"
	fi
}

# finished: as many cases as the suite's plan says, and the machine switched itself off.
finished()
{
	local plan

	plan=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$tmp/result" | tr -d '\r')
	[ "$plan" = "$(grep -cE '^(not )?ok ' "$tmp/result")" ]
}

# A guest with a board's description may have its Ethernet controller, whose registers say which one
# it is.
become_board()
{
	emulator_options+=(--model "$(model_of "$1")")
	guest_options+=(-device "loader,addr=0x5ff00110,data=0x3051,data-len=4")
}

# Before the guest boots. A board's MCU is cooler than all trips.
prepare_mcu()
{
	case $suite in
	board-*)
		mcu "temp 20" ;;
	silent | mac-silent)
		mcu "mute on" ;;
	esac
}

boot_suite()
{
	local seconds

	case $suite in
	board-* | mac-*)
		become_board "$(board_of "$suite")" ;;
	esac
	seconds=$(seconds_of "$suite")
	start_emulator
	prepare_mcu
	# shellcheck disable=SC2046 # a list of words
	start_guest "$version" "$(devicetree_of "$suite")" "$(script_of "$suite")" \
		$(arguments_of "$suite")
	guest_status=0
	if declare -F "wait_$suite" > /dev/null; then
		"wait_$suite" "$seconds" || guest_status=$?
	else
		wait_guest "$seconds" || guest_status=$?
	fi
	stop_guest
}

keep_logs()
{
	mkdir -p "$logs"
	cp "$tmp"/{result,console,frames,qemu.log,emulator.log} "$logs/"
	echo "# logs: ${logs#"$repo"/}/"
}

boot_suite
tr -d '\r' < "$tmp/result" | grep -v -e '^+++' -e '^1\.\.' > "$tmp/ktap" || true
host_case "the suite ran to its end" finished
host_case "it ended in time" test "$guest_status" -eq 0
! declare -F "after_${suite//-/_}" > /dev/null || "after_${suite//-/_}"
cat "$tmp/ktap"
echo "1..$(grep -cE '^(not )?ok ' "$tmp/ktap")"
! grep -q '^not ok ' "$tmp/ktap" || { keep_logs; exit 1; }
