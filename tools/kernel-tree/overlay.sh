# SPDX-License-Identifier: GPL-2.0-only
# What this repository brings into a kernel tree. To be sourced after tree.sh and dts.sh, when
# tree_open has set the tree.
# shellcheck shell=bash disable=SC2034,SC2154

# The stock driver's files that have no successor of the same name.
overlay_superseded=(drivers/mfd/qnap-mcu.c)

# overlay_patch: sets patch to the hunks for this tree. They are made for trees with and without
# the stock driver, not for versions; a tree that has the hunks has those that can be taken out.
overlay_patch()
{
	for patch in "$kernel_tree/linux-$oldest.patch" "$kernel_tree/linux-$newest.patch"; do
		! overlay_hunks_laid || return 0
	done
	grep -q '^config MFD_QNAP_MCU$' "$tree/drivers/mfd/Kconfig" ||
		patch=$kernel_tree/linux-$oldest.patch
}

overlay_hunks_laid()
{
	patch -d "$tree" -p1 -F0 -sfR --dry-run < "$patch" > /dev/null
}

overlay_patched()
{
	sed -n 's|^+++ b/||p' "$patch"
}

# The repository's files that lie where a kernel tree has them, without what a build leaves there.
overlay_list()
{
	(
		cd "$repo" || exit
		find drivers include -type f ! -name '*.mod.c' \
			\( -name '*.[ch]' -o -name '*.dtso' -o -name Makefile \)
		# Not those that are about this repository.
		find Documentation -type f \( -name '*.rst' -o -name '*.yaml' \) \
			! -name qnap-mcu-packaging.rst ! -name qnap-mcu-measured.rst \
			! -name qnap-nas.rst ! -name 'qnapvol*'
		find Documentation/ABI -type f -name '*qnap*'
	) | sort
}

# overlay_files DIR: all that is new in the tree, or replaces a file of it.
overlay_files()
{
	local file

	overlay_list | while read -r file; do
		install -D -m 644 "$repo/$file" "$1/$file"
	done
	! grep -q qnap-mcu-compat/ "$patch" ||
		install -D -m 644 -t "$1/drivers/mfd/qnap-mcu-compat" \
			"$repo"/compat/{Makefile.compat,qnap-mcu-compat.h}
	mkdir -p "$1/$dts"
	lay_dts "$tree" "$1/$dts"
}

# overlay_hunks DIR: the tree's files that the patch changes, changed. With fuzz it might change
# the wrong place.
overlay_hunks()
{
	local file

	overlay_patched | while read -r file; do
		[ -f "$tree/$file" ] || die "$tree lacks $file, which ${patch##*/} changes"
		install -D -m 644 "$tree/$file" "$1/$file"
	done
	patch -d "$1" -p1 -F0 -sf --no-backup-if-mismatch < "$patch" > "$tmp/patch.log" ||
		die "${patch##*/} does not fit Linux $version in $tree:" \
			"$(sed -n 's/.* to file \(.*\)\.rej$/\1/p' "$tmp/patch.log" | xargs)"
}

# overlay_laid DIR, which has overlay_files: the tree has the overlay, wholly and unchanged.
overlay_laid()
{
	local file

	overlay_hunks_laid || return 1
	for file in "${overlay_superseded[@]}"; do
		[ ! -e "$tree/$file" ] || return 1
	done
	while read -r file; do
		cmp -s "$1/$file" "$tree/$file" || return 1
	done < <(cd "$1" && find . -type f)
}
