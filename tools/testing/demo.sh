#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Demonstration: boots Debian's arm64 kernel with the microcontroller of a TS-433, and shows what
# the modules make of it, with the microcontroller's view beside the guest's.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"

version=6.12

"$testing/need.sh" fetch modules emulator guest
"$testing/fetch.sh" guest > /dev/null
build=$("$testing/build.sh" "$version")
build_emulator
step "Preparing the guest" guest_images "$version" "$build"
start_emulator
mcu "temp 38"
start_guest "$version" ts433-thermal tour.sh
echo "Booting Debian's kernel $(cat "$(kernel_dir "$version")/release") in QEMU, as a TS-433"
# In the background, for signals not to wait until it ends.
"$testing/demo-show.py" "$tmp/result" "$tmp/frames" "$control_socket" "$qemu_pid" &
show_pid=$!
at_exit "kill $show_pid 2> /dev/null"
wait "$show_pid"
