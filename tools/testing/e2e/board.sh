# SPDX-License-Identifier: GPL-2.0-only
# A board's own description of its MCU: what the system makes of it is what the device tree says.
# board-graft.py has read the facts from there.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

board=$(sed -n 's/.*\<qnap\.board=\([^ ]*\).*/\1/p' /proc/cmdline)
fan=/sys/class/thermal/cooling_device0

# facts KIND: the lines of that kind, without it.
facts()
{
	sed -n "s/^$1 //p" "/tests/$board.facts"
}

led_names()
{
	for led in "$leds"/*; do
		echo "${led##*/}"
	done | sort
}

# The emulator has the LEDs of its model.
mcu_led_names()
{
	mcu state | sed -n -e 's/^led\.\(hdd[0-9]*\)=.*/\1:red:status/p' \
		-e 's/^led\.status\.\(red\|green\)=.*/\1:status/p' \
		-e 's/^led\.usb=.*/usb:blue:disk/p' | sort
}

same_leds()
{
	want "$(mcu_led_names)" led_names
}

described_leds()
{
	[ -n "$(facts led)" ] || fail "none described"
	facts led | while read -r led _; do
		[ -e "$leds/$led" ] || fail "no $led"
	done
}

# mcu_key LED: what the emulator calls it.
mcu_key()
{
	case $1 in
	hdd* | usb*)
		echo "led.${1%%:*}" ;;
	*)
		echo "led.status.${1%%:*}" ;;
	esac
}

first_state()
{
	local states led state

	states=$(mcu state)
	facts led > /tmp/leds
	while read -r led state; do
		echo "$states" | grep -qx "$(mcu_key "$led")=$state" || fail "$led is not $state"
	done < /tmp/leds
}

# The board has a green LED of its own for each bay that has a red one.
red_for_each_green()
{
	want "$(facts bays)" sh -c "ls -d $leds/hdd*:red:status | wc -l"
	want "$(facts bays)" grep -c '^led hdd[0-9]*:red:status ' "/tests/$board.facts"
}

all_light()
{
	local led

	for led in $(led_names); do
		set_to 1 "$leds/$led/brightness"
		eventually 2 want on mcu_says "$(mcu_key "$led")"
		set_to 0 "$leds/$led/brightness"
		eventually 2 want off mcu_says "$(mcu_key "$led")"
	done
}

# zone NAME: where it is in sysfs.
zone()
{
	local type

	type=$(grep -lx "$1" /sys/class/thermal/thermal_zone*/type) || fail "no zone $1"
	echo "${type%/type}"
}

level()
{
	facts levels | cut -d ' ' -f $(($1 + 1))
}

level_for_each_state()
{
	local state=0 pwm

	want $(($(facts levels | wc -w) - 1)) cat $fan/max_state
	for pwm in $(facts levels); do
		set_to $state $fan/cur_state
		want "$pwm" mcu_says pwm
		state=$((state + 1))
	done
	set_to 0 $fan/cur_state
}

trips_of_kernel()
{
	local temp

	for temp in "$(zone "$1")"/trip_point_*_temp; do
		echo "$(cat "$temp") $(cat "${temp%temp}hyst") $(cat "${temp%temp}type")"
	done | sort
}

same_trips()
{
	want "$(facts "trip $1" | cut -d ' ' -f 1-3 | sort)" trips_of_kernel "$1"
}

pwm_between()
{
	local pwm

	pwm=$(mcu_says pwm)
	[ "$pwm" -ge "$1" ] && [ "$pwm" -le "$2" ] || fail "pwm is $pwm, not $1 to $2"
}

# heats MILLIDEGREES LOWEST HIGHEST: one degree above a trip the fan is in a state that the trip's
# map allows, and turns. It is given two polls of the zone that polls slowest.
heats()
{
	local low high

	low=$(level $(($2 > 1 ? $2 : 1)))
	high=$(level "$3")
	mcu temp $(($1 / 1000 + 1))
	eventually 12 pwm_between "$low" "$high"
	sleep 1
	pwm_between "$low" "$high"
}

# Below all trips the fan is in its lowest state.
cools()
{
	mcu temp 20
	eventually 12 want "$(level 0)" mcu_says pwm
}

# The temperature was read less than a second ago, and may still be the one from before.
reads_sensor()
{
	local temp

	temp="$(zone "$1")/temp"
	mcu temp 21
	eventually 3 want 21000 cat "$temp"
}

eeprom_text()
{
	dd if=/tests/eeprom bs=1 skip="$1" count="$2" 2> /dev/null
}

# same_cell NAME KIND OFFSET SIZE: what user space reads is what the EEPROM has there. A MAC address
# is text in the EEPROM, and six bytes here.
same_cell()
{
	local file text

	file=$(echo /sys/bus/nvmem/devices/qnap-mcu-eeprom0/cells/"$1",*)
	if [ "$2" = mac ]; then
		text=$(eeprom_text "$3" "$4")
		want "$(echo "$text" | tr -d :)" hexdump -v -e '1/1 "%02x"' "$file"
	else
		eeprom_text "$3" "$4" > /tmp/image
		cmp "$file" /tmp/image
	fi
}

# What it says of the LEDs, unless this is about a thermal zone alone.
test_leds()
{
	it "as many and the same LEDs as the MCU has" same_leds
	it "all that the device tree describes" described_leds
	it "they begin as the device tree says" first_state
	it "a red LED for each bay with a green one" red_for_each_green
	it "each lights the right one" all_light
}

test_zone()
{
	local name=$1

	it "$name: the trips are those of the device tree" same_trips "$name"
	it "$name: it reads the MCU's sensor" reads_sensor "$name"
	facts "trip $name" | grep ' active ' | sort -n > /tmp/trips
	while read -r temp _ _ low high; do
		it "$name: the fan above $temp" heats "$temp" "$low" "$high"
	done < /tmp/trips
	it "$name: the fan below all trips" cools
	it "$name: no longer in charge" set_to disabled "$(zone "$name")/mode"
}

wait_for_all
[ -z "$(facts bays)" ] || test_leds
it "a thermal zone has the fan" want 2 cat "$(hwmon pwm1_enable)"
for name in $(facts zone | cut -d ' ' -f 1); do
	test_zone "$name"
done
it "a cooling level for each state" level_for_each_state
facts cell > /tmp/cells
while read -r name kind offset size; do
	it "EEPROM cell $name" same_cell "$name" "$kind" "$offset" "$size"
done < /tmp/cells
facts nic > /tmp/nic
while read -r offset size; do
	it "the Ethernet controller has its address from the EEPROM" \
		eventually 10 want "$(eeprom_text "$offset" "$size")" \
			cat /sys/class/net/eth0/address
done < /tmp/nic
done_testing
