# SPDX-License-Identifier: GPL-2.0-only
# Kernel trees with the drivers laid in, and builds of them, in the cache. To be sourced after
# lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154

in_tree=$cache/in-tree
in_tree_folders="drivers/mfd/ drivers/leds/ drivers/hwmon/ drivers/input/misc/ drivers/nvmem/
	drivers/power/reset/"
in_tree_options="MFD_QNAP_MCU LEDS_QNAP_MCU SENSORS_QNAP_MCU_HWMON INPUT_QNAP_MCU
	POWER_RESET_QNAP_MCU NVMEM_QNAP_MCU_EEPROM"

# in_tree_lay VERSION: $in_tree/VERSION/tree is made anew, of hard links. What was built of another
# source is of no use.
in_tree_lay()
{
	local source=$cache/src/linux-$1 place=$in_tree/$1

	[ "$(cat "$place/made-of" 2> /dev/null)" = "$(stat -c %i "$source")" ] || rm -rf "$place"
	rm -rf "$place/tree"
	mkdir -p "$place/tree"
	stat -c %i "$source" > "$place/made-of"
	cp -al "$source/." "$place/tree"
	"$repo/tools/kernel-tree/in-tree.sh" "$place/tree"
}

# All that the drivers can use, and the option that lets them be built where no box of ours is.
in_tree_base_config()
{
	sed 's/.*/CONFIG_&=y/' <<-END
		COMPILE_TEST
		DEBUG_FS
		HWMON
		INPUT
		INPUT_MISC
		LEDS_CLASS
		MODULES
		NEW_LEDS
		NVMEM
		OF
		PM
		POWER_RESET
		PRINTK
		SERIAL_DEV_BUS
		SERIAL_DEV_CTRL_TTYPORT
		SUSPEND
		THERMAL
		TTY
	END
}

in_tree_arch_config()
{
	case $1 in
	arm)
		printf 'CONFIG_%s=y\n' MMU ARCH_MULTI_V7 ;;
	powerpc)
		printf 'CONFIG_%s=y\n' PPC64 CPU_BIG_ENDIAN PPC_PSERIES ;;
	x86_64)
		echo CONFIG_64BIT=y ;;
	esac
}

# in_tree_drivers_config FORM: y, m, or mixed, with the core built in and its children as modules.
# The unit tests are built where all is built in.
in_tree_drivers_config()
{
	local form=$1 core=$1 option

	[ "$form" != mixed ] || { core=y; form=m; }
	for option in $in_tree_options; do
		echo "CONFIG_$option=$form"
	done | sed "s/^CONFIG_MFD_QNAP_MCU=.*/CONFIG_MFD_QNAP_MCU=$core/"
	echo CONFIG_MFD_QNAP_MCU_RAW=y
	[ "$form" = m ] || in_tree_tests_config
}

in_tree_tests_config()
{
	printf 'CONFIG_%s=y\n' DEBUG_KERNEL FAILSLAB FAULT_INJECTION FAULT_INJECTION_DEBUG_FS \
		KUNIT MFD_QNAP_MCU_KUNIT_TEST OF_OVERLAY
}

# without OPTION...: takes these, and what needs them, out of the lines read.
without()
{
	local option needs script=

	for option in "$@"; do
		case $option in
		DEBUG_FS)
			needs='FAULT_INJECTION_DEBUG_FS|MFD_QNAP_MCU_RAW' ;;
		OF)
			needs='OF_OVERLAY|MFD_QNAP_MCU_KUNIT_TEST' ;;
		PM)
			needs='SUSPEND|MFD_QNAP_MCU_KUNIT_TEST' ;;
		*)
			needs=$option ;;
		esac
		script+="s/^CONFIG_($option|$needs)=.*/# CONFIG_\1 is not set/;"
	done
	sed -E "$script"
}

# in_tree_make VERSION ARCH COMPILER ARGUMENT...
in_tree_make()
{
	local version=$1 arch=$2 compiler=$3 tools

	shift 3
	case $compiler-$arch in
	clang-*)
		tools=LLVM=-19 ;;
	gcc-arm64)
		tools=CROSS_COMPILE=aarch64-linux-gnu- ;;
	gcc-arm)
		tools=CROSS_COMPILE=arm-linux-gnueabihf- ;;
	gcc-powerpc)
		tools=CROSS_COMPILE=powerpc64-linux-gnu- ;;
	gcc-x86_64)
		tools=CROSS_COMPILE= ;;
	esac
	make -C "$in_tree/$version/tree" O="$build" ARCH="$arch" "$tools" W=1 -j "$(nproc)" "$@"
}

# The kernel's configuration has each line of $build/wanted, or else it says which not.
in_tree_accepted()
{
	local line option refused=0

	while read -r line; do
		option=${line#\# }
		option=${option%%[ =]*}
		case $line in
		CONFIG_*)
			grep -qxF "$line" "$build/.config" && continue ;;
		*)
			grep -q "^$option=" "$build/.config" || continue ;;
		esac
		echo "Kconfig did not accept $line"
		refused=1
	done < "$build/wanted"
	return "$refused"
}

# in_tree_configure VERSION ARCH COMPILER FORM [no-OPTION]...: Kconfig has nothing to say about it.
in_tree_configure()
{
	local said

	{
		in_tree_base_config
		in_tree_arch_config "$2"
		in_tree_drivers_config "$4"
	} | without "${@:5}" > "$build/wanted"
	said=$(KCONFIG_ALLCONFIG=$build/wanted in_tree_make "${@:1:3}" -s allnoconfig 2>&1) ||
		{ echo "$said"; return 1; }
	[ -z "$said" ] || { echo "$said"; return 1; }
	in_tree_accepted
}

# Those of our sources that are built in this configuration, without suffix.
in_tree_objects()
{
	local file

	(cd "$repo" && find drivers -name '*.c' ! -name '*.mod.c') | sort | while read -r file; do
		case $file in
		*/tests/*)
			grep -q '^CONFIG_MFD_QNAP_MCU_KUNIT_TEST=y' "$build/.config" || continue ;;
		*-debugfs.c)
			grep -q '^CONFIG_DEBUG_FS=y' "$build/.config" || continue ;;
		esac
		echo "${file%.c}"
	done
}

# in_tree_remarks VERSION LOG: what is said in it about our files.
in_tree_remarks()
{
	sed "s|$in_tree/$1/||g" "$2" | grep -vE '^ +[A-Z]+ |^make' |
		grep -E 'qnap|fake-(mcu|port)' || true
}

# in_tree_build VERSION ARCH COMPILER TARGET...: our objects are built, all of them, and nothing is
# said about them.
in_tree_build()
{
	local object remarks log=$build/log

	in_tree_objects > "$build/objects"
	while read -r object; do
		rm -f "$build/$object.o"
	done < "$build/objects"
	if ! in_tree_make "$@" > "$log" 2>&1; then
		grep -E -A 5 ' (fatal )?error: |undefined|\*\*\*|ERROR' "$log" || tail -n 40 "$log"
		return 1
	fi
	while read -r object; do
		[ -e "$build/$object.o" ] || { echo "$object.o was not built"; return 1; }
	done < "$build/objects"
	remarks=$(in_tree_remarks "$1" "$log")
	[ -z "$remarks" ] || { echo "$remarks"; return 1; }
}

# Names of our modules, as the build out of a tree has them.
in_tree_module_names()
{
	sed -nE 's,^obj-\$\(CONFIG_.*\+= (.*/)?([a-z-]+)\.o$,\2,p' "$repo/Kbuild"
}

# in_tree_unknown_symbols VERSION: what the modules need and Debian's kernel does not export.
in_tree_unknown_symbols()
{
	(cd "$build" && aarch64-linux-gnu-nm -u "${modules[@]}") |
		sed -n 's/^ *U //p' | sort -u |
		grep -vxF -f <(cut -f 2 "$(kernel_dir "$1")/usr/src/build/Module.symvers"
			       sed -n 's/.*EXPORT_SYMBOL_GPL(\(.*\));/\1/p' "$repo"/drivers/mfd/*.c)
}

# in_tree_modpost VERSION ARCH COMPILER: the modules of a kernel whose own part was not built. What
# modpost cannot find there we look up elsewhere.
in_tree_modpost()
{
	local name modules=() remarks log=$build/log

	# What the complete form has left has the drivers built in.
	rm -f "$build/vmlinux.o"
	for name in $(in_tree_module_names); do
		modules+=("$(cd "$build" && find drivers -name "$name.mod" | sed 's/mod$/ko/')")
	done
	in_tree_make "$@" KBUILD_MODPOST_WARN=1 "${modules[@]}" > "$log" 2>&1 ||
		{ tail -n 40 "$log"; return 1; }
	remarks=$(in_tree_remarks "$1" "$log" | grep -v ' undefined!$' || true)
	[ -z "$remarks" ] || { echo "$remarks"; return 1; }
	! in_tree_unknown_symbols "$1"
}
