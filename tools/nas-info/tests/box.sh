# SPDX-License-Identifier: GPL-2.0-only
#
# Boxes to try the program on: copies of EEPROMs, and folders with the part of sysfs that it reads.
# To be sourced. The program is the one with the sanitizers.
# shellcheck shell=sh

. ../lib/ktap.sh

info=$PWD/tests/qnap-nas-info
image=$PWD/tests/make-image
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
root=$tmp/root

ts433_mainboard=70-006Q0B2-001-120-RS
ts433_backplane=70-010Q0B3-000-100-RS

# at24 NAME LABEL COMMAND...: an EEPROM on an I2C bus, as the driver at24 has it, with what the
# command prints; an empty LABEL: the device tree gives it none
at24()
{
	at24_name=$1
	at24_label=$2
	shift 2
	mkdir -p "$root/sys/bus/i2c/devices/$at24_name/of_node"
	"$@" > "$root/sys/bus/i2c/devices/$at24_name/eeprom"
	at24_nvmem=${at24_label:-$at24_name}0
	mkdir -p "$root/sys/bus/nvmem/devices/$at24_nvmem/of_node"
	"$@" > "$root/sys/bus/nvmem/devices/$at24_nvmem/nvmem"
	if [ -n "$at24_label" ]; then
		for folder in "i2c/devices/$at24_name" "nvmem/devices/$at24_nvmem"; do
			printf '%s\0' "$at24_label" > "$root/sys/bus/$folder/of_node/label"
		done
	fi
}

# mcu NUMBER: an MCU with its drivers
mcu()
{
	mkdir -p "$root/sys/bus/nvmem/devices/qnap-mcu-eeprom$1" \
		"$root/sys/bus/serial/devices/serial0" "$root/sys/bus/serial/devices/serial0-0"
	"$image" mcu > "$root/sys/bus/nvmem/devices/qnap-mcu-eeprom$1/nvmem"
	echo 0105 > "$root/sys/bus/serial/devices/serial0-0/firmware_version"
}

# tree NAME MODEL [drive-power]: the device tree in use
tree()
{
	base=$root/sys/firmware/devicetree/base
	rm -rf "$base"
	mkdir -p "$base"
	printf '%s\0' "$2" > "$base/model"
	printf '%s\0rockchip,rk3568\0' "$1" > "$base/compatible"
	[ $# -lt 3 ] || mkdir "$base/regulator-hdd1-power"
}

# A TS-433 with all that it has.
ts433()
{
	rm -rf "$root"
	at24 1-0054 VPD_MB "$image" mainboard "$ts433_mainboard"
	at24 1-0056 VPD_BP "$image" backplane "$ts433_backplane"
	mcu 0
	tree qnap,ts433 "Qnap TS-433-4G NAS System 4-Bay"
}

# The beginning of a command that is to be run by somebody who may not read what is root's.
unprivileged=
[ "$(id -u)" -ne 0 ] || unprivileged="setpriv --reuid=65534 --regid=65534 --clear-groups"
export unprivileged

# run COMMAND...: the exit code is in $code, what it printed in $tmp/out and $tmp/err
run()
{
	code=0
	timeout 20 "$@" > "$tmp/out" 2> "$tmp/err" < /dev/null || code=$?
}

# show: what was printed, as remarks
show()
{
	sed 's/^/# out: /' "$tmp/out"
	sed 's/^/# err: /' "$tmp/err"
}

# judge STATUS NAME: the result of a case, with what was printed if it is bad
judge()
{
	[ "$1" -eq 0 ] || show
	result "$1" "$2"
}

# fits NAME DTB ARGUMENT...: that device tree, and not a word more
fits()
{
	fits_name=$1
	fits_dtb=$2
	shift 2
	run "$info" --dtb "$@"
	[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$fits_dtb" ] && [ ! -s "$tmp/err" ]
	judge $? "$fits_name"
}

# fits_with_remark NAME DTB PATTERN ARGUMENT...: and one sentence
fits_with_remark()
{
	fits_name=$1
	fits_dtb=$2
	pattern=$3
	shift 3
	run "$info" --dtb "$@"
	[ "$code" -eq 0 ] && [ "$(cat "$tmp/out")" = "$fits_dtb" ] &&
		[ "$(wc -l < "$tmp/err")" -eq 1 ] && grep -q -e "$pattern" "$tmp/err"
	judge $? "$fits_name"
}

# none_fits NAME PATTERN ARGUMENT...: nothing but one sentence
none_fits()
{
	none_name=$1
	pattern=$2
	shift 2
	run "$info" --dtb "$@"
	is_refusal "$pattern"
	judge $? "$none_name"
}

is_refusal()
{
	[ "$code" -eq 1 ] && [ ! -s "$tmp/out" ] && [ "$(wc -l < "$tmp/err")" -eq 1 ] &&
		grep -q -e "$1" "$tmp/err"
}

# reports PATTERN NAME: the report that was printed has such a line
reports()
{
	grep -q -e "$1" "$tmp/out"
	judge $? "$2"
}
