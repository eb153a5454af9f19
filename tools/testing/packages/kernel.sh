# SPDX-License-Identifier: GPL-2.0-only
# Packages of small kernels: what hooks, dkms and boot loaders look at, of one of Debian's own
# kernels, with the maintainer scripts of Debian's. To be sourced after lib.sh.
# shellcheck shell=bash disable=SC2154

# script DIR NAME VERSION: a maintainer script, the body on stdin.
script()
{
	{ printf '#!/bin/sh -e\nversion=%s\nimage_path=/boot/vmlinuz-%s\n' "$3" "$3"; cat; } \
		> "$1/DEBIAN/$2"
	chmod 755 "$1/DEBIAN/$2"
}

# control DIR NAME
control()
{
	mkdir -p "$1/DEBIAN"
	cat > "$1/DEBIAN/control" <<-END
		Package: $2
		Version: 1.0
		Architecture: all
		Maintainer: nobody <nobody@localhost>
		Description: stand-in for tests
	END
}

# image_scripts DIR VERSION: as those of linux-image-6.12.
image_scripts()
{
	script "$1" preinst "$2" <<-'END'
		linux-run-hooks image preinst $version $image_path -- "$@"
	END
	script "$1" postinst "$2" <<-'END'
		[ "$1" = configure ] || exit 0
		depmod $version
		linux-update-symlinks install $version $image_path
		linux-run-hooks image postinst $version $image_path -- "$@"
	END
	script "$1" prerm "$2" <<-'END'
		[ "$1" = remove ] || exit 0
		linux-run-hooks image prerm $version $image_path -- "$@"
	END
	script "$1" postrm "$2" <<-'END'
		[ "$1" = upgrade ] || linux-update-symlinks remove $version $image_path
		linux-run-hooks image postrm $version $image_path -- "$@"
		[ "$1" = purge ] || exit 0
		rm -f /lib/modules/$version/modules.*
		rmdir /lib/modules/$version 2> /dev/null || true
	END
}

# Since Linux 7.1 the place of the device trees is a link.
image_dtbs()
{
	local dir=$1 version=$2 dtbs=$1/usr/lib/linux-image-$2

	case $version in
	7.*)
		dtbs=$dir/usr/lib/modules/$version/dtb
		mkdir -p "$dir/usr/lib"
		ln -s "modules/$version/dtb" "$dir/usr/lib/linux-image-$version" ;;
	esac
	mkdir -p "$dtbs/rockchip"
	echo "the kernel's own" > "$dtbs/rockchip/rk3568-qnap-ts433.dtb"
}

# pack DIR OUT
pack()
{
	dpkg-deb -Zgzip -z1 --root-owner-group -b "$1" "$2" > /dev/null
}

# make_image VERSION KERNEL OUT: with the stock modules of that one of Debian's kernels.
make_image()
{
	local version=$1 kernel=$2 dir=$tmp/image-$1 modules module

	modules=$kernel/usr/lib/modules/$(< "$kernel/release")
	[ -d "$modules" ] || modules=$kernel/lib/modules/$(< "$kernel/release")
	control "$dir" "linux-image-$version"
	image_scripts "$dir" "$version"
	image_dtbs "$dir" "$version"
	mkdir -p "$dir/boot" "$dir/usr/lib/modules/$version/kernel"
	echo "no kernel" > "$dir/boot/vmlinuz-$version"
	cp "$kernel/usr/src/build/.config" "$dir/boot/config-$version"
	cp "$modules"/modules.{order,builtin,builtin.modinfo} "$dir/usr/lib/modules/$version/"
	# One more, as 6.12 has none of the MCU's: dkms looks how modules are compressed.
	for module in $(cd "$modules" && find kernel -name '*qnap*.ko*' -o -name 'loop.ko*'); do
		install -D -m 644 "$modules/$module" "$dir/usr/lib/modules/$version/$module"
	done
	pack "$dir" "$3"
}

# make_headers VERSION KERNEL BUILT OUT: the build takes the modules from the folder BUILT, where
# they were built before. Without BUILT it fails.
make_headers()
{
	local version=$1 kernel=$2 built=$3 dir=$tmp/headers-$1 build sign
	local src=$kernel/usr/src/build

	sign=$(echo "$kernel"/usr/lib/linux-kbuild-*/scripts/sign-file)
	build=$dir/usr/src/linux-headers-$version
	control "$dir" "linux-headers-$version"
	script "$dir" postinst "$version" <<-'END'
		linux-run-hooks headers postinst $version -- "$@"
	END
	mkdir -p "$build/include/config" "$build/scripts" "$dir/usr/lib/modules/$version"
	ln -s "/usr/src/linux-headers-$version" "$dir/usr/lib/modules/$version/build"
	cp "$src/include/config/auto.conf" "$build/include/config/"
	# Without what makes it run on an older Debian.
	cp "$sign" "$build/scripts/sign-file"
	[ ! -e "$sign.bin" ] || cp "$sign.bin" "$build/scripts/sign-file"
	if [ -n "$built" ]; then
		printf 'modules:\n\tcp -r /test/%s/. %s/\n' "$built" "\$(M)"
	else
		printf 'modules:\n\t@echo "error: no member named poll" >&2; exit 1\n'
	fi > "$build/Makefile"
	pack "$dir" "$4"
}

# make_stub NAME: a package that is there, with its program.
make_stub()
{
	local dir=$tmp/stub-$1

	control "$dir" "$1"
	install -D -m 755 /dev/stdin "$dir/usr/bin/$1" <<< '#!/bin/sh'
	pack "$dir" "$2"
}
