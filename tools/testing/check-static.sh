#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Checks that need no test run: style, spelling, warnings of compiler and sparse, documents. One
# test case a file or a build; KTAP and a sum go to stdout.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/modules.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"

cd "$repo"
"$testing/need.sh" fetch modules static
source=$("$testing/fetch.sh" source-7.3)
"$testing/fetch.sh" kernel-6.12 kernel-7.3 > /dev/null

# files PATTERN...: files of the project, also those that were not committed yet.
files()
{
	git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done
}

shell_scripts()
{
	files | while read -r file; do
		case $file in
		*.sh)
			echo "$file" ;;
		*)
			! head -n 1 "$file" | grep -qE '^#!.*sh$' || echo "$file" ;;
		esac
	done
}

# once NAME COMMAND...: runs it on all files that stdin names, as starting it costs more than a
# file does. What it says stays for the cases.
once()
{
	local name=$1 status=0

	shift
	xargs -r -d '\n' "$@" > "$tmp/once" 2>&1 || status=$?
	[ "$status" -eq 0 ] || [ -s "$tmp/once" ] || echo "$1: exit code $status" >> "$tmp/once"
	cat "$tmp/once" >> "$tmp/$name.said"
}

# said_of NAME FILE: fails with what was said of that file, as "FILE:" or "Warning: FILE:".
said_of()
{
	awk -v file="$2:" 'index($0, file) == 1 || index($0, " " file) { print; said = 1 }
		END { exit said }' "$tmp/$1.said"
}

# said_of_none NAME FILE...: fails with what belongs to none of the files.
said_of_none()
{
	local name=$1

	shift
	printf '%s:\n' "$@" | grep -vFf - "$tmp/$name.said" && return 1
	[ -e "$tmp/$name.said" ]
}

# cases NAME FILE...: one for each file, after all was said.
cases()
{
	local name=$1 file

	shift
	for file in "$@"; do
		ktap_case "$name: $file" said_of "$name" "$file"
	done
	ktap_case "$name: nothing of another file" said_of_none "$name" "$@"
}

checkpatch()
{
	once checkpatch perl "$source/scripts/checkpatch.pl" --no-tree --strict --terse \
		--no-summary "$@"
}

check_patches()
{
	local list file makefile='(^|/)Makefile$' script='\.sh$|/init$'

	mapfile -t list < <(files | grep -vE '^(COPYING|MAINTAINERS)$|\.patch$')
	printf '%s\n' "${list[@]}" > "$tmp/list"
	grep -E "$makefile" "$tmp/list" | checkpatch --ignore=EMBEDDED_FILENAME -f
	grep -E "$script" "$tmp/list" | checkpatch --ignore=REPEATED_WORD -f
	grep -vE "$makefile|$script" "$tmp/list" | checkpatch -f
	cases checkpatch "${list[@]}"
	for file in $(files '*.patch'); do
		ktap_case "checkpatch: $file" checkpatch_of_patch "$file"
	done
}

# A patch is read as a file if git knows it. These are no patches to be sent.
checkpatch_of_patch()
{
	silent perl "$source/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary \
		--no-signoff --ignore=DT_SPLIT_BINDING_PATCH - < "$1"
}

check_kernel_doc()
{
	local list

	mapfile -t list < <(files '*.c' '*.h')
	printf '%s\n' "${list[@]}" | once kernel-doc "$source/scripts/kernel-doc" -Wall -none
	cases kernel-doc "${list[@]}"
}

# What codespell takes for misspelt: bold type and underlined type in a manual page.
no_typos=bu,te

check_spelling()
{
	local list

	mapfile -t list < <(files | grep -v '^COPYING$')
	printf '%s\n' "${list[@]}" | once spelling codespell -L "$no_typos"
	cases spelling "${list[@]}"
}

# What kbuild itself says of each build, and of a kernel that another compiler has built.
build_chatter='^(make|  (CC|LD|AR|CHECK|MODPOST|BTF|DTC|GEN|AS) )'
build_chatter="$build_chatter|^warning: the compiler differs|^  The kernel was built by:"
build_chatter="$build_chatter|^  You are using:|^Skipping BTF generation"
build_chatter="$build_chatter|^warning: pahole version differs|^  The kernel was built with:"

# Debian's headers of 7.3 lack the script that looks whether sparse is new enough, and its sparse
# lacks an operator that 7.3 uses.
sparse='sparse -D__typeof_unqual__=__typeof__'

settle_sparse()
{
	local directory

	for directory in "$cache"/kernel-*/usr/src/linux-headers-*-common/scripts; do
		[ -e "$directory/checker-valid.sh" ] ||
			cp "$source/scripts/checker-valid.sh" "$directory/"
	done
}

# remarks BUILD LOG: what is to be said about the sources. Sparse takes no strlen() for a constant,
# as MODULE_LICENSE() and its like do since 7.3. The null modem's files are named without a folder.
remarks()
{
	local file line what

	{ grep -vE "$build_chatter" "$2" || true; } | while IFS=: read -r file line what; do
		[ -e "$1/$file" ] || file=tools/testing/nullmodem/$file
		[[ "$what" = *": error: bad constant expression" ]] &&
			sed -n "${line}p" "$1/$file" | grep -qE '^(MODULE_|module_param)' ||
			echo "$file:$line:$what"
	done
}

# With all warnings of compiler and sparse.
build_with_warnings()
{
	local version=$1 build=$tmp/build-$1 log=$tmp/build-$1.log

	copy_sources "$build"
	if ! make_modules "$version" "$build" modules W=1 C=2 "CHECK=$sparse" > "$log" 2>&1; then
		cat "$log"
		return 1
	fi
	[ "$(grep -c '^  CHECK ' "$log")" -ge 9 ] || { echo "sparse did not run"; return 1; }
	silent remarks "$build" "$log"
}

settle_sparse
ktap_begin
check_patches
for version in 6.12 7.3; do
	ktap_case "Linux $version: no warning with W=1 C=2" build_with_warnings "$version"
done
check_kernel_doc
for file in $(shell_scripts); do
	ktap_case "shellcheck: $file" silent shellcheck -x "$file"
done
for file in $(files '*.py'); do
	ktap_case "python: $file" silent python3 -c \
		'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$file"
done
for file in $(files '*.rst' README); do
	ktap_case "reStructuredText: $file" silent "$testing/check-rst.py" "$file"
done
check_spelling
ktap_end
