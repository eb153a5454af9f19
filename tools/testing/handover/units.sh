# SPDX-License-Identifier: GPL-2.0-only
# Units, rules and settings, judged by systemd, udev and logind.
# shellcheck shell=bash disable=SC2154

# device PATH SUBSYSTEM [LINE OF UEVENT...]: in the imitation of sysfs
device()
{
	local dir=$box/sys/devices/$1 subsystem=$2

	shift 2
	mkdir -p "$dir" "$box/sys/class/$subsystem"
	ln -sfn "/sys/class/$subsystem" "$dir/subsystem"
	printf '%s\n' "$@" > "$dir/uevent"
}

# input_device PATH EVENT KEYS: with the bit maps of what it can
input_device()
{
	local input=$box/sys/devices/$1/input/input$2 map

	device "$1/input/input$2" input
	mkdir -p "$input/capabilities"
	for map in abs rel sw; do
		echo 0 > "$input/capabilities/$map"
	done
	echo 3 > "$input/capabilities/ev"
	echo "$3" > "$input/capabilities/key"
	device "$1/input/input$2/event$2" input MAJOR=13 MINOR=$((64 + $2)) "DEVNAME=input/event$2"
}

# The bits are KEY_POWER for the MCU; KEY_RESTART and KEY_COPY for the board.
make_devices()
{
	mcu=platform/fdd50000.serial/serial0/serial0-0
	device $mcu serial MODALIAS=of:NmcuTCqnap,ts433-mcu
	device $mcu/qnap-mcu-input.0.auto platform
	input_device $mcu/qnap-mcu-input.0.auto 1 '10000000000000 0'
	device $mcu/qnap-mcu-leds.1.auto platform
	device $mcu/qnap-mcu-leds.1.auto/leds/green:status leds
	device $mcu/qnap-mcu-leds.1.auto/leds/usb:blue:disk leds
	device $mcu/qnap-mcu-hwmon.2.auto platform
	device $mcu/qnap-mcu-hwmon.2.auto/hwmon/hwmon7 hwmon
	echo qnapmcu > "$box/sys/devices/$mcu/qnap-mcu-hwmon.2.auto/hwmon/hwmon7/name"
	device $mcu/qnap-mcu-eeprom.3.auto platform
	device $mcu/qnap-mcu-eeprom.3.auto/qnap-mcu-eeprom0 nvmem
	device platform/keys platform
	mkdir -p "$box/sys/bus/platform/drivers/gpio-keys"
	ln -sfn /sys/bus/platform/drivers/gpio-keys "$box/sys/devices/platform/keys/driver"
	input_device platform/keys 2 '1000000 0 0 0 20 0 0'
	device platform/cpu-thermal/hwmon/hwmon8 hwmon
	echo cpu_thermal > "$box/sys/devices/platform/cpu-thermal/hwmon/hwmon8/name"
	device platform/leds/leds/green:status leds
	input_device platform/other 3 '10000000000000 0'
	device platform/foreign/keys platform
	ln -sfn /sys/bus/platform/drivers/gpio-keys "$box/sys/devices/platform/foreign/keys/driver"
	input_device platform/foreign/keys 4 '1000000 10000000000000 0 0 20 0 0'
}

# udev PATH: what udev makes of the device
udev()
{
	in_box /usr/bin/udevadm test --action=add "/sys/devices/$1" > "$tmp/udev" 2>&1
	sed -n '/^Properties:/,$p' "$tmp/udev"
}

# udev_says PATH LINE...: among it are these
udev_says()
{
	local line

	udev "$1" > "$tmp/verdict"
	cat "$tmp/verdict"
	shift
	for line in "$@"; do
		grep -qF -- "$line" "$tmp/verdict" || { echo "missing: $line"; return 1; }
	done
}

# untouched PATH: our rules say nothing of it
untouched()
{
	udev "$1" > "$tmp/verdict"
	cat "$tmp/verdict"
	[ -s "$tmp/verdict" ] && ! grep -qE 'qnap-(nas|mcu$|keys)|/qnap/|pcspkr|beep' "$tmp/verdict"
}

linked()
{
	udev_says "$1" "RUN{program} : /usr/bin/ln -sfnT /sys/devices/$1 /run/qnap-nas/$2"
}

units_of_box()
{
	(cd "$box/usr/lib/systemd/system" && printf '%s\n' qnap-nas-*)
}

# Older systemd than the one whose own units lie beside ours: only ours are of interest.
old_systemd()
{
	# shellcheck disable=SC2046
	systemd-analyze verify --man=no --root="$box" $(units_of_box) > "$tmp/verify" 2>&1 || true
	! grep qnap-nas "$tmp/verify"
}

new_systemd()
{
	# shellcheck disable=SC2046
	silent in_box /usr/bin/systemd-analyze verify --man=no $(units_of_box)
}

# systemd's own measure is 0 for the safest and 100 for the most exposed.
fenced_in()
{
	in_box /usr/bin/systemd-analyze security --offline=true --threshold=55 --no-pager \
		qnap-nas-fancontrol.service qnap-nas-copy-button.service qnap-nas-copy.service
}

logind_settings()
{
	local known

	in_box /usr/bin/systemd-analyze cat-config systemd/logind.conf |
		grep ^Handle > "$tmp/logind"
	diff - "$tmp/logind" <<-END
		HandleRebootKey=ignore
		HandleRebootKeyLongPress=reboot
	END
	known=$(grep -aoE 'Login\.HandleRebootKey(LongPress)?' \
		"$box/usr/lib/systemd/systemd-logind" | sort -u | wc -l)
	[ "$known" -eq 2 ]
}

# What begins at boot, or at all, without being asked: not the fan, not the copies.
off_by_default()
{
	! find "$box"/{usr/lib,etc}/systemd -name '*fancontrol*' -o -name '*copy*' |
		grep -E '\.(wants|requires)/'
}

# The package's own service runs with its file only, so never beside ours. If it did so without one,
# or was told to end ours, an update of the package would end ours as well.
no_second_fancontrol()
{
	local theirs=$box/usr/lib/systemd/system/fancontrol.service
	local ours=${theirs%/*}/qnap-nas-fancontrol.service

	grep -x 'ConditionFileNotEmpty=/etc/fancontrol' "$theirs" &&
		grep -x 'AssertFileNotEmpty=!/etc/fancontrol' "$ours" &&
		! grep ^Conflicts= "$ours"
}

trigger_is_known()
{
	local key

	key=$(sed -n 's/^\(KEY_[A-Z]*\).*/\1/p' "$nas/copy-button.triggers")
	in_box /usr/sbin/thd --listevents | grep -w "$key"
}

# The owner's files stay, all else goes.
uninstalls()
{
	local dir=$tmp/uninstall

	make -s -C "$repo/packaging" install DESTDIR="$dir"
	make -s -C "$repo/packaging" uninstall DESTDIR="$dir"
	(cd "$dir" && find . ! -type d | sort) > "$tmp/left"
	printf '%s\n' ./etc/default/qnap-nas-copy ./etc/qnap-nas/fancontrol.conf |
		diff - "$tmp/left"
}

page_is_clean()
{
	MANWIDTH=80 man --warnings -l -Tutf8 "$repo/packaging/man/qnap-nas-tools.7" 2> "$tmp/man" \
		> /dev/null
	cat "$tmp/man"
	[ ! -s "$tmp/man" ]
}

units_cases()
{
	make_devices
	ktap_case "systemd 257 finds no fault with the units" new_systemd
	ktap_case "this system's systemd knows all that is in them" old_systemd
	ktap_case "fan and copies are off" off_by_default
	ktap_case "what they may do is limited" fenced_in
	ktap_case "udev 257 finds no fault with the rules" \
		in_box /usr/bin/udevadm verify /usr/lib/udev/rules.d/65-qnap-nas.rules
	ktap_case "buzzer: names, group and mode" udev_says \
		$mcu/qnap-mcu-input.0.auto/input/input1/event1 /dev/input/qnap-mcu \
		/dev/input/by-path/platform-pcspkr-event-spkr "beep (gid=" 0620
	ktap_case "power button: udev tags it itself" udev_says \
		$mcu/qnap-mcu-input.0.auto/input/input1/event1 :power-switch:
	ktap_case "pinhole: udev tags it itself" udev_says \
		platform/keys/input/input2/event2 :power-switch:
	ktap_case "copy button: name" udev_says \
		platform/keys/input/input2/event2 /dev/input/qnap-keys :systemd: \
		SYSTEMD_WANTS=qnap-nas-buttons.target
	ktap_case "buttons of another board are left alone" untouched \
		platform/foreign/keys/input/input4/event4
	ktap_case "another input device is left alone" untouched platform/other/input/input3/event3
	ktap_case "status LED starts its service" udev_says \
		$mcu/qnap-mcu-leds.1.auto/leds/green:status SYSTEMD_ALIAS=/qnap/status \
		SYSTEMD_WANTS=qnap-nas-status.service "kmod load ledtrig-timer"
	ktap_case "status LED of another board does not" untouched platform/leds/leds/green:status
	ktap_case "USB LED gets its trigger" udev_says \
		$mcu/qnap-mcu-leds.1.auto/leds/usb:blue:disk "kmod load ledtrig-timer"
	ktap_case "fan: name" linked $mcu/qnap-mcu-hwmon.2.auto/hwmon/hwmon7 hwmon
	ktap_case "fan: unit" udev_says $mcu/qnap-mcu-hwmon.2.auto/hwmon/hwmon7 \
		SYSTEMD_ALIAS=/qnap/hwmon :systemd: SYSTEMD_WANTS=qnap-nas-fan.target
	ktap_case "MCU: name" linked $mcu mcu
	ktap_case "EEPROM: name" linked $mcu/qnap-mcu-eeprom.3.auto/qnap-mcu-eeprom0 eeprom
	ktap_case "another sensor is left alone" untouched platform/cpu-thermal/hwmon/hwmon8
	ktap_case "logind reads the drop-in and knows its settings" logind_settings
	ktap_case "Debian's fancontrol.service does not run beside ours" no_second_fancontrol
	ktap_case "triggerhappy knows the key" trigger_is_known
	ktap_case "uninstall" uninstalls
	ktap_case "the page is clean" page_is_clean
}
