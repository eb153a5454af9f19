#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prints a folder with a Debian 13 as an owner of a NAS has it after the installation, made if the
# cache does not hold it yet, in a quarter of an hour:
#
#	disk	image of an ext4 file system, never to be written to
#	key	of the user who may log in as root by ssh

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
. "$testing/binfmt.sh"

recipe=$testing/install
made=$cache/install
size=6G
# What the scenario is about, and what a Debian needs to be one.
packages=(systemd-sysv udev dbus libpam-systemd kmod initramfs-tools zstd e2fsprogs iproute2 netbase
	  procps openssh-server linux-image-arm64 linux-headers-arm64 u-boot-menu
	  lm-sensors fancontrol hdparm evtest beep triggerhappy prometheus-node-exporter curl rsync)

fingerprint()
{
	cat "$recipe"/{root,customize}.sh | sha256sum
}

# The suites' addresses are those that this system's apt uses; the image does not hold them.
sources()
{
	grep ' trixie' "$cache/apt/sources.list"
}

# The initramfs would be made twice, which takes minutes.
# shellcheck disable=SC2016 # for the shell that runs the hook
bootstrap()
{
	mmdebstrap --architectures=arm64 --variant=apt \
		--include="$(IFS=,; echo "${packages[*]}")" --aptopt='Acquire::Languages "none"' \
		--essential-hook='ln -s /bin/true "$1/usr/local/sbin/update-initramfs"' \
		--customize-hook='mkdir -p -m 700 "$1/root/.ssh"' \
		--customize-hook="upload $1/key.pub /root/.ssh/authorized_keys" \
		--customize-hook="upload $recipe/customize.sh /root/customize.sh" \
		--customize-hook='chroot "$1" sh /root/customize.sh && rm "$1/root/customize.sh"' \
		trixie "$1/root.tar" "$tmp/sources.list"
}

# The owners of the files are those of a namespace if we are not root.
# shellcheck disable=SC2016 # for the other shell
file_system()
{
	local helper=()

	[ "$(id -u)" -eq 0 ] || helper=(mmdebstrap --unshare-helper)
	truncate -s "$size" "$1/disk"
	"${helper[@]}" sh -ec 'mkdir "$1/root"; tar -C "$1/root" -xpf "$1/root.tar"
		/sbin/mke2fs -q -t ext4 -L nas-root -d "$1/root" "$1/disk"; rm -rf "$1/root"' \
		sh "$1"
	rm "$1/root.tar"
}

make_root()
{
	local dir=$made/.root

	rm -rf "$dir"
	mkdir -p "$dir"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$dir/key"
	sources > "$tmp/sources.list"
	step "Making a Debian 13 for arm64" bootstrap "$dir"
	step "Making a disk of it" file_system "$dir"
	echo "$wanted" > "$dir/made-by"
	rm -rf "${made:?}/root"
	mv "$dir" "$made/root"
}

lock install
wanted=$(fingerprint)
if [ "$(cat "$made/root/made-by" 2> /dev/null)" != "$wanted" ]; then
	"$testing/need.sh" fetch disk-guest arm64-root
	"$testing/fetch.sh" suites > /dev/null
	need_arm64_programs
	make_root
fi
echo "$made/root"
