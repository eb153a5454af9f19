#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of --json: it is what the schema says, whatever is in the EEPROMs.

. tests/box.sh

# conforms NAME CODE: what was printed does, and the exit code is that
conforms()
{
	[ "$code" -eq "$2" ] && [ ! -s "$tmp/err" ] &&
		/usr/bin/python3 tests/conforms.py qnap-nas-info.schema.json "$tmp/out" \
			2>> "$tmp/err"
	judge $? "$1"
}

# says NAME EXPRESSION: the expression is true of the document d
says()
{
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
sys.exit(not eval("(%s)" % sys.argv[2]))' "$tmp/out" "$2" 2>> "$tmp/err"
	judge $? "$1"
}

echo "KTAP version 1"

ts433
run "$info" --json --root "$root"
conforms "a TS-433" 0
says "model" 'd["model"] == "TS-433"'
says "mainboard" 'd["mainboard"]["code"] == "Q0B20" and d["mainboard"]["pcb"] == 12'
says "BOM" 'd["mainboard"]["bom"] == "1" and d["backplane"]["bom"] == "0"'
says "product string" 'd["mainboard"]["product"] == "70-006Q0B2-001-120-RS"'
says "what is verified" 'd["mainboard"]["name"] == "Main board"'
says "what is not" 'd["mainboard"]["unverified"]["made"] == "2022-05-24" and
	d["backplane"]["unverified"]["name"] == "Back plane"'
says "backplane" 'd["backplane"]["code"] == "Q0B30" and d["backplane"]["pcb"] == 10'
says "source" 'd["mainboard"]["source"].endswith("/sys/bus/i2c/devices/1-0054/eeprom")'
says "firmware" 'd["mcu"]["firmware"] == "0105"'
says "serial number" 'd["mcu"]["serial_number"] == "Q225I01234"'
says "addresses" '[m["state"] for m in d["mcu"]["macs"]] == ["filler", "good", "unusable",
	"unusable", "damaged", "empty", "unusable", "empty"]'
says "the 1 GbE port" 'd["mcu"]["macs"][1] == {"slot": 1, "state": "good",
	"address": "24:5e:be:0a:0b:0c", "port": "1GbE"}'
says "device tree in use" 'd["device_tree"]["in_use"] == {
	"model": "Qnap TS-433-4G NAS System 4-Bay",
	"compatible": ["qnap,ts433", "rockchip,rk3568"], "drive_power": False, "fits": False}'
says "device tree that fits" 'd["device_tree"]["dtb"] == "rk3568-qnap-ts433-pcb-12-10.dtb"'

printf 00:00:00:00:05:09 | dd of="$root/sys/bus/nvmem/devices/qnap-mcu-eeprom0/nvmem" bs=1 \
	seek=53 conv=notrunc status=none
run "$info" --json --root "$root"
says "a filler is no port's" 'd["mcu"]["macs"][1] == {"slot": 1, "state": "filler",
	"address": "00:00:00:00:05:09", "port": None}'

at24 1-0056 VPD_BP "$image" backplane 70-010Q0AW-000-110-RS
run "$info" --json --root "$root"
conforms "a TS-216G that is newer" 0
says "two remarks" 'len(d["remarks"]) == 2'

run "$info" --json --root "$tmp"
conforms "nothing is there" 1
says "all is missing" '[d[k]["state"] for k in ("mainboard", "backplane", "mcu")] ==
	["missing"] * 3 and d["device_tree"]["in_use"] is None'

rm -rf "$root"
at24 1-0054 "" "$image" mainboard 70-006Q0AI-001-130-RS
run "$info" --json --root "$root"
conforms "a TS-133" 0
says "it has no backplane" 'd["backplane"] is None'

# What is damaged in any way

"$image" mcu > "$tmp/mcu"
run "$info" --json --mcu "$tmp/mcu"
conforms "a copy of the MCU's EEPROM" 0
says "no boards" 'd["mainboard"] is None and d["backplane"] is None'
head -c 512 /dev/zero > "$tmp/zeroes"
head -c 20 /dev/zero | tr '\0' x > "$tmp/short"
tr '\0' '\245' < "$tmp/zeroes" > "$tmp/damaged"
for kind in mainboard backplane mcu; do
	for state in empty short damaged missing unreadable; do
		case $kind-$state in
		*-empty)
			file=$tmp/zeroes ;;
		*-short)
			file=$tmp/short ;;
		*-damaged)
			file=$tmp/damaged ;;
		*-missing)
			file=$tmp/nothing ;;
		*)
			file=$tmp ;;
		esac
		run "$info" --json --$kind "$file"
		conforms "$kind: $state" 1
		says "it is called so" \
			"d['$kind']['state'] == '$state' and d['$kind']['error']"
		says "nothing else is told" "not any(d['$kind'].get(member) for member in
			('code', 'pcb', 'bom', 'serial_number', 'macs'))"
	done
done

run "$info" --json --mainboard /dev/zero
conforms "a file without an end" 1
says "it is called damaged" 'd["mainboard"]["state"] == "damaged"'
"$image" mainboard "" > "$tmp/mb"
run "$info" --json --mainboard "$tmp/mb"
conforms "no product string" 1
says "it is called empty" 'd["mainboard"]["state"] == "empty"'

# Any bytes

hostile=$(printf '%s/a "quoted" \\ \001 \377 \303\244 name' "$tmp")
cp "$tmp/mcu" "$hostile"
run "$info" --json --mcu "$hostile"
conforms "a file with any bytes in its name" 0
says "none is lost" 'd["mcu"]["source"].encode("latin-1").endswith(
	b"a \"quoted\" \\ \x01 \xff \xc3\xa4 name")'
"$image" mainboard '70-"\Q0B2-0"\-120-RS' > "$tmp/mb"
run "$info" --json --mainboard "$tmp/mb"
conforms "quotation marks in a product string" 1
says "the product string is as it is" \
	"d['mainboard']['product'] == '70-\"\\\\Q0B2-0\"\\\\-120-RS'"
ts433
tree qnap,ts433 "$(printf 'a "b" \\ \377')"
printf '\0\0a\0\0' > "$root/sys/firmware/devicetree/base/compatible"
run "$info" --json --root "$root"
conforms "any bytes in the device tree" 0
says "empty names are left out" 'd["device_tree"]["in_use"]["compatible"] == ["a"]'
for seed in 1 2 3 4 5 6 7 8; do
	/usr/bin/python3 -c 'import random, sys
random.seed(int(sys.argv[1]))
sys.stdout.buffer.write(random.randbytes(512))' $seed > "$tmp/random"
	run "$info" --json --mainboard "$tmp/random" --backplane "$tmp/random" --mcu "$tmp/random"
	conforms "random bytes $seed" 1
done

finish
