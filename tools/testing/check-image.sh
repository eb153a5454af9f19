#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of "make image": what it refuses, what is in an image, and what that does when it boots in
# QEMU with the emulator of the microcontroller; and Debian's U-Boot finds all it needs on it.
#
#	check-image.sh [KERNEL...]
#
# KERNEL is one of image.sh's: 6.12 is the default. An image is made again only after its recipe or
# our packages have changed.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
. "$(dirname "${BASH_SOURCE[0]}")/disk-guest.sh"
for file in "$testing"/image/*.sh; do
	# shellcheck source=/dev/null
	. "$file"
done

kernels=("$@")
[ $# -gt 0 ] || kernels=(6.12)
kept=$cache/image/check
debs=$repo/build/deb
host=nas-of-the-test
# shellcheck disable=SC2034 # for the cases
dtb=rk3568-qnap-ts433.dtb
logs=$repo/build/check-image

# recipe KERNEL: all that an image for the test depends on.
recipe()
{
	(cd "$repo/tools/image" && find . -type f -exec sha256sum {} +) | sort
	sha256sum "$debs"/*.deb | sort
	sha256sum "$cache/image/debian-$1.tar.made-of" "$kept/key" "$kept/password" 2>&1
}

credentials()
{
	mkdir -p "$kept"
	[ -e "$kept/key" ] || ssh-keygen -q -t ed25519 -N '' -C '' -f "$kept/key"
	[ -e "$kept/password" ] || echo "correct horse $RANDOM: battery" > "$kept/password"
	ssh_key=$kept/key
}

# make_image KERNEL: in the cache, never to be written to.
make_image()
{
	image=$kept/ts433-$1.img
	[ ! -e "$image" ] || [ "$(cat "$image.recipe" 2> /dev/null)" != "$(recipe "$1")" ] ||
		return 0
	rm -f "$image.recipe"
	"$repo/tools/image/image.sh" MODEL=ts433 "KERNEL=$1" "HOSTNAME=$host" "OUT=$image" \
		"DEBS=$debs" "SSH_KEY=$kept/key.pub" "PASSWORD_FILE=$kept/password" >&2 ||
		die "there is no image to test"
	recipe "$1" > "$image.recipe"
}

prepare()
{
	"$testing/need.sh" fetch emulator guest dts disk-guest image arm64-root
	"$testing/fetch.sh" u-boot > /dev/null
	step "Building the packages" make -C "$repo" deb
	build_emulator
	credentials
}

keep_logs()
{
	mkdir -p "$logs"
	cp "$tmp"/{console,u-boot,frames,qemu.log} "$logs/" 2> /dev/null || true
}

at_exit keep_logs
ktap_begin
bad_settings
prepare
lock check-image
for kernel in "${kernels[@]}"; do
	make_image "$kernel"
	disk_image=$image
	image_cases "$kernel"
	boot_cases "$kernel"
	u_boot_cases "$kernel"
done
ktap_end
