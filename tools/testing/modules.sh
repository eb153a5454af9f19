# SPDX-License-Identifier: GPL-2.0-only
# Building a copy of the kernel modules. To be sourced after lib.sh.
# shellcheck shell=bash disable=SC2154

# copy_sources BUILD: what kbuild needs, and nothing that was built elsewhere. What differs gets the
# present time, whatever time the checkout has for it: make shall see the change.
copy_sources()
{
	mkdir -p "$1"
	rsync -rlpc --delete --exclude '*.o' --exclude '*.ko' --exclude '*.mod*' \
		--exclude '.*.cmd' --exclude Module.symvers --exclude modules.order \
		--include '/Kbuild' --include '/Kconfig' --include '/Makefile' \
		--include '/drivers/***' --include '/include/***' --include '/compat/***' \
		--include '/tools/' --include '/tools/testing/' \
		--include '/tools/testing/kdir-fits.sh' --exclude '*' "$repo/" "$1/"
}

# make_modules VERSION BUILD ARGUMENT...: for Debian's arm64 kernel of that version.
make_modules()
{
	local kernel build=$2

	kernel=$(kernel_dir "$1")
	shift 2
	make -C "$build" -j"$(nproc)" "KDIR=$kernel/usr/src/build" ARCH=arm64 \
		CROSS_COMPILE=aarch64-linux-gnu- "$@"
}
