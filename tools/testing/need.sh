#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes sure that this system has the Debian packages that a part of the tests needs, and installs
# those that are missing: need.sh PART...

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

packages_of()
{
	case $1 in
	fetch)
		echo xz-utils kmod ca-certificates ;;
	modules)
		echo make gcc libc6-dev gcc-aarch64-linux-gnu kmod rsync ;;
	emulator)
		echo make gcc libc6-dev libncurses-dev man-db groff-base python3 ;;
	export)
		echo git patch ;;
	dts)
		echo make gcc device-tree-compiler ;;
	deb)
		echo build-essential debhelper gcc-aarch64-linux-gnu libc6-dev-arm64-cross \
			binutils-aarch64-linux-gnu device-tree-compiler ;;
	dtb-compare)
		echo python3 python3-libfdt ;;
	guest)
		echo qemu-system-arm device-tree-compiler cpio kmod python3 ;;
	disk-guest)
		echo openssh-client e2fsprogs fdisk ;;
	bench)
		echo make gcc-aarch64-linux-gnu libc6-dev-arm64-cross binutils-aarch64-linux-gnu \
			python3 xz-utils ;;
	kunit)
		echo make gcc libc6-dev flex bison bc libelf-dev libssl-dev xz-utils python3 ;;
	in-tree)
		echo make gcc libc6-dev gcc-aarch64-linux-gnu gcc-arm-linux-gnueabihf \
			gcc-powerpc64-linux-gnu clang-19 lld-19 llvm-19 flex bison bc libelf-dev \
			libssl-dev xz-utils patch git python3-sphinx ;;
	fuzz)
		echo make clang libclang-rt-dev libc6-dev python3 ;;
	packages)
		echo mmdebstrap uidmap arch-test lintian kmod xz-utils ;;
	# The program, its package, and what its tests compare it with.
	qnapvol)
		echo build-essential pkg-config libjson-c-dev libfuse3-dev nbdkit-plugin-dev \
			libcrypt-dev fuse3 fuse2fs nbdkit libnbd-bin qemu-utils cryptsetup-bin \
			openssl gddrescue mdadm lvm2 thin-provisioning-tools e2fsprogs fdisk mount \
			procps strace bsdutils man-db groff-base python3 python3-jsonschema \
			debhelper lintian ;;
	# What is tried with the systems's own programs; the rest comes with fetch.sh.
	handover)
		echo make rsync util-linux mount systemd man-db groff-base ;;
	stress)
		echo qemu-system-x86 device-tree-compiler cpio kmod rsync ;;
	dt)
		echo make gcc libc6-dev flex bison bc device-tree-compiler yamllint ;;
	# Root file systems of another Debian, made by an ordinary user.
	arm64-root)
		echo mmdebstrap uidmap libdpkg-perl libdistro-info-perl gpg
		[ "$(dpkg --print-architecture)" = arm64 ] || echo arch-test "$(qemu_user)" ;;
	image)
		echo e2fsprogs fdisk util-linux ;;
	static)
		echo perl python3 python3-docutils sparse codespell shellcheck ;;
	*)
		die "no such part: $1" ;;
	esac
}

# QEMU that runs single programs, with what tells the kernel of it.
qemu_user()
{
	if [ "$(. /etc/os-release && echo "${VERSION_ID:-13}")" = 12 ]; then
		echo qemu-user-static
	else
		echo qemu-user-binfmt
	fi
}

installed()
{
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

# Another apt may be at work.
install_packages()
{
	local apt=(apt-get -q -o DPkg::Lock::Timeout=300)

	[ "$(id -u)" -eq 0 ] || apt=(sudo -n "${apt[@]}")
	export DEBIAN_FRONTEND=noninteractive
	"${apt[@]}" -y --no-install-recommends install "$@" ||
		{ "${apt[@]}" update && "${apt[@]}" -y --no-install-recommends install "$@"; }
}

command -v dpkg-query > /dev/null || die "this works on Debian 12 or 13: there is no dpkg here"
missing=()
for part in "$@"; do
	for package in $(packages_of "$part"); do
		installed "$package" || [[ " ${missing[*]} " = *" $package "* ]] ||
			missing+=("$package")
	done
done
[ ${#missing[@]} -gt 0 ] || exit 0

by_hand="as root: apt-get update && apt-get install ${missing[*]}"
if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2> /dev/null; then
	die "missing: ${missing[*]}. Neither root nor sudo without a password; type $by_hand"
fi
say "if this fails, $by_hand"
step "Installing ${missing[*]}" install_packages "${missing[@]}"
