# SPDX-License-Identifier: GPL-2.0-only
# What a box can do after the packages are installed. To be sourced by check-install.sh.
# shellcheck shell=bash disable=SC2034,SC2154

# Where the fan is, whatever number it got.
hwmon=/run/qnap-nas/hwmon

# Between initramfs and root file system a shell is asked for: what is loaded there was early.
# shellcheck disable=SC2016 # for the shell there
early_modules()
{
	mcu reset "remark switched-on"
	start_disk_guest break=bottom
	wait_console "$boot_seconds" '\(initramfs\)' || return 1
	type_at_console 'while read module; do echo early: $module; done < /proc/modules'
	type_at_console 'echo early:-"done"'
	wait_console 120 'early:-done' || return 1
	type_at_console "exit"
	wait_booted
}

is_early()
{
	local module

	for module in qnap_mcu qnap_mcu_hwmon qnap_mcu_poweroff nvmem_qnap_mcu_eeprom; do
		grep -q "early: $module " "$console_log" || { echo "no $module"; return 1; }
	done
}

# The modules that are loaded are those of DKMS: by place and by build.
modules_are_ours()
{
	on_guest "for module in $ours; do
		file=\$(modinfo -n \$module) || exit
		case \$file in
		*/updates/dkms/*) ;;
		*) echo \$file; exit 1 ;;
		esac
		case \$file in
		*.xz) xz -dc \$file ;;
		*.zst) zstd -qdc \$file ;;
		*) cat \$file ;;
		esac > /tmp/module
		objcopy -O binary --only-section=.note.gnu.build-id \
			--set-section-flags .note.gnu.build-id=alloc /tmp/module /tmp/id || exit
		cmp /tmp/id /sys/module/\$module/notes/.note.gnu.build-id || exit
	done"
}

# An owner of a NAS looks at this first.
sensors_shows_labels()
{
	on_guest sensors "qnapmcu-*" > "$tmp/sensors"
	cat "$tmp/sensors"
	grep -qE '^System fan: +[0-9]+ RPM' "$tmp/sensors" &&
		grep -qE '^Case: +\+20\.0' "$tmp/sensors"
}

# fan_at PWM: the fan gets it and turns as fast as the emulator says.
fan_at()
{
	on_guest "echo $1 > $hwmon/pwm1"
	eventually 5 mcu_has "pwm=$1"
	eventually 15 same_speed
}

# Steps of 30 rpm are what the MCU can say.
same_speed()
{
	local real shown

	real=$(mcu_number rpm)
	shown=$(on_guest "cat $hwmon/fan1_input")
	[ $((real - shown)) -lt 60 ] && [ $((shown - real)) -lt 60 ] ||
		{ echo "$shown instead of $real"; return 1; }
}

# Down in steps, by hand.
fan_sweep()
{
	local value speed last=99999

	on_guest "echo 1 > $hwmon/pwm1_enable"
	for value in 255 200 150 100 51; do
		fan_at "$value"
		speed=$(on_guest "cat $hwmon/fan1_input")
		[ "$speed" -lt "$last" ] || { echo "not slower at $value: $speed"; return 1; }
		last=$speed
	done
	on_guest "echo 2 > $hwmon/pwm1_enable"
}

# pwmconfig asks; it is told to take the fan, and not to write a configuration. It leaves fans at
# full speed.
pwmconfig_finds_fan()
{
	on_guest "(echo y; sleep 1; yes n) | timeout 600 pwmconfig" > "$tmp/pwmconfig" 2>&1 || true
	grep -qE 'fan1_input.* It appears that fan' < <(tr '\n' ' ' < "$tmp/pwmconfig") ||
		{ cat "$tmp/pwmconfig"; return 1; }
	mcu_has pwm=255
	on_guest "echo 2 > $hwmon/pwm1_enable"
}

# The thermal zone of the board's tree has the fan, if nobody else wants it.
zone_has_fan()
{
	local cool

	want 2 on_guest "cat $hwmon/pwm1_enable"
	mcu "temp 20"
	sleep 5
	cool=$(mcu_number pwm)
	mcu "temp 60"
	eventually 60 mcu_above pwm "$cool"
	mcu "temp 20"
	eventually 60 mcu_has "pwm=$cool"
}

mcu_above()
{
	local value

	value=$(mcu_number "$1")
	[ "$value" -gt "$2" ] || { echo "$1 is $value"; return 1; }
}

# fancontrol with the configuration of the package: 38 degrees are the least that counts, and at 45
# it wants 135. QEMU's drive says that it is no SATA drive, so drivetemp leaves it alone, and the
# case is the warmest there is.
fancontrol_regulates()
{
	on_guest "systemctl enable --now qnap-nas-fancontrol.service"
	mcu "temp 30"
	eventually 120 mcu_has pwm=51
	mcu "temp 45"
	eventually 120 mcu_has pwm=135
	mcu "temp 60"
	eventually 120 mcu_has pwm=255
	mcu "temp 30"
	eventually 120 mcu_has pwm=51
	want 1 on_guest "cat $hwmon/pwm1_enable"
	want_match '^case.*30.*measured' on_guest \
		"/usr/lib/qnap-nas/fan-temperature --explain"
}

# However it ends.
fancontrol_gives_back()
{
	on_guest "systemctl kill -s KILL qnap-nas-fancontrol.service"
	eventually 60 want 2 on_guest "cat $hwmon/pwm1_enable"
	on_guest "systemctl disable --now qnap-nas-fancontrol.service"
	want 2 on_guest "cat $hwmon/pwm1_enable"
	mcu "temp 20"
}

# logind has its hands off the button meanwhile.
evtest_sees_button()
{
	local tester

	on_guest "systemd-inhibit --what=handle-power-key timeout 60 evtest /dev/input/qnap-mcu" \
		> "$tmp/evtest" 2>&1 &
	tester=$!
	eventually 50 grep -q '^Testing' "$tmp/evtest"
	mcu "press 1500"
	eventually 30 grep -q 'KEY_POWER), value 1' "$tmp/evtest"
	eventually 30 grep -q 'KEY_POWER), value 0' "$tmp/evtest"
	on_guest "pkill -x evtest" || true
	wait "$tester" || true
}

beeps()
{
	local before

	before=$(($(mcu_number beeps_short) + $(mcu_number beeps_long)))
	on_guest beep
	eventually 10 beeped "$before"
}

beeped()
{
	[ $(($(mcu_number beeps_short) + $(mcu_number beeps_long))) -gt "$1" ]
}

leds_light()
{
	local led key

	for led in hdd{1,2,3,4}:red:status usb:blue:disk; do
		key=led.${led%%:*}
		on_guest "echo none > '/sys/class/leds/$led/trigger'
			echo 1 > '/sys/class/leds/$led/brightness'"
		eventually 5 mcu_has "$key=on"
		on_guest "echo 0 > '/sys/class/leds/$led/brightness'"
		eventually 5 mcu_has "$key=off"
	done
}

status_says_running()
{
	eventually 60 mcu_has led.status.green=on
	mcu_has led.status.red=off
}

# A failed unit shows, and it shows when it is well again.
status_says_degraded()
{
	on_guest "systemd-run -q --unit=bad false" || true
	eventually 240 mcu_has led.status.red=on
	mcu_has led.status.green=on
	on_guest "systemctl reset-failed"
	eventually 240 mcu_has led.status.red=off
	mcu_has led.status.green=on
}

# status_showed SINCE WHAT: the status LED, after that remark.
status_showed()
{
	sed "1,/ \\* .*$1/d" "$tmp/frames" | grep '> .*status LED' > "$tmp/status-frames"
	cat "$tmp/status-frames"
	grep -q "status LED: $2" "$tmp/status-frames"
}

# The pinhole needs a pin that is held.
logind_knows_pinhole()
{
	local it="org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager"

	want 's "ignore"' on_guest "busctl get-property $it HandleRebootKey"
	want 's "reboot"' on_guest "busctl get-property $it HandleRebootKeyLongPress"
}

# Who is in the group beep may beep, others may not.
group_may_beep()
{
	local as="setpriv --reuid nobody --regid nogroup"

	want "620 beep" on_guest "stat -L -c '%a %G' /dev/input/qnap-mcu"
	on_guest "$as --groups \$(getent group beep | cut -d : -f 3) beep"
	not on_guest "$as --clear-groups beep"
}

stable_names()
{
	on_guest "test -e /dev/input/qnap-mcu && test -e $hwmon/pwm1 &&
		test -r /run/qnap-nas/mcu/firmware_version && test -r /run/qnap-nas/eeprom/nvmem"
	want_match power-switch on_guest "udevadm info -q property -n /dev/input/qnap-mcu"
}

# Warm enough for the fan to turn.
exporter_shows_labels()
{
	mcu "temp 50"
	eventually 60 mcu_above rpm 1000
	on_guest "curl -s localhost:9100/metrics" | grep '^node_hwmon' > "$tmp/metrics"
	cat "$tmp/metrics"
	grep -qE '^node_hwmon_sensor_label\{.*label="System fan",sensor="fan1"\} 1' "$tmp/metrics"
	grep -qE '^node_hwmon_sensor_label\{.*label="Case",sensor="temp1"\} 1' "$tmp/metrics"
	grep -qE '^node_hwmon_fan_rpm\{.*sensor="fan1"\} [1-9]' "$tmp/metrics"
	grep -qE '^node_hwmon_temp_celsius\{.*sensor="temp1"\} 50' "$tmp/metrics"
	mcu "temp 20"
}

# The Ethernet controller of the SoC has no address but that of the second slot.
nic_has_address()
{
	want 24:5e:be:00:00:11 on_guest "for nic in /sys/class/net/*; do
		driver=\$(readlink \$nic/device/driver)
		[ \"\${driver##*/}\" != rk_gmac-dwmac ] || cat \$nic/address
	done"
}

info_says_all()
{
	local said

	on_guest qnap-nas-info > "$tmp/info"
	cat "$tmp/info"
	for said in TS-433 Q237Y12345 0105 24:5e:be:00:00:11 "$our_tree"; do
		grep -qi -- "$said" "$tmp/info" || { echo "no $said"; return 1; }
	done
	want "$our_tree" on_guest "qnap-nas-info --dtb"
	on_guest "qnap-nas-info --json" | python3 -m json.tool
}

# stick FILE: an image of a USB stick with a file on it.
stick()
{
	mkdir -p "$tmp/stick"
	echo "holiday" > "$tmp/stick/photo"
	truncate -s 16M "$1"
	mke2fs -q -F -t ext4 -L PHOTOS -d "$tmp/stick" "$1"
}

# Its program has the key. triggerhappy's own service runs the same one.
copy_button_is_read()
{
	on_guest "ls -l /proc/\$(systemctl show -P MainPID qnap-nas-copy-button)/fd" |
		grep "/dev/input/"
}

# The example of the package, switched on as its comments say: a press copies the stick.
copy_button_copies()
{
	local beeps

	on_guest "mkdir -p /srv/usb && sed -i 's|^COPY_TO=.*|COPY_TO=/srv/usb|' \
		/etc/default/qnap-nas-copy && systemctl enable --now qnap-nas-copy-button.service"
	eventually 120 copy_button_is_read
	beeps=$(mcu_number beeps_short)
	press_key
	eventually 120 want holiday on_guest "cat /srv/usb/PHOTOS_*/photo"
	eventually 30 mcu_above beeps_short "$beeps"
	want "" on_guest "findmnt -n -o TARGET /dev/sdb || true"
	mcu_has led.usb=off
	on_guest "systemctl disable --now qnap-nas-copy-button.service; rm -r /srv/usb"
}

nothing_failed()
{
	want "" on_guest "systemctl --failed --no-legend --plain"
}

# A held button is all that the owner does.
button_switches_off()
{
	mcu "remark held"
	mcu "press 3000"
	end_box
	disk_guest_switched_off
}

mcu_acknowledged()
{
	sed '1,/held/d' "$tmp/frames" | grep -A1 '| power off' | tail -n 1 | grep -q '| done' &&
		mcu_has power=off
}

part_features()
{
	stick "$tmp/stick.img"
	disk_options=(-drive "if=none,id=stick,format=raw,file=$tmp/stick.img"
		      -device qemu-xhci -device "usb-storage,drive=stick,removable=on")
	step "Booting, with a stop in the initramfs" early_modules
	box_case "power-off, fan and EEPROM are there before the root file system" is_early
	box_case "the modules are DKMS's" modules_are_ours
	box_case "no unit has failed" nothing_failed
	box_case "sensors shows fan and case with their labels" sensors_shows_labels
	box_case "names that last, and the button is for logind" stable_names
	box_case "the device tree's zone has the fan" zone_has_fan
	box_case "the fan follows pwm1" fan_sweep
	box_case "pwmconfig finds the fan" pwmconfig_finds_fan
	box_case "fancontrol regulates" fancontrol_regulates
	box_case "fancontrol gives the fan back when it is killed" fancontrol_gives_back
	box_case "evtest sees the power button" evtest_sees_button
	box_case "beep beeps" beeps
	box_case "the group beep may beep" group_may_beep
	box_case "logind heeds the pinhole only if it is held" logind_knows_pinhole
	box_case "LEDs of bays and USB" leds_light
	box_case "the status LED said that it booted" status_showed switched-on "green fast"
	box_case "the status LED says that it is running" status_says_running
	box_case "the status LED shows that a unit failed" status_says_degraded
	box_case "the copy button copies a USB stick" copy_button_copies
	box_case "prometheus-node-exporter shows fan and case with labels" exporter_shows_labels
	box_case "the Ethernet controller has its address from the EEPROM" nic_has_address
	box_case "qnap-nas-info" info_says_all
	box_case "a held power button switches the box off" button_switches_off
	box_case "the status LED said that it shut down" status_showed held "green slow"
	box_case "the MCU acknowledged the power-off" mcu_acknowledged
	disk_options=()
}
