#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The program as users have it, without sanitizers, under valgrind: no memory is read before it was
# written, none is lost. Run from tools/qnapvol.

. ../lib/ktap.sh

# All layers between them: mirror, parity, tiers, damage, what is declined.
variants="basic md-5-pool md-6-three-missing thin-v4-filled thin-snapshots damaged-leaf"
variants="$variants declined-v5"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# watched STATUS COMMAND...: the program's own status has to be that, and nothing be found
watched()
{
	wanted=$1
	shift
	valgrind -q --leak-check=full --errors-for-leak-kinds=all --show-leak-kinds=all \
		--error-exitcode=99 ./qnapvol "$@" > "$work/said" 2> "$work/found"
	status=$?
	[ "$status" = "$wanted" ] || sed 's/^/# /' "$work/found"
	[ "$status" = "$wanted" ]
}

# volume IMAGES: the first one that can be read, or nothing
volume()
{
	./qnapvol list "$@" 2> /dev/null | sed -n 's/.*qnapvol dump -V \([^ ]*\) .*/\1/p' |
		head -n 1
}

test_variant()
{
	mkdir "$work/$1"
	tests/mkqnapimg "tests/variants/$1.json" "$work/$1"
	./qnapvol list "$work/$1"/disk*.img > /dev/null 2>&1
	listed=$?
	watched "$listed" list "$work/$1"/disk*.img
	result $? "$1: list"
	watched "$listed" list --json "$work/$1"/disk*.img
	result $? "$1: list --json"
	name=$(volume "$work/$1"/disk*.img)
	[ -n "$name" ] || return
	./qnapvol dump -q --skip-bad -V "$name" -o "$work/plain" "$work/$1"/disk*.img 2> /dev/null
	watched $? dump -q --skip-bad -V "$name" -o "$work/volume" "$work/$1"/disk*.img
	result $? "$1: dump"
	cmp -s "$work/plain" "$work/volume"
	result $? "$1: the dump is the same"
	rm -f "$work"/plain* "$work"/volume*
}

echo "KTAP version 1"
for variant in $variants; do
	test_variant "$variant"
	rm -rf "${work:?}/$variant"
done
watched 3 list /dev/null
result $? "what is no disk"
watched 3 list "$work/nothing"
result $? "what is not there"
watched 0 --help
result $? "--help"
finish
