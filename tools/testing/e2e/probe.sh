# SPDX-License-Identifier: GPL-2.0-only
# Modules load by themselves, and what they offer has the names that it always had.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

# The module that runs is the one we built, not one of the kernel's by the same name.
is_ours()
{
	cmp "/sys/module/$(echo "$1" | tr - _)/notes/.note.gnu.build-id" "/tests/$1.build-id"
}

led_names()
{
	echo "$leds"/* | tr ' ' '\n' | sed 's|.*/||' | sort | xargs
}

hwmon_names()
{
	find "$(hwmon)"/ -maxdepth 1 -type f | sed 's|.*/||' | grep -v uevent | sort | xargs
}

input_attribute()
{
	cat "$serdev"/qnap-mcu-input.*/input/input*/"$1"
}

cooling_type()
{
	cat /sys/class/thermal/cooling_device*/type
}

# Nothing of what the MCU did before was changed by loading the drivers.
untouched()
{
	want 102 mcu_says pwm
	want off mcu_says led.hdd1
	want 0 mcu_says beeps_short
}

wait_for_all
for module in $ours; do
	it "$module loaded by its alias" eventually 10 module_loaded "$module"
	it "$module is the one from this repository" is_ours "$module"
done
it "the MCU's driver is named qnap-mcu" \
	want qnap-mcu sh -c "basename \$(readlink $serdev/driver)"
it "firmware_version is the MCU's" want 0105 cat "$serdev/firmware_version"
it "firmware_version is read-only" want 444 stat -c %a "$serdev/firmware_version"
it "LEDs have the stock driver's names" want \
	"green:status hdd1:red:status hdd2:red:status hdd3:red:status hdd4:red:status red:status \
usb:blue:disk" led_names
for led in "$leds"/*; do
	it "${led##*/} is on or off" want 1 cat "$led/max_brightness"
done
it "hwmon is named qnapmcu" want qnapmcu cat "$(hwmon name)"
it "hwmon has these attributes" want \
	"fan1_fault fan1_input fan1_label name pwm1 pwm1_enable temp1_input temp1_label" hwmon_names
it "the fan is a cooling device" want qnap-mcu-hwmon cooling_type
it "the input device is named qnap-mcu" want qnap-mcu input_attribute name
it "the input device has its place" want qnap-mcu-input/input0 input_attribute phys
it "the input device has its bus" want 0019 input_attribute id/bustype
it "the EEPROM is there" test -e /sys/bus/nvmem/devices/qnap-mcu-eeprom0/nvmem
it "loading leaves fan, LEDs and buzzer as they were" untouched
it "sensors prints the fan" want_text '^System fan: *[0-9]* RPM' sensors
it "sensors prints the temperature" want_text '^Case: *+35.0 C' sensors
done_testing
