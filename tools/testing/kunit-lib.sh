# SPDX-License-Identifier: GPL-2.0-only
# The kernel for the KUnit tests: a User Mode Linux of Debian's 6.12 source with this repository
# inside, built in the cache. To be sourced after lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154

kunit_tree=$cache/kunit/tree
kunit_copy=$kunit_tree/drivers/overlay/qnap-mcu
kunit_build=$cache/kunit/build
kunit_logs=$repo/build/kunit

# The directory that the repository lies in: instrumented for coverage, and with the interfaces
# that this kernel lacks.
kunit_overlay_makefile()
{
	cat <<-'END'
		obj-y += qnap-mcu/
		subdir-ccflags-y += -Werror -fprofile-arcs -ftest-coverage
		include $(src)/compat/Makefile.compat
		subdir-ccflags-y += $(qnap-mcu-compat-flags)
	END
}

# A tree of hard links costs no space. Files that differ from the original are written anew.
kunit_make_tree()
{
	local source=$1 new

	[ "$(cat "$kunit_tree/.made-of" 2> /dev/null)" != "$(stat -c %i "$source")" ] || return 0
	rm -rf "$cache/kunit"
	mkdir -p "$cache/kunit"
	new=$(mktemp -d "$cache/kunit/.tree.XXXXXX")
	cp -al "$source/." "$new"
	mkdir "$new/drivers/overlay"
	ln -s qnap-mcu/compat "$new/drivers/overlay/compat"
	sed -i '$ i source "drivers/overlay/qnap-mcu/Kconfig"' "$new/drivers/Kconfig"
	sed -i '$ a obj-y += overlay/' "$new/drivers/Makefile"
	# Where gcc, since version 7, puts the function that writes the coverage data in the end.
	sed -i 's/\*(\.fini_array)/*(.fini_array.*) &/' "$new/arch/um/include/asm/common.lds.S"
	stat -c %i "$source" > "$new/.made-of"
	mv "$new" "$kunit_tree"
}

# Files that belong into a kernel, not what an earlier build left beside them.
kunit_list()
{
	cd "$1" && find Kbuild Kconfig drivers include compat -type f \
		\( -name '*.[ch]' -o -name '*.dtso' -o -name 'Makefile*' -o -name Kbuild -o \
		   -name Kconfig \) ! -name '*.mod.c' | sort
}

# kunit_install FILE PLACE: only if it differs, so that make builds only what changed.
kunit_install()
{
	cmp -s "$1" "$2" || install -D -m 644 "$1" "$2"
}

kunit_lay_in()
{
	local file

	mkdir -p "$kunit_copy"
	kunit_overlay_makefile > "$tmp/Makefile"
	kunit_install "$tmp/Makefile" "$kunit_copy/../Makefile"
	kunit_list "$repo" > "$tmp/present"
	while read -r file; do
		kunit_install "$repo/$file" "$kunit_copy/$file"
	done < "$tmp/present"
	(cd "$kunit_copy" && find . -type f -printf '%P\n' | sort) |
		comm -13 "$tmp/present" - | while read -r file; do rm "$kunit_copy/$file"; done
}

# CONFIG_GCOV instruments the whole kernel; with CFLAGS-y empty only what asks for it itself. Of
# what the kernel and the compiler's coverage library both call mangle_path, one needs another name.
kunit_make()
{
	make -C "$kunit_tree" O="$kunit_build" ARCH=um CFLAGS-y= \
		KCFLAGS=-Dmangle_path=seq_mangle_path "$@"
}

kunit_configure()
{
	local line missing=0

	mkdir -p "$kunit_build"
	kunit_make KCONFIG_ALLCONFIG="$repo/.kunitconfig" allnoconfig
	while read -r line; do
		[[ $line == CONFIG_* ]] || continue
		grep -qxF "$line" "$kunit_build/.config" && continue
		echo "Kconfig did not accept $line"
		missing=1
	done < "$repo/.kunitconfig"
	return "$missing"
}

# kunit_build_kernel: leaves the program $kunit_build/linux.
kunit_build_kernel()
{
	local source

	source=$("$testing/fetch.sh" source-6.12)
	step "Preparing the KUnit tree" kunit_make_tree "$source"
	kunit_lay_in
	step "Configuring the KUnit kernel" kunit_configure
	step "Building the KUnit kernel" kunit_make -j "$(nproc)" linux
}
