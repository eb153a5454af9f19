# SPDX-License-Identifier: GPL-2.0-only
# Faults on the line: the right answer all the same, and counters and tracepoints that tell.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

trace=/sys/kernel/tracing

# With each fault, readings and the fan's speed are those of the MCU.
right_in_spite_of()
{
	"$@" || fail "$* failed"
	sleep 1.1
	want 36000 cat "$(hwmon temp1_input)"
	want 6000 cat "$(hwmon fan1_input)"
	set_to 77 "$(hwmon pwm1)"
	want 77 mcu_says pwm
	set_to 180 "$(hwmon pwm1)"
	want 180 mcu_says pwm
}

# counts COUNTER COMMAND...: that counter goes up. On a busy host a fault may turn into another one,
# as replies are late: it has three chances.
counts()
{
	local before name=$1 _

	shift
	before=$(counter "$name")
	for _ in 1 2 3; do
		right_in_spite_of "$@"
		[ "$(counter "$name")" -eq "$before" ] || return 0
	done
	fail "$name stays at $before"
}

# Later than all repetitions: the reading fails, and the reply belongs to nobody.
much_too_late()
{
	mcu late 1 9000
	sleep 1.1
	! cat "$(hwmon temp1_input)" 2> /dev/null || fail "read something"
	sleep 7
}

traced()
{
	echo > $trace/trace
	echo 1 > $trace/events/qnap_mcu/enable
	"$2" "$3" "$4"
	right_in_spite_of true
	echo 0 > $trace/events/qnap_mcu/enable
	want_text "$1" cat $trace/trace
}

quiet_log()
{
	dmesg -c > /dev/null
	right_in_spite_of mcu drop 1
	right_in_spite_of mcu corrupt 1
	want "" dmesg
}

raw_is_off()
{
	! ls "$counters"/raw* 2> /dev/null || fail "there is a file for raw commands"
}

root_only()
{
	want 400 stat -c %a "$counters/sent"
}

wait_for_all
stop_polling
set_to 1 "$(hwmon pwm1_enable)"
mcu rpm 6000
mcu temp 36
it "no fault" right_in_spite_of true
it "commands are counted" counts sent true
it "a lost reply is counted as a timeout" counts timeouts mcu drop 1
it "a lost reply is asked for again" counts retries mcu drop 1
it "three lost replies" counts timeouts mcu drop 3
it "an unrecognisable reply is counted" counts incomplete mcu corrupt 1
it "a corrupt reply is counted" counts bad_checksums mcu corrupt 3
it "a refused command is counted" counts error_frames mcu status 1 9
it "a checksum the MCU did not like is counted" counts error_frames mcu status 1 8
it "a late reply" right_in_spite_of mcu late 1 700
it "a very late reply is counted" counts strays much_too_late
it "a reply sent twice" right_in_spite_of mcu twice 1
it "ten replies sent twice" right_in_spite_of mcu twice 10
it "unasked bytes are counted" counts strays mcu noise 403070
it "noise" right_in_spite_of mcu noise ff00aa55
it "replies a byte at a time" right_in_spite_of mcu split 6 3
it "replies with long gaps" right_in_spite_of mcu split 2 40
it "request tracepoint" traced 'qnap_mcu_bytes: .* request 40 46 57 30' mcu drop 0
it "reply tracepoint" traced 'qnap_mcu_bytes: .* reply 40 30 70' mcu drop 0
it "fault tracepoint" traced 'qnap_mcu_bytes: .* fault ' mcu drop 1
it "stray tracepoint" traced 'qnap_mcu_bytes: .* stray ' mcu noise 403070
it "failed transfers do not fill the log" quiet_log
it "raw commands are off by default" raw_is_off
it "counters are root's" root_only
done_testing
