# SPDX-License-Identifier: GPL-2.0-only
# What make in-tree says of trees that it cannot use, and how it leaves them. To be sourced after
# lib.sh, ktap.sh and tools/kernel-tree/overlay.sh.
# shellcheck shell=bash disable=SC2016,SC2034,SC2154

small=$tmp/small

# small_tree VERSION: of a kernel tree, only what the script looks at or changes.
small_tree()
{
	local source=$cache/src/linux-$1 patch=$kernel_tree/linux-$1.patch

	rm -rf "$small" "$bin"
	mkdir "$small"
	(
		cd "$source" || exit
		# shellcheck disable=SC2046 # no name has a space
		cp -p --parents Kbuild Kconfig Makefile init/main.c "$dts"/rk35*.dtsi \
			$(overlay_patched) "$small"
		overlay_list | while read -r file; do
			[ ! -e "$file" ] || cp -p --parents "$file" "$small"
		done
		for file in "${overlay_superseded[@]}"; do
			[ ! -e "$file" ] || cp -p --parents "$file" "$small"
		done
	)
}

git_tree()
{
	small_tree "$1"
	git_in_small init -q
	git_in_small add .
	git_in_small commit -qm all
}

git_in_small()
{
	git -C "$small" -c user.name=tester -c user.email=tester@localhost "$@"
}

# state FOLDER: all that may not change. Folders get a new time when something is moved back.
state()
{
	(
		cd "$1" || exit
		find . -name .git -prune -o -type d -printf '%p %m %U\n' \
			-o -printf '%p %m %U %s %T@ %i\n' | sort
		find . -name .git -prune -o -type f -print0 | sort -z | xargs -0 md5sum
		[ ! -d .git ] || find .git -type f -printf '%p %s %T@\n' | sort
	)
}

# Also in the background, where shells ignore Ctrl-C.
lay()
{
	PATH=$bin:$PATH env --default-signal=INT "$kernel_tree/in-tree.sh" "$@" \
		> "$tmp/said" 2>&1 < /dev/null
}

# refuses TEXT [TREE]: in one line that has the text, with the tree as it was.
refuses()
{
	local text=$1 tree=${2-$small} status=0

	[ ! -d "$tree" ] || state "$tree" > "$tmp/before"
	lay ${tree:+"$tree"} || status=$?
	[ "$status" -ne 0 ] || wrong "it did not fail: $(cat "$tmp/said")"
	[ "$(wc -l < "$tmp/said")" -eq 1 ] || wrong "not one line: $(cat "$tmp/said")"
	grep -qF -e "$text" "$tmp/said" || wrong "no '$text' in: $(cat "$tmp/said")"
	[ ! -d "$tree" ] || state "$tree" | diff "$tmp/before" - || wrong "the tree was changed"
}

lays()
{
	lay "$small" || wrong "it failed: $(cat "$tmp/said")"
	for file in drivers/mfd/qnap-mcu-core.c drivers/mfd/tests/Makefile; do
		cmp "$repo/$file" "$small/$file" || exit
	done
	[ ! -e "$small/drivers/mfd/qnap-mcu.c" ] || wrong "the stock core is still there"
	[ ! -e "$small/.qnap-mcu-laying" ] || wrong "it left something behind"
}

no_tree_given()
{
	refuses "KERNEL_SRC=" ""
	! make -s -C "$repo" in-tree KERNEL_SRC= > "$tmp/said" 2>&1 || wrong "make did not fail"
	grep -q "KERNEL_SRC=" "$tmp/said"
}

not_a_tree()
{
	refuses "no such directory" "$tmp/nothing"
	mkdir -p "$tmp/empty"
	refuses "is no kernel source tree: it has no Kbuild" "$tmp/empty"
}

# headers VERSION: what Debian's package of headers has.
headers()
{
	refuses "is no kernel source tree: it has no" \
		"$(echo "$(kernel_dir "$1")"/usr/src/linux-headers-*-common)"
}

set_version()
{
	sed -i "s/^\(VERSION =\) .*/\1 $1/; s/^\(PATCHLEVEL =\) .*/\1 $2/" "$small/Makefile"
}

# of_version VERSION PATCHLEVEL TEXT
of_version()
{
	small_tree 6.12
	set_version "$1" "$2"
	refuses "$3"
}

no_version()
{
	small_tree 6.12
	sed -i '/^PATCHLEVEL/d' "$small/Makefile"
	refuses "has no version"
}

# It is what the tree has that matters.
between()
{
	small_tree 7.3
	set_version 6 18
	lays
	small_tree 6.12
	set_version 6 13
	lays
}

dirty()
{
	git_tree 7.3
	echo >> "$small/Kbuild"
	refuses "has changes that are not committed, the first in Kbuild"
	git_in_small add Kbuild
	refuses "has changes that are not committed"
}

untracked()
{
	git_tree 6.12
	echo > "$small/Documentation/leds/leds-qnap-mcu.rst"
	refuses "would be overwritten: Documentation/leds/leds-qnap-mcu.rst"
}

built()
{
	git_tree 7.3
	touch "$small/drivers/mfd/qnap-mcu.o" "$small/vmlinux" "$small/.config"
	lays
}

# Root lays into a tree of somebody else, who can go on working with it. Others have only their own.
others()
{
	git_tree 7.3
	[ "$(id -u)" -ne 0 ] || chown -R 1:1 "$small"
	lays
	[ -z "$(find "$small" ! -uid "$(stat -c %u "$small")")" ] || wrong "root owns some of it"
}

unfit()
{
	small_tree "$1"
	sed -i 's/^config NVMEM_.*/&_OTHER/' "$small/drivers/nvmem/Kconfig"
	refuses "drivers/nvmem/Kconfig"
	grep -q "linux-$1.patch does not fit Linux $1\\." "$tmp/said" || wrong "$(cat "$tmp/said")"
	rm "$small/drivers/nvmem/Kconfig"
	refuses "lacks drivers/nvmem/Kconfig"
}

# With fuzz the patch would fit: one line at its edge is another.
nearly_fits()
{
	small_tree "$1"
	sed -i 's/^obj-.*piix4-poweroff.o$/# &/' "$small/drivers/power/reset/Makefile"
	refuses "does not fit Linux"
}

# Another driver of that name, without an option that we know.
stranger()
{
	small_tree 6.12
	echo > "$small/drivers/leds/leds-qnap-mcu.c"
	refuses "has a drivers/leds/leds-qnap-mcu.c"
}

other_state()
{
	small_tree 7.3
	lays
	echo >> "$small/drivers/mfd/qnap-mcu-link.c"
	refuses "has these drivers already, in another state"
}

again()
{
	small_tree "$1"
	lays
	state "$small" > "$tmp/first"
	lay "$small" || wrong "it failed: $(cat "$tmp/said")"
	grep -q "nothing to do" "$tmp/said" || wrong "$(cat "$tmp/said")"
	state "$small" | diff "$tmp/first" - || wrong "the tree was changed"
}

# Another tree may have the same files, by hard links: it keeps its own.
shared()
{
	small_tree 7.3
	rm -rf "$tmp/other"
	cp -al "$small" "$tmp/other"
	state "$tmp/other" > "$tmp/before"
	lays
	state "$tmp/other" | diff "$tmp/before" - || wrong "the other tree was changed"
}

left_over()
{
	small_tree 7.3
	mkdir "$small/.qnap-mcu-laying"
	refuses "a run that was killed has left $small/.qnap-mcu-laying"
}

# fails_at NUMBER: the disk fails with this move.
fails_at()
{
	small_tree 7.3
	pretend mv "echo >> $tmp/moves
		[ \$(wc -l < $tmp/moves) -ne $1 ] || { echo 'I/O error'; exit 1; }
		exec /usr/bin/mv \"\$@\""
	rm -f "$tmp/moves"
	refuses "is as it was"
}

no_space_left()
{
	small_tree 7.3
	pretend cp '[ "$1" != -r ] || { echo "No space left"; exit 1; }; exec /usr/bin/cp "$@"'
	refuses "has no space for it"
}

# Ctrl-C, while it still prepares: nothing is said, nothing changed.
stopped()
{
	small_tree 7.3
	state "$small" > "$tmp/before"
	pretend patch "[[ \"\$*\" = *--dry-run* ]] || kill -INT \$PPID; exec /usr/bin/patch \"\$@\""
	! lay "$small" || wrong "it went on"
	state "$small" | diff "$tmp/before" - || wrong "the tree was changed"
}

# While it moves the files, it is too late.
too_late()
{
	small_tree 7.3
	pretend mv 'kill -INT $PPID; exec /usr/bin/mv "$@"'
	lays
}

refusals()
{
	ktap_case "in-tree: no tree given" no_tree_given
	ktap_case "in-tree: not a kernel tree" not_a_tree
	ktap_case "in-tree: a tree of headers" headers 7.3
	ktap_case "in-tree: no version" no_version
	ktap_case "in-tree: too old" of_version 6 11 "too old: 6.12 to 7.3"
	ktap_case "in-tree: much too old" of_version 5 15 "too old: 6.12 to 7.3"
	ktap_case "in-tree: too new" of_version 7 4 "too new: 6.12 to 7.3"
	ktap_case "in-tree: a version between" between
	ktap_case "in-tree: changes in git" dirty
	ktap_case "in-tree: a file that git does not know" untracked
	ktap_case "in-tree: a tree that was built" built
	ktap_case "in-tree: somebody else's tree" others
	ktap_case "in-tree: 6.12 with other files" unfit 6.12
	ktap_case "in-tree: 7.3 with other files" unfit 7.3
	ktap_case "in-tree: 6.12 with another line at a hunk's edge" nearly_fits 6.12
	ktap_case "in-tree: 7.3 with another line at a hunk's edge" nearly_fits 7.3
	ktap_case "in-tree: another driver of the same name" stranger
	ktap_case "in-tree: other versions of the drivers" other_state
	ktap_case "in-tree: 6.12 a second time" again 6.12
	ktap_case "in-tree: 7.3 a second time" again 7.3
	ktap_case "in-tree: files shared with another tree" shared
	ktap_case "in-tree: left by a run that was killed" left_over
	ktap_case "in-tree: the first move fails" fails_at 1
	ktap_case "in-tree: a later move fails" fails_at 30
	ktap_case "in-tree: no space left" no_space_left
	ktap_case "in-tree: Ctrl-C" stopped
	ktap_case "in-tree: Ctrl-C too late" too_late
}
