# SPDX-License-Identifier: GPL-2.0-only
# Guests with stacks of md, LVM and thin pools on virtual disks. To be sourced after lib.sh and
# guest.sh.
# shellcheck shell=bash disable=SC2034,SC2154

guest_modules="virtio_blk crc32c_generic raid1 raid456 dm-mod dm-thin-pool dm-snapshot ext4"
machine=(-M virt -cpu cortex-a57 -smp 2 -m 768)
guest_lines=("${clockwork_lines[@]}")
guest_files=("$testing"/qnapvol/{storage,manifest,make,patch,pool}.sh)

# The arrays as "NUMBER:DISKS:MiB": levels 1, 5 and 6, as make.sh makes them.
arrays="1:2:288 2:3:152 3:4:152"

# Programs and libraries for /sbin and /lib of the guest, and how LVM gets along without udev.
copy_storage_programs()
{
	local from=$1/usr root=$2 program

	mkdir -p "$root"/{bin,sbin,usr/sbin,lib,etc/lvm,run/lvm,run/lock}
	for program in lvm mdadm dmsetup pdata_tools mkfs.ext4; do
		cp -L "$from/sbin/$program" "$root/sbin/"
	done
	cp "$from/bin/setfattr" "$root/bin/"
	for program in thin_dump thin_check; do
		ln -s ../../sbin/pdata_tools "$root/usr/sbin/$program"
	done
	cp -L "$from"/lib/aarch64-linux-gnu/lib*.so.* "$root/lib/"
	cat > "$root/etc/lvm/lvm.conf" <<-'END'
		activation { udev_sync = 0 udev_rules = 0 monitoring = 0 }
		devices { obtain_device_list_from_udev = 0 use_devicesfile = 0 scan_lvs = 0 }
		backup { backup = 0 archive = 0 }
		global { use_lvmpolld = 0 event_activation = 0 }
	END
}

# The kernel takes archives behind each other for one.
storage_images()
{
	local root=$tmp/storage

	guest_initramfs 6.12
	copy_storage_programs "$cache/guest-storage" "$root"
	(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) >> "$images/guest.cpio"
	machine_devicetree "$tmp/machine-large.dtb"
	# QEMU leaves it a room of 1 MiB, and doubles what it is given. The kernel takes 2 MiB.
	dtc -q -I dtb -O dtb -o "$images/machine.dtb" "$tmp/machine-large.dtb"
}

# A disk as the box partitions it: system, swap, data, system, swap.
make_disk()
{
	truncate -s "$2M" "$1"
	printf 'label: gpt\nsize=4M\nsize=4M\nsize=%dM\nsize=4M\n' $(($2 - 16)) |
		sfdisk -q "$1"
}

# make_disks DIR: all disks of all arrays, blank.
make_disks()
{
	local array number count size member

	for array in $arrays; do
		IFS=: read -r number count size <<< "$array"
		for member in $(seq 0 $((count - 1))); do
			make_disk "$1/array$number-$member" "$size"
		done
	done
}

# attach FILE...: as disks with the names of the files; "FILE,readonly=on" is possible.
attach()
{
	local file name

	guest_options=(-monitor none)
	for file in "$@"; do
		name=$(basename "${file%%,*}")
		guest_options+=(-drive "if=none,id=$name,format=raw,discard=unmap,file=$file"
				-device "virtio-blk-pci,drive=$name,serial=$name")
	done
}

# start_storage SCRIPT: on what is attached.
start_storage()
{
	start_guest 6.12 machine "$1"
}

# end_storage SECONDS: waits for the script's end; what it printed is in $tmp/result.
end_storage()
{
	if ! wait_guest "$1"; then
		echo "the guest has not come to its end in $1 s"
		tail -n 20 "$tmp/result" "$tmp/console"
		return 1
	fi
	grep -q '^+++ script ended: 0' "$tmp/result" || { cat "$tmp/result"; return 1; }
}
