#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Compares our device trees with those of Linux 7.3, as Debian has compiled them:
#
#	dtb-compare.sh [NAME...]
#
# lists every difference with its reason, of all boards or of those named (ts433, ts233-pcb-12-11).
# The reasons are in dtb-differences.rst. A difference without one fails, and so does a reason that
# no difference needs. A board that Linux 7.3 does not have is compared with its nearest relative.
#
#	dtb-compare.sh --check
#
# has the same as test cases, and more that see the comparison fail when a tree or a reason is not
# what it should be.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../kernel-tree/dts.sh"

reasons=$testing/dtb-differences.rst
ours=$tmp/ours
forms=$tmp/forms

# short NAME: of a board, or of a board with an overlay.
short()
{
	echo "${1#*-qnap-}"
}

# relative_of NAME: which one of Linux 7.3 it is compared with.
relative_of()
{
	case $1 in
	*-ts216g | *-ts433eu)
		echo rk3568-qnap-ts433 ;;
	*)
		echo "$1" ;;
	esac
}

# Both must be of the same version, as what is in the SoC is compared as well.
same_version()
{
	local debian source

	debian=$(cat "$(kernel_dir 7.3)/release")
	source=$(make -s -C "$tree" kernelversion)
	[ "${debian%%+*}" = "$source" ] ||
		die "the kernel is $debian, the source $source:" \
			"$testing/fetch.sh --refresh kernel-7.3 source-7.3"
}

# canonical DTB FORM
canonical()
{
	"$testing/dtb-canonical.py" "$1" > "$2"
}

compare_all()
{
	local name

	"$testing/../kernel-tree/dtbs.sh" "$tree" "$ours"
	mkdir "$forms"
	for name in $(boards) $(overlays); do
		canonical "$stock/$(relative_of "$name").dtb" "$forms/$(short "$name").stock"
		canonical "$ours/$name.dtb" "$forms/$(short "$name").ours"
	done
}

# Each place where the compiler puts a phandle is known as one. It tells of them in a plugin.
all_references()
{
	preprocess "$tree" "$tmp/dts/$1.dts" |
		sed 's|^/dts-v1/;|& /plugin/;|' > "$tmp/plugin.dts" &&
		dtc -q -@ -I dts -O dtb -o "$tmp/plugin.dtbo" "$tmp/plugin.dts" &&
		"$testing/dtb-canonical.py" --references "$tmp/plugin.dtbo" > "$tmp/found" &&
		"$testing/dtb-canonical.py" --fixups "$tmp/plugin.dtbo" > "$tmp/compiled" &&
		[ -s "$tmp/compiled" ] && diff "$tmp/compiled" "$tmp/found"
}

# Overlays rely on labels: each side's fits the other's board.
overlay_fits_both()
{
	local name=$1 base

	base=$(base_of "$name").dtb
	fdtoverlay -i "$ours/$base" -o "$tmp/applied" "$stock/$name.dtbo" &&
		fdtoverlay -i "$stock/$base" -o "$tmp/applied" "$ours/$name.dtbo"
}

# The order of nodes and properties does not matter.
sorted_is_equal()
{
	dtc -q -s -I dtb -O dtb -o "$tmp/sorted.dtb" "$ours/rk3568-qnap-ts433.dtb" &&
		! cmp -s "$tmp/sorted.dtb" "$ours/rk3568-qnap-ts433.dtb" &&
		canonical "$tmp/sorted.dtb" "$tmp/sorted" && diff "$forms/ts433.ours" "$tmp/sorted"
}

new="ts433: no reason for:"
gone="ts433: no such difference any more:"

# copy: what the following cases change.
copy()
{
	rm -rf "$tmp/changed"
	cp -r "$forms" "$tmp/changed"
	cp "$reasons" "$tmp/reasons"
	cp "$ours/rk3568-qnap-ts433.dtb" "$tmp/changed.dtb"
}

# put OPTIONS ARGUMENT...: for fdtput, which changes the TS-433.
put()
{
	copy
	# shellcheck disable=SC2086 # options
	fdtput $1 "$tmp/changed.dtb" "${@:2}" &&
		canonical "$tmp/changed.dtb" "$tmp/changed/ts433.ours"
}

# fails_with LINE...: the comparison of the changed copy fails with these, and says no more.
fails_with()
{
	local status=0

	"$testing/dtb-judge.py" "$tmp/reasons" "$tmp/changed" ts433 > "$tmp/output" 2>&1 ||
		status=$?
	printf '%s\n' "$@" > "$tmp/expected"
	grep -v '^ \|^ts433: [0-9]* differences$' "$tmp/output" | diff "$tmp/expected" - &&
		[ "$status" -eq 1 ]
}

phandle_of()
{
	fdtget "$ours/rk3568-qnap-ts433.dtb" "$1" phandle
}

another_value()
{
	local regulator=/i2c@fdd40000/regulator@40 property=regulator-max-microvolt

	put "-t u" $regulator $property 1400000
	fails_with "$new ~ $regulator: $property = <1390000> -> <1400000>"
}

another_value_where_a_reason_is()
{
	local zone=/thermal-zones/case-thermal

	put "-t u" $zone polling-delay 6000
	fails_with "$new + $zone: polling-delay = <6000>" "$gone + $zone: polling-delay = <5000>"
}

another_target()
{
	local node=/regulator-vcc5v0-host

	put "-t u" $node vin-supply "$(phandle_of /regulator-dc-12v)"
	fails_with "$new ~ $node: vin-supply = <&/regulator-vcc5v0-usb> -> <&/regulator-dc-12v>"
}

another_pin()
{
	local pins="[GPIO0_A6 0 bias-disable] -> [GPIO0_A7 0 bias-disable]"

	put "-t u" /pinctrl/usb/vcc5v0-host-en rockchip,pins 0 7 0 \
		"$(phandle_of /pinctrl/pcfg-pull-none)"
	fails_with "$new ~ /regulator-vcc5v0-host: pinctrl-0 = $pins" \
		"$new ~ label vcc5v0_host_en = $pins"
}

another_trip()
{
	local zone=/thermal-zones/cpu-thermal

	put "-t u" $zone/trips/cpu-active1 temperature 46000
	! fails_with | grep '^>' > "$tmp/said" &&
		grep -qF "$new + $zone/trips/active-46000: temperature = <46000>" "$tmp/said" &&
		grep -qF "$new - $zone/trips/active-45000: temperature = <45000>" "$tmp/said"
}

a_node_less()
{
	put -r /keys/key-reset
	fails_with "$new - /keys/key-reset" \
		"$new - /keys/key-reset: gpios = <&/pinctrl/gpio@fdd60000 13 1>" \
		"$new - /keys/key-reset: label = \"reset\"" \
		"$new - /keys/key-reset: linux,code = <408>"
}

a_property_more()
{
	put "-t s" /chosen bootargs quiet
	fails_with "$new + /chosen: bootargs = \"quiet\""
}

a_label_less()
{
	put -d /__symbols__ sata2_port0
	fails_with "$new - label sata2_port0 = /sata@fc800000/sata-port@0"
}

no_target()
{
	! put "-t u" /regulator-vcc5v0-host vin-supply 9999 2> "$tmp/output" &&
		grep -F "/regulator-vcc5v0-host: vin-supply points to no node" "$tmp/output"
}

# more_reasons BOARDS LINE...
more_reasons()
{
	copy
	printf '::\n\n  boards: %s\n' "$1" >> "$tmp/reasons"
	printf '  %s\n' "${@:2}" >> "$tmp/reasons"
}

a_reason_less()
{
	copy
	sed -i '/nvmem-cell-names/d' "$tmp/reasons"
	fails_with "$new + /ethernet@fe2a0000: nvmem-cell-names = \"mac-address\""
}

a_reason_more()
{
	more_reasons ts433 "- /chosen: {rng,kaslr}-seed"
	fails_with "$gone - /chosen: rng-seed" "$gone - /chosen: kaslr-seed"
}

two_reasons()
{
	more_reasons ts433 "+ /leds/led-3: default-state = \"off\""
	fails_with "ts433: two reasons for: + /leds/led-3: default-state = \"off\""
}

no_such_board()
{
	more_reasons ts999 "+ /nothing"
	fails_with "dtb-judge.py: there is no board 'ts999', but $(
		basename -s .ours "$forms"/*.ours | sort | xargs)"
}

# Says only what is wrong.
all_explained()
{
	"$testing/dtb-judge.py" "$reasons" "$forms" "$1" > "$tmp/output" ||
		{ grep -v '^ ' "$tmp/output"; return 1; }
}

check_all()
{
	local name

	ktap_begin
	for name in $(boards) $(overlays); do
		ktap_case "$(short "$name"): every difference has its reason" \
			all_explained "$(short "$name")"
	done
	for name in $(boards); do
		ktap_case "$(short "$name"): every phandle is known" all_references "$name"
	done
	for name in $(overlays); do
		ktap_case "$(short "$name"): fits the board of Linux 7.3, and its the other way" \
			overlay_fits_both "$name"
	done
	ktap_case "the order does not matter" sorted_is_equal
	for name in another_value another_value_where_a_reason_is another_target another_pin \
		    another_trip a_node_less a_property_more a_label_less no_target \
		    a_reason_less a_reason_more two_reasons no_such_board; do
		ktap_case "seen: ${name//_/ }" "$name"
	done
	ktap_end
}

if [ "${1:-}" = --help ]; then
	sed -n '4,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
	exit
fi
"$testing/need.sh" fetch dts dtb-compare
"$testing/fetch.sh" kernel-7.3 source-7.3 > /dev/null
tree=$cache/src/linux-7.3
stock=$(echo "$(kernel_dir 7.3)"/usr/lib/modules/*/dtb/rockchip)
same_version
step "Comparing the device trees with those of Linux 7.3" compare_all
if [ "${1:-}" = --check ]; then
	gather_dts "$tree" "$tmp/dts"
	check_all
else
	"$testing/dtb-judge.py" "$reasons" "$forms" "$@"
fi
