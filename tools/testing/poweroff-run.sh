#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One power-off of the sweep, see poweroff-sweep.sh:
#
#	poweroff-run.sh VERSION IMAGES FAULT SEED LOGS
#
# Starts a guest from the state that lies in IMAGES, with an emulator of its own and that fault on
# the line, and sees it power off. A line with the times goes to stdout. The exit code is 1 if the
# MCU was not switched off before the machine, 2 if the machine was not switched off; the logs are
# kept in LOGS then.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"

version=$1
images=$2
fault=$3
seed=$4
logs=$5

# The longest that the drivers try is 25 s, and 5 s before that for the fan's speed.
time_limit=90

# times: how often the MCU was asked, when it obeyed, and when the machine was gone, in ms since the
# power-off began. Nothing if it did not obey, or only once the machine was gone.
times()
{
	awk '/ \* temperature 98$/ { start = $1 }
		/ > .*\| power off$/ && start { asked++; if (!obeyed) obeyed = $1 }
		/ \* host disconnected$/ && start { gone = $1; exit }
		END { if (start && obeyed && gone)
			printf "%d %d %d\n", asked, obeyed - start, gone - start }' "$tmp/frames"
}

machine_off()
{
	[ "$guest_status" -eq 0 ] && grep -q 'reboot: Power down' "$tmp/console"
}

mcu_off()
{
	[ "$(mcu "get power")" = power=off ] && [ -n "$(times)" ]
}

# failed STATUS
failed()
{
	mkdir -p "$logs"
	cp "$tmp"/{result,console,frames,qemu.log,emulator.log} "$logs/"
	exit "$1"
}

emulator_options=(--temp 99 --seed "$seed" --fault "$fault")
machine+=(-m 192)
guest_options=(-monitor none -incoming "exec:cat '$images/saved'")
guest_status=0
start_emulator
start_guest "$version" ts433 resumed
wait_guest "$time_limit" || guest_status=$?
machine_off || failed 2
mcu_off || failed 1
times
