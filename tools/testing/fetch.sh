#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetches what the tests need from Debian into the cache, and prints where it lies.
#
#	fetch.sh [--refresh] ENTRY...
#
# kernel-VERSION	Debian's arm64 kernel (e.g. 6.12) with its modules and its headers
# source-VERSION	Debian's kernel source of that version
# dt-schema		what checks device trees and their bindings; its programs are in bin/
# guest			programs for the guest: busybox, lm-sensors, evtest
# guest-pc		busybox for a guest on x86-64
# suites		the settings for apt with which it finds Debian 13, in apt/
# guest-storage		programs that make RAIDs, volumes and file systems in the guest
# handover		Debian 13's systemd, udev, fancontrol, triggerhappy: a root to change into
# packages		a small Debian 13 to test packages in, its dkms, flash-kernel
# u-boot		U-Boot for QEMU's arm64 machine
# all			everything that the tests use
#
# What is there is taken as it is, without touching the network, until --refresh fetches the
# newest again. The mirror is the one that this system's own apt uses; apt's settings, lists and
# packages of this system are neither used nor changed.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

refresh=
host_arch=$(dpkg --print-architecture)
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
debian=$(. /etc/os-release && echo "${VERSION_ID:-}")
apt=$cache/apt

# apt_sources: "URI SUITE" of each source of this system, read by apt itself, whatever the format.
apt_sources()
{
	mkdir -p "$tmp/no-lists/partial"
	apt-get update --print-uris -o "Dir::State::lists=$tmp/no-lists" |
		sed -n "s|^'\(.*\)/dists/\(.*\)/InRelease'.*|\1 \2|p"
}

# private_sources: the suites we want, at the addresses where this system finds Debian.
private_sources()
{
	local main security

	apt_sources > "$tmp/sources"
	main=$(awk -v c="$codename" '$2 == c || $2 == "stable" { print $1; exit }' "$tmp/sources")
	security=$(awk -v c="$codename-security" \
		'$2 == c || $2 == "stable-security" { print $1; exit }' "$tmp/sources")
	[ -n "$main" ] ||
		die "apt's sources have no suite '$codename'. This works on Debian 12 and 13"
	[ -z "$security" ] || printf 'deb %s %s main\n' "$security" "$codename-security"
	printf 'deb %s %s main\n' "$main" trixie "$main" trixie-backports
}

# The keys that this system trusts for its own sources, and Debian's own.
private_keys()
{
	local key

	for key in /etc/apt/trusted.gpg.d/*.* /usr/share/keyrings/debian-archive-keyring.* \
		   $(grep -rhoiE 'signed-by[:=] *[^] ]+' /etc/apt/sources.list \
			/etc/apt/sources.list.d 2> /dev/null | sed 's/^[^:=]*[:=] *//'); do
		[ ! -f "$key" ] || ln -sf "$key" "$apt/trusted/"
	done
}

private_apt()
{
	mkdir -p "$apt"/{trusted,state/lists/partial,cache/archives/partial}
	private_sources > "$apt/sources.list"
	private_keys
	cat > "$apt/apt.conf" <<-END
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Dir::Etc::trustedparts "$apt/trusted/";
		Dir::State "$apt/state";
		Dir::State::status "/dev/null";
		Dir::Cache "$apt/cache";
		APT::Architecture "$host_arch";
		APT::Architectures { "$host_arch"; "arm64"; };
		APT::Sandbox::User "root";
		APT::Update::Error-Mode "any";
		Acquire::Languages "none";
		Acquire::Retries "3";
	END
	export APT_CONFIG=$apt/apt.conf
	apt-get -q update
}

# Package lists are read once a run at most, and only if something is to be fetched.
apt_ready=

need_apt()
{
	[ -z "$apt_ready" ] || return 0
	# Everything together takes 6 GiB, more than half of it kernel source.
	need_free "$cache" 7000 "QNAP_MCU_CACHE= names another place"
	step "Reading Debian's package lists (this needs the network)" private_apt
	export APT_CONFIG=$apt/apt.conf
	apt_ready=yes
}

# newest REGEX: the newest package whose name matches, this Debian's own build preferred: its
# host tools run here without further ado.
newest()
{
	local names

	names=$(apt-cache search --names-only "$1" | cut -d ' ' -f 1 | sort -V)
	{ grep -F "+deb$debian" <<< "$names" || cat <<< "$names"; } | tail -n 1
}

# download DIR PACKAGE...: the newest versions, into the folder.
download()
{
	local dir=$1

	shift
	(cd "$dir" && apt-get -q download "$@")
}

# unpack DIR: all packages of the folder over each other, removed after they are unpacked.
unpack()
{
	local deb

	for deb in "$1"/*.deb; do
		dpkg -x "$deb" "$1"
		rm "$deb"
	done
}

# fresh NAME: an empty folder in the cache that does not count until keep() gives it its name.
fresh()
{
	local dir

	rm -rf "$cache/.$1".*
	dir=$(mktemp -d "$cache/.$1.XXXXXX")
	chmod 755 "$dir"
	printf '%s\n' "$dir"
}

keep()
{
	rm -rf "${cache:?}/$2"
	mkdir -p "$(dirname "$cache/$2")"
	mv "$1" "$cache/$2"
}

# have NAME: it is there and need not be fetched.
have()
{
	[ -z "$refresh" ] && [ -e "$cache/$1" ]
}

kernel_packages()
{
	local release=$1

	case $release in
	6.*)
		echo "linux-image-$release-arm64:arm64" ;;
	*)
		echo "linux-base-$release-arm64:arm64" "linux-binary-$release-arm64:arm64" \
			"linux-modules-$release-arm64:arm64" ;;
	esac
	echo "linux-headers-$release-arm64:arm64" "linux-headers-$release-common:all" \
		"linux-kbuild-$release:$host_arch"
}

# runs PROGRAM: this system's C library is new enough for it. What it then does is of no interest.
runs()
{
	local status=0

	timeout 10 "$1" < /dev/null > /dev/null 2> "$tmp/loader" || status=$?
	[ "$status" -ne 127 ] && ! grep -q "version .* not found" "$tmp/loader"
}

# foreign_programs DIR: those of the kernel's build tools that do not run on this system.
foreign_programs()
{
	local program

	find "$1"/usr/lib/linux-kbuild-*/ -type f -perm -u+x | while read -r program; do
		[ "$(head -c 4 "$program" | tail -c 3)" != ELF ] || runs "$program" ||
			echo "$program"
	done
}

# The newer Debian's C library, to run that Debian's build tools on this one.
fetch_host_libs()
{
	mkdir "$1"
	download "$1" "libc6:$host_arch/trixie" "libelf1t64:$host_arch/trixie" \
		"zlib1g:$host_arch/trixie" "libzstd1:$host_arch/trixie" \
		"libssl3t64:$host_arch/trixie"
	unpack "$1"
}

wrap_foreign_programs()
{
	local dir=$1 final=$2 program

	foreign_programs "$dir" > "$tmp/programs"
	[ -s "$tmp/programs" ] || return 0
	fetch_host_libs "$dir/host-libs"
	while read -r program; do
		mv "$program" "$program.bin"
		cat > "$program" <<-END
			#!/bin/sh
			libs=$final/host-libs/usr/lib/\$(uname -m)-linux-gnu
			exec "\$libs"/ld-linux-*.so.* --library-path "\$libs" "\$0.bin" "\$@"
		END
		chmod 755 "$program"
	done < "$tmp/programs"
}

# The headers' makefiles name the place where the package would have installed them, the compiler
# that built the kernel, and options that only that compiler may know.
settle_headers()
{
	local dir=$1 final=$2 headers compiler

	headers=$(echo "$dir"/usr/src/linux-headers-*-arm64)
	sed -i "s|/usr/src/|$final/usr/src/|" "$headers/Makefile"
	compiler=$(sed -n 's/^CC = .*\(gcc-[0-9]*\)$/\1/p' "$headers/.kernelvariables")
	command -v "aarch64-linux-gnu-$compiler" > /dev/null ||
		sed -i "s/^\(CC = .*gcc\)-[0-9]*$/\1/" "$headers/.kernelvariables"
	aarch64-linux-gnu-gcc -fmin-function-alignment=8 -E - < /dev/null > /dev/null 2>&1 ||
		sed -i '/^CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=/d' \
			"$headers/include/config/auto.conf"
	# pahole must be as new as the kernel to describe types; modules load without that.
	rm -f "$headers/vmlinux"
	ln -s "$(basename "$headers")" "$dir/usr/src/build"
}

unpack_kernel()
{
	local dir=$1 final=$2

	unpack "$dir"
	rm -rf "${dir:?}/usr/share"
	# The same places for all: modules in lib/modules/, the image is boot/Image.
	[ -e "$dir/lib" ] || ln -s usr/lib "$dir/lib"
	mkdir -p "$dir/boot"
	mv "$(find "$dir"/boot "$dir"/lib/modules/* -maxdepth 1 -name 'vmlinuz*')" "$dir/boot/Image"
	depmod -b "$dir" "$(basename "$dir"/lib/modules/*)"
	wrap_foreign_programs "$dir" "$final"
	settle_headers "$dir" "$final"
}

fetch_kernel()
{
	local version=$1 name=kernel-$1 image release dir packages

	! have "$name" || return 0
	need_apt
	image=$(newest "^linux-image-${version//./[.]}[.][0-9]+[+]deb[0-9]+-arm64$")
	[ -n "$image" ] || die "Debian has no arm64 kernel $version in $codename-security or trixie"
	release=${image#linux-image-}
	release=${release%-arm64}
	dir=$(fresh "$name")
	read -ra packages <<< "$(kernel_packages "$release" | tr '\n' ' ')"
	step "Downloading Debian's kernel $release for arm64" download "$dir" "${packages[@]}"
	step "Unpacking kernel $release" unpack_kernel "$dir" "$cache/$name"
	echo "$release-arm64" > "$dir/release"
	keep "$dir" "$name"
}

# The tarball inside the package.
unpack_source()
{
	local dir=$1 version=$2

	unpack "$dir"
	mkdir "$dir/tree"
	tar -C "$dir/tree" --strip-components=1 -xJf "$dir/usr/src/linux-source-$version.tar.xz"
}

fetch_source()
{
	local version=$1 name=src/linux-$1 dir

	! have "$name" || return 0
	need_apt
	dir=$(fresh "${name##*/}")
	step "Downloading linux-source-$version (about 160 MB)" download "$dir" \
		"linux-source-$version:all"
	step "Unpacking linux-source-$version" unpack_source "$dir" "$version"
	keep "$dir/tree" "$name"
	rm -rf "$dir"
}

# Debian 12's jsonschema is too old for it, and has no 'referencing'. It gets the newer Debian's
# Python with all that it needs, which run on any Debian, as long as their own C library comes with
# them.
download_dt_schema()
{
	local package packages=()

	for package in python3.13-minimal libpython3.13-minimal libpython3.13-stdlib libc6 zlib1g \
			libexpat1 libffi8 libfdt1 python3-libfdt python3-rpds-py \
			python3-ruamel.yaml.clib; do
		packages+=("$package:$host_arch/trixie")
	done
	for package in python3-attr python3-jsonschema python3-jsonschema-specifications \
			python3-referencing python3-rfc3987 python3-ruamel.yaml; do
		packages+=("$package:all/trixie")
	done
	download "$1" dt-schema:all/trixie-backports "${packages[@]}"
}

# wrap_python DIR: python3 and dt-schema's programs as they can be called, in bin/.
wrap_python()
{
	local program

	mkdir "$1/bin"
	cat > "$1/bin/python3" <<-'END'
		#!/bin/sh
		root=$(dirname "$(dirname "$(readlink -f "$0")")")
		libs=$root/usr/lib/$(uname -m)-linux-gnu
		python=$root/usr/bin/python3.13
		export PYTHONPATH="$root/usr/lib/python3/dist-packages"
		exec "$libs"/ld-linux-*.so.* --library-path "$libs" --argv0 "$python" "$python" "$@"
	END
	for program in "$1"/usr/bin/dt-*; do
		cat > "$1/bin/${program##*/}" <<-'END'
			#!/bin/sh
			exec "${0%/*}/python3" "${0%/*}/../usr/bin/${0##*/}" "$@"
		END
	done
	chmod 755 "$1"/bin/*
}

# Where two bindings disagree about a property's type, as some of Linux 6.12's do, dt-schema 2025.08
# means to say in which files, but stumbles over the '#' at the end of a schema's name.
unpack_dt_schema()
{
	unpack "$1"
	rm -rf "${1:?}"/etc "${1:?}"/usr/share
	sed -i "s/\[sch_id\]\['/[sch_id.rstrip('#')]['/" \
		"$1/usr/lib/python3/dist-packages/dtschema/validator.py"
	wrap_python "$1"
	"$1/bin/dt-validate" --version
}

fetch_dt_schema()
{
	local dir

	! have dt-schema || return 0
	need_apt
	dir=$(fresh dt-schema)
	step "Downloading dt-schema" download_dt_schema "$dir"
	step "Unpacking dt-schema" unpack_dt_schema "$dir"
	keep "$dir" dt-schema
}

fetch_guest()
{
	local dir

	! have guest || return 0
	need_apt
	dir=$(fresh guest)
	step "Downloading busybox, lm-sensors and evtest for arm64" download "$dir" \
		busybox-static:arm64 lm-sensors:arm64 libsensors5:arm64 libsensors-config:all \
		evtest:arm64 libc6:arm64
	unpack "$dir"
	keep "$dir" guest
}

fetch_guest_pc()
{
	local dir

	! have guest-pc || return 0
	need_apt
	dir=$(fresh guest-pc)
	step "Downloading busybox for x86-64" download "$dir" busybox-static:amd64
	unpack "$dir"
	keep "$dir" guest-pc
}

# With all libraries that they need, the C library among them.
fetch_guest_storage()
{
	local dir package packages=()

	! have guest-storage || return 0
	need_apt
	for package in mdadm lvm2 dmsetup thin-provisioning-tools e2fsprogs attr libaio1t64 \
			libattr1 libblkid1 libbsd0 libc6 libcap2 libcom-err2 \
			libdevmapper-event1.02.1 \
			libdevmapper1.02.1 libedit2 libext2fs2t64 libgcc-s1 libmd0 libpcre2-8-0 \
			libselinux1 libss2 libsystemd0 libtinfo6 libudev1 libuuid1; do
		packages+=("$package:arm64/trixie")
	done
	dir=$(fresh guest-storage)
	step "Downloading mdadm, lvm2, thin tools and e2fsprogs for arm64" \
		download "$dir" "${packages[@]}"
	unpack "$dir"
	rm -rf "${dir:?}"/usr/share
	keep "$dir" guest-storage
}

# The programs that the package qnap-nas-tools leaves the work to, with all libraries they need.
download_handover()
{
	local package packages=()

	for package in systemd udev triggerhappy dash grep libacl1 libapparmor1 libaudit1 \
			libblkid1 libc6 libcap-ng0 libcap2 libcrypt1 libkmod2 liblzma5 libmount1 \
			libpam0g libpcre2-8-0 libseccomp2 libselinux1 libssl3t64 libsystemd-shared \
			libsystemd0 libudev1 libuuid1 libzstd1 zlib1g; do
		packages+=("$package:$host_arch/trixie")
	done
	download "$1" fancontrol:all/trixie "${packages[@]}"
}

unpack_handover()
{
	local dir=$1 link

	unpack "$dir"
	rm -rf "$dir"/usr/share/{doc,man,locale,bash-completion,zsh} "$dir"/usr/lib/udev/hwdb.d
	mkdir -p "$dir"/{dev,etc,proc,run,sys,tmp,var}
	for link in "$dir"/usr/{bin,sbin,lib*}; do
		ln -s "usr/${link##*/}" "$dir/${link##*/}"
	done
	printf 'root:x:0:0:root:/:/bin/sh\n' > "$dir/etc/passwd"
	printf '%s:x:%d:\n' root 0 tty 5 disk 6 lp 7 kmem 15 dialout 20 cdrom 24 tape 26 audio 29 \
		video 44 input 101 kvm 102 render 103 sgx 104 > "$dir/etc/group"
}

fetch_handover()
{
	local dir

	! have handover || return 0
	need_apt
	dir=$(fresh handover)
	step "Downloading Debian 13's systemd, udev, fancontrol and triggerhappy" \
		download_handover "$dir"
	step "Unpacking them" unpack_handover "$dir"
	keep "$dir" handover
}

# A Debian 13 to be unpacked for a test, with what the packages meet on a box. It needs no network:
# what they depend on is there.
# shellcheck disable=SC2016 # the hook's own
make_packages_root()
{
	local mirror

	mirror=$(awk '$3 == "trixie" { print $2; exit }' "$apt/sources.list")
	download "$1" "flash-kernel:arm64/trixie" "dkms:all/trixie"
	mv "$1"/flash-kernel_*.deb "$1/flash-kernel.deb"
	dpkg -x "$1"/dkms_*.deb "$1/dkms"
	rm "$1"/dkms_*.deb
	env -u APT_CONFIG mmdebstrap --variant=apt --format=tar \
		--aptopt='APT::Install-Recommends "false"' \
		--include=dkms,initramfs-tools,linux-base,u-boot-menu,u-boot-tools \
		--include=openssl,xz-utils,systemd-standalone-sysusers,ucf,binutils,mount,zstd \
		--customize-hook='rm -rf "$1"/usr/share/{doc,man,locale,info}/*' \
		trixie "$1/root.tar" "$mirror"
}

fetch_packages()
{
	local dir

	! have packages || return 0
	"$testing/need.sh" packages
	need_apt
	dir=$(fresh packages)
	step "Making a small Debian 13 to test packages in" make_packages_root "$dir"
	keep "$dir" packages
}

fetch_u_boot()
{
	local dir

	! have u-boot || return 0
	need_apt
	dir=$(fresh u-boot)
	step "Downloading U-Boot for QEMU" download "$dir" u-boot-qemu:all/trixie
	unpack "$dir"
	keep "$dir" u-boot
}

fetch()
{
	case $1 in
	kernel-*)
		fetch_kernel "${1#kernel-}"
		echo "$cache/$1" ;;
	source-*)
		fetch_source "${1#source-}"
		echo "$cache/src/linux-${1#source-}" ;;
	dt-schema)
		fetch_dt_schema
		echo "$cache/dt-schema" ;;
	suites)
		need_apt
		echo "$cache/apt" ;;
	u-boot)
		fetch_u_boot
		echo "$cache/u-boot" ;;
	guest-pc)
		fetch_guest_pc
		echo "$cache/guest-pc" ;;
	guest-storage)
		fetch_guest_storage
		echo "$cache/guest-storage" ;;
	handover)
		fetch_handover
		echo "$cache/handover" ;;
	packages)
		fetch_packages
		echo "$cache/packages" ;;
	guest)
		fetch_guest
		echo "$cache/guest" ;;
	*)
		die "no such entry: $1" ;;
	esac
}

if [ "${1:-}" = --refresh ]; then
	refresh=yes
	shift
fi
[ "${1:-}" != all ] ||
	set -- kernel-6.12 kernel-7.3 source-6.12 source-7.3 dt-schema guest guest-storage \
		handover packages
[ $# -gt 0 ] || die "what? See the head of this file"
lock fetch
for entry in "$@"; do
	fetch "$entry"
done
