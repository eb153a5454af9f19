#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016,SC2154
#
# Lays the drivers, their documents and device trees into a kernel's source tree: in-tree.sh TREE
#
# All is prepared beside the tree, copied into a folder of it, and moved to its places only when
# nothing is left that could fail for want of space or because a patch does not fit. If it does
# fail, what was moved is moved back. No file is written to where it lies, so that a tree may share
# files with others through hard links.

. "$(dirname "${BASH_SOURCE[0]}")/../testing/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/tree.sh"
. "$(dirname "${BASH_SOURCE[0]}")/dts.sh"
. "$(dirname "${BASH_SOURCE[0]}")/overlay.sh"

new=$tmp/new
moved=()
made=()

# A tree without the stock driver has no file of these names, or it has one that we do not know.
no_strangers()
{
	local file

	[ "$patch" = "$kernel_tree/linux-$oldest.patch" ] || return 0
	while read -r file; do
		[ ! -e "$tree/$file" ] ||
			die "$tree has a $file, but not the stock driver's options"
	done < <(cd "$new" && find drivers include -type f ! -name Kconfig ! -name Makefile)
}

already_laid()
{
	overlay_laid "$new" ||
		die "$tree has these drivers already, in another state: take a tree without them"
	say "nothing to do: $tree has all of it already"
	exit 0
}

prepare()
{
	local files

	overlay_files "$new"
	[ ! -e "$tree/drivers/mfd/qnap-mcu-core.c" ] || already_laid
	overlay_hunks "$new"
	no_strangers
	mapfile -t files < <(cd "$new" && find . -type f -printf '%P\n')
	tree_clean "${files[@]}" "${overlay_superseded[@]}"
}

# own FILE: it shall belong to whom the tree does.
own()
{
	[ "$(id -u)" -ne 0 ] || chown -R --reference="$tree/Makefile" "$1"
}

# The folder is also what keeps two runs apart.
copy_in()
{
	laying=$tree/.qnap-mcu-laying
	mkdir "$laying" 2> "$tmp/mkdir.log" ||
		die "cannot write to $tree, or a run that was killed has left $laying"
	at_exit 'move_back; rm -rf "$laying"'
	mkdir "$laying/old"
	cp -r "$new" "$laying/new" > "$tmp/cp.log" 2>&1 ||
		die "$tree has no space for it; it is as it was"
	own "$laying/new"
}

# new_folders FOLDER: makes it, and notes what is new. Fails if the tree itself has gone.
new_folders()
{
	[ ! -d "$tree/$1" ] || return 0
	[ "$1" != . ] || return 1
	new_folders "$(dirname "$1")" && mkdir "$tree/$1" && made=("$1" "${made[@]}") &&
		own "$tree/$1"
}

# move FILE: the tree's own out, ours, if there is one, in.
move()
{
	moved+=("$1")
	if [ -e "$tree/$1" ]; then
		mkdir -p "$laying/old/$(dirname "$1")" && mv "$tree/$1" "$laying/old/$1" || return 1
	fi
	if [ -e "$laying/new/$1" ]; then
		new_folders "$(dirname "$1")" && mv "$laying/new/$1" "$tree/$1"
	fi
}

# What was moved before something failed. Nothing is left to be moved back after a success.
move_back()
{
	local file

	for file in "${moved[@]}"; do
		if [ -e "$laying/old/$file" ]; then
			mv -f "$laying/old/$file" "$tree/$file"
		elif [ ! -e "$laying/new/$file" ]; then
			rm -f "${tree:?}/$file"
		fi
	done
	(cd "$tree" && [ ${#made[@]} -eq 0 ] || rmdir --ignore-fail-on-non-empty "${made[@]}")
}

# It takes milliseconds: a Ctrl-C waits.
move_all()
{
	local file

	trap '' INT TERM HUP
	while read -r file; do
		move "$file" > "$tmp/move.log" 2>&1 ||
			die "could not write $file; $tree is as it was"
	done
	moved=()
	made=()
}

[ $# -le 1 ] || die "one tree, please"
tree_open "${1:-}"
overlay_patch
prepare
copy_in
move_all < <(cd "$new" && find . -type f -printf '%P\n'; printf '%s\n' "${overlay_superseded[@]}")
say "Linux $version in $tree has the drivers now. Next: make olddefconfig, and build it as usual"
