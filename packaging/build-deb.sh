#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes Debian packages of drivers, device trees and tools: build-deb.sh [OUT]. What is missing to
# build them is installed or fetched. They are in the folder OUT, build/deb, when all went well.
# It needs no root, but for packages that are missing.

. "$(dirname "${BASH_SOURCE[0]}")/../tools/testing/lib.sh"

# The first kernel that a set of device trees is for, and the one whose sources it is made of.
sets="6.12=6.12 7.1=7.3"
out=$(realpath -m "${1:-$repo/build/deb}")
arch=${DEB_ARCH:-arm64}

# The sources, a little of what is compiled, three packages.
need_room()
{
	local place

	mkdir -p "$out"
	for place in "$tmp" "$out"; do
		need_free "$place" 100 "make room there"
	done
}

# Files that git knows, as they are now; in a tarball without git, all but what was built.
copy_repository()
{
	local source=$1

	mkdir "$source"
	{ git -C "$repo" ls-files --cached --others --exclude-standard 2> /dev/null ||
		(cd "$repo" && find . -path ./build -prune -o -type f -print); } |
		(cd "$repo" && while read -r file; do [ ! -e "$file" ] || echo "$file"; done) |
		tar -C "$repo" -cf - -T - | tar -C "$source" -xf -
	cp -a "$repo/packaging/debian" "$source/debian"
}

compile_dtbs()
{
	local set

	for set in $sets; do
		"$testing/fetch.sh" "source-${set#*=}" > /dev/null
		"$repo/tools/kernel-tree/dtbs.sh" "$cache/src/linux-${set#*=}" \
			"$tmp/source/dtbs/${set%=*}"
	done
}

build()
{
	cd "$tmp/source"
	DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage -b -us -uc "-a$arch"
}

"$testing/need.sh" deb
command -v "$(dpkg-architecture "-a$arch" -q DEB_HOST_GNU_TYPE 2> /dev/null)-gcc" > /dev/null ||
	die "there is no compiler for $arch"
need_room
copy_repository "$tmp/source"
compile_dtbs
step "Building the packages for $arch" build
rm -f "$out"/qnap-mcu-dkms_*.deb "$out"/qnap-nas-dtbs_*.deb "$out"/qnap-nas-tools_*.deb
mv "$tmp"/*.deb "$out/"
say "they are in $out"
