# SPDX-License-Identifier: GPL-2.0-only
# The root file system: Debian's part, which is kept in the cache, and ours on top. To be sourced
# after lib.sh and settings.sh.
# The hooks' $1, the root's place, is none of this shell's.
# shellcheck shell=bash disable=SC2016,SC2154

base_dir=$cache/image

# What every box has.
packages=(
	login passwd systemd-sysv systemd-resolved systemd-repart systemd-timesyncd dbus
	libpam-systemd udev kmod initramfs-tools zstd e2fsprogs iproute2 iputils-ping netbase procps
	less nano ca-certificates openssh-server u-boot-menu rsync dkms gcc make libc6-dev
	lm-sensors fancontrol hdparm beep
)

# An ordinary user needs a range of user numbers for what belongs to others than root.
need_namespace()
{
	[ "$(id -u)" -ne 0 ] || return 0
	in_namespace true > "$tmp/namespace" 2>&1 ||
		die "$(id -un) may not make a user namespace: $(tail -n 1 "$tmp/namespace")." \
			"/etc/subuid and /etc/subgid need a line for this user (as root: usermod" \
			"--add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un));" \
			"or run this as root"
}

# in_namespace COMMAND...: where files can have the owners that they have on the box.
in_namespace()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		unshare --map-root-user --map-auto -- "$@"
	fi
}

# The suites of Debian 13 where this system finds Debian. So does the box.
debian_sources()
{
	awk '/ trixie main$/ { print; sub(" trixie ", " trixie-updates ") }
		/-security main$/ { sub(" [a-z]*-security ", " trixie-security ") }
		{ print }' "$cache/apt/sources.list"
}

kernel_packages()
{
	local suite=

	[ "${setting[KERNEL]}" = 6.12 ] || suite=/trixie-backports
	echo "linux-image-arm64$suite" "linux-headers-arm64$suite"
}

# bootstrap OUT: packages that have been downloaded before are not downloaded again. An initramfs
# takes minutes by emulation, and would have to be made again with our modules in it. The devices
# are left out, as mmdebstrap adds its own to a root that it is given.
bootstrap()
{
	local names

	read -ra names <<< "${packages[*]} $(kernel_packages)"
	mkdir -p "$base_dir/archives"
	INITRD=No env -C / mmdebstrap --mode=unshare --architectures=arm64 --variant=apt \
		--include="$(IFS=,; echo "${names[*]}")" \
		--aptopt='Acquire::Languages "none"' --skip=essential/unlink \
		--setup-hook='mkdir -p "$1/var/cache/apt/archives"' \
		--setup-hook="sync-in '$base_dir/archives' /var/cache/apt/archives" \
		--customize-hook="sync-out /var/cache/apt/archives '$base_dir/archives'" \
		--customize-hook='rm -f "$1"/etc/apt/sources.list.d/*' \
		--customize-hook="upload '$tmp/sources.list' /etc/apt/sources.list" \
		trixie - "$tmp/sources.list" | mmtarfilter '--path-exclude=/dev/*' > "$1"
}

made_of()
{
	echo "${packages[*]} $(kernel_packages)"
	declare -f bootstrap debian_sources
}

# make_base: Debian's part, in $base.
make_base()
{
	base=$base_dir/debian-${setting[KERNEL]}.tar
	lock image
	if [ -z "${setting[REFRESH]}" ] &&
	   [ "$(cat "$base.made-of" 2> /dev/null)" = "$(made_of)" ]; then
		say "Debian's part is of $(date -r "$base" +%F); REFRESH=yes gets a newer one"
		return
	fi
	"$testing/fetch.sh" suites > /dev/null
	debian_sources > "$tmp/sources.list"
	mkdir -p "$base_dir"
	step "Making a Debian 13 with Linux ${setting[KERNEL]}, a quarter of an hour by emulation" \
		bootstrap "$tmp/debian.tar"
	rm -f "$base.made-of"
	mv "$tmp/debian.tar" "$base"
	made_of > "$base.made-of"
}

# With what the settings ask for, as the script that runs inside reads it.
write_settings()
{
	cat > "$1/settings" <<-END
		dtb=$dtb
		host=${setting[HOSTNAME]}
		root_uuid=$root_uuid
		access=$access
	END
	[ -z "${setting[SSH_KEY]}" ] || cp "${setting[SSH_KEY]}" "$1/key"
	if [ -n "${setting[PASSWORD_HASH]}" ]; then
		printf 'root:%s\n' "${setting[PASSWORD_HASH]}" > "$1/hash"
	elif [ -n "$password" ]; then
		printf 'root:%s\n' "$password" > "$1/password"
	fi
}

# lay_out DIR: all that goes into the root before the script in it runs.
lay_out()
{
	local image=$1/root/image

	mkdir -p "$image"
	cp -r "$repo/tools/image/files/." "$1"
	cp "$repo/tools/image/setup" "$debs"/qnap-{mcu-dkms,nas-dtbs,nas-tools}_*.deb "$image/"
	write_settings "$image"
	chmod -R u=rwX,go=rX "$1"
	chmod 700 "$1/root" "$image"
	tar -C "$1" --owner=0 --group=0 --sort=name -cf "$1.tar" .
}

# refine OUT
refine()
{
	env -C / mmdebstrap --mode=unshare --architectures=arm64 --variant=custom --skip=update \
		--skip=check/signed-by --format=tar \
		--setup-hook="tar-in '$base' /" --setup-hook="tar-in '$tmp/ours.tar' /" \
		--customize-hook='chroot "$1" sh /root/image/setup' \
		--customize-hook="download /root/image-kernel '$tmp/kernel'" \
		--customize-hook='rm "$1/root/image-kernel"' \
		'' "$1" "$tmp/none.list"
}

make_root()
{
	: > "$tmp/none.list"
	choose_uuids
	(umask 077 && lay_out "$tmp/ours")
	step "Installing our packages, which builds the modules" refine "$tmp/root.tar"
	rm -rf "$tmp/ours" "$tmp/ours.tar"
}
