#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the command line, the manual page, the completion and the installation.

. ../lib/ktap.sh

program=qnap-nas-info

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

echo "KTAP version 1"

refuses_usage 2 "unrecognized option" --frobnicate
refuses_usage 2 "Try 'qnap-nas-info --help'" --frobnicate
refuses_usage 2 "invalid option" -x
refuses_usage 2 "requires an argument" --root
refuses_usage 2 "requires an argument" --mainboard
refuses_usage 2 "doesn't allow an argument" --json=yes
refuses_usage 2 "not an option" info
refuses_usage 2 "only one of --json and --dtb" --json --dtb
refuses_usage 2 "needs --mainboard" --dtb --mcu Makefile
refuses_usage 2 "wants a folder" --root ""
refuses_usage 1 "No such file" --root "$tmp/nothing"
refuses_usage 1 "No such file" --dtb --mainboard "$tmp/nothing"

for option in --help --version "--json --mcu Makefile" "--mcu Makefile"; do
	# shellcheck disable=SC2086 # these are words
	message=$(./qnap-nas-info $option 2>&1 > /dev/full)
	[ $? -eq 1 ] && [ "$message" = \
		"qnap-nas-info: cannot write the output: No space left on device" ]
	result $? "a full disk: $option"
done

./qnap-nas-info --help | grep -q "^Usage: qnap-nas-info"
result $? "qnap-nas-info --help"
[ -z "$(./qnap-nas-info --help | awk 'length > 80')" ]
result $? "its help is not too wide"
./qnap-nas-info --version | grep -q '^qnap-nas-info [0-9]'
result $? "qnap-nas-info --version"

# The manual page

options=$(./qnap-nas-info --help | grep -o '^  --[a-z]*')
[ -n "$options" ]
result $? "there are options"
for option in $options; do
	grep '^\.B' qnap-nas-info.1 | grep -qwF -e "$(echo "$option" | sed 's/-/\\-/g')"
	result $? "qnap-nas-info.1 knows $option"
done
well_formed qnap-nas-info.1

# Completion

# completes WORD...: what the last word can become
completes()
{
	PATH=.:$PATH bash -c '
		. bash-completion/qnap-nas-info
		compopt() { :; }
		COMP_WORDS=(qnap-nas-info "$@")
		COMP_CWORD=$#
		_qnap_nas_info
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@" 2>&1
}

if command -v bash > /dev/null; then
	for option in $options; do
		completes "$option" | grep -qxF -e "$option"
		result $? "completion knows $option"
	done
	[ "$(completes --ma)" = --mainboard ]
	result $? "completion of an option"
	[ "$(completes --mainboard Makefi)" = Makefile ]
	result $? "completion of a file"
	[ "$(completes --root te)" = tests ] && [ -z "$(completes --root Makefi)" ]
	result $? "completion of a folder"
else
	skip "completion" "needs bash"
fi

# Installation

make -s install DESTDIR="$tmp/dest" PREFIX=/usr > "$tmp/out" 2>&1
result $? "make install"
for file in bin/qnap-nas-info share/man/man1/qnap-nas-info.1 \
		share/bash-completion/completions/qnap-nas-info \
		share/qnap-nas/qnap-nas-info.schema.json; do
	[ -s "$tmp/dest/usr/$file" ]
	result $? "installs $file"
done
[ -x "$tmp/dest/usr/bin/qnap-nas-info" ] && [ "$(find "$tmp/dest" -type f | wc -l)" -eq 4 ]
result $? "installs nothing else"
make -s uninstall DESTDIR="$tmp/dest" PREFIX=/usr > "$tmp/out" 2>&1 &&
	[ -z "$(find "$tmp/dest" -type f)" ]
result $? "make uninstall leaves nothing"

# The box has another processor

if command -v aarch64-linux-gnu-gcc > /dev/null; then
	aarch64-linux-gnu-gcc -O2 -std=gnu11 -Wall -Wextra -Werror -D_GNU_SOURCE -I../include -I. \
		-DQNAP_NAS_INFO_VERSION='"1.0"' -o "$tmp/arm64" ./*.c > "$tmp/out" 2>&1
	status=$?
	sed 's/^/# /' "$tmp/out"
	[ $status -eq 0 ]
	result $? "compiles for arm64 with libc alone"
else
	skip "compiles for arm64 with libc alone" "needs gcc-aarch64-linux-gnu"
fi

finish
