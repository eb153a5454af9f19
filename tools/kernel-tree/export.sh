#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Writes the drivers, their documents and device trees as a series of patches for Linux 7.3:
#
#	export.sh TREE OUT
#
# The series leads from the files of the tree to those that in-tree.sh would make of them, in the
# steps of the file export/steps. Each step builds, and the box works with it: where a step needs
# something for that which the next ones take away again, it is in export/*.patch. The tree is only
# read; all is done in a scratch repository that has no other files.

. "$(dirname "${BASH_SOURCE[0]}")/../testing/lib.sh"
. "$repo/tools/kernel-tree/tree.sh"
. "$repo/tools/kernel-tree/overlay.sh"
. "$repo/tools/kernel-tree/dts.sh"

parts=$kernel_tree/export
base=$tmp/base
new=$tmp/new
work=$tmp/work

# Stock drivers of another version call for other steps.
tree_fits()
{
	tree_open "$1"
	overlay_patch
	[ "$line" = "$newest" ] && [ "$patch" = "$kernel_tree/linux-$newest.patch" ] ||
		die "$tree is Linux $version: the series is for $newest and its stock driver"
	[ ! -e "$tree/drivers/mfd/qnap-mcu-core.c" ] ||
		die "$tree has these drivers already: take a tree without them"
}

# Whoever sends the series is who has written it to those who get it. Nobody is made up.
sender()
{
	local ident

	ident=$(git -C "$repo" -c user.useConfigOnly=true var GIT_AUTHOR_IDENT 2> /dev/null) ||
		die "who sends the series? Tell git: git config user.name and user.email"
	[[ "$ident" =~ ^(.*)\ \<(.*)\>\ [0-9]+\ [-+][0-9]+$ ]]
	export GIT_AUTHOR_NAME=${BASH_REMATCH[1]} GIT_AUTHOR_EMAIL=${BASH_REMATCH[2]}
	export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
}

# An edited cover letter lies there, perhaps.
out_fits()
{
	[ -n "$1" ] || die "where to? Give OUT=<folder>"
	out=$(realpath -m "$1")
	[[ "$out/" != "$tree/"* ]] || die "$out is in the kernel tree, which is only read"
	[ ! -e "$out" ] || [ -d "$out" ] || die "$out is no folder"
	[ ! -d "$out" ] || [ -z "$(ls -A "$out")" ] ||
		die "$out has files already: remove them, or give another OUT=<folder>"
}

# What git is set to here must not show in the series.
scratch_git()
{
	env -u GIT_DIR -u GIT_WORK_TREE -u GIT_INDEX_FILE -u GIT_CONFIG_COUNT \
		-u GIT_CONFIG_PARAMETERS GIT_CONFIG_GLOBAL=/dev/null \
		GIT_CONFIG_SYSTEM=/dev/null git -C "$work" "$@"
}

commit()
{
	scratch_git add -A -f
	scratch_git commit -q --cleanup=verbatim -F "$1"
}

# copy_base FILE...: those of the tree that there are.
copy_base()
{
	local file

	for file in "$@"; do
		[ ! -e "$tree/$file" ] || install -D -m 644 "$tree/$file" "$base/$file"
	done
}

# both: all files of the base and of the final state.
both()
{
	(cd "$base" && find . -type f -printf '%P\n'; cd "$new" && find . -type f -printf '%P\n') |
		sort -u
}

prepare()
{
	local files

	overlay_files "$new"
	overlay_hunks "$new"
	mapfile -t files < <(cd "$new" && find . -type f -printf '%P\n')
	files+=("${overlay_superseded[@]}")
	tree_clean "${files[@]}"
	mkdir "$base"
	copy_base "${files[@]}"
	merge_maintainers
	cp -r "$base" "$work"
	scratch_git init -q -b series
	commit <(echo "Linux $version")
}

# take FILE: its final state, into the scratch repository.
take()
{
	if [ -e "$new/$1" ]; then
		install -D -m 644 "$new/$1" "$work/$1"
	else
		rm -f "${work:?}/$1"
	fi
}

# take_files PATTERN...: a * also stands for slashes.
take_files()
{
	local file pattern

	both | while read -r file; do
		for pattern in "$@"; do
			# shellcheck disable=SC2053 # a pattern
			[[ "$file" != $pattern ]] || take "$file"
		done
	done
}

transition()
{
	patch -d "$work" -p1 -sf --no-backup-if-mismatch -r - < "$parts/$1.patch" > "$tmp/log" ||
		die "export/$1.patch does not fit the drivers any more: $(head -n 1 "$tmp/log")"
}

# no_option FILE OPTION: without its block in a Kconfig file.
no_option()
{
	awk -v "option=$2" '/^config / { skip = $2 == option } !skip' "$1" > "$tmp/kconfig"
	cp "$tmp/kconfig" "$1"
}

# adjust_STEP: what is not yet as it will be.
adjust_core()
{
	no_option "$work/drivers/mfd/Kconfig" MFD_QNAP_MCU_KUNIT_TEST
	sed -i '/CONFIG_MFD_QNAP_MCU_KUNIT_TEST/d' "$work/drivers/mfd/Makefile"
	transition old-calls
	transition power-off
}

adjust_power()
{
	transition old-calls
}

adjust_boards()
{
	local file

	for file in $(cd "$new" && compgen -G "$dts/*.dts"); do
		[ ! -e "$base/$file" ] || continue
		rm "$work/$file"
		sed -i "/ $(basename "$file" .dts)\.dtb/d" "$work/$dts/Makefile"
	done
}

# Each line of base and final state, in the place that it has in either: with a "-" those that will
# go, with a "+" those that will come.
merge_maintainers()
{
	diff --old-line-format='-%L' --new-line-format='+%L' --unchanged-line-format=' %L' \
		"$base/MAINTAINERS" "$new/MAINTAINERS" > "$tmp/maintainers" || true
}

# matches DIR PATTERN: what there is of it. is_new DIR PATTERN: a file that the tree does not have.
matches()
{
	(cd "$1" && compgen -G "${2%/}")
}

is_new()
{
	local file

	for file in $(matches "$1" "$2"); do
		[ -e "$base/$file" ] || return 0
	done
	return 1
}

# absent_before CHANGE, absent_after CHANGE: before, or from the step of that file on, this line of
# the merged one is not in it. A line for new files comes with these, that of a file goes with it.
absent_before()
{
	case $1 in
	+F:*)
		! is_new "$work" "${1#+F:	}" ;;
	-F:*)
		! matches "$work" "${1#-F:	}" > /dev/null ;;
	*)
		[[ "$1" = +* ]] ;;
	esac
}

absent_after()
{
	case $1 in
	+F:*)
		is_new "$new" "${1#+F:	}" && ! is_new "$work" "${1#+F:	}" ;;
	*)
		[[ "$1" = -* ]] ;;
	esac
}

list_files()
{
	local change when=before

	! grep -qx maintainers "$tmp/done" || when=after
	grep '^[-+]' "$tmp/maintainers" | while IFS= read -r change; do
		! "absent_$when" "$change" || echo "$change"
	done > "$tmp/absent"
	awk 'NR == FNR { absent[$0]; next } !($0 in absent) { print substr($0, 2) }' \
		"$tmp/absent" "$tmp/maintainers" > "$work/MAINTAINERS"
}

# make_step NAME PATTERN...
make_step()
{
	local name=$1

	[ -s "$parts/$name.txt" ] || die "export/$name.txt, the message of a patch, is missing"
	take_files "${@:2}"
	! declare -F "adjust_$name" > /dev/null || "adjust_$name"
	echo "$name" >> "$tmp/done"
	list_files
	[ -n "$(scratch_git status --porcelain)" ] || die "export/steps: $name changes nothing"
	commit "$parts/$name.txt"
}

make_steps()
{
	local step

	: > "$tmp/done"
	grep -v '^#' "$parts/steps" | while read -ra step; do
		make_step "${step[@]}"
	done
	diff -rq --exclude=.git "$new" "$work" > "$tmp/log" ||
		die "export/steps leaves something out: $(head -n 1 "$tmp/log")"
}

# Files that were rewritten are shown as such, and not line by line between the old ones.
write_patches()
{
	local first

	first=$(scratch_git rev-list --max-parents=0 HEAD)
	scratch_git config branch.series.description \
		"$(sed "s/@VERSION@/$version/" "$parts/cover.txt")"
	scratch_git format-patch -q --cover-letter --cover-from-description=subject --zero-commit \
		--no-renames --break-rewrites -o "$tmp/series" "$first"
}

drop_half()
{
	[ -z "${half:-}" ] || rm -rf "$half"
}

# All of it or nothing.
publish()
{
	at_exit drop_half
	mkdir -p "${out%/*}" 2> /dev/null && half=$(mktemp -d "$out.XXXXXX" 2> /dev/null) ||
		die "cannot write to ${out%/*}"
	cp "$tmp"/series/* "$half/" 2> /dev/null || die "${out%/*} has no space for the series"
	chmod 755 "$half"
	mv -T "$half" "$out"
}

[ $# -le 2 ] || die "one tree and one folder, please"
tree_fits "${1:-}"
out_fits "${2:-}"
"$testing/need.sh" export
sender
prepare
make_steps
write_patches
publish
say "$(wc -l < "$tmp/done") patches and a cover letter for Linux $version are in $out. Before" \
	"they are sent: read them, complete the letter, sign them off (git am -s)"
