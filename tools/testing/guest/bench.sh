# SPDX-License-Identifier: GPL-2.0-only
# Measures a driver on a port that is as slow as a real one. Each line of the result is a sample:
# subject, measure, value. The kernel command line says what to measure, see bench.sh.
# shellcheck shell=bash disable=SC1091,SC2016,SC2034,SC2154

tracing=/sys/kernel/tracing
trace_option=

argument()
{
	sed -n "s/.*\<qnap\.$1=\([^ ]*\).*/\1/p" /proc/cmdline
}

die()
{
	echo "bench: $*"
	exit 1
}

# Pair 0 has the MCU's node, pair 1 is for the floor, pair 2 for commands to the emulator. Modules
# load when this script says so.
kill "$(pidof mdev)"
# shellcheck disable=SC2046 # a list of words
insmod /tests/nullmodem.ko $(argument port | tr , ' ') || die "cannot load the null modem"
for tty in 4 5; do
	stty -F /dev/ttyNM$tty raw -echo 115200 clocal || die "there is no port ttyNM$tty"
done
ln -sf /dev/ttyNM4 /run/mcu-control
. /tests/tests.sh > /dev/null
[ -d "$serdev" ] || die "there is no serial device for the MCU"

# start_mcu TTY: the emulator, in this guest too.
start_mcu()
{
	# shellcheck disable=SC2086 # a list of words
	/tests/mcu-emu --tty "$1" --latency 0.2 --quiet 1000 --eeprom /tests/eeprom --stdin \
		$trace_option < /dev/ttyNM5 > /dev/ttyNM5 2> /run/mcu-errors &
	mcu_pid=$!
	sleep 0.5
	want 35 mcu_says temp
}

stop_mcu()
{
	kill "$mcu_pid"
	wait "$mcu_pid"
}

load_driver()
{
	# shellcheck disable=SC2046 # a list of words
	modprobe -a evdev $(argument modules | tr , ' ') || die "cannot load the modules"
}

# What both drivers have: LEDs, fan, EEPROM, button.
bound()
{
	for file in "$serdev"/qnap-mcu-hwmon*/hwmon/hwmon*/pwm1 \
		    /sys/bus/nvmem/devices/qnap-mcu-eeprom*/nvmem \
		    "$serdev"/qnap-mcu-input*/input/input*/event* \
		    "$leds/hdd4:red:status" "$leds/green:status"; do
		[ -e "$file" ] || fail "there is no $file"
	done
}

# trace EVENT...: from now on, nothing else.
trace()
{
	echo 0 > $tracing/tracing_on
	echo > $tracing/set_event
	for event in "$@"; do
		echo "$event" >> $tracing/set_event
	done
	echo > $tracing/trace
	echo 1 > $tracing/tracing_on
}

# traced AWK: what was traced, without head; $4 is the time in seconds, $5 the event.
traced()
{
	echo 0 > $tracing/tracing_on
	sed 's/: / /; s/: / /' $tracing/trace | awk "/^#/ { next } $1"
}

# only_work FUNCTION: of all work items.
only_work()
{
	for event in start end; do
		echo "function.function == $1" > \
			$tracing/events/workqueue/workqueue_execute_$event/filter
	done
}

# tell_done FUNCTION: events in the trace instance that wakes up who waits for the work item.
tell_done()
{
	local end=$tracing/instances/done/events/workqueue/workqueue_execute_end

	mkdir -p $tracing/instances/done
	echo "function.function == $1" > $end/filter
	echo 1 > $end/enable
}

set_up_probes()
{
	cat > $tracing/kprobe_events <<-'END'
		p:bench/probe serdev_drv_probe
		r:bench/probed serdev_drv_probe
		r:bench/device_added device_add
		p:bench/port_write ttyport_write_buf
	END
}

# time_first_probe NAME: how long the probe of the core takes while its module is loaded. A boot
# waits for that.
time_first_probe()
{
	trace bench:probe bench:probed
	load_driver
	sleep 2
	traced "/ probe / { start = \$4 }
		/ probed / { printf \"driver $1 %.1f\\n\", (\$4 - start) * 1e6 }"
}

# From the core's probe to the last device that is registered after it.
measure_probe()
{
	trace bench:probe bench:device_added
	for round in 1 2 3 4; do
		echo "${serdev##*/}" > /sys/bus/serial/drivers/qnap-mcu/unbind
		echo "${serdev##*/}" > /sys/bus/serial/drivers/qnap-mcu/bind
		sleep 1
	done
	traced '
		function report() { if (end) printf "driver probe %.1f\n", (end - start) * 1e6 }
		/ probe / { report(); start = $4; end = 0 }
		/ device_added / { end = $4 }
		END { report() }'
}

# Is the port as slow as it claims, in both directions?
check_port()
{
	local fifo_size

	fifo_size=$(cat /sys/module/nullmodem/parameters/fifo_size)
	/tests/port-check /dev/ttyNM2 /dev/ttyNM3 "$fifo_size" > /tmp/port &&
		/tests/port-check /dev/ttyNM3 /dev/ttyNM2 "$fifo_size" > /tmp/port && return
	grep -B 1 '^not ok' /tmp/port
	die "the port is not as slow, or as fast, as a real one"
}

# How long the emulator has run, and all other programs and kernel threads, in nanoseconds.
run_by_emulator()
{
	cut -d ' ' -f 1 "/proc/$mcu_pid/schedstat"
}

run_by_others()
{
	echo $(($(sed -n 's/^cpu0 //p' /proc/schedstat | cut -d ' ' -f 7) - $(run_by_emulator)))
}

# bench SUBJECT DEVICE JOB COUNT: what it prints goes to the result when it is over, as that port
# keeps the machine busy.
bench()
{
	/tests/bench "$@" > /tmp/samples || die "$1: $3 failed"
	cat /tmp/samples
}

# A LED's work item: from its first instruction to the MCU's acknowledgment.
measure_leds()
{
	only_work set_brightness_delayed
	trace workqueue:workqueue_execute_start workqueue:workqueue_execute_end
	tell_done set_brightness_delayed
	bench driver "$serdev" leds 300
	echo 0 > $tracing/instances/done/events/enable
	traced '/execute_start/ { start = $4 }
		/execute_end/ { printf "driver led %.1f\n", ($4 - start) * 1e6 }'
}

# The time in which the processor was not idle, but for the emulator's, in microseconds. Interrupts
# are in it: they wake up the one driver, where a work item does it for the other. Beside it, what
# programs and kernel threads alone have run.
measure_processor()
{
	local emulator others

	trace power:cpu_idle
	emulator=$(run_by_emulator)
	others=$(run_by_others)
	echo begin > $tracing/trace_marker
	bench driver "$serdev" writes 600
	echo end > $tracing/trace_marker
	others=$(($(run_by_others) - others))
	emulator=$(($(run_by_emulator) - emulator))
	echo "driver writes 600"
	echo "driver busy-tasks $((others / 1000))"
	traced '/ begin$/ { begin = $4 }
		/ end$/ { if (begin) printf "driver busy %.0f\n", ($4 - begin - idle) * 1e6 -
			'$((emulator / 1000))' }
		begin && /cpu_idle/ {
			if (/state=4294967295/) idle += $4 - since
			else since = $4
		}'
}

# Bytes in both directions since the MCU's port was made.
port_bytes()
{
	sed -n "s/^0:.* tx:\([0-9]*\) rx:\([0-9]*\).*/\1 \2/p" /proc/tty/driver/nullmodem |
		awk '{ print $1 + $2 }'
}

context_switches()
{
	sed -n 's/^ctxt //p' /proc/stat
}

measure_idle()
{
	local seconds=20 bytes switches

	sleep 2
	bytes=$(port_bytes)
	switches=$(context_switches)
	sleep $seconds
	echo "driver idle-switches $((($(context_switches) - switches) * 60 / seconds))"
	echo "driver idle-bytes $((($(port_bytes) - bytes) * 60 / seconds))"
}

# From the start of each of the button's polls to its first byte to the port.
measure_storm()
{
	local led state wrong=0

	echo 50 > "$(echo "$serdev"/qnap-mcu-input*/input/input*/poll)"
	only_work input_dev_poller_work
	trace workqueue:workqueue_execute_start workqueue:workqueue_execute_end bench:port_write
	bench driver "$serdev" storm 10
	sleep 1
	traced '/execute_start/ { start[$1] = $4 }
		/port_write/ && $1 in start {
			printf "driver poll-wait %.1f\n", ($4 - start[$1]) * 1e6
			delete start[$1]
		}
		/execute_end/ { delete start[$1] }'
	echo 500 > "$(echo "$serdev"/qnap-mcu-input*/input/input*/poll)"
	for led in 1 2 3 4; do
		state=off
		[ "$(cat "$leds/hdd$led:red:status/brightness")" = 0 ] || state=on
		[ "$(mcu_says led.hdd$led)" = $state ] || wrong=$((wrong + 1))
	done
	echo "driver wrong-leds $wrong"
}

run_port()
{
	check_port
}

run_floor()
{
	start_mcu /dev/ttyNM3
	bench floor /dev/ttyNM2 leds 300
	bench floor /dev/ttyNM2 values "$(argument floor)"
	bench floor /dev/ttyNM2 eeprom 10
	stop_mcu
}

run_alive()
{
	check_port
	run_floor
	start_mcu /dev/ttyNM1
	set_up_probes
	time_first_probe alive-probe
	eventually 10 bound
	measure_probe
	event=$(event_device)
	cat "$event" > /dev/null &
	measure_leds
	trace
	bench driver "$serdev" values "$(argument values)"
	bench driver "$serdev" eeprom 10
	[ "$(argument all)" = yes ] || return 0
	measure_processor
	measure_storm
	measure_idle
}

# works NAME COMMAND...: whether something works, as 0 or 1.
works()
{
	local name=$1 good=0

	shift
	! ("$@") > /dev/null 2>&1 || good=1
	echo "driver works-$name $good"
}

led_works()
{
	set_to 1 "$leds/hdd2:red:status/brightness"
	eventually 2 want on mcu_says led.hdd2
}

fan_works()
{
	set_to 177 "$(echo "$serdev"/qnap-mcu-hwmon*/hwmon/hwmon*/pwm1)"
	want 177 mcu_says pwm
}

temp_works()
{
	want 35000 cat "$serdev"/qnap-mcu-hwmon*/hwmon/hwmon*/temp1_input
}

button_works()
{
	cat "$(event_device)" > /tmp/events &
	mcu "press 1000"
	sleep 2
	kill $!
	[ -s /tmp/events ]
}

eeprom_works()
{
	cmp /tests/eeprom /sys/bus/nvmem/devices/qnap-mcu-eeprom*/nvmem
}

# The MCU says nothing while the modules load, and for 5 s more. Whether the power-off works shows
# when this script has ended: the emulator's trace goes to the console.
run_dead()
{
	check_port
	trace_option="--trace /dev/console"
	start_mcu /dev/ttyNM1
	mcu "mute on"
	set_up_probes
	time_first_probe dead-probe
	sleep 3
	mcu "mute off"
	sleep 12
	works leds led_works
	works fan fan_works
	works temp temp_works
	works button button_works
	works eeprom eeprom_works
}

"run_$(argument job)"

# How the line was, where the driver tells.
if [ -d "$counters" ]; then
	grep -H . "$counters"/* | sed "s/.*\///; s/^/+++ counter /"
fi
