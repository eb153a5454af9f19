# SPDX-License-Identifier: GPL-2.0-only
# Runs of the fault sweep, see ../faults.sh. The kernel command line names them.
# shellcheck shell=bash
# shellcheck source=tests.sh
. /tests/tests.sh

# Each run is NAME:OPERATIONS:SEED.
runs()
{
	sed -n 's/.*\<qnap\.runs=\([^ ]*\).*/\1/p' /proc/cmdline | tr , '\n'
}

control_line_there()
{
	[ -c /dev/vport0p1 ]
}

wait_for_all
modprobe ledtrig-timer
it "the emulator's control line is there" eventually 10 control_line_there
it "the fan is ours" set_to 1 "$(hwmon pwm1_enable)"
for run in $(runs); do
	# shellcheck disable=SC2046 # three words
	/tests/faults $(echo "$run" | tr : ' ') 2>&1
	echo "+++ run ended: $?"
done
done_testing
