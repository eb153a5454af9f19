#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of mcu-decode: the formats it reads, and how it finds the thread again.

. ../lib/ktap.sh

# decodes NAME INPUT EXPECTED
decodes()
{
	got=$(printf '%b' "$2" | ./mcu-decode 2>&1)
	if [ "$got" = "$3" ]; then
		result 0 "$1"
		return
	fi
	printf '%s\n' "$got" | sed 's/^/# got: /'
	result 1 "$1"
}

# fails CODE NAME ARGUMENT...
fails()
{
	code=$1
	name=$2
	shift 2
	./mcu-decode "$@" </dev/null >/dev/null 2>&1
	[ $? -eq "$code" ]
	result $? "$name"
}

echo "KTAP version 1"

decodes "a command and its reply" '> 40 43 56 55\n< 40 43 56 31 64\n' \
' > 40 43 56 55 | power button?
 < 40 43 56 31 64 | power button pressed'

decodes "byte by byte, with characters" \
'> 0x40 (@)\n> 0x46 (F)\n> 0x41 (A)\n> 0x47 (G)\n< 0x40 (@)\n< 0x46 (F)\n< 0x41 (A)
< 0x01\n< 0x90\n< 0x00\n< 0xd6\n' \
' > 40 46 41 47 | fan speed?
 < 40 46 41 01 90 00 d6 | fan speed 12000 rpm'

decodes "a space and brackets as characters" \
'> 0xf7 (.) 0xa1 (() 0x20 ( ) 0x01 ()) 0x77 (w)\n< 0xf7 0xa1 0x20 0x01 0x41 0x36\n' \
' > f7 a1 20 01 77 | EEPROM read: 1 bytes at 0x20
 < f7 a1 20 01 41 36 | EEPROM at 0x20: "A"'

decodes "the emulator's trace, remarks included" \
'     12.345 > 40 54 33 27 | temperature?
     12.600 * fan PWM 77
     13.000 < 40 54 33 7b 5c | words\n' \
'     12.345 > 40 54 33 27 | temperature?
     12.600 * fan PWM 77
     13.000 < 40 54 33 7b 5c | temperature -5 degrees'

decodes "times of day" '10:11:12.13 > 25 56 73\n' '10:11:12.13 > 25 56 73 | firmware version?'

decodes "other lines are passed over" \
'interceptty started\n\n40 43 56 55\n> 25 56 73\n>\n> zz\n> 4043 56 55\n' \
' > 25 56 73 | firmware version?'

decodes "several frames in one line" '> 25 56 73 40 43 32 31\n< 40 30 70 40 30 70\n' \
' > 25 56 73 | firmware version?
 > 40 43 32 31 | short beep
 < 40 30 70 | done
 < 40 30 70 | done'

decodes "error frames" '> 25 56 73\n< 40 38 78\n> 40 52 37 30 15\n< 40 39 79\n' \
' > 25 56 73 | firmware version?
 < 40 38 78 | refused: bad checksum
 > 40 52 37 30 15 | hdd8 LED: on
 < 40 39 79 | refused: failed'

decodes "noise before frames" '> 00 ff 25 56 73\n< ff 25 25 56 30 31 30 35 77\n' \
' > 00 ff | unknown bytes
 > 25 56 73 | firmware version?
 < ff 25 | unknown bytes
 < 25 56 30 31 30 35 77 | firmware version 0105'

decodes "wrong checksums" '> 40 52 30 33 99\n> 25 56 73\n< 25 56 30 31 30 35 78\n' \
' > 40 52 30 33 99 | hdd1 LED: slow, bad checksum
 > 25 56 73 | firmware version?
 < 25 56 30 31 30 35 78 | bad checksum'

decodes "half a command before a whole one" '> 40 43\n> 40 43 30 33\n< 40 30 70' \
' > 40 43 | unknown bytes
 > 40 43 30 33 | power off
 < 40 30 70 | done'

decodes "half a reply, half a command at the end" '> 25 56 73\n< 25 56 30\n> 40 43 30' \
' > 25 56 73 | firmware version?
 < 25 56 30 | unknown bytes
 > 40 43 30 | unknown bytes'

decodes "an EEPROM read that is too long for any reply" '> f7 a1 00 ff a9\n< 40 39 79 40 30 70\n' \
' > f7 a1 00 ff a9 | EEPROM read: 255 bytes at 0x00
 < 40 39 79 | refused: failed
 < 40 30 70 | done'

trace='> 40 46 57 30 80 e1\n< 40 30 70\n> ff\n> 25 56 73\n< 01\n< 25 56 30 31 30 35 77\n'
once=$(printf '%b' "$trace" | ./mcu-decode)
decodes "its own output" "$once\n" "$once"

printf '> 25 56 73\n' | ./mcu-decode - | grep -q version
result $? "- is standard input"

fails 1 "no frame at all"
fails 1 "a file that is not there" tests/nothing
./mcu-decode tests 2>&1 | grep -q "Is a directory"
result $? "a directory"
fails 2 "two files" a b
fails 2 "an unknown option" --frobnicate

finish
