#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the command lines and the manual pages.

. ../lib/ktap.sh

program=mcu-emu

echo "KTAP version 1"

refuses_usage 2 "one of --socket, --pty and --tty"
refuses_usage 2 "only one of" --socket x --pty
refuses_usage 2 "requires an argument" --socket
refuses_usage 2 "unrecognized option" --frobnicate
refuses_usage 2 "not an option" --pty x y
refuses_usage 2 "ts133, ts233 and ts433" --pty --model ts999
refuses_usage 2 "four characters" --pty --firmware 12345
refuses_usage 2 "-128 to 127" --pty --temp 128
refuses_usage 2 "-128 to 127" --pty --temp 1x
refuses_usage 2 "-128 to 127" --pty --temp ""
refuses_usage 2 "--max-rpm" --pty --max-rpm -1
refuses_usage 2 "milliseconds" --pty --latency -1
refuses_usage 2 "milliseconds" --pty --latency 1x
refuses_usage 2 "milliseconds" --pty --latency nan
refuses_usage 2 "milliseconds" --pty --latency 1e10
refuses_usage 2 "milliseconds" --pty --quiet soon
refuses_usage 2 "flip lose noise" --pty --fault flop=1
refuses_usage 2 "KIND=PERCENT" --pty --fault flip=101
refuses_usage 2 "KIND=MS" --pty --fault-time late=soon
refuses_usage 2 "KIND:N" --pty --fault-nth flip:1:x
refuses_usage 2 "number from 0" --pty --seed x
refuses_usage 2 "keyboard" --pty --panel --stdin
refuses_usage 2 "--trace FILE" --pty --panel --trace
refuses_usage 1 "needs a terminal" --pty --panel
refuses_usage 1 "No such file" --pty --eeprom tests/nothing
refuses_usage 1 "Is a directory" --pty --eeprom tests
refuses_usage 1 "No such file" --socket tests/nothing/socket
refuses_usage 1 "too long" --socket "$(printf '%0200d' 0)"
refuses_usage 1 "exists" --socket tests/rig.c
refuses_usage 1 "No such file" --tty tests/nothing
refuses_usage 1 "serial port" --tty /dev/null
refuses_usage 1 "No such file" --pty --control tests/nothing/socket
refuses_usage 1 "No such file" --pty --trace tests/nothing/trace

for program in mcu-emu mcu-decode; do
	./$program --help | grep -q "^Usage: $program"
	result $? "$program --help"
	./$program --version | grep -q "^$program [0-9]"
	result $? "$program --version"
done

for option in $(./mcu-emu --help | grep -o '^  --[a-z-]*'); do
	grep '^\.B' mcu-emu.1 | grep -qwF -e "$(echo "$option" | sed 's/-/\\-/g')"
	result $? "mcu-emu.1 knows $option"
done

for page in mcu-emu.1 mcu-decode.1; do
	well_formed $page
done

finish
