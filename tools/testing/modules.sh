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
		--include '/tools/testing/kdir-fits.sh' --include '/tools/testing/nullmodem/***' \
		--exclude '*' "$repo/" "$1/"
}

# make_modules VERSION BUILD ARGUMENT...: for Debian's arm64 kernel of that version. The null modem
# is a build of its own, not to be installed with the others.
make_modules()
{
	local kernel build=$2 arguments

	kernel=$(kernel_dir "$1")
	shift 2
	arguments=(-j"$(nproc)" "KDIR=$kernel/usr/src/build" ARCH=arm64
		   CROSS_COMPILE=aarch64-linux-gnu- "$@")
	make -C "$build" "${arguments[@]}"
	make -C "$kernel/usr/src/build" "M=$build/tools/testing/nullmodem" "${arguments[@]}"
}
