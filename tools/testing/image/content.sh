# SPDX-License-Identifier: GPL-2.0-only
# What is in an image, and what must not be: read without booting it. For check-image.sh.
# shellcheck shell=bash disable=SC2154

# says FILE REGEX: a file of the image has such a line.
says()
{
	image_get "$1" "$tmp/file" || wrong "no $1"
	grep -qE -- "$2" "$tmp/file" || wrong "no '$2' in $1: $(cat "$tmp/file")"
}

# has_none PATH: of what would be the same on every box.
has_none()
{
	! image_debugfs "stat \"$1\"" | grep -q '^Inode' || wrong "there is $1"
}

# One partition, marked for booting, after the room for a boot loader.
partition_table()
{
	sfdisk --json "$disk_image" | python3 -c '
import json, sys
table = json.load(sys.stdin)["partitiontable"]
part, = table["partitions"]
assert table["label"] == "gpt" and part["start"] * table["sectorsize"] == 16 << 20, table
assert part["attrs"] == "LegacyBIOSBootable", part
assert part["type"] == "B921B045-1DF0-41C3-AF44-4C6F280D3FAE", part' &&
		sfdisk --verify "$disk_image"
}

file_system()
{
	e2fsck -fn "$disk_image?offset=$(boot_partition)"
}

# image_uuid: of the file system, as extlinux.conf and fstab must have it.
image_uuid()
{
	image_debugfs "stats -h" | sed -n 's/^Filesystem UUID: *//p'
}

boot_entry()
{
	says /boot/extlinux/extlinux.conf "^[[:space:]]*fdt /.*/$dtb\$"
	says /boot/extlinux/extlinux.conf "^[[:space:]]*append root=UUID=$(image_uuid) "
	says /boot/extlinux/extlinux.conf "^[[:space:]]*append .*console=ttyS2,115200n8"
	says /etc/fstab "^UUID=$(image_uuid) / ext4 .*x-systemd.growfs"
}

# The plain board file boots each revision of the board; the box is asked by the next update.
device_tree()
{
	says /etc/default/qnap-nas-dtbs "^FALLBACK_DTB=$dtb\$"
	says /etc/default/qnap-nas-dtbs "^BOARD_DTB=\$"
	boot_loader
	fdtget "$boot/fdt" / compatible | grep -q '^qnap,ts433 '
}

secrets()
{
	has_none /etc/ssh/ssh_host_ed25519_key
	has_none /var/lib/dkms/mok.key
	has_none /root/image
	has_none /etc/ssh/sshd_config.d/image.conf
	image_debugfs "stat /etc/machine-id" | grep -q 'Size: 0' || wrong "there is a machine id"
	! grep -aqF -f "$kept/password" "$disk_image" || wrong "the password is in the image"
}

credentials_are_in()
{
	image_get /root/.ssh/authorized_keys "$tmp/file" && cmp "$tmp/file" "$kept/key.pub" ||
		wrong "the key is another one"
	says /etc/shadow '^root:\$'
	image_debugfs "stat /root/.ssh/authorized_keys" | grep -q 'Mode: *0600' ||
		wrong "everybody may read the keys"
}

# With security updates, from where this machine gets its own.
sources()
{
	says /etc/apt/sources.list "^deb .* trixie main"
	says /etc/apt/sources.list "^deb .* trixie-security main"
}

owners()
{
	image_debugfs "stat /" | grep -q 'User: *0 *Group: *0 ' || wrong "/ is not root's"
	image_debugfs "stat /etc/shadow" | grep -q 'User: *0 *Group: *42 ' ||
		wrong "/etc/shadow is not root's and shadow's"
}

# image_cases KERNEL
image_cases()
{
	ktap_case "$1: one partition that boots" partition_table
	ktap_case "$1: a file system without errors" file_system
	ktap_case "$1: extlinux.conf by u-boot-menu" boot_entry
	ktap_case "$1: the device tree of the model" device_tree
	ktap_case "$1: nothing secret, nothing that boxes must not share" secrets
	ktap_case "$1: key and password" credentials_are_in
	ktap_case "$1: apt's sources" sources
	ktap_case "$1: owners of files" owners
}
