#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of "make export": the series for Linux 7.3's maintainers is complete, applies, each of its
# steps builds, the old children work on the new core, and what is wrong is said in one line.
#
# The steps are built in a copy of the source that lies in the cache, so that a further run compiles
# what has changed only.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
. "$(dirname "${BASH_SOURCE[0]}")/modules.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"

kernel_tree=$repo/tools/kernel-tree
source=$cache/src/linux-7.3
tree=$cache/export/tree
build=$cache/export/build
series=$tmp/series
small=$tmp/small
make_in=(make -s "-j$(nproc)" -C "$build" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- W=1)

# What the subjects begin with, in the order of the maintainers' work.
prefixes=(
	"dt-bindings: mfd: " "dt-bindings: arm: rockchip: " "dt-bindings: net: rockchip-dwmac: "
	"mfd: qnap-mcu: " "leds: qnap-mcu: " "Input: qnap-mcu" "hwmon: (qnap-mcu) "
	"power: reset: " "nvmem: qnap-mcu-eeprom: "
	"mfd: qnap-mcu: " "mfd: qnap-mcu: " "Documentation: leds: " "Documentation: hwmon: "
	"Documentation: " "MAINTAINERS: " "arm64: dts: rockchip: " "arm64: dts: rockchip: "
)

# Each module and the option that it has in the tree.
modules=(
	drivers/mfd/qnap-mcu=MFD_QNAP_MCU drivers/leds/leds-qnap-mcu=LEDS_QNAP_MCU
	drivers/hwmon/qnap-mcu-hwmon=SENSORS_QNAP_MCU_HWMON
	drivers/input/misc/qnap-mcu-input=INPUT_QNAP_MCU
	drivers/nvmem/nvmem-qnap-mcu-eeprom=NVMEM_QNAP_MCU_EEPROM
	drivers/power/reset/qnap-mcu-poweroff=POWER_RESET_QNAP_MCU
)

options=("${modules[@]#*=}")

# A sender whose git is set to odd things.
export GIT_AUTHOR_NAME="Export Check" GIT_AUTHOR_EMAIL=check@localhost
export GIT_CONFIG_GLOBAL=$tmp/gitconfig
git config --global format.signOff true
git config --global format.subjectPrefix ODD
git config --global format.headers "To: somebody@localhost"
git config --global diff.noprefix true
git config --global init.defaultBranch odd

export_series()
{
	make -s -C "$repo" export "KERNEL_SRC=$1" "OUT=$2"
}

patches()
{
	find "$series" -name '*.patch' ! -name '0000-*' | sort
}

# subject PATCH: without what it begins with, in one line.
subject()
{
	git mailinfo -k /dev/null /dev/null < "$1" | sed -n 's/^Subject: \[[^]]*\] //p'
}

touched()
{
	sed -n 's|^diff --git a/.* b/||p' "$@" | sort -u
}

in_order()
{
	local patch number=0

	for patch in $(patches); do
		[[ "$(subject "$patch")" = "${prefixes[number]-none}"* ]] ||
			wrong "$(subject "$patch"): expected ${prefixes[number]-nothing more}"
		number=$((number + 1))
	done
	[ "$number" -eq ${#prefixes[@]} ] || wrong "$number patches"
}

cover_letter()
{
	local letter=$series/0000-cover-letter.patch

	grep -q "^Subject: \[PATCH 00/${#prefixes[@]}\] QNAP MCU: " "$letter" ||
		wrong "$(head -n 8 "$letter")"
	grep -q "^Made for Linux 7\.3\.[0-9]*\.$" "$letter" || wrong "it names no version"
	grep -q "No hardware: nothing of this was run on a box" "$letter" ||
		wrong "it does not say what was not tested"
	! grep -n '@' "$letter" | grep -vF "$GIT_AUTHOR_EMAIL" || wrong "an address, or a gap"
}

# Only the sender is named, and nothing is signed in anybody's name.
nobody_invented()
{
	local patch

	! grep -nE '^[A-Z][A-Za-z]*(-[a-z]+)*-by: ' "$series"/* || wrong "somebody's tag"
	for patch in "$series"/*; do
		[ "$(sed '/^$/q' "$patch" | grep -c '@')" -eq 1 ] || wrong "$(sed '/^$/q' "$patch")"
		grep -qx "From: Export Check <check@localhost>" "$patch" || wrong "not the sender"
		! sed '/^$/q' "$patch" | grep ODD || wrong "the sender's settings show"
	done
}

# The tree's files that a series or in-tree.sh may touch, and those by which a tree is known, or
# what it has.
make_small()
{
	local file

	rm -rf "$small"
	for file in Kbuild Kconfig Makefile init/main.c $(touched "$series"/*) \
			$(cd "$source" && ls arch/arm64/boot/dts/rockchip/rk35*.dtsi); do
		[ ! -e "$source/$file" ] || install -D -m 644 "$source/$file" "$small/$file"
	done
}

small_git()
{
	git -C "$small" -c user.name=check -c user.email=check@localhost "$@"
}

commit_small()
{
	make_small
	small_git init -q
	small_git add -A
	small_git commit -qm "Linux"
}

mail_to_small()
{
	local all

	mapfile -t all < <(patches)
	commit_small
	silent small_git am -q "${all[@]}"
}

mailbox_applies()
{
	mail_to_small
	[ "$(small_git rev-list --count HEAD)" -eq $((${#prefixes[@]} + 1)) ] || wrong "not all"
}

same_as_in_tree()
{
	mail_to_small
	rm -rf "$small/.git"
	mv "$small" "$tmp/am"
	make_small
	make -s -C "$repo" in-tree "KERNEL_SRC=$small" > /dev/null 2>&1 || wrong "in-tree failed"
	silent diff -r "$small" "$tmp/am"
}

# The copy shares all files with the source but those that the series changes. These get the present
# time, so that make sees that they are the old ones again. What was built of another source is of
# no use.
lay_tree()
{
	local file

	[ "$(cat "$cache/export/made-of" 2> /dev/null)" = "$(stat -c %i "$source")" ] ||
		rm -rf "$build"
	rm -rf "$tree"
	mkdir -p "$cache/export"
	stat -c %i "$source" > "$cache/export/made-of"
	cp -al "$source" "$tree"
	for file in $(touched "$series"/*); do
		[ ! -e "$source/$file" ] || cp --remove-destination "$source/$file" "$tree/$file"
	done
}

# use_options VALUE OPTION...
use_options()
{
	local value=$1 option arguments=()

	shift
	for option in "$@"; do
		arguments+=("--set-val" "$option" "$value")
	done
	"$tree/scripts/config" --file "$build/.config" "${arguments[@]}"
}

# The last option, for power-off, is not named: it must come by itself.
configure()
{
	rm -f "$build/.config"
	make -s -C "$tree" "O=$build" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- defconfig
	use_options m "${options[@]:0:5}"
	use_options y INPUT_MISC DEBUG_FS MFD_QNAP_MCU_RAW KUNIT OF_OVERLAY
	"${make_in[@]}" olddefconfig prepare modules_prepare
}

# step_modules: those that the options of this step make.
step_modules()
{
	local module

	for module in "${modules[@]}"; do
		! grep -qx "CONFIG_${module#*=}=m" "$build/.config" || echo "${module%=*}"
	done
}

# All exported symbols of Debian's kernel but those of its own driver for the MCU stand for the
# kernel that is not built here.
link_modules()
{
	step_modules | sed 's/$/.o/' > "$tmp/order"
	(cd "$build" && scripts/mod/modpost -M -E -W -e -i "$tmp/symvers" -o "$tmp/modpost" \
		-T "$tmp/order")
}

# wanted_modules: how many there must be.
wanted_modules()
{
	[ -e "$tree/drivers/power/reset/qnap-mcu-poweroff.c" ] && echo 6 || echo 5
}

build_modules()
{
	local targets

	silent "${make_in[@]}" olddefconfig
	[ "$(step_modules | wc -l)" -eq "$(wanted_modules)" ] || wrong "only $(step_modules)"
	mapfile -t targets < <(step_modules | sed 's/.*/&.mod\n&.o/')
	silent "${make_in[@]}" "${targets[@]}"
	silent link_modules
}

# The tests are built in only, and so are the drivers then.
build_tests()
{
	use_options y MFD_QNAP_MCU_KUNIT_TEST "${options[@]}"
	silent "${make_in[@]}" olddefconfig
	grep -qx CONFIG_MFD_QNAP_MCU_KUNIT_TEST=y "$build/.config" || wrong "no tests"
	silent "${make_in[@]}" drivers/mfd/tests/ drivers/mfd/qnap-mcu-core.o
}

# What an earlier step or run has built may hide that this step cannot.
forget()
{
	local file

	find "$build/drivers" "$build/arch/arm64/boot" -name '*qnap*' -type f |
		while read -r file; do
			[[ "$file" = *.o && -e "$tree/${file:${#build}:-2}.c" ]] || rm "$file"
		done
}

# One at a time: each make builds the base that an overlay is applied to.
build_devicetrees()
{
	local targets

	mapfile -t targets < <(cd "$tree/arch/arm64/boot/dts" &&
		sed -n 's|.*\(rk35[^ ]*-qnap-[^ ]*\.dtbo*\).*|rockchip/\1|p' rockchip/Makefile |
		sort -u)
	[ ${#targets[@]} -ge 9 ] || wrong "only ${targets[*]}"
	silent "${make_in[@]}" -j1 "${targets[@]}"
}

# builds PATCH: what it touches, with all that is before it and nothing that is after.
builds()
{
	forget
	case $(touched "$1") in
	*drivers/mfd/tests/*)
		build_tests ;;
	*drivers/* | *include/*)
		build_modules ;;
	*arch/arm64/*)
		build_devicetrees ;;
	esac
}

# A fake port of a test needs no binding.
checkpatch()
{
	cd "$tree"
	"./scripts/checkpatch.pl" --strict --terse --no-summary --ignore MISSING_SIGN_OFF "$1" |
		grep -v 'DT compatible string "test,'
}

style()
{
	local remarks

	remarks=$(checkpatch "$1" 2>&1) || true
	[ -z "$remarks" ] || wrong "$remarks"
}

apply()
{
	git -C "$tree" apply --whitespace=error-all "$1"
}

# walk: from patch to patch. Where there is nothing to build, no case says that it builds.
walk()
{
	local patch step number=0

	for patch in $(patches); do
		number=$((number + 1))
		step=$number/${#prefixes[@]}
		ktap_case "$step applies: $(subject "$patch")" apply "$patch"
		ktap_case "$step checkpatch --strict" style "$patch"
		[[ "$(touched "$patch")" != *drivers/* && "$(touched "$patch")" != *arch/* ]] ||
			ktap_case "$step builds" builds "$patch"
		! touched "$patch" | grep -qx drivers/mfd/qnap-mcu.c ||
			ktap_case "the old children work on the new core" old_children
	done
}

# The drivers of that step as modules for Debian's kernel; the one for power-off is yet to come.
build_old_children()
{
	local kernel file

	kernel=$(kernel_dir 7.3)
	copy_sources "$tmp/step"
	rm -r "$tmp/step"/{drivers,include}
	for file in $(cd "$tree" && find drivers/{mfd,leds,hwmon,input,nvmem} include/linux/mfd \
			include/trace -name '*qnap[-_]mcu*.[ch]'); do
		install -D -m 644 "$tree/$file" "$tmp/step/$file"
	done
	make -C "$tmp/step" "-j$(nproc)" "KDIR=$kernel/usr/src/build" ARCH=arm64 \
		CROSS_COMPILE=aarch64-linux-gnu- CONFIG_POWER_RESET_QNAP_MCU= modules
}

old_children()
{
	build_old_children > "$tmp/log" 2>&1 || wrong "$(tail -n 20 "$tmp/log")"
	guest_images 7.3 "$tmp/step" > "$tmp/log" 2>&1 || wrong "$(tail -n 20 "$tmp/log")"
	"$testing/e2e-suite.sh" 7.3 transition "$tmp" "$repo/build/check-export"
}

# state_of FOLDER...: all that is in them, but for the source, which is never copied.
state_of()
{
	local folder

	for folder in "$@"; do
		[ ! -d "$folder" ] || [ "$folder" = "$source" ] ||
			find "$folder" -type f ! -path '*/.git/*' -exec sha256sum {} +
	done
}

# refuses TEXT TREE OUT: in one line, and nothing is written.
refuses()
{
	local text=$1 folder=$2 out=$3 before had=no

	[ ! -e "$out" ] || had=yes
	before=$(state_of "$folder" "$out")
	! export_series "$folder" "$out" > "$tmp/log" 2>&1 || wrong "it did not fail"
	sed -i '/^make/d' "$tmp/log"
	[ "$(wc -l < "$tmp/log")" -eq 1 ] || wrong "$(cat "$tmp/log")"
	grep -qF -e "$text" "$tmp/log" || wrong "no '$text' in: $(cat "$tmp/log")"
	[ "$before" = "$(state_of "$folder" "$out")" ] || wrong "something was written"
	[ "$had" = yes ] || [ ! -e "$out" ] || wrong "$out was made"
}

dirty()
{
	commit_small
	echo "# changed" >> "$small/drivers/leds/Kconfig"
	refuses "has changes that are not committed" "$small" "$tmp/out"
}

other_sources()
{
	make_small
	sed -i 's/^config LEDS_QNAP_MCU$/&_OLD/' "$small/drivers/leds/Kconfig"
	refuses "does not fit Linux 7.3" "$small" "$tmp/out"
}

laid()
{
	make_small
	make -s -C "$repo" in-tree "KERNEL_SRC=$small" > /dev/null 2>&1
	refuses "has these drivers already" "$small" "$tmp/out"
}

out_in_use()
{
	mkdir -p "$tmp/used"
	echo "Dear maintainers" > "$tmp/used/0000-cover-letter.patch"
	make_small
	refuses "has files already" "$small" "$tmp/used"
}

out_in_tree()
{
	make_small
	refuses "is in the kernel tree" "$small" "$small/series"
}

# Other parts of the check may build in the tools' folders meanwhile, so this is one of our own.
not_a_tree()
{
	mkdir -p "$tmp/folder"
	echo "Linux" > "$tmp/folder/Makefile"
	refuses "is no kernel source tree" "$tmp/folder" "$tmp/out"
}

# From a copy that is in no repository, whose settings would count.
no_sender()
{
	local repo=$tmp/copy

	mkdir -p "$repo/tools"
	cp -r "$kernel_tree" "$testing" "$repo/tools/"
	cp "$kernel_tree/../../Makefile" "$repo/"
	make_small
	unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL EMAIL
	refuses "who sends the series?" "$small" "$tmp/out"
}

lock export
"$testing/need.sh" fetch export modules emulator guest kunit dts
"$testing/fetch.sh" source-7.3 source-6.12 kernel-7.3 guest > /dev/null
build_emulator
grep -v qnap "$(kernel_dir 7.3)"/usr/src/linux-headers-*-arm64/Module.symvers > "$tmp/symvers"
ktap_begin
ktap_case "make export" export_series "$source" "$series"
[ "$ktap_failed" -eq 0 ] || { ktap_end; exit 1; }
ktap_case "order" in_order
ktap_case "cover letter" cover_letter
ktap_case "nobody is invented" nobody_invented
ktap_case "git am takes it" mailbox_applies
ktap_case "it ends where make in-tree does" same_as_in_tree
step "Copying the source of Linux 7.3" lay_tree
step "Configuring it" configure
walk
ktap_case "refused: no tree named" refuses "which tree?" "" "$tmp/out"
ktap_case "refused: not there" refuses "there is no such directory" "$tmp/gone" "$tmp/out"
ktap_case "refused: not a tree" not_a_tree
ktap_case "refused: too old" refuses "the series is for 7.3" "$cache/src/linux-6.12" "$tmp/out"
ktap_case "refused: a dirty tree" dirty
ktap_case "refused: other sources" other_sources
ktap_case "refused: a tree that has it all" laid
ktap_case "refused: a folder in use" out_in_use
ktap_case "refused: a folder in the tree" out_in_tree
ktap_case "refused: nowhere to write" refuses "cannot write" "$source" /proc/series
ktap_case "refused: nobody to send it" no_sender
ktap_end
