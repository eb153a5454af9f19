# SPDX-License-Identifier: GPL-2.0-only
# EEPROM: contents, cells, odd reads, who may read.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

nvmem=/sys/bus/nvmem/devices/qnap-mcu-eeprom0

# part OFFSET LENGTH FILE: read at once, not byte by byte.
part()
{
	dd if="$3" bs="$2" count=1 skip="$1" iflag=skip_bytes 2> /dev/null
}

same_part()
{
	part "$1" "$2" $nvmem/nvmem > /tmp/read
	part "$1" "$2" /tests/eeprom > /tmp/image
	[ -s /tmp/image ] || fail "no image at $1"
	cmp /tmp/read /tmp/image
}

past_the_end()
{
	want 0 sh -c "dd if=$nvmem/nvmem bs=16 skip=16 2> /dev/null | wc -c"
	want 6 sh -c "dd if=$nvmem/nvmem bs=32 skip=250 iflag=skip_bytes 2> /dev/null | wc -c"
}

cell()
{
	local file

	file=$(echo $nvmem/cells/"$1"*)
	[ -e "$file" ] || fail "no cell $1 in $(ls $nvmem/cells)"
	tr -d '\0' < "$file"
}

mac_cell()
{
	hexdump -v -e '1/1 "%02x"' $nvmem/cells/"$1"*
}

not_for_others()
{
	want 400 stat -c %a $nvmem/nvmem
	! su -s /bin/sh nobody -c "cat $nvmem/nvmem" > /tmp/read 2> /tmp/error ||
		fail "nobody read it"
	grep -q 'Permission denied' /tmp/error || fail "$(cat /tmp/error)"
}

cells_not_for_others()
{
	! su -s /bin/sh nobody -c "cat $nvmem/cells/serial-number*" > /tmp/read 2> /tmp/error ||
		fail "nobody read it"
	grep -q 'Permission denied' /tmp/error || fail "$(cat /tmp/error)"
}

read_only()
{
	! dd if=/dev/zero of=$nvmem/nvmem bs=1 count=1 2> /dev/null || fail "written"
	cmp $nvmem/nvmem /tests/eeprom
}

silent()
{
	mcu mute on
	! cat $nvmem/nvmem > /tmp/read 2> /tmp/error || fail "read something"
	mcu mute off
	grep -q 'timed out' /tmp/error || fail "$(cat /tmp/error)"
	cmp $nvmem/nvmem /tests/eeprom
}

wait_for_all
it "it has 256 bytes" want 256 sh -c "wc -c < $nvmem/nvmem"
it "they are those of the EEPROM" cmp $nvmem/nvmem /tests/eeprom
it "one byte at 0" same_part 0 1
it "one byte at the end" same_part 255 1
it "32 bytes at 1" same_part 1 32
it "33 bytes at 31" same_part 31 33
it "100 bytes at 77" same_part 77 100
it "nothing behind the end" past_the_end
it "the serial number is a cell" want Q237Y12345 cell serial-number@0
for slot in 24 35 46 57 68 79 8a 9b; do
	it "MAC address at 0x$slot is a cell" want_text . mac_cell "mac@$slot"
done
it "the first MAC address is the EEPROM's" want 245ebe000010 mac_cell mac@24
it "the second MAC address is the EEPROM's" want 245ebe000011 mac_cell mac@35
it "only root reads it" not_for_others
it "only root reads the serial number" cells_not_for_others
it "nobody writes it" read_only
it "a silent MCU: an error, then well again" silent
done_testing
