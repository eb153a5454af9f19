# SPDX-License-Identifier: GPL-2.0-only
# Power button and buzzer through evdev, as evtest and programs that beep see them.
# shellcheck shell=bash
# shellcheck source=../guest/tests.sh
. /tests/tests.sh

# listen SECONDS COMMAND...: what evtest reports while the command runs and that long after it.
listen()
{
	local seconds=$1 pid

	shift
	evtest "$(event_device)" > /tmp/events 2>&1 &
	pid=$!
	sleep 1
	"$@" || fail "$* failed"
	sleep "$seconds"
	kill $pid
	wait $pid || true
}

# keys: the key events that were reported, in a line.
keys()
{
	sed -n 's/.*(EV_KEY), code [0-9]* (\(KEY_[A-Z]*\)), value \([0-9]\).*/\1=\2/p' /tmp/events |
		xargs
}

held_button()
{
	listen 3 mcu press 1500
	want "KEY_POWER=1 KEY_POWER=0" keys
}

held_with_silent_mcu()
{
	mcu press
	sleep 1.5
	mcu mute 2000
	sleep 5
	mcu release
}

# Polls that got no answer release nothing and press nothing.
lost_polls()
{
	listen 2 held_with_silent_mcu
	want "KEY_POWER=1 KEY_POWER=0" keys
}

silent_mcu()
{
	listen 4 mcu mute 2000
	want "" keys
}

pressed_at_unbind()
{
	mcu press
	sleep 1.5
	rmmod qnap-mcu-input
}

# Nobody is left with a pressed key when the device goes away.
released_on_disconnect()
{
	listen 1 pressed_at_unbind
	mcu release
	want "KEY_POWER=1 KEY_POWER=0" keys
	modprobe qnap-mcu-input
	eventually 5 event_device
}

# sound CODE VALUE...: writes EV_SND events, all at once, as a program does.
sounds()
{
	local time='\0000\0000\0000\0000\0000\0000\0000\0000' events='' event

	event="$time$time\\0022\\0000"
	while [ $# -gt 0 ]; do
		events="$events$event\\0$1\\0000\\0$2\\0000\\0000\\0000"
		shift 2
	done
	printf '%b' "$events" | dd bs=4096 of="$(event_device)" 2> /dev/null
}

# beeps SHORT LONG COMMAND...: so many beeps after the command, and no more.
beeps()
{
	local short=$(($(mcu_says beeps_short) + $1)) long=$(($(mcu_says beeps_long) + $2))

	shift 2
	"$@"
	sleep 3
	want "$short" mcu_says beeps_short
	want "$long" mcu_says beeps_long
}

describes_itself()
{
	listen 0 true
	want_text 'Input device name: "qnap-mcu"' cat /tmp/events
	want_text 'KEY_POWER' cat /tmp/events
	want_text 'SND_BELL' cat /tmp/events
	want_text 'SND_TONE' cat /tmp/events
}

polls()
{
	local before after

	before=$(mcu_says frames)
	listen 3 true
	after=$(mcu_says frames)
	[ $((after - before)) -ge 4 ] && [ $((after - before)) -le 12 ] ||
		fail "$((after - before)) polls in 4 s, expected 8"
}

# The console's keyboard handler always listens; inhibiting the device closes it for all.
not_polled()
{
	local inhibited

	inhibited=$(echo "$serdev"/qnap-mcu-input.*/input/input*/inhibited)
	set_to 1 "$inhibited"
	sends 0 sleep 3
	set_to 0 "$inhibited"
}

wait_for_all
it "evtest sees button and buzzer" describes_itself
it "a held button is KEY_POWER, pressed and released" held_button
it "lost polls release no button" lost_polls
it "a silent MCU presses no button" silent_mcu
it "the button is polled every 500 ms" polls
it "the button is not polled while the device is inhibited" not_polled
it "a bell is a short beep" beeps 1 0 sounds 001 001
it "a tone is a long beep" beeps 0 1 sounds 002 001
it "two quick bells both sound" beeps 2 0 sounds 001 001 001 001
it "a bell and a tone both sound" beeps 1 1 sounds 001 001 002 001
it "the end of a sound is no beep" beeps 0 0 sounds 001 000 002 000
it "a pressed button is released when the device goes" released_on_disconnect
done_testing
