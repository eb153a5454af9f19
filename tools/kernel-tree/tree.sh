# SPDX-License-Identifier: GPL-2.0-only
# Is this a kernel tree that these drivers can be laid into? To be sourced after lib.sh. All that
# is wrong ends the script with one line; nothing here writes into the tree.
# shellcheck shell=bash disable=SC2034,SC2154

kernel_tree=$repo/tools/kernel-tree
oldest=6.12
newest=7.3

# tree_variable TREE NAME: as the head of the tree's Makefile sets it.
tree_variable()
{
	sed -n "s/^$2 = *\([0-9]*\)$/\1/p" "$1/Makefile" | head -n 1
}

# tree_open TREE: sets tree, line (6.12) and version (6.12.1).
tree_open()
{
	local sublevel file

	[ -n "$1" ] || die "which tree? Give KERNEL_SRC=<source tree of Linux $oldest to $newest>"
	[ -d "$1" ] || die "$1 is no kernel source tree: there is no such directory"
	tree=$(cd "$1" && pwd -P)
	for file in Kbuild Kconfig MAINTAINERS Makefile drivers/mfd/Makefile init/main.c; do
		[ -f "$tree/$file" ] || die "$1 is no kernel source tree: it has no $file"
	done
	line=$(tree_variable "$tree" VERSION).$(tree_variable "$tree" PATCHLEVEL)
	[[ "$line" =~ ^[0-9]+\.[0-9]+$ ]] ||
		die "$1 is no kernel source tree: its Makefile has no version"
	sublevel=$(tree_variable "$tree" SUBLEVEL)
	version=$line${sublevel:+.$sublevel}
	tree_version_fits
}

# older A B: version A comes before version B.
older()
{
	[ "$1" != "$2" ] && [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

tree_version_fits()
{
	! older "$line" "$oldest" ||
		die "$tree is Linux $version, which is too old: $oldest to $newest will do"
	! older "$newest" "$line" ||
		die "$tree is Linux $version, which is too new: $oldest to $newest will do"
}

# tree_git COMMAND...: git in the tree, whoever owns it, without writing there.
tree_git()
{
	git --no-optional-locks -c safe.directory='*' -C "$tree" "$@"
}

# Is the tree, and not a directory around it, one of git?
tree_in_git()
{
	command -v git > /dev/null &&
		[ "$(tree_git rev-parse --show-toplevel 2> /dev/null)" = "$tree" ]
}

# tree_clean FILE...: git knows of no change in the tree, and these files it knows, if they exist.
# What a build has left does not matter.
tree_clean()
{
	local changed

	tree_in_git || return 0
	changed=$(tree_git status --porcelain --untracked-files=no)
	[ -z "$changed" ] || die "$tree has changes that are not committed, the first in" \
		"$(head -n 1 <<< "${changed:3}"): commit or stash them"
	changed=$(tree_git ls-files --others -- "$@")
	[ -z "$changed" ] || die "$tree has a file that git does not know, and that would be" \
		"overwritten: $(head -n 1 <<< "$changed")"
}
