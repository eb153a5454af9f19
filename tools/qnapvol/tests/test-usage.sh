#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the command line, the manual page, the completion and the installation.

. ../lib/ktap.sh

program=qnapvol

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

echo "KTAP version 1"

commands=$(./qnapvol --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')

refuses_usage 2 "say what to do, for example: qnapvol list"
refuses_usage 2 "there is no command frobnicate" frobnicate
refuses_usage 2 "type: qnapvol --help" frobnicate
refuses_usage 2 "type: qnapvol list Makefile" Makefile
refuses_usage 2 "there is no command frobnicate" help frobnicate
refuses_usage 2 "name the disks or images" list
refuses_usage 2 "qnapvol list: unrecognized option '--frobnicate'" list --frobnicate Makefile
refuses_usage 2 "type: qnapvol list --help" list --frobnicate Makefile
refuses_usage 2 "invalid option -- 'x'" list -x Makefile
refuses_usage 2 "option '--vgtext' requires an argument" list Makefile --vgtext
refuses_usage 2 "doesn't allow an argument" list --json=yes Makefile
refuses_usage 2 "none does" list -m Makefile
refuses_usage 2 "auto, tree" list --tier-map both Makefile
refuses_usage 2 "identity:0" list --tier-map identity:3 Makefile
refuses_usage 2 "wants a number" list --generation x Makefile
refuses_usage 2 "wants a number" list --generation 4294967296 Makefile
refuses_usage 2 "wants a number" list --superblock -1 Makefile
refuses_usage 2 "wants a number" list --superblock "" Makefile
refuses_usage 2 "has no option -o" list -o x Makefile
refuses_usage 2 "has no option -V" list -V x Makefile
refuses_usage 2 "has no option -o" nbd -o x Makefile
refuses_usage 2 "has no option -o" luks -o x
refuses_usage 2 "name it once, with its mapfile" list Makefile -m x ./Makefile
refuses_usage 4 "is Makefile, which was named before" list Makefile ./Makefile
refuses_usage 3 "cannot open tests/nothing: No such file" list tests/nothing
refuses_usage 3 "cannot open tests/nothing" list Makefile tests/nothing
refuses_usage 3 "give a disk" list tests
refuses_usage 3 "give a disk" list /dev/null
refuses_usage 3 "tests/nothing" list -m tests/nothing Makefile
refuses_usage 4 "nothing of a QNAP NAS" list Makefile
if [ "$(id -u)" -ne 0 ]; then
	touch "$tmp/locked"
	chmod 0 "$tmp/locked"
	refuses_usage 3 "be root" list "$tmp/locked"
else
	skip "a source that must not be read" "root may read all"
fi

# Output that cannot be written

for command in --help "list --help" "help dump"; do
	# shellcheck disable=SC2086 # these are words
	message=$(./qnapvol $command 2>&1 > /dev/full)
	[ $? -eq 1 ] && [ "$message" = \
		"qnapvol: cannot write the output: No space left on device" ]
	result $? "a full disk: $command"
	# shellcheck disable=SC2086
	message=$(./qnapvol $command 2>&1 >&-)
	[ $? -eq 1 ] && printf '%s\n' "$message" | grep -q "cannot write the output"
	result $? "no standard output: $command"
done

# shellcheck disable=SC2046
refuses_usage 2 "sources at most" list $(seq 300)

for option in --help -h help; do
	./qnapvol $option | grep -q "^Usage: qnapvol COMMAND"
	result $? "qnapvol $option"
done
./qnapvol --version | grep -q '^qnapvol [0-9]'
result $? "qnapvol --version"
./qnapvol --help > /dev/full 2> /dev/null
[ $? -eq 1 ]
result $? "help that cannot be written is an error"

[ -n "$commands" ]
result $? "there are commands"
for command in $commands; do
	./qnapvol "$command" --help | grep -q "^Usage: qnapvol $command "
	result $? "qnapvol $command --help"
	[ "$(./qnapvol "$command" --help)" = "$(./qnapvol help "$command")" ]
	result $? "qnapvol help $command"
	[ "$(./qnapvol "$command" --help | awk 'length > 100')" = "" ]
	result $? "qnapvol $command --help is not too wide"
	refuses_usage 2 "." "$command" --frobnicate
	# Without a source it prints the passphrase for any password.
	[ "$command" = luks ] || refuses_usage 2 "." "$command"
done

# The manual page

grep -q "^\.TH QNAPVOL 1" qnapvol.1
result $? "qnapvol.1 is there"
for command in $commands; do
	grep -q "^\.SS $(echo "$command" | sed 's/-/\\\\-/g')$" qnapvol.1
	result $? "qnapvol.1 knows $command"
	for option in $(./qnapvol "$command" --help | grep -o '^ *\(-[a-zA-Z], \)\?--[a-z-]*' |
			grep -o -e '--.*'); do
		grep '^\.B' qnapvol.1 | grep -qwF -e "$(echo "$option" | sed 's/-/\\-/g')"
		result $? "qnapvol.1 knows $command $option"
	done
done
for status in 1 2 3 4 5 6 7 8; do
	grep -qx "\.B $status" qnapvol.1
	result $? "qnapvol.1 knows exit status $status"
done
well_formed qnapvol.1

# Completion

# completes WORD...: what the last word can become
completes()
{
	PATH=.:$PATH bash -c '
		. bash-completion/qnapvol
		compopt() { :; }
		COMP_WORDS=(qnapvol "$@")
		COMP_CWORD=$#
		_qnapvol
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@" 2>&1
}

if command -v bash > /dev/null; then
	for command in $commands; do
		completes "$command" | grep -qxF "$command"
		result $? "completion knows $command"
		completes help "$command" | grep -qxF "$command"
		result $? "completion knows help $command"
	done
	[ "$(completes li)" = list ]
	result $? "completion of a command"
	[ "$(completes list --js)" = --json ]
	result $? "completion of a command's own option"
	[ "$(completes list --rescue-)" = --rescue-map ]
	result $? "completion of a common option"
	[ "$(completes list Makefi)" = Makefile ]
	result $? "completion of a file"
	[ "$(completes list -m Makefi)" = Makefile ]
	result $? "completion of a mapfile"
	[ "$(completes list --tier-map i)" = identity: ]
	result $? "completion of a map of tiers"
	[ -z "$(completes list -V Makefi)" ]
	result $? "no completion of volumes"
else
	skip "completion" "needs bash"
fi

# The library

# Headers of FUSE and nbdkit may not be there.
[ "$(ls include)" = qnapvol.h ] &&
	"${CC:-cc}" -MM -MG -D_GNU_SOURCE -I../include -Iinclude ./*.c > "$tmp/out" &&
	grep -q 'include/qnapvol\.h' "$tmp/out" && ! grep 'lib/' "$tmp/out"
result $? "the program knows no more of the library than its header"

# Installation

make -s install DESTDIR="$tmp/dest" PREFIX=/usr > "$tmp/out" 2>&1
result $? "make install"
for file in bin/qnapvol share/man/man1/qnapvol.1 share/bash-completion/completions/qnapvol \
		include/qnapvol.h lib/libqnapvol.a lib/pkgconfig/qnapvol.pc \
		share/qnapvol/qnapvol.schema.json; do
	[ -s "$tmp/dest/usr/$file" ]
	result $? "installs $file"
done
if [ -e nbdkit-qnapvol-plugin.so ]; then
	[ -s "$tmp/dest/usr/lib/nbdkit/plugins/nbdkit-qnapvol-plugin.so" ]
	result $? "installs the plugin"
else
	skip "installs the plugin" "it was not built"
fi
grep -q '^libdir=/usr/lib$' "$tmp/dest/usr/lib/pkgconfig/qnapvol.pc"
result $? "qnapvol.pc has the paths of the installation"
cat > "$tmp/user.c" << 'END'
#include <qnapvol.h>

int main(void)
{
	struct qv *qv = qv_new();

	qv_free(qv);

	return !qv;
}
END
cc -Wall -Werror -o "$tmp/user" "$tmp/user.c" -I"$tmp/dest/usr/include" \
	-L"$tmp/dest/usr/lib" -lqnapvol -pthread 2> "$tmp/err" && "$tmp/user"
result $? "a program can be built with what was installed"
make -s uninstall DESTDIR="$tmp/dest" PREFIX=/usr > "$tmp/out" 2>&1 &&
	[ -z "$(find "$tmp/dest" ! -type d 2> /dev/null)" ]
result $? "make uninstall leaves no file"

finish
