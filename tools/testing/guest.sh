# SPDX-License-Identifier: GPL-2.0-only
# Boots Debian's arm64 kernel in QEMU with the MCU emulator on a serial port, runs a script in it.
# To be sourced after lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154

images=$tmp
emulator=$repo/tools/mcu-emu/mcu-emu
mcu_socket=$tmp/mcu
control_socket=$tmp/control
emulator_pid=
qemu_pid=
stop_seconds=

# Modules of the kernel that the guest may load, beside those that they need. A box has them all.
guest_modules="evdev ledtrig-timer ledtrig-oneshot ledtrig-pattern"
# The kernel's own driver for the MCU, where it has one. Ours must take its place.
stock_modules="qnap-mcu leds-qnap-mcu qnap-mcu-hwmon qnap-mcu-input nvmem-qnap-mcu-eeprom"

qemu="qemu-system-aarch64"
machine=(-M virt -cpu cortex-a57 -smp 2 -m 512)
console=ttyAMA0
# What QEMU and the emulator are told beyond what every guest needs.
guest_options=(-monitor none)
# Where the MCU's line and the emulator's control line lead, and what else is put into /tests.
guest_lines=(-chardev "socket,id=mcu,path=$mcu_socket"
	     -chardev "socket,id=control,path=$control_socket")
guest_files=()
emulator_options=()

# A machine for guests that have the emulator inside: one processor that needs a nanosecond for each
# instruction, by the guest's clock. What the host has to do otherwise does not show, and time in
# which nothing happens is skipped. Nothing of the host is on the lines.
clockwork_machine=(-M virt -cpu cortex-a57 -smp 1 -m 512 -icount "shift=0,sleep=off")
clockwork_lines=(-chardev "null,id=mcu" -chardev "null,id=control")
# Where the programs for such a guest are built.
guest_programs=$tmp/programs

build_emulator()
{
	step "Building the MCU emulator" make -C "$repo/tools/mcu-emu"
}

# build_guest_programs FOLDER...: these folders of tools, for the guest: static, all anew, and away
# from what is built for this machine.
build_guest_programs()
{
	local folder

	mkdir -p "$guest_programs/tools/testing" "$guest_programs/drivers/mfd"
	cp "$repo"/drivers/mfd/qnap-mcu-frame.[ch] "$guest_programs/drivers/mfd/"
	for folder in include mcu-emu "$@"; do
		cp -rT "$repo/tools/$folder" "$guest_programs/tools/$folder"
	done
	for folder in "$@"; do
		make -B -C "$guest_programs/tools/$folder" PANEL=no CC=aarch64-linux-gnu-gcc \
			LDFLAGS=-static
	done
}

# module_files TREE NAME...: paths below TREE of these modules and of all that they need; nothing
# for a module that the kernel does not have or has built in.
module_files()
{
	local tree=$1 name

	shift
	for name in "$@"; do
		sed -n "s|^\([^ ]*/${name//[-_]/[-_]}\.ko[^:/]*\):|\1 |p" "$tree/modules.dep"
	done | tr -s ' ' '\n' | sort -u
}

copy_kernel_modules()
{
	local kernel=$1 root=$2 release file tree

	release=$(cat "$kernel/release")
	tree=$kernel/lib/modules/$release
	mkdir -p "$root/lib/modules/$release"
	# shellcheck disable=SC2086 # lists of words
	for file in $(module_files "$tree" $guest_modules $stock_modules); do
		mkdir -p "$root/lib/modules/$release/${file%/*}"
		cp "$tree/$file" "$root/lib/modules/$release/$file"
	done
	cp "$tree"/modules.{order,builtin,builtin.modinfo} "$root/lib/modules/$release/"
}

install_our_modules()
{
	local kernel=$1 root=$2 build=$3

	make -C "$build" modules_install "KDIR=$kernel/usr/src/build" ARCH=arm64 \
		CROSS_COMPILE=aarch64-linux-gnu- CONFIG_MODULE_SIG_ALL= "INSTALL_MOD_PATH=$root"
	copy_build_ids "$build" "$root/tests"
}

# By these the guest knows our modules from the kernel's own of the same name.
copy_build_ids()
{
	local module

	find "$1" -name '*.ko' | while read -r module; do
		aarch64-linux-gnu-objcopy -O binary --only-section=.note.gnu.build-id \
			--set-section-flags .note.gnu.build-id=alloc "$module" \
			"$2/$(basename "$module" .ko).build-id"
	done
}

copy_programs()
{
	local programs=$1 root=$2 lib=usr/lib/aarch64-linux-gnu

	mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,lib,etc,dev,proc,sys,run,tmp}
	cp "$programs/usr/bin/busybox" "$programs/usr/bin/sensors" "$programs/usr/bin/evtest" \
		"$root/bin/"
	cp "$programs/$lib/ld-linux-aarch64.so.1" "$programs/$lib/libc.so.6" \
		"$programs/$lib/libm.so.6" "$root/lib/"
	cp -L "$programs/$lib/libsensors.so.5" "$root/lib/"
	cp "$programs/etc/sensors3.conf" "$root/etc/"
	printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' > "$root/etc/passwd"
	ln -s busybox "$root/bin/sh"
}

# guest_images VERSION [BUILD]: all that start_guest needs, in $images. The modules are in BUILD;
# without it the guest has the kernel's own.
guest_images()
{
	guest_initramfs "$@"
	guest_devicetrees
}

guest_initramfs()
{
	local kernel programs root

	root=$(mktemp -d "$tmp/root.XXXXXX")
	chmod 755 "$root"
	kernel=$(kernel_dir "$1")
	programs=$cache/guest
	copy_programs "$programs" "$root"
	copy_kernel_modules "$kernel" "$root"
	mkdir "$root/tests"
	[ -z "${2-}" ] || install_our_modules "$kernel" "$root" "$2"
	depmod -b "$root" "$(cat "$kernel/release")"
	cp "$testing/guest/init" "$root/init"
	cp "$testing/guest/mdev.conf" "$root/etc/"
	cp "$testing"/guest/*.sh "$testing"/e2e/*.sh "$root/tests/"
	eeprom_image "$root/tests/eeprom"
	[ ${#guest_files[@]} -eq 0 ] || cp "${guest_files[@]}" "$root/tests/"
	(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) > "$images/guest.cpio"
}

# The machine's device tree as QEMU writes it: there is no MCU in it.
machine_devicetree()
{
	qemu-system-aarch64 "${machine[@]}" -nic none -display none \
		-machine "dumpdtb=$1" 2> "$tmp/dumpdtb.log"
}

# The same with the MCU's node on a PCI UART or a null modem.
guest_devicetrees()
{
	local name

	machine_devicetree "$tmp/machine.dtb"
	for name in ts433 ts433-thermal nullmodem; do
		dtc -q -@ -i "$testing/guest" -I dts -O dtb -o "$tmp/$name.dtbo" \
			"$testing/guest/$name.dtso"
		fdtoverlay -i "$tmp/machine.dtb" -o "$images/$name.dtb" "$tmp/$name.dtbo"
	done
}

# eeprom_image FILE: an EEPROM with a serial number and MAC addresses where the MCU keeps them.
eeprom_image()
{
	python3 - "$1" <<-'END'
		import sys
		image = bytearray((i * 7 + 3) % 256 for i in range(256))
		image[0x00:0x13] = b"Q237Y12345\0".ljust(0x13, b"\0")
		image[0x22:0x24] = b"02"
		for slot in range(8):
		    mac = "24:5e:be:00:00:%02x" % (slot + 0x10)
		    image[0x24 + slot * 0x11:0x35 + slot * 0x11] = mac.encode()
		open(sys.argv[1], "wb").write(image)
	END
}

start_emulator()
{
	rm -f "$mcu_socket" "$control_socket"
	eeprom_image "$tmp/eeprom"
	"$emulator" --model ts433 --socket "$mcu_socket" --control "$control_socket" \
		--eeprom "$tmp/eeprom" --trace "$tmp/frames" "${emulator_options[@]}" \
		> "$tmp/emulator.log" 2>&1 &
	emulator_pid=$!
	local tries
	for tries in $(seq 100); do
		[ ! -S "$control_socket" ] || [ ! -S "$mcu_socket" ] || return 0
		sleep 0.1
	done
	die "the emulator does not start ($tries tries): $(cat "$tmp/emulator.log")"
}

stop_emulator()
{
	[ -z "$emulator_pid" ] || kill "$emulator_pid" 2> /dev/null || true
	[ -z "$emulator_pid" ] || wait "$emulator_pid" 2> /dev/null || true
	emulator_pid=
}

# mcu COMMAND: ask the emulator, from this side.
mcu()
{
	"$testing/mcu-ask.py" "$control_socket" "$@"
}

# start_guest VERSION DEVICETREE SCRIPT [KERNEL ARGUMENT...]: result in $tmp/result, console in
# $tmp/console.
start_guest()
{
	local kernel version=$1 devicetree=$2 script=$3

	shift 3
	kernel=$(kernel_dir "$version")
	rm -f "$tmp/result" "$tmp/console"
	: > "$tmp/result"
	"$qemu" "${machine[@]}" -nic none -display none -no-reboot \
		-dtb "$images/$devicetree.dtb" -kernel "$kernel/boot/Image" \
		-initrd "$images/guest.cpio" \
		-append "console=$console panic=1 qnap.run=$script $*" \
		"${guest_lines[@]}" -device pci-serial,addr=1,chardev=mcu \
		-device pci-serial,addr=2,chardev=control \
		-chardev "file,id=result,path=$tmp/result" \
		-device pci-serial,addr=3,chardev=result \
		-serial "file:$tmp/console" "${guest_options[@]}" > "$tmp/qemu.log" 2>&1 &
	qemu_pid=$!
}

# wait_guest SECONDS: until the machine has switched itself off; how long that took after the end of
# its script is in stop_seconds then. Fails if it does not.
wait_guest()
{
	local end=$((SECONDS + $1)) script_end=

	while kill -0 "$qemu_pid" 2> /dev/null; do
		if [ "$SECONDS" -ge "$end" ]; then
			stop_guest
			return 1
		fi
		[ -n "$script_end" ] || ! grep -q '^+++ script ended' "$tmp/result" ||
			script_end=$SECONDS
		sleep 0.2
	done
	wait "$qemu_pid"
	qemu_pid=
	stop_seconds=$((SECONDS - ${script_end:-SECONDS}))
}

stop_guest()
{
	[ -z "$qemu_pid" ] || kill "$qemu_pid" 2> /dev/null || true
	[ -z "$qemu_pid" ] || wait "$qemu_pid" 2> /dev/null || true
	qemu_pid=
}

at_exit stop_guest
at_exit stop_emulator
