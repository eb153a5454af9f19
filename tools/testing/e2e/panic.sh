# SPDX-License-Identifier: GPL-2.0-only
# A panicking kernel blinks the LEDs with the trigger of that name. The host sees them.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

ready()
{
	set_to panic "$leds/red:status/trigger"
	set_to panic "$leds/hdd2:red:status/trigger"
	want_text '\[panic\]' cat "$leds/red:status/trigger"
}

wait_for_all
it "ready" ready
done_testing
echo "+++ panic" > /run/result
# After a panic only this processor runs; it must be the one that takes the port's interrupts.
taskset 1 sh -c 'echo c > /proc/sysrq-trigger'
