#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests what the package of tools gives to udev, systemd, logind and fancontrol: with Debian 13's
# programs where they can be run without a kernel of their own, with imitations of sysfs where not.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$testing/ktap.sh"
. "$testing/handover/box.sh"
. "$testing/handover/units.sh"
. "$testing/handover/status.sh"
. "$testing/handover/fan.sh"
. "$testing/handover/copy.sh"

"$testing/need.sh" fetch handover
debian13=$("$testing/fetch.sh" handover)
unshare -rm true 2> /dev/null ||
	die "this needs user namespaces: sysctl -w kernel.unprivileged_userns_clone=1, as root"
step "Installing into a folder" make_box

ktap_begin
units_cases
status_cases
fan_cases
copy_cases
ktap_end
