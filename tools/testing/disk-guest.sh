# SPDX-License-Identifier: GPL-2.0-only
# Boots the image of a NAS's disk in QEMU as the NAS's boot loader would, with the MCU emulator on a
# serial port. To be sourced after lib.sh and guest.sh, which has the emulator; need.sh's parts are
# guest, emulator and disk-guest.
#
# QEMU does not have the board, so what the board's device tree says of the MCU, its thermal zone
# and the Ethernet controller is grafted onto the tree of QEMU's machine. The tree is the one that
# extlinux.conf in the image names. If it knows no MCU, the line leads to a plain serial port, as
# it does on the NAS.
#
#	disk_image=IMAGE; start_emulator; start_disk_guest; wait_ssh 300; on_guest uname -r
#	on_guest poweroff; wait_disk_guest 120
#
# shellcheck shell=bash disable=SC2034,SC2154

PATH=$PATH:/usr/sbin:/sbin
# A raw image, which is written to: with a partition table or without. The key of who may log in.
disk_image=
ssh_key=
# What the boot loader calls the board, for an extlinux.conf that names only a folder.
fdtfile=rockchip/rk3568-qnap-ts433.dtb
disk_machine=(-M virt -cpu cortex-a57 -smp 2 -m 1536)
# Where the drive is. "drive=disk" is the image.
disk_drive=(-device "ich9-ahci,id=ahci,addr=3" -device "ide-hd,bus=ahci.0,drive=disk")
# What QEMU is told beyond that.
disk_options=()
# What a boot left: kernel, initrd, fdt, entry (the lines of extlinux.conf), machine.dtb.
boot=$tmp/boot
console_log=$tmp/console
console_socket=$tmp/console.socket
qmp_socket=$tmp/qmp.socket
disk_pid=
ssh_port=

# boot_partition: offset of the file system that a boot loader looks at: that of the first partition
# that is marked for booting, else of the first one, else the whole image.
boot_partition()
{
	sfdisk --json "$disk_image" 2> /dev/null | python3 -c '
import json, sys
text = sys.stdin.read()
table = json.loads(text)["partitiontable"] if text else {"partitions": []}
parts = sorted(table["partitions"], key=lambda p: p["start"])
marked = [p for p in parts if p.get("bootable") or "LegacyBIOSBootable" in p.get("attrs", "")]
print(((marked or parts or [{"start": 0}])[0]["start"]) * table.get("sectorsize", 512))'
}

# image_debugfs COMMAND: on that file system, which nobody may have mounted. As a boot loader, it
# does not mind if the file system was not left in order.
image_debugfs()
{
	debugfs -c -R "$1" "$disk_image?offset=$(boot_partition)" 2> /dev/null
}

# image_link PATH: where it leads, if it is a symbolic link.
image_link()
{
	local target

	target=$(image_debugfs "stat \"$1\"" | sed -n 's/^Fast link dest: "\(.*\)"$/\1/p')
	case $target in
	"" | /*)
		echo "$target" ;;
	*)
		echo "${1%/*}/$target" ;;
	esac
}

# image_get PATH FILE: a file out of the image. Fails if it is not there, or empty.
image_get()
{
	local path=$1 target

	while target=$(image_link "$path") && [ -n "$target" ]; do
		path=$target
	done
	rm -f "$2"
	image_debugfs "dump \"$path\" \"$2\"" > /dev/null
	[ -s "$2" ]
}

# boot_word KEY...: what the chosen entry has for the first of these keys that it has.
boot_word()
{
	local key

	for key in "$@"; do
		sed -n "s|^$key ||p" "$boot/entry" | grep -m 1 . && return 0
	done
	return 1
}

# The entry that is named as default, else the first one; a line "KEY VALUE" each.
default_entry()
{
	awk '{ key = tolower($1); sub(/^[ \t]*[^ \t]+[ \t]*/, "") }
		key == "default" { wanted = $0 }
		key == "label" { label = $0; order[++n] = label }
		label != "" && key !~ /^#/ { entry[label] = entry[label] key " " $0 "\n" }
		END { printf "%s", entry[wanted in entry ? wanted : order[1]] }' "$1"
}

# The boot loader looks below / and /boot.
read_extlinux()
{
	image_get /extlinux/extlinux.conf "$boot/extlinux.conf" ||
		image_get /boot/extlinux/extlinux.conf "$boot/extlinux.conf" ||
		die "$disk_image has no extlinux.conf that a boot loader finds"
	default_entry "$boot/extlinux.conf" > "$boot/entry"
}

# The board's tree: a file, or the board's own file of a folder. Without either the boot loader has
# one of its own, which we do not.
read_devicetree()
{
	local name

	[ -z "$(boot_word fdtoverlays)" ] || die "extlinux.conf names overlays: $boot/entry"
	if ! name=$(boot_word fdt devicetree); then
		name=$(boot_word fdtdir devicetreedir) || die "extlinux.conf names no device tree"
		name=${name%/}/$fdtfile
	fi
	echo "$name" > "$boot/fdt-name"
	image_get "$name" "$boot/fdt"
}

# graft_board: the tree that QEMU gets. The I2C bus with the EEPROMs is number 1 on the boards.
graft_board()
{
	local facts=$boot/facts

	qemu-system-aarch64 "${disk_machine[@]}" -nic none -display none \
		-machine "dumpdtb=$boot/qemu.dtb" > "$tmp/dumpdtb.log" 2>&1
	"$testing/board-graft.py" --stock "$boot/fdt" "$boot/qemu.dtb" "$facts" \
		> "$boot/machine.dts"
	dtc -q -@ -i "$testing/guest" -I dts -O dtb -o "$boot/machine.dtb" "$boot/machine.dts"
	fdtput -p -t s "$boot/machine.dtb" /aliases i2c0 /
}

# boot_loader: reads in the image what to boot.
boot_loader()
{
	rm -rf "$boot"
	mkdir "$boot"
	read_extlinux
	image_get "$(boot_word linux kernel)" "$boot/kernel" ||
		die "no kernel in $disk_image: $(boot_word linux kernel)"
	image_get "$(boot_word initrd)" "$boot/initrd" ||
		die "no initrd in $disk_image: $(boot_word initrd)"
	read_devicetree || die "no device tree in $disk_image: $(cat "$boot/fdt-name")"
	graft_board
}

free_port()
{
	python3 -c '
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

# The registers of the Ethernet controller, if the board has one that asks the MCU, say which one it
# is.
nic_registers()
{
	! grep -q '^nic ' "$boot/facts" ||
		echo -device "loader,addr=0x5ff00110,data=0x3051,data-len=4"
}

# The drive, a network that leads to the host's ssh alone, and the MCU's line in the first slot.
disk_devices()
{
	disk_lines=(-drive "if=none,id=disk,format=raw,cache=unsafe,file=$disk_image"
		    "${disk_drive[@]}"
		    -netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$ssh_port-:22"
		    -device "virtio-net-pci,netdev=net,addr=4,romfile="
		    -device "virtio-rng-pci,addr=5"
		    -chardev "socket,id=mcu,path=$mcu_socket"
		    -device "pci-serial,addr=1,chardev=mcu")
}

# The console is kept in a file, and typed at through a socket.
disk_console()
{
	local socket="socket,id=console,path=$console_socket,server=on,wait=off"

	rm -f "$console_socket" "$qmp_socket"
	disk_lines+=(-monitor none -qmp "unix:$qmp_socket,server=on,wait=off")
	disk_lines+=(-chardev "$socket,logfile=$console_log" -serial chardev:console)
}

# start_disk_guest [KERNEL ARGUMENT...]: the machine is switched on. A restart ends QEMU, too: the
# boot loader has to look again.
start_disk_guest()
{
	local nic

	boot_loader
	ssh_port=$(free_port)
	read -ra nic <<< "$(nic_registers)"
	disk_devices
	disk_console
	nice qemu-system-aarch64 "${disk_machine[@]}" -display none -no-reboot \
		-dtb "$boot/machine.dtb" -kernel "$boot/kernel" -initrd "$boot/initrd" \
		-append "$(boot_word append) console=ttyAMA0 $*" \
		"${disk_lines[@]}" "${nic[@]}" "${disk_options[@]}" > "$tmp/qemu.log" 2>&1 &
	disk_pid=$!
}

disk_guest_runs()
{
	[ -n "$disk_pid" ] && kill -0 "$disk_pid" 2> /dev/null
}

# wait_disk_guest SECONDS: until the machine has switched itself off or restarted. Fails, and
# switches it off, if it does not.
wait_disk_guest()
{
	local end=$((SECONDS + $1)) status=0

	while disk_guest_runs; do
		[ "$SECONDS" -lt "$end" ] || { status=1; break; }
		sleep 0.5
	done
	stop_disk_guest
	return "$status"
}

stop_disk_guest()
{
	[ -z "$ssh_port" ] || guest_ssh -O exit guest > /dev/null 2>&1 || true
	[ -z "$disk_pid" ] || kill "$disk_pid" 2> /dev/null || true
	[ -z "$disk_pid" ] || wait "$disk_pid" 2> /dev/null || true
	disk_pid=
	ssh_port=
}

# What the last one of them did at its end.
disk_guest_restarted()
{
	grep -q 'reboot: Restarting system' "$console_log"
}

disk_guest_switched_off()
{
	grep -q 'reboot: Power down' "$console_log"
}

guest_ssh_options()
{
	printf '%s\n' -i "$ssh_key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
		-o LogLevel=ERROR -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=60 \
		-o ControlMaster=auto -o ControlPersist=yes -o "ControlPath=$tmp/ssh.socket" \
		-o User=root -o HostName=127.0.0.1
}

guest_ssh()
{
	local options

	mapfile -t options < <(guest_ssh_options)
	ssh "${options[@]}" -p "$ssh_port" "$@"
}

# on_guest COMMAND...: as root, by ssh. One argument is a command line for the guest's shell.
on_guest()
{
	guest_ssh guest "$@" < /dev/null
}

# to_guest FILE... DIR
to_guest()
{
	local options

	mapfile -t options < <(guest_ssh_options)
	scp -q "${options[@]}" -P "$ssh_port" "${@:1:$#-1}" "guest:${*: -1}" < /dev/null
}

# wait_ssh SECONDS: until somebody can log in.
wait_ssh()
{
	local end=$((SECONDS + $1))

	until on_guest true 2> "$tmp/ssh.log"; do
		disk_guest_runs && [ "$SECONDS" -lt "$end" ] || return 1
		sleep 2
	done
}

# wait_console SECONDS REGEX: until the console has said that.
wait_console()
{
	local end=$((SECONDS + $1))

	until grep -qsE -- "$2" "$console_log"; do
		disk_guest_runs && [ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.5
	done
}

# press_key: the copy key, or the reset key of a board without one, for a tenth of a second. The
# power button is the MCU's.
press_key()
{
	python3 -c '
import socket, sys
with socket.socket(socket.AF_UNIX) as qmp:
    qmp.connect(sys.argv[1])
    answers = qmp.makefile("r")
    answers.readline()
    for command in ("qmp_capabilities", "system_powerdown"):
        qmp.sendall(b"{\"execute\": \"%s\"}\n" % command.encode())
        answers.readline()' "$qmp_socket"
}

# type_at_console LINE: no faster than the guest reads, for what it has not read when the typist
# leaves is lost.
type_at_console()
{
	python3 -c '
import socket, sys, time
with socket.socket(socket.AF_UNIX) as console:
    console.connect(sys.argv[1])
    for letter in sys.argv[2] + "\r":
        console.sendall(letter.encode())
        time.sleep(0.1)
    time.sleep(2)' "$console_socket" "$1"
}

at_exit stop_disk_guest
