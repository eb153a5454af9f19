# SPDX-License-Identifier: GPL-2.0-only
# The fan, with Debian 13's fancontrol.
# shellcheck shell=bash disable=SC2154

# make_disk NAME HWMON MILLIDEGREES
make_disk()
{
	local hwmon=$box/sys/class/hwmon/$2

	mkdir -p "$hwmon/device/block/$1" "$box/sys/class/block/$1"
	echo drivetemp > "$hwmon/name"
	warm "$1" "$2" "$3"
}

# warm NAME HWMON MILLIDEGREES: the disk worked, and is so warm now
warm()
{
	echo "$3" > "$box/sys/class/hwmon/$2/temp1_input"
	printf '%8d 0 0 0 %8d 0 0 0 0 0 0\n' "$RANDOM$RANDOM" "$RANDOM" \
		> "$box/sys/class/block/$1/stat"
}

# Each case begins with this: case 31, processor 45, two disks at 36 and 40 degrees, the fan is the
# kernel's.
make_fan()
{
	rm -rf "$box"/sys/class/{hwmon,block,thermal} "$run"/{hwmon,disks}
	mkdir -p "$run/hwmon" "$box/sys/class/thermal/thermal_zone0"
	echo 31000 > "$run/hwmon/temp1_input"
	echo 900 > "$run/hwmon/fan1_input"
	echo 89 > "$run/hwmon/pwm1"
	echo 2 > "$run/hwmon/pwm1_enable"
	echo cpu-thermal > "$box/sys/class/thermal/thermal_zone0/type"
	echo 45000 > "$box/sys/class/thermal/thermal_zone0/temp"
	make_disk sda hwmon3 36000
	make_disk sdb hwmon4 40000
	pretend hdparm "echo ' drive state is:  active/idle'"
}

# temperature_is MILLIDEGREES
temperature_is()
{
	local is

	is=$(on_box fan-temperature)
	on_box fan-temperature --explain
	echo "temperature: $is"
	[ "$is" = "$1" ]
}

warmest_disk()
{
	make_fan
	temperature_is 40000 || return 1
	warm sda hwmon3 47000
	temperature_is 47000
}

case_is_floor()
{
	make_fan
	echo 52000 > "$run/hwmon/temp1_input"
	temperature_is 52000
}

processor_counts()
{
	make_fan
	echo 75000 > "$box/sys/class/thermal/thermal_zone0/temp"
	temperature_is 55000
}

no_disks()
{
	make_fan
	rm -rf "$box"/sys/class/hwmon
	temperature_is 31000
}

# Its temperature is not read again, as that may keep it awake.
idle_disk()
{
	make_fan
	temperature_is 40000 || return 1
	echo 60000 > "$box/sys/class/hwmon/hwmon4/temp1_input"
	temperature_is 40000
}

# long_ago DISK: as if it had been measured an hour before
long_ago()
{
	sed -i 's/^\([0-9]*\) [0-9]* /\1 -3600 /' "$run/disks/$1"
}

idle_for_long()
{
	make_fan
	temperature_is 40000 || return 1
	echo 44000 > "$box/sys/class/hwmon/hwmon4/temp1_input"
	long_ago sdb
	temperature_is 44000
}

sleeping_disk()
{
	make_fan
	temperature_is 40000 || return 1
	pretend hdparm "case \$2 in *sdb) echo ' drive state is:  standby' ;; esac"
	echo 60000 > "$box/sys/class/hwmon/hwmon4/temp1_input"
	long_ago sdb
	temperature_is 36000
}

# All programs that the script needs, but hdparm.
no_hdparm()
{
	local program

	make_fan
	temperature_is 40000 || return 1
	echo 60000 > "$box/sys/class/hwmon/hwmon4/temp1_input"
	long_ago sdb
	mkdir -p "$tmp/few"
	for program in cat tr timeout mkdir dirname; do
		ln -sf "$(command -v $program)" "$tmp/few/"
	done
	[ "$(PATH=$tmp/few QNAP_NAS_ROOT=$box "$nas/fan-temperature")" = 40000 ]
}

silent_disk()
{
	make_fan
	: > "$box/sys/class/hwmon/hwmon3/temp1_input"
	temperature_is 45000
}

no_temperature()
{
	make_fan
	rm -rf "$box"/sys/class/{hwmon,thermal} "$run/hwmon/temp1_input"
	! on_box fan-temperature
}

# fancontrol as it is, but for the place of the file with its number, which is the system's.
start_fancontrol()
{
	make_fan
	sed "s|^PIDFILE=.*|PIDFILE=$box/run/fancontrol.pid|" "$box/usr/sbin/fancontrol" \
		> "$tmp/fancontrol"
	sed "s|/run/qnap-nas|$run|g; s|!/usr|!$box/usr|; s|^INTERVAL=.*|INTERVAL=1|" \
		"$box/etc/qnap-nas/fancontrol.conf" > "$tmp/fancontrol.conf"
	QNAP_NAS_ROOT=$box PATH=$tmp/bin:$PATH bash "$tmp/fancontrol" "$tmp/fancontrol.conf" &
	fancontrol=$!
	wait_until pwm_is 75
}

# wait_until COMMAND...: within a minute, as other tests may be at work
wait_until()
{
	local end=$((SECONDS + 60))

	while [ "$SECONDS" -lt "$end" ]; do
		! "$@" > /dev/null || return 0
		sleep 0.1
	done
	"$@"
}

pwm_is()
{
	echo "pwm1 is $(cat "$run/hwmon/pwm1"), not yet $1"
	[ "$(cat "$run/hwmon/pwm1")" = "$1" ]
}

enable_is()
{
	echo "pwm1_enable is $(cat "$run/hwmon/pwm1_enable")"
	[ "$(cat "$run/hwmon/pwm1_enable")" = "$1" ]
}

fan_follows()
{
	local step status=0

	start_fancontrol || status=1
	enable_is 1 || status=1
	for step in 41000/87 45000/135 50000/195 56000/255 37000/51; do
		warm sdb hwmon4 "${step%/*}"
		wait_until pwm_is "${step#*/}" || status=1
	done
	kill "$fancontrol" && wait "$fancontrol" || status=1
	enable_is 2 && [ ! -e "$box/run/fancontrol.pid" ] && [ "$status" -eq 0 ]
}

# fancontrol gives up, with an exit code on which systemd starts it again.
fan_without_temperature()
{
	local code=0

	start_fancontrol || return 1
	rm -rf "$box"/sys/class/{hwmon,thermal} "$run/hwmon/temp1_input"
	wait "$fancontrol" || code=$?
	[ "$code" -eq 1 ] && enable_is 2
}

fan_killed()
{
	start_fancontrol || return 1
	kill -KILL "$fancontrol"
	wait "$fancontrol" || true
	enable_is 1 && [ -e "$box/run/fancontrol.pid" ] || return 1
	on_box fan-release
	enable_is 2 && [ ! -e "$box/run/fancontrol.pid" ]
}

# A driver that refuses mode 2: the file cannot be written to, not even by root.
fan_without_zone()
{
	make_fan
	echo 1 > "$run/hwmon/pwm1_enable"
	echo 60 > "$run/hwmon/pwm1"
	# shellcheck disable=SC2016
	QNAP_NAS_ROOT=$box unshare -rm sh -c 'mount --bind "$0" "$0" &&
		mount -o remount,bind,ro "$0" && exec "$1"' "$run/hwmon/pwm1_enable" \
		"$nas/fan-release"
	enable_is 1 && pwm_is 128
}

# The driver that the kernel brings has no modes.
fan_without_modes()
{
	make_fan
	rm "$run/hwmon/pwm1_enable"
	echo 60 > "$run/hwmon/pwm1"
	silent on_box fan-release
	pwm_is 128 && [ ! -e "$run/hwmon/pwm1_enable" ] || return 1
	echo 200 > "$run/hwmon/pwm1"
	silent on_box fan-release
	pwm_is 200
}

# As it is while the MCU does not answer: a folder can be neither read nor written to.
fan_that_fails()
{
	local hwmon=$run/hwmon

	make_fan
	rm "$hwmon/pwm1_enable"
	mv "$hwmon/pwm1" "$hwmon/works"
	ln -s works "$hwmon/again"
	ln -s . "$hwmon/pwm1"
	! on_box fan-release || return 1
	(sleep 2; mv -T "$hwmon/again" "$hwmon/pwm1") &
	on_box fan-release || return 1
	wait
	pwm_is 128
}

no_fan()
{
	rm -rf "$run/hwmon"
	silent on_box fan-release
}

curve_is_checked()
{
	silent bash "$box/usr/sbin/fancontrol" --check "$box/etc/qnap-nas/fancontrol.conf" ||
		bash "$box/usr/sbin/fancontrol" --check "$box/etc/qnap-nas/fancontrol.conf"
}

fan_cases()
{
	ktap_case "the warmest disk counts" warmest_disk
	ktap_case "case: counts if it is warmer" case_is_floor
	ktap_case "processor: counts less 20 degrees" processor_counts
	ktap_case "no disks: case and processor count" no_disks
	ktap_case "a disk that is idle is not asked" idle_disk
	ktap_case "one that is idle for long is" idle_for_long
	ktap_case "one that sleeps is not, and does not count" sleeping_disk
	ktap_case "without hdparm, one that is idle counts, but is not asked" no_hdparm
	ktap_case "a disk that does not tell counts as 45 degrees" silent_disk
	ktap_case "no temperature at all is a failure" no_temperature
	ktap_case "fancontrol 3.6.2 takes the configuration" curve_is_checked
	ktap_case "the fan follows, and is the kernel's again after" fan_follows
	ktap_case "it is so, too, if there is no temperature any more" fan_without_temperature
	ktap_case "it is so if fancontrol was killed" fan_killed
	ktap_case "without a thermal zone the fan is left at a safe speed" fan_without_zone
	ktap_case "so it is with a driver without modes" fan_without_modes
	ktap_case "a fan that cannot be set is tried again" fan_that_fails
	ktap_case "no fan to release" no_fan
}
