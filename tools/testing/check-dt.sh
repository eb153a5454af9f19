#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Checks bindings and device trees with what the kernel trees themselves have for that, laid into
# the trees of both kernels: check-dt.sh
#
# The processed schemas stay in the cache, and are used again as long as no binding changes.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
. "$(dirname "${BASH_SOURCE[0]}")/in-tree-lib.sh"
. "$repo/tools/kernel-tree/dts.sh"

versions=(6.12 7.3)
bindings=Documentation/devicetree/bindings
# Trees apart from those that the drivers are built in.
in_tree=$cache/dt

need_dt_schema()
{
	local dir

	"$testing/need.sh" fetch modules dt dts
	dir=$("$testing/fetch.sh" dt-schema)
	"$dir/bin/dt-validate" --version > "$tmp/dt-schema" 2> /dev/null ||
		die "$dir is damaged; tools/testing/fetch.sh --refresh dt-schema fetches it again"
	PATH=$dir/bin:$PATH
	"$testing/fetch.sh" source-6.12 source-7.3 > /dev/null
}

tree()
{
	echo "$in_tree/$1/tree"
}

built()
{
	echo "$in_tree/$1/build"
}

# make_in_tree VERSION TARGET...: what is made goes to a folder of its own.
make_in_tree()
{
	local version=$1

	shift
	make -s -C "$(tree "$version")" "O=$(built "$version")" ARCH=arm64 \
		CROSS_COMPILE=aarch64-linux-gnu- "$@" < /dev/null
}

our_bindings()
{
	(cd "$repo" && find "$bindings" -name '*.yaml')
}

# What goes into a kernel tree.
our_dts()
{
	(cd "$repo" && find arch compat drivers -name '*.dts' -o -name '*.dtsi' -o -name '*.dtso')
}

# Those that differ from the kernel's own, or are not there.
changed_bindings()
{
	our_bindings
	sed -n "s|^+++ b/\($bindings/.*\)|\1|p" "$repo/tools/kernel-tree/linux-$1.patch"
}

# A binding that is as before is as old as before, for make.
lay_tree()
{
	local tree old=$tmp/old-$1 file

	tree=$(tree "$1")
	mkdir "$old"
	for file in $(changed_bindings "$1"); do
		[ ! -e "$tree/$file" ] || (cd "$tree" && cp -a --parents "$file" "$old")
	done
	in_tree_lay "$1"
	for file in $(changed_bindings "$1"); do
		! cmp -s "$old/$file" "$tree/$file" || touch -r "$old/$file" "$tree/$file"
	done
}

# What was made of the examples, and what says that all was checked already.
clean_binding()
{
	local dir

	dir=$(built "$1")/$bindings
	[ ! -d "$dir" ] || find "$dir" \( -name '*.example.dt*' -o -name '.*.checked*' \) -delete
}

# The processed schema is kept, and what was said about it; all else is made anew.
clean_build()
{
	local built

	built=$(built "$1")
	mkdir -p "$built"
	cmp -s "$tmp/dt-schema" "$built/dt-schema" || rm -rf "${built:?}"/*
	cp "$tmp/dt-schema" "$built/"
	rm -rf "${built:?}/$dts"
	clean_binding "$1"
}

# The kernel is of no interest, but for the boards it has.
configure()
{
	echo CONFIG_ARCH_ROCKCHIP=y > "$tmp/config"
	make_in_tree "$1" "KCONFIG_ALLCONFIG=$tmp/config" allnoconfig
}

process_schema()
{
	local built schema

	built=$(built "$1")
	schema=$built/$bindings/processed-schema.json
	make_in_tree "$1" dt_binding_schemas > "$tmp/schema-$1" 2>&1
	[ ! "$schema" -nt "$built/schema.log" ] || cp "$tmp/schema-$1" "$built/schema.log"
}

prepare_tree()
{
	lay_tree "$1"
	clean_build "$1"
	configure "$1"
	process_schema "$1"
}

# Half a minute each, of one processor.
prepare_trees()
{
	local version jobs=() job

	for version in "${versions[@]}"; do
		prepare_tree "$version" > "$tmp/prepare-$version" 2>&1 &
		jobs+=($!)
	done
	for job in "${jobs[@]}"; do
		wait "$job" || { cat "$tmp"/prepare-*; return 1; }
	done
}

# targets: our boards, overlays, and both together.
targets()
{
	boards | sed 's/$/.dtb/'
	overlays | sed 's/$/.dtbo/'
	overlays | sed 's/$/.dtb/'
}

# check_dtbs VERSION TARGET...: compiles them with all warnings, and holds them against the schema.
check_dtbs()
{
	local version=$1

	shift
	make_in_tree "$version" -k -j "$(nproc)" -Otarget W=1 CHECK_DTBS=y \
		"${@/#/rockchip/}" 2>&1 || true
}

# A board with an overlay is held against the schema together with it: nothing of it is lost there,
# and each takes twelve seconds.
check_all_dtbs()
{
	local targets name

	mapfile -t targets < <(targets)
	for name in $(overlays); do
		mapfile -t targets < <(printf '%s\n' "${targets[@]}" |
			grep -vxF "$(base_of "$name").dtb")
	done
	check_dtbs "$1" "${targets[@]}" > "$tmp/dtbs-$1"
}

# remarks REGEX LOG [-v]: the remarks about files of such names, or all others. Lines that follow a
# remark are indented.
remarks()
{
	awk -v regex="$1" -v others="${3:-}" '
		/^[^ \t]/ { about = $0 ~ regex }
		about != (others != "")' "$2"
}

# built_and_valid VERSION NAME: a board, or an overlay and what it makes of its board.
built_and_valid()
{
	local file

	for file in $(targets | grep "^$2[.]"); do
		[ -s "$(built "$1")/$dts/$file" ] || { cat "$tmp/dtbs-$1"; return 1; }
	done
	silent remarks "/$2[.]dt" "$tmp/dtbs-$1"
}

# In files that several boards include, or in no file.
other_remarks()
{
	remarks "/($({ boards; overlays; } | paste -s -d '|'))[.]dt" "$tmp/dtbs-$1" -v
}

# binding_check VERSION BINDING: its examples are held against all schemas.
binding_check()
{
	silent make_in_tree "$1" dt_binding_check "DT_SCHEMA_FILES=${2#"$bindings"/}" \
		DT_CHECKER_FLAGS=-m || return 1
	! grep -q '^examples:' "$(tree "$1")/$2" ||
		[ -s "$(built "$1")/${2%.yaml}.example.dtb" ] || { echo "no example"; return 1; }
}

# no_disagreement VERSION BINDING: with other bindings, about the type of a property.
no_disagreement()
{
	! grep -F "$2: " "$(built "$1")/schema.log"
}

style()
{
	silent python3 "$(tree 7.3)/scripts/dtc/dt-check-style" --mode=strict "$1"
}

# What 'make dtbs' does.
all_at_once()
{
	local file

	"$repo/tools/kernel-tree/dtbs.sh" "$cache/src/linux-$1" "$tmp/out-$1" || return 1
	for file in $(targets); do
		[ -s "$tmp/out-$1/$file" ] || { echo "there is no $file"; return 1; }
	done
}

# What a check says that has something to find.
has()
{
	grep -qF -e "$1" "$2" || { echo "nothing is said of: $1"; cat "$2"; return 1; }
}

# refused TEXT COMMAND...: in one line.
refused()
{
	local text=$1

	shift
	! "$@" > "$tmp/refused" 2>&1 || { echo "it was not refused"; return 1; }
	has "$text" "$tmp/refused" || return 1
	[ "$(wc -l < "$tmp/refused")" -eq 1 ] || { cat "$tmp/refused"; return 1; }
}

# bad_board VERSION: one with a mistake for the compiler and some for the schema.
bad_board()
{
	local board=rk3568-qnap-bad source found=$tmp/bad-board

	source=$(tree "$1")/$dts/$board.dts
	cat > "$source" <<-END
		#include "rk3568-qnap-ts433.dts"
		/ { bad@1 { }; };
		&fan { cooling-levels = <0 256>; };
		&mcu { compatible = "qnap,bad-mcu", "qnap,ts433-mcu"; };
	END
	check_dtbs "$1" $board.dtb > "$found"
	rm "$source" "$(built "$1")/$dts/$board.dtb"
	! silent remarks "/${board}[.]dt" "$found" > "$found.silent" || return 1
	has unit_address_vs_reg "$found.silent" &&
		has "'qnap,bad-mcu'" "$found.silent" &&
		has "256 is greater than the maximum" "$found.silent"
}

# bad_binding VERSION: with mistakes for yamllint, for the meta-schema and in an example. It is as
# old as the good one, for whose sake the schemas need not be processed again.
bad_binding()
{
	local binding=$bindings/mfd/qnap,ts433-mcu.yaml file found=$tmp/bad-binding noticed=

	file=$(tree "$1")/$binding
	mv "$file" "$file.good"
	sed '/^title:/d; s/^maintainers:/maintainers :/; s/#cooling-cells = <2>/no-cells/' \
		"$file.good" > "$file"
	touch -r "$file.good" "$file"
	clean_binding "$1"
	binding_check "$1" "$binding" > "$found" || noticed=yes
	mv "$file.good" "$file"
	[ -n "$noticed" ] && has "'title' is a required property" "$found" &&
		has "spaces before colon" "$found" && has "'no-cells'" "$found"
}

bad_style()
{
	printf '%s\n' '/dts-v1/;' '' '/ {' '    model = "x";' '};' > "$tmp/bad.dts"
	! style "$tmp/bad.dts" > "$tmp/bad-style" || return 1
	has indent "$tmp/bad-style"
}

# wrong_board OVERLAY BOARD
wrong_board()
{
	local out=$tmp/composed.dtb built

	built=$(built 7.3)/$dts
	refused "is for qnap,ts" "$repo/tools/kernel-tree/dtbs.sh" --compose \
		"$built/$2.dtb" "$built/$1.dtbo" "$out" || return 1
	[ ! -e "$out" ] || { echo "something was left"; return 1; }
}

no_dt_schema()
{
	mkdir -p "$tmp/cache/dt-schema"
	QNAP_MCU_CACHE=$tmp/cache refused "fetches it again" "${BASH_SOURCE[0]}"
}

check_version()
{
	local file name

	for file in $(changed_bindings "$1"); do
		ktap_case "Linux $1: $file" binding_check "$1" "$file"
		ktap_case "Linux $1: $file goes with the others" no_disagreement "$1" "$file"
	done
	for name in $(boards) $(overlays); do
		ktap_case "Linux $1: $name" built_and_valid "$1" "$name"
	done
	ktap_case "Linux $1: no other remark" silent other_remarks "$1"
	ktap_case "Linux $1: make dtbs" all_at_once "$1"
	ktap_case "Linux $1: a bad board is noticed" bad_board "$1"
	ktap_case "Linux $1: a bad binding is noticed" bad_binding "$1"
}

check_refusals()
{
	local overlay board

	for overlay in $(overlays); do
		for board in $(boards | grep -vx "$(base_of "$overlay")"); do
			ktap_case "$overlay is not for $board" wrong_board "$overlay" "$board"
		done
	done
	ktap_case "damaged dt-schema" no_dt_schema
}

need_dt_schema
lock dt
step "Laying the bindings into both kernels, and processing them" prepare_trees
for version in "${versions[@]}"; do
	step "Compiling and checking the device trees in Linux $version" check_all_dtbs "$version"
done
ktap_begin
for version in "${versions[@]}"; do
	check_version "$version"
done
for file in $(our_bindings) $(our_dts | sort); do
	ktap_case "style: $file" style "$repo/$file"
done
ktap_case "bad style is noticed" bad_style
check_refusals
ktap_end
