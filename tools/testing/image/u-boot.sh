# SPDX-License-Identifier: GPL-2.0-only
# Debian's U-Boot for QEMU looks for what to boot on a USB stick with the image, as the one on a box
# does, and loads it. For check-image.sh.
# shellcheck shell=bash disable=SC2154

u_boot_log=$tmp/u-boot

# type_ahead: the first line stops U-Boot's countdown. That for QEMU has QEMU's tree, and no place
# for another one. Those for the boards do have one, and so does this one then.
type_ahead()
{
	printf '%s\r' "" "" "setenv fdt_addr_r 0x43f00000" "bootflow scan -lb usb"
}

# The board's tree is not QEMU's machine: nothing is heard of the kernel that is started.
u_boots()
{
	local status=0 qemu

	type_ahead > "$tmp/u-boot.in"
	qemu-system-aarch64 -M virt -cpu cortex-a57 -m 1536 -nic none -display none -monitor none \
		-bios "$cache/u-boot/usr/lib/u-boot/qemu_arm64/u-boot.bin" -snapshot \
		-drive "if=none,id=disk,format=raw,file=$image" "${stick[@]}" \
		-serial stdio < "$tmp/u-boot.in" > "$u_boot_log" 2> "$tmp/qemu-u-boot.log" &
	qemu=$!
	wait_u_boot "$qemu" 180 || status=1
	kill "$qemu" 2> /dev/null || true
	return "$status"
}

# wait_u_boot PID SECONDS
wait_u_boot()
{
	local end=$((SECONDS + $2))

	until grep -qs 'Starting kernel' "$u_boot_log"; do
		kill -0 "$1" && [ "$SECONDS" -lt "$end" ] || wrong "$(cat "$u_boot_log" \
			"$tmp/qemu-u-boot.log")"
		sleep 0.5
	done
}

# retrieves KEY...: U-Boot has loaded the file that extlinux.conf names.
retrieves()
{
	local path

	path=$(boot_word "$@")
	grep -qF "Retrieving file: $path" "$u_boot_log" || wrong "$(cat "$u_boot_log")"
}

u_boot_cases()
{
	ktap_case "$1: U-Boot finds the stick and starts the kernel" u_boots
	ktap_case "$1: U-Boot has loaded this kernel" retrieves linux kernel
	ktap_case "$1: U-Boot has loaded this initrd" retrieves initrd
	ktap_case "$1: U-Boot has loaded our device tree" retrieves fdt
}
