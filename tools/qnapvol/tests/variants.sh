# SPDX-License-Identifier: GPL-2.0-only
#
# Reads the images of variants in tests/variants and compares with what was put into them. SUBSET is
# a pattern for the names of those to be read, such as "md-1*"; without it all of them are.
# shellcheck shell=sh

# shellcheck source=../../lib/ktap.sh
. ../lib/ktap.sh

work=$(mktemp -d) || exit 1
PATH=$PATH:/usr/sbin:/sbin
export PATH
trap 'rm -rf "$work"' EXIT

# verify NAME: compares all volumes of the variant; one result for each
verify()
{
	tests/verify-images "$work/images" > "$work/results" 2> "$work/errors"
	status=$?
	while read -r code text; do
		result "$code" "$1: $text"
	done < "$work/results"
	sed 's/^/# /' "$work/errors"
	[ "$status" -eq 0 ]
	result $? "$1: to the end"
}

# list NAME: the program says something about the images, and nothing breaks
list()
{
	(cd "$work/images" && "$OLDPWD/qnapvol" list disk*.img) > "$work/list" 2> "$work/errors"
	status=$?
	# Statuses from 2 up are those of the program, a signal is above 128.
	[ "$status" -lt 100 ] && [ -s "$work/list" ]
	result $? "$1: list"
}

# dump NAME: the program writes each volume to a file as it has to be, what is lost as zeros
dump()
{
	tests/verify-images --names "$work/images" > "$work/names"
	while read -r volume file; do
		rm -f "$work/dumped" "$work/dumped.map"
		(cd "$work/images" && "$OLDPWD/qnapvol" dump --quiet --skip-bad \
			--volume "$volume" --output "$work/dumped" disk*.img) \
			> /dev/null 2> "$work/errors"
		if cmp "$work/dumped" "$work/images/$file" 2>> "$work/errors"; then
			result 0 "$1: $volume: dump"
		else
			sed 's/^/# /' "$work/errors"
			result 1 "$1: $volume: dump"
		fi
	done < "$work/names"
}

# convert NAME: what a pool is for a stock kernel passes the stock tools
convert()
{
	if ! thin_restore --version > /dev/null 2>&1; then
		skip "$1: thin-xml" "there is no thin_restore"
		return
	fi
	rm -f "$work/xml" "$work/stock"
	truncate -s 64M "$work/stock"
	(cd "$work/images" && "$OLDPWD/qnapvol" thin-xml --volume vg1/tp1 --output "$work/xml" \
		disk*.img) 2> "$work/errors" &&
		thin_restore -i "$work/xml" -o "$work/stock" > "$work/log" 2>&1 &&
		thin_check "$work/stock" > "$work/log" 2>&1
	result $? "$1: thin-xml"
}

# try NAME: makes the images of a variant and reads them
try()
{
	rm -rf "$work/images"
	if ! tests/mkqnapimg "tests/variants/$1.json" "$work/images" > "$work/errors" 2>&1; then
		sed 's/^/# /' "$work/errors"
		result 1 "$1: make images"
		return
	fi
	list "$1"
	verify "$1"
	dump "$1"
	case $1 in
	thin-*)
		convert "$1" ;;
	esac
}

# group_of NAME: variants are tested in three groups, each in about the same time
group_of()
{
	case $1 in
	md-* | thin-*)
		echo "${1%%-*}" ;;
	*)
		echo others ;;
	esac
}

# try_group GROUP: tries all variants of a group
try_group()
{
	echo "KTAP version 1"
	for variant in tests/variants/${SUBSET:-*}.json; do
		name=$(basename "$variant" .json)
		if [ -e "$variant" ] && [ "$(group_of "$name")" = "$1" ]; then
			try "$name"
		fi
	done
	finish
}
