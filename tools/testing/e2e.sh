#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# End-to-end tests: the modules in Debian's arm64 kernel of a version, in QEMU, talking to the
# emulator over an 8250 port.
#
#	e2e.sh VERSION [SUITE...]
#
# Each suite is a script in e2e/, run in a guest that was booted for it, as many at a time as there
# are processors: they mostly wait. KTAP goes to stdout, the logs of suites that failed are kept in
# build/e2e-VERSION/.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"
. "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

version=$1
shift
# The longest first, so that none is left over at the end.
[ $# -gt 0 ] || set -- reload leds input hwmon diagnosis thermal probe nvmem silent suspend \
	poweroff poweroff-faults poweroff-silent reboot panic
suites_logs=$repo/build/e2e

"$testing/need.sh" fetch modules emulator guest
"$testing/fetch.sh" guest > /dev/null
build=$("$testing/build.sh" "$version")
build_emulator
step "Preparing the guest" guest_images "$version" "$build"
rm -rf "$suites_logs-$version"
echo "KTAP version 1"
for suite in "$@"; do
	run_suite "$version" "$suite" "$images"
done
finish_suites
