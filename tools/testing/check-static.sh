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

checkpatch()
{
	local ignore=

	case $1 in
	*.patch)
		checkpatch_of_patch "$1"
		return ;;
	Makefile)
		ignore=--ignore=EMBEDDED_FILENAME ;;
	*.sh | */init)
		ignore=--ignore=REPEATED_WORD ;;
	esac
	silent perl "$source/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary \
		$ignore -f "$1"
}

# A patch is read as a file if git knows it. These are no patches to be sent.
checkpatch_of_patch()
{
	silent perl "$source/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary \
		--no-signoff --ignore=DT_SPLIT_BINDING_PATCH - < "$1"
}

kernel_doc()
{
	silent "$source/scripts/kernel-doc" -Wall -none "$1"
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
# What codespell takes for misspelt: bold type and underlined type in a manual page.
no_typos=bu,te

ktap_begin
for file in $(files | grep -vE '^(COPYING|MAINTAINERS)$'); do
	ktap_case "checkpatch: $file" checkpatch "$file"
done
for version in 6.12 7.3; do
	ktap_case "Linux $version: no warning with W=1 C=2" build_with_warnings "$version"
done
for file in $(files '*.c' '*.h'); do
	ktap_case "kernel-doc: $file" kernel_doc "$file"
done
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
for file in $(files | grep -v '^COPYING$'); do
	ktap_case "spelling: $file" silent codespell -L "$no_typos" "$file"
done
ktap_end
