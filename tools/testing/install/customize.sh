#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes of a Debian 13 root what an owner has after the installation, and lays beside it what that
# owner's apt would download: a repository of files for each suite. Runs inside the root, which
# root.sh makes.
set -e

repositories=/var/lib/suites

# The first Ethernet controller asks for an address: here it is that of QEMU.
settings()
{
	echo nas > /etc/hostname
	echo "127.0.0.1 localhost nas" > /etc/hosts
	echo "LABEL=nas-root / ext4 errors=remount-ro 0 1" > /etc/fstab
	cat > /etc/systemd/network/80-nas.network <<-END
		[Match]
		Driver=virtio_net
		[Network]
		DHCP=yes
	END
	systemctl enable systemd-networkd.service ssh.service
	systemctl disable systemd-networkd-wait-online.service
	systemctl mask apt-daily.timer apt-daily-upgrade.timer
	rm -f /etc/machine-id /etc/ssh/ssh_host_*
	echo uninitialized > /etc/machine-id
	ssh-keygen -q -A
}

# wanted SUITE PACKAGE...: what apt would download to install these, into the suite's repository.
wanted()
{
	dir=$repositories/$1
	suite=$1
	shift
	mkdir -p "$dir"
	apt-get -q -y -t "$suite" --download-only install "$@"
	mv /var/cache/apt/archives/*.deb "$dir/"
}

# index DIR: of its packages, as apt reads it.
index()
{
	for deb in "$1"/*.deb; do
		dpkg-deb -f "$deb"
		echo "Filename: ./${deb##*/}"
		echo "Size: $(stat -c %s "$deb")"
		echo "SHA256: $(sha256sum "$deb" | cut -d ' ' -f 1)"
		echo
	done > "$1/Packages"
}

# Backports come into apt's sources when they are wanted, by the scenario.
sources()
{
	rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*
	echo "deb [trusted=yes] file:$repositories/trixie ./" > /etc/apt/sources.list
}

# Nobody needed one until now: see root.sh. From then on it has what this machine needs, not all
# that any machine may need: where all is emulated that saves minutes each time.
initramfs()
{
	rm /usr/local/sbin/update-initramfs
	update-initramfs -c -k all
	echo MODULES=dep > /etc/initramfs-tools/conf.d/modules
}

apt-get clean
wanted trixie dkms gcc make
wanted trixie-backports linux-image-arm64 linux-headers-arm64
index "$repositories/trixie"
index "$repositories/trixie-backports"
sources
settings
initramfs
u-boot-update
