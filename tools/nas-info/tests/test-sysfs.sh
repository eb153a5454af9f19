#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of how EEPROMs and MCU are found in sysfs, and of what is said when they cannot be read.

. tests/box.sh

dtb=rk3568-qnap-ts433-pcb-12-10.dtb

echo "KTAP version 1"

ts433
fits "on bus 1, with labels" $dtb --root "$root"
fits "a slash behind the folder's name" $dtb --root "$root/"

rm -rf "$root/sys/bus/nvmem"
fits "as I2C devices only" $dtb --root "$root"
ts433
rm -rf "$root/sys/bus/i2c"
fits "as nvmem devices only" $dtb --root "$root"

rm -rf "$root"
at24 7-0054 "" "$image" mainboard "$ts433_mainboard"
at24 12-0056 "" "$image" backplane "$ts433_backplane"
fits "on other buses, without labels" $dtb --root "$root"
rm -rf "$root/sys/bus/i2c"
fits "the same as nvmem devices only" $dtb --root "$root"

rm -rf "$root"
at24 1-0050 VPD_MB "$image" mainboard "$ts433_mainboard"
at24 1-0051 VPD_BP "$image" backplane "$ts433_backplane"
at24 0-0054 "" "$image" mainboard 70-006Q0AI-001-110-RS
fits "labels count more than addresses" $dtb --root "$root"
rm -rf "$root/sys/bus/i2c/devices/1-0050" "$root/sys/bus/nvmem/devices/VPD_MB0"
at24 1-0054 VPD_OTHER "$image" mainboard 70-006QA011-001-110-RS
none_fits "another's label is not taken" "TS-133" --root "$root"

ts433
at24 1-0050 VPD_MB_OLD "$image" mainboard 70-006Q0AI-001-110-RS
rm -rf "$root/sys/bus/i2c"
fits "a label that goes on is another's" $dtb --root "$root"

rm -rf "$root"
at24 1-0054 "" "$image" mainboard 70-006Q0AI-001-110-RS
at24 2-0054 "" "$image" mainboard 70-006Q0AI-001-130-RS
none_fits "two that may be the one" \
	"1-0054/eeprom as well as .*2-0054/eeprom: choose.*--mainboard" --root "$root"
fits "one of them chosen" rk3566-qnap-ts133-pcb-13.dtb --root "$root" \
	--mainboard "$root/sys/bus/i2c/devices/2-0054/eeprom"

ts433
rm "$root/sys/bus/i2c/devices/1-0056/eeprom"
rm -r "$root/sys/bus/nvmem/devices/VPD_BP0"
none_fits "the driver is not loaded" "there is no .*1-0056/eeprom: at24 is not loaded" \
	--root "$root"
rm -r "$root/sys/bus/i2c/devices/1-0056"
none_fits "no backplane in sysfs: not guessed" \
	"TS-433 or TS-216G.*called VPD_BP or has the address 0x56" --root "$root"
mkdir -p "$tmp/empty"
none_fits "sysfs is not mounted" "no $tmp/empty/sys/bus, so sysfs is not mounted" \
	--root "$tmp/empty//"
run "$info" --root "$tmp/empty"
reports "in use *none was found in sysfs$" "no device tree either"

ts433
cp "$root/sys/bus/i2c/devices/1-0054/eeprom" "$tmp/mb"
cp "$root/sys/bus/i2c/devices/1-0056/eeprom" "$tmp/bp"
"$image" mcu > "$tmp/mcu"
rm -r "$root/sys/bus/i2c" "$root/sys/bus/nvmem"
mkdir "$root/sys/bus/i2c"
fits "copies instead of what is in sysfs" $dtb --root "$root" --mainboard "$tmp/mb" \
	--backplane "$tmp/bp"

# Only root may read EEPROMs

ts433
chmod 0 "$root"/sys/bus/i2c/devices/*/eeprom "$root"/sys/bus/nvmem/devices/*/nvmem
cp "$info" "$tmp/info"
chmod 755 "$tmp" "$tmp/info"
# shellcheck disable=SC2154,SC2086 # words, of box.sh
if $unprivileged "$tmp/info" --version > /dev/null 2>&1; then
	run $unprivileged "$tmp/info" --root "$root" --dtb
	is_refusal "may only be read by root"
	judge $? "somebody else than root: --dtb"
	run $unprivileged "$tmp/info" --root "$root"
	[ "$code" -eq 1 ]
	judge $? "somebody else than root: exit code"
	reports "The mainboard's EEPROM.*may only be read by root: run this as root" "what to do"
	reports "The MCU's EEPROM.*may only be read by root" "the MCU's neither"
	reports "firmware *0105" "the firmware may be read by everybody"
	reports "in use *Qnap TS-433-4G" "the device tree in use as well"
else
	skip "somebody else than root" "needs setpriv, or not to be root"
fi

# The report

ts433
run "$info" --root "$root"
[ "$code" -eq 0 ] && [ ! -s "$tmp/err" ]
judge $? "a report"
reports "model *TS-433$" "model"
reports "board code *Q0B20$" "mainboard"
reports "PCB revision *12$" "its revision"
reports "BOM *1$" "its BOM"
reports "product string *$ts433_mainboard$" "its product string"
reports "board name *Main board$" "its name"
reports "manufacturer *QNAP Systems (unverified)$" "its manufacturer is not verified"
reports "made *2022-05-24, if .* (unverified)$" "its date is not verified"
reports "board code *Q0B30$" "backplane"
reports "firmware *0105$" "firmware"
reports "serial number *Q225I01234$" "serial number"
reports "MAC address 0 *00:00:00:00:05:09 (filler, unused)$" "a filler"
reports "MAC address 1 *24:5e:be:0a:0b:0c (1 GbE port)$" "the 1 GbE port"
reports "MAC address 2 *00:00:00:00:00:00 (not an address that a port may have)$" "zeroes"
reports "MAC address 4 *damaged" "a damaged address"
reports "MAC address 7 *empty$" "an empty slot"
reports "in use *Qnap TS-433-4G NAS System 4-Bay (qnap,ts433), without drive power$" \
	"the device tree in use"
reports "that fits *$dtb$" "the one that fits"
reports "is it in use *no$" "it is another one"
tree qnap,ts433 "Qnap TS-433-4G NAS System 4-Bay" drive-power
run "$info" --root "$root"
reports "is it in use *yes$" "it is the one in use"
tree qnap,ts233 "Qnap TS-233-2G NAS System 2-Bay" drive-power
run "$info" --root "$root"
reports "is it in use *no$" "it is that of another box"
tree qnap,ts433 "$(printf 'Evil \033[31m box')"
run "$info" --root "$root"
! grep -q "$(printf '\033')" "$tmp/out"
judge $? "no control character goes to the terminal"

escape=$(printf '%s/a\033b' "$tmp")
cp "$tmp/mcu" "$escape"
run "$info" --mcu "$escape"
[ "$code" -eq 0 ] && ! grep -q "$(printf '\033')" "$tmp/out"
judge $? "none of a file's name does"
run "$info" --mainboard "$escape"
grep -q "that fits *not known: .*a?b" "$tmp/out" && ! grep -q "$(printf '\033')" "$tmp/out"
judge $? "nor where it is said why no device tree is known"
none_fits "none of it goes to standard error" "a?b, is damaged" --mainboard "$escape"
! grep -q "$(printf '\033')" "$tmp/err"
judge $? "not a byte of it"

ts433
cat "$tmp/mb" "$tmp/mb" > "$root/sys/bus/i2c/devices/1-0054/eeprom"
none_fits "a larger chip is another's" "1-0054/eeprom, has more than 512 bytes" --root "$root"

# A file that is something else: nothing of it is printed as if it were an EEPROM's

cat "$tmp/mb" "$tmp/mb" > "$tmp/long"
run "$info" --mainboard "$tmp/long" --mcu "$tmp/long"
[ "$code" -eq 1 ] && [ "$(grep -c "more than 512 bytes" "$tmp/out")" -eq 3 ] &&
	! grep -q "QNAP Systems" "$tmp/out"
judge $? "nothing is told of a file that is too long"

# The MCU

ts433
rm -r "$root/sys/bus/nvmem/devices/qnap-mcu-eeprom0" "$root/sys/bus/serial"
run "$info" --root "$root"
[ "$code" -eq 0 ]
judge $? "no MCU: the boards are known all the same"
reports "MCU's EEPROM was not found: either its drivers" "what may be missing"
reports "version of the MCU's firmware is not known: the driver" "no firmware"
mcu 3
run "$info" --root "$root"
reports "serial number *Q225I01234$" "the MCU's device has another number"
mkdir -p "$root/sys/bus/nvmem/devices/qnap-mcu-eeprom4"
cp "$tmp/mcu" "$root/sys/bus/nvmem/devices/qnap-mcu-eeprom4/nvmem"
run "$info" --root "$root"
reports "eeprom3/nvmem as well as .*eeprom4/nvmem: choose one with --mcu" "two MCUs"
run "$info" --mainboard "$tmp/long" --mcu "$tmp/mcu"
[ "$code" -eq 1 ]
judge $? "a good MCU does not make up for a bad mainboard"
run "$info" --mcu "$tmp/mcu"
[ "$code" -eq 0 ] && ! grep -qi -e mainboard -e firmware -e "device tree" "$tmp/out"
judge $? "a copy of the MCU's EEPROM and nothing else"
reports "MAC address 1 *24:5e:be:0a:0b:0c (port not known)$" "without a board the port is not known"
{ head -c 19 /dev/zero; tail -c +20 "$tmp/mcu"; } > "$tmp/copy"
run "$info" --mcu "$tmp/copy"
reports "serial number *empty$" "no serial number"
{ printf '\001'; tail -c +2 "$tmp/mcu"; } > "$tmp/copy"
run "$info" --mcu "$tmp/copy"
reports "serial number *damaged: not a text$" "a damaged serial number"
head -c 100 "$tmp/mcu" > "$tmp/copy"
run "$info" --mcu "$tmp/copy"
[ "$code" -eq 1 ]
judge $? "a short copy of the MCU's EEPROM"
reports "MCU's EEPROM.*cut short" "it is said that it is short"
run "$info" --mcu "$tmp/mb"
reports "has 512 bytes, where 256 were expected" "a copy of another size"
reports "is damaged: it has neither" "a copy of another EEPROM"
run "$info" --mainboard "$tmp/mb" --backplane "$tmp/bp"
[ "$code" -eq 0 ] && ! grep -q -e MCU -e "in use" "$tmp/out"
judge $? "with copies of the boards' EEPROMs the box is not looked at"

finish
