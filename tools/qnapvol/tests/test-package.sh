#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds the Debian packages and looks what is in them.

. ../lib/ktap.sh

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# has PACKAGE PATH
has()
{
	dpkg-deb -c build/"$1"_*.deb > "$tmp/log"
	grep -q " \.$2$" "$tmp/log"
	result $? "$1 has $2"
}

echo "KTAP version 1"
for program in dh dpkg-buildpackage lintian; do
	if ! command -v $program > /dev/null; then
		skip "packages" "needs $program"
		finish
	fi
done
if ! [ -e nbdkit-qnapvol-plugin.so ]; then
	skip "packages" "the plugin was not built"
	finish
fi
if ! dpkg-checkbuilddeps debian/control > "$tmp/log" 2>&1; then
	skip "packages" "$(cat "$tmp/log")"
	finish
fi

make -s deb > "$tmp/log" 2>&1
status=$?
[ "$status" -eq 0 ] || sed 's/^/# /' "$tmp/log"
result "$status" "packages are built"

lintian build/*.deb 2> /dev/null > "$tmp/log"
sed 's/^/# /' "$tmp/log"
[ ! -s "$tmp/log" ]
result $? "lintian has nothing to say"

library=/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
has qnapvol /usr/bin/qnapvol
has qnapvol /usr/share/man/man1/qnapvol.1.gz
has qnapvol /usr/share/bash-completion/completions/qnapvol
has qnapvol /usr/share/qnapvol/qnapvol.schema.json
has qnapvol "$library/nbdkit/plugins/nbdkit-qnapvol-plugin.so"
has libqnapvol-dev /usr/include/qnapvol.h
has libqnapvol-dev "$library/libqnapvol.a"
has libqnapvol-dev "$library/pkgconfig/qnapvol.pc"

for package in cryptsetup-bin e2fsprogs fuse2fs fuse3 gddrescue nbdkit; do
	dpkg-deb -f build/qnapvol_*.deb Recommends | grep -q "$package"
	result $? "qnapvol recommends $package"
done

dpkg-deb -x build/qnapvol_*.deb "$tmp/dest" &&
	"$tmp/dest/usr/bin/qnapvol" --version | grep -q '^qnapvol [0-9]'
result $? "the packaged program runs"
rm -rf build

finish
