#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of --dtb on copies of EEPROMs: all boxes and formats, and all that can be wrong with them.

. tests/box.sh

mb=$tmp/mb
bp=$tmp/bp

# boards MAINBOARD [BACKPLANE]: product strings
boards()
{
	"$image" mainboard "$1" > "$mb"
	"$image" backplane "${2:-}" > "$bp"
}

# damage FILE OFFSET BYTES: in the notation of printf
damage()
{
	printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

echo "KTAP version 1"

# Boxes, in the three formats

boards 70-006Q0AI-001-110-RS
fits "TS-133" rk3566-qnap-ts133.dtb --mainboard "$mb"
boards 70-006Q0AI-001-130-RS
fits "TS-133 with drive power" rk3566-qnap-ts133-pcb-13.dtb --mainboard "$mb"
boards 70-006Q0AI-001-130-RS ""
fits_with_remark "an empty backplane is no backplane to a box that has none" \
	rk3566-qnap-ts133-pcb-13.dtb "has no product string.*the TS-133 has no backplane" \
	--mainboard "$mb" --backplane "$bp"
fits_with_remark "a backplane that is not there is not passed over" rk3566-qnap-ts133-pcb-13.dtb \
	"No such file.*; the TS-133 has no backplane" --mainboard "$mb" --backplane "$tmp/nothing"
boards 70-006Q0AJ-001-110-RS 70-006Q0AM-000-100-RS
fits "TS-233" rk3568-qnap-ts233.dtb --mainboard "$mb" --backplane "$bp"
boards 70-006Q0AJ-001-120-RS 70-006Q0AM-000-110-RS
fits "TS-233 with drive power" rk3568-qnap-ts233-pcb-12-11.dtb --mainboard "$mb" --backplane "$bp"
boards 70-006Q0AJ-001-120-RS 70-006Q0AM-000-100-RS
fits "no drive power if only the mainboard is new enough" rk3568-qnap-ts233.dtb \
	--mainboard "$mb" --backplane "$bp"
boards 70-006Q0B2-001-100-RS 70-010Q0B3-000-100-RS
fits "TS-433" rk3568-qnap-ts433.dtb --mainboard "$mb" --backplane "$bp"
boards 70-xQ0B20121 70-xQ0B30100
fits "TS-433 with drive power, the short format" rk3568-qnap-ts433-pcb-12-10.dtb \
	--mainboard "$mb" --backplane "$bp"
boards 70-006QA011-001-110-RS
fits "TS-433eU, the long format" rk3568-qnap-ts433eu.dtb --mainboard "$mb"
boards 70-006Q0B2-001-120-RS 70-010Q0AW-000-100-RS
fits_with_remark "TS-216G: it is said that this is experimental" rk3568-qnap-ts216g.dtb \
	"experimental" --mainboard "$mb" --backplane "$bp"

# Newer and older ones

boards 70-006Q0B2-001-130-RS 70-010Q0B3-000-100-RS
fits_with_remark "a newer mainboard" rk3568-qnap-ts433-pcb-12-10.dtb \
	"mainboard Q0B20 has revision 13, taken for the newest known, 12" \
	--mainboard "$mb" --backplane "$bp"
boards 70-006Q0B2-001-120-RS 70-010Q0B3-000-110-RS
fits_with_remark "a newer backplane" rk3568-qnap-ts433-pcb-12-10.dtb \
	"backplane Q0B30 has revision 11, taken for the newest known, 10" \
	--mainboard "$mb" --backplane "$bp"
boards 70-006Q0AI-001-100-RS
none_fits "an older mainboard" \
	"mainboard Q0AI0 has revision 10, the TS-133 is known from 11 on" --mainboard "$mb"
boards 70-006Q0B2-001-120-RS 70-010Q0B3-000-090-RS
none_fits "an older backplane" "revisions 12 and 9, the TS-433 is known from 10 and 10" \
	--mainboard "$mb" --backplane "$bp"

# Boards that are not known, or do not belong together

boards 70-006Q0ZZ-001-120-RS 70-010Q0B3-000-100-RS
none_fits "a mainboard that is not known" "mainboard Q0ZZ0, revision 12, is not known" \
	--mainboard "$mb" --backplane "$bp"
boards 70-006Q0B2-001-120-RS 70-010Q0ZZ-000-100-RS
none_fits "a backplane that is not known" "backplane Q0ZZ0 is not known" \
	--mainboard "$mb" --backplane "$bp"
boards 70-006Q0B2-001-120-RS 70-010Q0AM-000-100-RS
none_fits "a backplane of another box" \
	"backplane Q0AM0 (TS-233) does not belong to the mainboard Q0B20" \
	--mainboard "$mb" --backplane "$bp"
boards 70-006Q0AI-001-110-RS 70-010Q0AM-000-100-RS
none_fits "a backplane in a box that has none" "does not belong to the mainboard Q0AI0" \
	--mainboard "$mb" --backplane "$bp"

# Missing ones

boards 70-006Q0B2-001-120-RS 70-010Q0B3-000-100-RS
none_fits "TS-433 or TS-216G: not guessed" \
	"TS-433 or TS-216G is not enough: .*add --backplane FILE" --mainboard "$mb"
none_fits "no mainboard" "mainboard's EEPROM was not looked for.*add --mainboard FILE" \
	--backplane "$bp"
none_fits "no such file" "cannot be read: No such file" --mainboard "$tmp/nothing"
none_fits "a folder" "cannot be read: Is a directory" --mainboard "$tmp"
none_fits "no such file for the backplane" "backplane's EEPROM.*No such file" \
	--mainboard "$mb" --backplane "$tmp/nothing"

# Damaged ones

boards 70-006Q0AI-001-110-RS
dd if=/dev/zero bs=512 count=1 status=none | tr '\0' '\377' > "$tmp/ff"
head -c 512 /dev/zero > "$tmp/zeroes"
: > "$tmp/nothing-in-it"
none_fits "an erased one" "empty: every byte is 0xff" --mainboard "$tmp/ff"
none_fits "zeroes" "empty: every byte is zero" --mainboard "$tmp/zeroes"
none_fits "a file without a byte" "cut short" --mainboard "$tmp/nothing-in-it"
cp "$mb" "$tmp/damaged"
damage "$tmp/damaged" 70 '\0351'
none_fits "not ASCII" "product string is no text" --mainboard "$tmp/damaged"
boards 70006Q0AI001110RS
none_fits "no dashes" "no dashes" --mainboard "$mb"
boards 7-0006Q0AI-001-110-RS
none_fits "dashes in other places" "misplaced dashes" --mainboard "$mb"
boards 70-006Q0AI-001-1x0-RS
none_fits "no revision" "no revision" --mainboard "$mb"
boards ""
none_fits "no product string" "no product string" --mainboard "$mb"
boards 70-006Q0B2-001-120-RS 70-010Q0B3-000-1
none_fits "a damaged backplane is not passed over" "backplane's EEPROM.*ends too early" \
	--mainboard "$mb" --backplane "$bp"
none_fits "a mainboard's is given for the backplane's" "is the mainboard's" \
	--mainboard "$mb" --backplane "$mb"
boards 70-006Q0B2-001-120-RS 70-010Q0B3-000-100-RS
none_fits "a backplane's is given for the mainboard's" "is the backplane's" --mainboard "$bp"

# Lengths

boards 70-006Q0AI-001-110-RS
head -c 256 "$mb" > "$tmp/copy"
fits "256 bytes" rk3566-qnap-ts133.dtb --mainboard "$tmp/copy"
head -c 100 "$mb" > "$tmp/copy"
fits_with_remark "a short copy that has all that is needed" rk3566-qnap-ts133.dtb \
	"has 100 bytes, where 512 were expected" --mainboard "$tmp/copy"
head -c 80 "$mb" > "$tmp/copy"
none_fits "a copy that ends in the product string" "cut short" --mainboard "$tmp/copy"
dd if="$mb" bs=1 skip=66 count=22 status=none > "$tmp/copy"
none_fits "a copy of the product string alone" "cut short" --mainboard "$tmp/copy"
cat "$mb" "$mb" > "$tmp/copy"
none_fits "a copy that is too long" "more than 512 bytes" --mainboard "$tmp/copy"
none_fits "a file without an end" "more than 512 bytes" --mainboard /dev/zero

finish
