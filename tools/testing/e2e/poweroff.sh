# SPDX-License-Identifier: GPL-2.0-only
# Power-off. What came of it, the host sees: the machine is gone then. The kernel command line says
# what befalls the line before that.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

fault=$(sed -n 's/.*\<qnap\.fault=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' ')

wait_for_all
set_to 1 "$(hwmon pwm1_enable)"
set_to 60 "$(hwmon pwm1)"
it "ready" want 60 mcu_says pwm
done_testing
[ -n "$fault" ] || exit 0
# The fault is to befall power-off, and nothing else before it.
rmmod qnap-mcu-input qnap-mcu-hwmon
mcu "$fault"
