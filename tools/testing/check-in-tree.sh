#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Lays the drivers into the kernel trees of 6.12 and 7.3, and builds them there:
#
#	check-in-tree.sh [--complete]
#
# The short form compiles the folders that have a driver of ours, in kernels with few other options.
# It links no kernel, so that it cannot see what a built-in driver lacks in the end; for modules of
# arm64, modpost runs, and symbols are looked up in Debian's kernel. It has one build of a kind. The
# complete form links all of arm64's and x86-64's kernels with their modules, gcc's and clang's, in
# both versions, and takes each option away alone. It takes an hour or two at first.
#
# Of the documents, both build our pages alone; whole folders take the better part of an hour.
#
# Neither form runs what it has built: the drivers run in Debian's kernels (e2e.sh) and in the unit
# tests (kunit.sh), from the same files. Builds stay in the cache, so that a rerun builds only what
# changed.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
. "$(dirname "${BASH_SOURCE[0]}")/in-tree-lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/in-tree-refusals.sh"
. "$(dirname "${BASH_SOURCE[0]}")/in-tree-docs.sh"
. "$repo/tools/kernel-tree/tree.sh"
. "$repo/tools/kernel-tree/dts.sh"
. "$repo/tools/kernel-tree/overlay.sh"

# Version, architecture, compiler, form of the drivers, options that are off.
short=(
	"7.3 arm64 gcc y"
	"7.3 arm64 gcc mixed"
	"7.3 arm64 gcc m"
	"7.3 x86_64 gcc y PM"
	"7.3 x86_64 gcc m OF THERMAL"
	"7.3 x86_64 clang mixed DEBUG_FS"
	"7.3 arm gcc mixed"
	"7.3 powerpc gcc m"
	"6.12 arm64 gcc m"
	"6.12 x86_64 clang y PM THERMAL"
)

# Every build of the complete form. What arm64 always has, OF, x86-64 can go without.
complete()
{
	local version arch compiler form

	for version in 6.12 7.3; do
		for arch in arm64 x86_64; do
			for compiler in gcc clang; do
				printf "$version $arch $compiler %s\n" y mixed m
			done
			for form in y m; do
				printf "$version $arch gcc $form %s\n" PM THERMAL DEBUG_FS
			done
		done
		printf "$version x86_64 gcc %s OF\n" y m
		printf "$version %s gcc y\n" arm powerpc
		printf "$version %s gcc m\n" arm powerpc
	done
}

# Is there a Kconfig option of ours that the root Kconfig, for a build in one folder, has otherwise?
option_block()
{
	awk -v "option=config $1" '$0 == option { in_it = 1; print; next }
		in_it && /^[^\t]/ { exit }
		in_it { print }' "$2" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

same_option()
{
	local version=$1 option=$2 file

	file=$(grep -lxF "config $option" -r "$in_tree/$version/tree/drivers" --include=Kconfig) ||
		{ echo "it is nowhere"; return 1; }
	[ "$(wc -l <<< "$file")" -eq 1 ] || { echo "it is in $file"; return 1; }
	diff <(option_block "$option" "$repo/Kconfig") <(option_block "$option" "$file")
}

# The hunks are for just this tree.
exact()
{
	local said

	said=$(patch -d "$cache/src/linux-$1" -p1 -F0 -f --dry-run \
		< "$repo/tools/kernel-tree/linux-$1.patch") || { echo "$said"; return 1; }
	! grep -E 'offset|fuzz' <<< "$said"
}

# Each device tree, and each overlay on its board, is built.
all_dtbs()
{
	local makefile=$in_tree/$1/tree/$dts/Makefile name

	for name in $(boards | sed 's/$/.dtb/') \
		    $(overlays | sed -n 'h;s/$/.dtbo/p;g;s/$/.dtb/p'); do
		grep -qF "+= $name" "$makefile" || { echo "$name is not built"; return 1; }
	done
}

# Every file of ours has its entry, and no pattern of it matches nothing.
maintained()
{
	local tree=$in_tree/$1/tree pattern file patterns

	mapfile -t patterns < <(sed -n '/^QNAP MCU DRIVER$/,/^$/s/^F:\t//p' "$tree/MAINTAINERS")
	cd "$tree"
	for pattern in "${patterns[@]}"; do
		compgen -G "$pattern" > "$tmp/matches" ||
			{ echo "$pattern matches nothing"; return 1; }
		cat "$tmp/matches" >> "$tmp/matched-$1"
	done
	! overlay_list | grep -v /Makefile$ | grep -vxF -f "$tmp/matched-$1"
}

# What a configuration with the stock driver had is still there, with power-off, which was part of
# it.
kept()
{
	local config
	config=$(kernel_dir 7.3)/usr/src/build/.config

	build=$tmp/kept
	mkdir "$build"
	cp "$config" "$build"
	in_tree_make 7.3 arm64 gcc -s olddefconfig > "$tmp/olddefconfig" 2>&1 || return 1
	grep -E '^CONFIG_.*QNAP_MCU.*=' "$build/.config" | tee "$tmp/ours"
	! grep -E '^CONFIG_.*QNAP_MCU' "$config" | grep -vxF -f "$tmp/ours" || return 1
	[ "$(grep -c =m "$tmp/ours")" -eq "$(wc -w <<< "$in_tree_options")" ]
}

# build VERSION ARCH COMPILER FORM [OPTION...]: what is wrong with it goes to stdout.
build()
{
	build=$in_tree/$1/$2-$3
	mkdir -p "$build"
	in_tree_configure "$@" || return 1
	if [ -n "$complete" ] && [[ $2 = arm64 || $2 = x86_64 ]]; then
		in_tree_build "${@:1:3}" vmlinux modules
	else
		# shellcheck disable=SC2086 # folders
		in_tree_build "${@:1:3}" $in_tree_folders
	fi || return 1
	[ "$complete$2 $3 $4" != "arm64 gcc m" ] || in_tree_modpost "${@:1:3}"
}

# build_group FOLDER VERSION ARCH COMPILER: those of the file FOLDER/builds that share a place, one
# after the other. None ends the script: they are judged later.
build_group()
{
	local folder=$1 number arguments

	shift
	while IFS=: read -r number arguments; do
		# shellcheck disable=SC2086 # the arguments
		(build $arguments && echo passed) > "$folder/verdict-$number" 2>&1 || true
	done < <(grep -n "^$* " "$folder/builds")
}

# As much at once as there are processors: much of a small build is no work for two.
build_all()
{
	cut -d ' ' -f 1-3 "$tmp/builds" | awk '!seen[$0]++' |
		xargs -P "$(nproc)" -L 1 "$0" --group "$tmp"
}

# verdict NUMBER: a build that did not come to its end has failed.
verdict()
{
	local file=$tmp/verdict-$1

	[ "$(tail -n 1 "$file")" = passed ] || { cat "$file"; return 1; }
}

export complete=${complete:-}
case ${1:-} in
--complete)
	complete=yes ;;
--group)
	build_group "${@:2}"
	exit ;;
?*)
	die "what is $1? See the head of this file" ;;
esac

"$testing/need.sh" fetch in-tree
"$testing/fetch.sh" source-6.12 source-7.3 kernel-6.12 kernel-7.3 > /dev/null
lock in-tree
ktap_begin
for version in 6.12 7.3; do
	ktap_case "Linux $version: the hunks apply exactly" exact "$version"
done
refusals
for version in 6.12 7.3; do
	step "Laying the drivers into Linux $version" in_tree_lay "$version"
	while read -r option; do
		ktap_case "Linux $version: $option as in Kconfig" same_option "$version" "$option"
	done < <(sed -n 's/^config //p' "$repo/Kconfig")
	ktap_case "Linux $version: all device trees are built" all_dtbs "$version"
	ktap_case "Linux $version: MAINTAINERS has all files" maintained "$version"
	ktap_case "Linux $version: all documents are in an index" docs_hooked "$version"
	ktap_case "Linux $version: documents that are named exist" docs_named "$version"
	ktap_case "Linux $version: make htmldocs has nothing to say of our pages" \
		docs_silent "$version"
done
ktap_case "Linux 7.3: options of the stock driver are kept" kept
[ -z "$complete" ] && printf '%s\n' "${short[@]}" > "$tmp/builds" || complete > "$tmp/builds"
step "Building the drivers in $(wc -l < "$tmp/builds") kernels" build_all
number=0
while read -r -a words; do
	name="Linux ${words[0]} for ${words[1]}, ${words[2]}, drivers ${words[3]}"
	ktap_case "$name${words[4]:+, no ${words[*]:4}}" verdict $((++number))
done < "$tmp/builds"
ktap_end
