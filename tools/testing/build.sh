#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds the modules for Debian's arm64 kernel of a version and prints the folder they lie in:
#
#	build.sh VERSION
#
# It builds a copy of the sources in the cache, so that kernels do not get in each other's way and
# the checkout stays clean.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/modules.sh"

version=$1
build=$cache/build/$version

"$testing/need.sh" fetch modules
"$testing/fetch.sh" "kernel-$version" > /dev/null
lock "build-$version"
copy_sources "$build"
step "Building the modules for Linux $version" make_modules "$version" "$build" modules
echo "$build"
