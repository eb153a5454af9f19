# SPDX-License-Identifier: GPL-2.0-only
# LEDs: what is asked for is what the LED does.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

# shows LED KEY VALUE...: turns the LED to the value and sees the MCU show it.
switches()
{
	set_to "$2" "$leds/$1/brightness"
	eventually 2 want "$4" mcu_says "led.$3"
}

# blink LED ON OFF
blink()
{
	set_to timer "$leds/$1/trigger"
	set_to "$2" "$leds/$1/delay_on"
	set_to "$3" "$leds/$1/delay_off"
}

# dark LED...
dark()
{
	local led

	for led in "$@"; do
		echo none > "$leds/$led/trigger"
		echo 0 > "$leds/$led/brightness"
	done
	sleep 0.3
}

# The MCU blinks the LED itself: it shows that mode, and nothing is sent for it.
blinks_alone()
{
	blink "$1" "$3" "$4"
	eventually 2 want "$5" mcu_says "led.$2"
	sends 0 sleep 1
}

# toggles KEY: the LED core switches it, the MCU does not blink it.
toggles()
{
	local key=$1 _ value changes=0 last=

	for _ in $(seq 60); do
		value=$(mcu_says "led.$key")
		case $value in
		on | off)
			;;
		*)
			fail "$key is $value" ;;
		esac
		[ "$value" = "$last" ] || changes=$((changes + 1))
		[ $changes -lt 4 ] || return 0
		last=$value
		sleep 0.03
	done
	fail "$key changed $changes times"
}

blinks_by_software()
{
	blink "$1" "$3" "$4"
	toggles "$2"
}

# The timer trigger, with its own rate, on a LED that is off.
blinks_from_dark()
{
	dark "$1"
	want off mcu_says "led.$2"
	set_to timer "$leds/$1/trigger"
	eventually 2 want "$3" mcu_says "led.$2"
}

heartbeat()
{
	set_to heartbeat "$leds/$1/trigger"
	toggles "$2"
}

# status_pair RED GREEN: what the two halves of the status LED show, and how they are in step.
status_pair()
{
	eventually 2 want "$1" mcu_says led.status.red
	eventually 2 want "$2" mcu_says led.status.green
}

# pair RED GREEN: set the status LED's halves; each is on, off, or half a period in ms.
half()
{
	case $2 in
	off)
		dark "$1" ;;
	on)
		dark "$1"
		set_to 1 "$leds/$1/brightness" ;;
	*)
		blink "$1" "$2" "$2" ;;
	esac
}

pair()
{
	dark red:status green:status
	half red:status "$1"
	half green:status "$2"
	sleep 0.3
}

pair_shows()
{
	pair "$1" "$2"
	status_pair "$3" "$4"
	sends 0 sleep 1
}

# The trigger begins at another rate, which the MCU cannot show beside the first half's: if a busy
# host lets a half period pass before the right one is set, the LED core toggles both halves.
pair_alternates()
{
	local _

	for _ in 1 2 3; do
		! (pair_shows "$1" "$1" "$2" "$2" && want alternate mcu_says led.status.phase) ||
			return 0
	done
	fail "the MCU does not blink both halves at $1 ms"
}

# One solid, the other blinking: the MCU cannot, so the LED core toggles the one and not the other.
pair_mixes()
{
	pair "$1" "$2"
	toggles "status.$3"
	want on mcu_says "led.status.$4"
}

refused_then_taken()
{
	dark hdd1:red:status
	mcu status 1000 9
	echo 1 > "$leds/hdd1:red:status/brightness"
	sleep 4
	want off mcu_says led.hdd1
	mcu status 0 9
	switches hdd1:red:status 1 hdd1 on
}

wait_for_all
stop_polling
modprobe ledtrig-timer
for bay in 1 2 3 4; do
	it "hdd$bay switches on" switches "hdd$bay:red:status" 1 "hdd$bay" on
	it "hdd$bay switches off" switches "hdd$bay:red:status" 0 "hdd$bay" off
done
it "the USB LED switches on" switches usb:blue:disk 1 usb on
it "the USB LED switches off" switches usb:blue:disk 0 usb off

it "100 ms: the MCU blinks an error LED" blinks_alone hdd1:red:status hdd1 100 100 fast
it "500 ms: the MCU blinks an error LED" blinks_alone hdd1:red:status hdd1 500 500 slow
it "120 and 80 ms are near enough" blinks_alone hdd1:red:status hdd1 120 80 fast
it "brightness 0 ends a blink" switches hdd1:red:status 0 hdd1 off
dark hdd1:red:status
it "200 ms: the LED core blinks an error LED" blinks_by_software hdd1:red:status hdd1 200 200
it "100 and 500 ms: the LED core does" blinks_by_software hdd1:red:status hdd1 100 500
it "from software back to the MCU" blinks_alone hdd1:red:status hdd1 500 500 slow
dark hdd1:red:status
it "250 ms: the MCU blinks the USB LED" blinks_alone usb:blue:disk usb 250 250 blink
it "500 ms: the LED core blinks the USB LED" blinks_by_software usb:blue:disk usb 500 500

it "the timer trigger blinks a dark error LED" blinks_from_dark hdd2:red:status hdd2 slow
it "the timer trigger blinks a dark USB LED" blinks_from_dark usb:blue:disk usb blink
it "the timer trigger blinks a dark status LED" blinks_from_dark green:status status.green fast
dark hdd2:red:status usb:blue:disk green:status
it "the heartbeat trigger" heartbeat hdd3:red:status hdd3
dark hdd3:red:status
it "no trigger, no light" want off mcu_says led.hdd3
it "the disk-activity trigger is offered" \
	want_text disk-activity cat "$leds/hdd3:red:status/trigger"
it "the panic trigger is offered" want_text panic cat "$leds/red:status/trigger"

it "status red" pair_shows on off on off
it "status green" pair_shows off on off on
it "status red and green" pair_shows on on on on
it "status dark" pair_shows off off off off
it "status red blinks at 500 ms" pair_shows 500 off fast off
it "status red blinks at 1000 ms" pair_shows 1000 off slow off
it "status green blinks at 500 ms" pair_shows off 500 off fast
it "status green blinks at 1000 ms" pair_shows off 1000 off slow
it "both blink at 500 ms: in turn" pair_alternates 500 fast
it "both blink at 1000 ms: in turn" pair_alternates 1000 slow
it "red solid, green blinking" pair_mixes on 500 green red
it "red blinking, green solid" pair_mixes 500 on red green
dark red:status green:status

it "a refused LED is lit by the next wish" refused_then_taken
dark hdd1:red:status
done_testing
