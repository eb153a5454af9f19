# SPDX-License-Identifier: GPL-2.0-only
# Reboot leaves the fan at a safe speed and the MCU on. What came of it, the host sees.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

wait_for_all
set_to 1 "$(hwmon pwm1_enable)"
set_to 0 "$(hwmon pwm1)"
it "ready" want 0 mcu_says pwm
done_testing
sync
reboot -f
sleep 60
