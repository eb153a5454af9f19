# SPDX-License-Identifier: GPL-2.0-only
# The copy button's program, with folders in place of sticks.
# shellcheck shell=bash disable=SC2154

# make_stick DISK PORT TYPE: with one partition, of which a folder holds the files
make_stick()
{
	local path=$box/sys/devices/platform/$2/usb1/1-1/host0/block/$1 part=${1}1

	mkdir -p "$path/$part" "$path/holders" "$path/$part/holders" "$box/sys/class/block" \
		"$tmp/stick/$part"
	echo 8:0 > "$path/dev"
	echo 8:1 > "$path/$part/dev"
	echo 1 > "$path/$part/partition"
	echo 2048 > "$path/size"
	echo "${4:-1}" > "$path/diskseq"
	ln -sfn "$path" "$box/sys/class/block/$1"
	ln -sfn "$path/$part" "$box/sys/class/block/$part"
	printf '%s\n' "$3" > "$tmp/stick/$part.type"
	echo "from $1" > "$tmp/stick/$part/file"
}

# mount takes the folder, and notes how it was called; blkid knows what make_stick said.
make_programs()
{
	echo '../My photos' > "$tmp/label"
	pretend blkid "case \$5 in TYPE) cat '$tmp/stick/'\${6##*/}.type ;;
		LABEL) cat '$tmp/label' ;; UUID) echo 1234-ABCD ;; esac"
	pretend mount "echo \"\$*\" >> '$tmp/mounts'
		/usr/bin/mount --bind \"$tmp/stick/\${5##*/}\" \"\$6\" &&
		/usr/bin/mount -o remount,bind,ro \"\$6\""
	system_is running
	rm -f "$tmp/bin/rsync"
}

# Each case begins with this: a stick in the front port, a folder to copy to, and a status LED that
# shows how the system is.
make_copy()
{
	rm -rf "$box"/sys/class/{block,leds} "$box"/sys/devices/platform/*usb* \
		"$tmp"/{stick,usb,mounts} "$run/alarm"
	mkdir -p "$box/sys/devices/platform/fcc00000.usb" "$box/proc/self" \
		"$box/proc/device-tree" "$tmp/usb" "$run"
	echo running > "$run/status"
	printf 'qnap,ts433\0rockchip,rk3568\0' > "$box/proc/device-tree/compatible"
	: > "$box/proc/self/mountinfo"
	: > "$box/proc/swaps"
	: > "$box/dev/input/qnap-mcu"
	make_led red:status
	make_led green:status
	make_led usb:blue:disk
	make_stick sdc fcc00000.usb vfat
	make_programs
	settings "COPY_TO=$tmp/usb"
	to=$tmp/usb/_My_photos_1234-ABCD
}

settings()
{
	printf '%s\n' "$@" > "$box/etc/default/qnap-nas-copy"
}

copy()
{
	QNAP_NAS_ROOT=$box PATH=$tmp/bin:$PATH unshare -rm "$nas/copy" 2>&1 | tee "$tmp/said"
	return "${PIPESTATUS[0]}"
}

# refuses SENTENCE: with the alarm, and nothing copied
refuses()
{
	! copy || return 1
	grep -qF "Nothing more is copied: $1" "$tmp/said" && sounded tone &&
		led_is red:status blink 500 && led_is usb:blue:disk off &&
		[ ! -e "$to/file" ]
}

# The one before has failed, which the status LED shows until now.
copies()
{
	make_copy
	: > "$run/alarm"
	echo alarm > "$run/status"
	copy || return 1
	grep -q "^Copied sdc1 into $to: 1 new" "$tmp/said" &&
		cmp "$tmp/stick/sdc1/file" "$to/file" && sounded bell &&
		led_is usb:blue:disk off && led_is green:status on
}

# mounts_safely TYPE OPTIONS [DRIVERS]: with these, and the options that all have
mounts_safely()
{
	local options=ro,loop$2,nosuid,nodev,noexec

	make_copy
	make_stick sdc fcc00000.usb "$1"
	copy || return 1
	diff - "$tmp/mounts" <<-END
		-t ${3:-$1} -o $options $box/dev/sdc1 $box/run/qnap-nas-copy/stick
	END
}

# The blue LED, while rsync runs.
blinks()
{
	make_copy
	pretend rsync "cat '$box/sys/class/leds/usb:blue:disk/trigger' > '$tmp/meanwhile'"
	copy
	grep -qx timer "$tmp/meanwhile"
}

only_changes()
{
	make_copy
	echo old > "$tmp/stick/sdc1/gone"
	copy || return 1
	rm "$tmp/stick/sdc1/gone"
	echo new > "$tmp/stick/sdc1/new"
	copy || return 1
	grep -q ": 1 new" "$tmp/said" && [ -e "$to/new" ] && [ -e "$to/gone" ]
}

# A stick may be anybody's: nothing on it may lead out of the folder, or be run by accident.
harmless()
{
	make_copy
	ln -s /etc/passwd "$tmp/stick/sdc1/link"
	mkfifo "$tmp/stick/sdc1/pipe"
	chmod 4755 "$tmp/stick/sdc1/file"
	copy || return 1
	[ ! -e "$to/link" ] && [ ! -L "$to/link" ] && [ ! -e "$to/pipe" ] &&
		[ "$(stat -c %a "$to/file")" = 644 ]
}

# Lines, a command, and more than a name of a file may have.
bad_label()
{
	make_copy
	printf '%s\n%s\n%0250d\n' a/b "\$(touch $tmp/run)" 0 > "$tmp/label"
	copy || return 1
	find "$tmp/usb" -name file -printf '%P\n' > "$tmp/copied"
	cat "$tmp/copied"
	[ ! -e "$tmp/run" ] && [ "$(wc -l < "$tmp/copied")" -eq 1 ] &&
		grep -qxE 'a_b__[A-Za-z0-9._-]{59}_1234-ABCD/file' "$tmp/copied"
}

no_settings()
{
	make_copy
	rm "$box/etc/default/qnap-nas-copy"
	refuses "COPY_TO in $box/etc/default/qnap-nas-copy does not say where to"
}

no_folder()
{
	make_copy
	settings "COPY_TO=$tmp/none"
	refuses "the folder $tmp/none is not there; is its disk mounted?"
}

link_in_the_way()
{
	make_copy
	mkdir "$tmp/usb/elsewhere"
	ln -s elsewhere "$to"
	refuses "$to is a symbolic link"
}

no_stick()
{
	make_copy
	rm "$box"/sys/class/block/sdc*
	refuses "there is no stick in the USB port at the front"
}

# A disk of the box, and one at the back.
other_disks()
{
	make_copy
	rm "$box"/sys/class/block/sdc*
	make_stick sdd fd800000.usb vfat
	mkdir -p "$box/sys/devices/platform/fc400000.sata/ata1/block/sda"
	echo 99 > "$box/sys/devices/platform/fc400000.sata/ata1/block/sda/size"
	ln -s "$box/sys/devices/platform/fc400000.sata/ata1/block/sda" "$box/sys/class/block/sda"
	refuses "there is no stick in the USB port at the front" || return 1
	settings "COPY_TO=$tmp/usb" COPY_PORT=
	copy && grep -q "^Copied sdd1" "$tmp/said"
}

# newest_stick BOX: with no port at the front
newest_stick()
{
	make_copy
	rm "$box"/sys/class/block/sdc*
	if [ "$1" = ts133 ]; then
		printf 'qnap,ts133\0rockchip,rk3566\0' > "$box/proc/device-tree/compatible"
	else
		rm -r "$box/sys/devices/platform/fcc00000.usb"
	fi
	make_stick sdd fd800000.usb vfat 7
	make_stick sde fd880000.usb vfat 12
	copy && grep -q "^Copied sde1" "$tmp/said"
}

# in_use HOW
in_use()
{
	make_copy
	case $1 in
	mounted)
		echo '30 1 8:1 / / rw - ext4 /dev/sdc1 rw' > "$box/proc/self/mountinfo" ;;
	btrfs)
		echo '30 1 0:28 /@ / rw - btrfs /dev/sdc1 rw' > "$box/proc/self/mountinfo" ;;
	swap)
		echo '/dev/sdc1  partition 1 0 -2' > "$box/proc/swaps" ;;
	member)
		mkdir "$(readlink -f "$box/sys/class/block/sdc1")/holders/md0" ;;
	esac
	refuses "the stick is in use already (sdc)"
}

strange_stick()
{
	make_copy
	make_stick sdc fcc00000.usb crypto_LUKS
	refuses "sdc has no file system that can be copied"
}

broken_stick()
{
	make_copy
	pretend mount "exit 32"
	refuses "the file system (vfat) on sdc1 cannot be mounted"
}

# The folder is on a small file system of its own.
full_disk()
{
	make_copy
	head -c 200000 /dev/zero > "$tmp/stick/sdc1/big"
	# shellcheck disable=SC2016
	QNAP_NAS_ROOT=$box PATH=$tmp/bin:$PATH unshare -rm sh -c '
		/usr/bin/mount -t tmpfs -o size=64k none "$0" && "$1"' "$tmp/usb" "$nas/copy" \
		2>&1 | tee "$tmp/said"
	[ "${PIPESTATUS[0]}" -eq 1 ] && grep -q "there is no space left in $tmp/usb" "$tmp/said" &&
		sounded tone
}

pulled_stick()
{
	make_copy
	pretend rsync 'echo "rsync: read errors mapping file: Input/output error (5)"; exit 23'
	refuses "the stick was pulled out, or cannot be read"
}

# After its first partition was copied, a disk of the box has its name.
exchanged_stick()
{
	local sata=$box/sys/devices/platform/fc400000.sata/ata1/block/sdc

	make_copy
	mkdir -p "$(readlink -f "$box/sys/class/block/sdc")/sdc2" "$sata"
	echo 2 > "$box/sys/class/block/sdc/sdc2/partition"
	echo vfat > "$tmp/stick/sdc2.type"
	mkdir "$tmp/stick/sdc2"
	pretend rsync "ln -sfn '$sata' '$box/sys/class/block/sdc'"
	refuses "the stick was pulled out" && [ "$(wc -l < "$tmp/mounts")" -eq 1 ]
}

# The shutdown comes in between.
told_to_end()
{
	make_copy
	rm -f "$tmp/killed"
	pretend rsync "until [ -e '$tmp/killed' ]; do sleep 0.1; done"
	QNAP_NAS_ROOT=$box PATH=$tmp/bin:$PATH unshare -rm "$nas/copy" > "$tmp/said" 2>&1 &
	local copying=$!
	wait_until led_is usb:blue:disk blink 250
	kill "$copying"
	: > "$tmp/killed"
	! wait "$copying" || return 1
	cat "$tmp/said"
	grep -q "it was told to end" "$tmp/said" && led_is usb:blue:disk off
}

# The LED had a trigger of its own, and the alarm of the last time is over.
state_comes_back()
{
	make_copy
	echo "none [usb-host]" > "$box/sys/class/leds/usb:blue:disk/trigger"
	: > "$run/alarm"
	copy || return 1
	grep -qx usb-host "$box/sys/class/leds/usb:blue:disk/trigger" && [ ! -e "$run/alarm" ]
}

copy_cases()
{
	ktap_case "a stick is copied" copies
	ktap_case "it is mounted so that nothing on it works or changes" mounts_safely vfat ""
	ktap_case "so is one with ext4" mounts_safely ext4 ,noload
	ktap_case "so is one with f2fs" mounts_safely f2fs ,norecovery
	ktap_case "so is one with NTFS" mounts_safely ntfs "" ntfs3,ntfs
	ktap_case "so is one with btrfs" mounts_safely btrfs ,rescue=nologreplay
	ktap_case "the LED blinks meanwhile" blinks
	ktap_case "again: only what is new, and nothing goes" only_changes
	ktap_case "links, pipes and modes stay behind" harmless
	ktap_case "LED and alarm are as they should be after" state_comes_back
	ktap_case "a label that is up to no good" bad_label
	ktap_case "no settings" no_settings
	ktap_case "no folder" no_folder
	ktap_case "a link in place of the folder" link_in_the_way
	ktap_case "no stick" no_stick
	ktap_case "neither a disk of the box nor one at the back" other_disks
	ktap_case "another box: the newest stick" newest_stick other
	ktap_case "a TS-133, too" newest_stick ts133
	ktap_case "a stick that is mounted" in_use mounted
	ktap_case "one that is mounted with btrfs" in_use btrfs
	ktap_case "a stick that is swapped to" in_use swap
	ktap_case "a stick that is a member of an array" in_use member
	ktap_case "a stick with something else on it" strange_stick
	ktap_case "a stick that cannot be mounted" broken_stick
	ktap_case "no space left" full_disk
	ktap_case "a stick that is pulled out" pulled_stick
	ktap_case "a stick in whose place comes a disk of the box" exchanged_stick
	ktap_case "a shutdown in between" told_to_end
}
