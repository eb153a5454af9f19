#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds the modules for Debian's arm64 kernel of a version and prints the folder they lie in:
#
#	build.sh VERSION [MAKE ARGUMENT...]
#
# It builds a copy of the sources in the cache, so that kernels do not get in each other's way and
# the checkout stays clean.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=$1
shift
"$testing/need.sh" fetch modules
kernel=$("$testing/fetch.sh" "kernel-$version")
build=$cache/build/$version

copy_sources()
{
	mkdir -p "$build"
	rsync -a --delete --exclude '*.o' --exclude '*.ko' --exclude '*.mod*' --exclude '.*.cmd' \
		--exclude Module.symvers --exclude modules.order \
		--include '/Kbuild' --include '/Kconfig' --include '/Makefile' \
		--include '/drivers/***' --include '/include/***' --include '/compat/***' \
		--include '/tools/' --include '/tools/testing/' \
		--include '/tools/testing/kdir-fits.sh' \
		--exclude '*' "$repo/" "$build/"
}

build_modules()
{
	make -C "$build" -j"$(nproc)" modules "KDIR=$kernel/usr/src/build" ARCH=arm64 \
		CROSS_COMPILE=aarch64-linux-gnu- "$@"
}

lock "build-$version"
copy_sources
step "Building the modules for $(cat "$kernel/release")" build_modules "$@"
echo "$build"
