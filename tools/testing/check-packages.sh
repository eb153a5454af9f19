#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the Debian packages: what is in them, lintian, Debian's own dkms with the headers of
# Debian's 6.12 and 7.3 kernels, and in a Debian 13 for this machine, with small kernels, the real
# apt, dkms, initramfs-tools, u-boot-menu and flash-kernel: install, upgrade, remove, purge, and
# what they do when something is missing.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
. "$(dirname "${BASH_SOURCE[0]}")/packages/kernel.sh"

# dkms asks make for the compiler, and would take for it what make says below another make.
unset MAKEFLAGS MFLAGS MAKELEVEL

debs=$tmp/test/debs
tree=$tmp/dkms
host_arch=$(dpkg --print-architecture)
broken=6.12.201+deb13-arm64

# --- building

build_for_board()
{
	"$repo/packaging/build-deb.sh" "$tmp/deb"
}

# The one that runs here. What else is in the folder stays.
build_for_host()
{
	mkdir "$tmp/deb-host"
	touch "$tmp/deb-host/other.deb"
	DEB_ARCH=$host_arch "$repo/packaging/build-deb.sh" "$tmp/deb-host" || return
	rm "$tmp/deb-host/other.deb"
}

arch_is()
{
	[ "$(dpkg-deb -f "$tmp/deb/$1" Architecture)" = "$2" ]
}

lintian_silent()
{
	silent lintian --fail-on error,warning --allow-root "$tmp/deb/$1"
}

# has PACKAGE FILE...
has()
{
	local file deb=$tmp/deb/$1

	shift
	dpkg-deb -c "$deb" > "$tmp/list"
	for file in "$@"; do
		grep -q " \./$file\( -> .*\)\?$" "$tmp/list" || { echo "no $file"; return 1; }
	done
	! grep -vE '^[-dl][-rwx]{9} root/root ' "$tmp/list"
}

# lacks PACKAGE PATTERN
lacks()
{
	! dpkg-deb -c "$tmp/deb/$1" | grep -E "$2"
}

# Its paths would differ from build to build.
names_no_folder()
{
	dpkg-deb --fsys-tarfile "$tmp/deb/$1" | tar -xO > "$tmp/content"
	! grep -cF -e "$tmp" -e "$repo" "$tmp/content"
}

all_trees()
{
	local line board

	for line in 6.12 7.1; do
		for board in "$repo"/arch/arm64/boot/dts/rockchip/*qnap*.dts*; do
			[ "${board##*.}" != dtsi ] || continue
			board=${board##*/}
			has qnap-nas-dtbs_1.0_all.deb \
				"usr/lib/qnap-nas-dtbs/$line/rockchip/${board%.*}.dtb" || return
		done
	done
	lacks qnap-nas-dtbs_1.0_all.deb '\.dtbo$'
}

# --- Debian's dkms, for kernels of arm64

# The tools that dkms calls by name are those of this machine; depmod has no -b there.
wrap_tools()
{
	mkdir -p "$tree/bin" "$tree/root/lib" "$tree/var" "$tree/src"
	ln -s "$tree/modules" "$tree/root/lib/modules"
	cat > "$tree/bin/strip" <<-'END'
		#!/bin/sh
		exec aarch64-linux-gnu-strip "$@"
	END
	cat > "$tree/bin/depmod" <<-END
		#!/bin/sh
		exec $(command -v depmod) -b $tree/root "\$1" "\$2"
	END
	chmod 755 "$tree"/bin/*
	dpkg-deb -x "$tmp/deb/qnap-mcu-dkms_1.0_all.deb" "$tree/package"
	cp -a "$tree/package/usr/src/qnap-mcu-1.0" "$tree/src/"
}

# lay_kernel NAME VERSION: Debian's kernel of the version under a name, with its stock modules.
lay_kernel()
{
	local kernel release module dir=$tree/modules/$1

	kernel=$(kernel_dir "$2")
	release=$(< "$kernel/release")
	mkdir -p "$dir"
	cp "$kernel/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} "$dir/"
	for module in $(cd "$kernel/lib/modules/$release" &&
			find kernel -name '*qnap*.ko*' -o -name 'loop.ko*'); do
		install -D -m 644 "$kernel/lib/modules/$release/$module" "$dir/$module"
	done
	ln -sfn "$kernel/usr/src/build" "$dir/build"
	PATH=$tree/bin:$PATH depmod -a "$1"
}

dkms()
{
	local action=$1 kernel=$2

	shift 2
	PATH=$tree/bin:$PATH ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- \
		bash "$packages/dkms/usr/sbin/dkms" "$action" -m qnap-mcu -v 1.0 -k "$kernel" \
		-a "${machine:-aarch64}" --dkmstree "$tree/var" --sourcetree "$tree/src" \
		--installtree "$tree/modules" "$@" > "$tree/said" 2>&1
}

find_modules()
{
	find "$tree/modules/$1" -name '*.ko*' -printf '%P\n' | sort
}

# dkms_installs NAME VERSION: six modules for that kernel, which go before its own.
dkms_installs()
{
	lay_kernel "$1" "$2" || return
	find_modules "$1" > "$tree/before-$1"
	dkms install "$1" || {
		cat "$tree/said" "$tree"/var/qnap-mcu/*/build/make.log
		return 1
	}
	[ "$(find "$tree/modules/$1/updates/dkms" -name '*.ko.xz' | wc -l)" -eq 6 ] || return
	modprobe -d "$tree/root" -S "$1" -D leds-qnap-mcu > "$tree/order" || return
	[ "$(grep -c /updates/dkms/ "$tree/order")" -eq 2 ] || { cat "$tree/order"; return 1; }
	modinfo -F vermagic "$tree/modules/$1/updates/dkms/qnap-mcu.ko.xz" | grep "^$1 " || return
	! grep -i warning "$tree/var/qnap-mcu/1.0/$1/aarch64/log/make.log" |
		grep -vE 'compiler differs|pahole version'
}

dkms_removes()
{
	dkms remove "$1" || { cat "$tree/said"; return 1; }
	find_modules "$1" | diff "$tree/before-$1" -
}

# dkms_skips NAME: with dkms' own exit code for that, and nothing left behind.
dkms_skips()
{
	local status=0

	dkms install "$1" || status=$?
	[ "$status" -eq 77 ] && [ ! -e "$tree/modules/$1/updates" ] &&
		[ ! -e "$tree/var/qnap-mcu/1.0/$1" ] || {
			echo "exit $status"
			cat "$tree/said"
			return 1
		}
}

# skips_version NAME
skips_version()
{
	lay_kernel "$1" 6.12 && dkms_skips "$1"
}

skips_machine()
{
	lay_kernel 6.12.1-amd64 6.12 && machine=x86_64 dkms_skips 6.12.1-amd64
}

# private_headers NAME: a copy of what dkms reads of 6.12's headers, to be spoilt.
private_headers()
{
	local build

	lay_kernel "$1" 6.12 || return
	build=$tree/headers-$1
	cp -rs "$(realpath "$tree/modules/$1/build")" "$build"
	ln -sfn "$build" "$tree/modules/$1/build"
}

skips_config()
{
	local conf=$tree/headers-6.12.2-arm64/include/config/auto.conf

	private_headers 6.12.2-arm64 || return
	sed -i '/^CONFIG_SERIAL_DEV_CTRL_TTYPORT=/d' "$conf"
	dkms_skips 6.12.2-arm64
}

# The kernel has what dkms looks for, but the compiler finds an error.
skips_failure()
{
	local header=$tree/headers-6.12.3-arm64/include/generated/autoconf.h

	private_headers 6.12.3-arm64 || return
	rm "$header"
	echo '#error no such thing' > "$header"
	dkms_skips 6.12.3-arm64 &&
		grep "the modules could not be built" "$tree/var/qnap-mcu/1.0/build/make.log"
}

# --- bad inputs of make deb

# deb_fails TEXT: says so, and leaves no package.
deb_fails()
{
	local output

	! output=$(PATH=$tmp/bin:$PATH "$repo/packaging/build-deb.sh" "$tmp/none" 2>&1) || return
	rm -rf "${tmp:?}/bin"
	grep -qF -e "$1" <<< "$output" || { echo "$output"; return 1; }
	[ -z "$(find "$tmp/none" -name '*.deb' 2> /dev/null)" ]
}

no_room()
{
	pretend df 'echo header; echo "/dev/x 10 10 1000 99% /"'
	deb_fails "MiB left in"
}

no_compiler()
{
	pretend aarch64-linux-gnu-gcc 'echo "cc1: not found" >&2; exit 1'
	deb_fails "cc1: not found"
}

no_network()
{
	pretend apt-get 'case "$*" in *--print-uris*) exec /usr/bin/apt-get "$@";; esac
		echo "Could not resolve the host"; exit 100'
	QNAP_MCU_CACHE=$tmp/empty deb_fails "needs the network"
}

# --- inside of a Debian 13

make_vpd()
{
	mkdir -p "$tmp/test/vpd"
	vpd_image mainboard 70-006Q0B2-001-120-RS > "$tmp/test/vpd/ts433-mainboard"
	vpd_image backplane 70-010Q0B3-000-100-RS > "$tmp/test/vpd/ts433-backplane"
	vpd_image mainboard 70-006Q0B2-001-990-RS > "$tmp/test/vpd/newer-mainboard"
	cp "$tmp/test/vpd/ts433-backplane" "$tmp/test/vpd/newer-backplane"
	vpd_image mainboard 70-006Q0AJ-001-110-RS > "$tmp/test/vpd/ts233-mainboard"
	vpd_image backplane 70-010Q0AM-000-100-RS > "$tmp/test/vpd/ts233-backplane"
}

# kernels_for VERSION NAME...: packages of small kernels with the modules that dkms has built.
kernels_for()
{
	local kernel name built=modules-$1

	kernel=$(kernel_dir "$1")
	mkdir -p "$tmp/test/$built"
	cp -r "$tree/built-$1/." "$tmp/test/$built/"
	shift
	for name in "$@"; do
		make_image "$name" "$kernel" "$debs/linux-image-$name.deb"
		make_headers "$name" "$kernel" "$built" "$debs/linux-headers-$name.deb"
	done
}

# keep_built NAME VERSION: dkms' modules where the build leaves them.
keep_built()
{
	local module build

	build=$("$testing/build.sh" "$2")
	for module in $(cd "$build" && find . -name '*qnap*.ko'); do
		mkdir -p "$(dirname "$tree/built-$2/$module")"
		unxz < "$tree/modules/$1/updates/dkms/${module##*/}.xz" > "$tree/built-$2/$module"
	done
}

# As it is, but for this machine, and without what writes to flash.
repack_flash_kernel()
{
	dpkg-deb -R "$packages/flash-kernel.deb" "$tmp/flash-kernel"
	sed -i -e 's/^Architecture: .*/Architecture: all/' \
		-e 's/^Depends: .*/Depends: debconf, ucf/' "$tmp/flash-kernel/DEBIAN/control"
	pack "$tmp/flash-kernel" "$debs/flash-kernel.deb"
}

prepare_inside()
{
	mkdir -p "$debs"
	keep_built "$old" 6.12
	keep_built "$new" 7.3
	kernels_for 6.12 "$old" 6.1.0-30-arm64 6.12.200+deb13-arm64
	kernels_for 7.3 "$new" 7.4.1+deb14-arm64
	make_image "$broken" "$(kernel_dir 6.12)" "$debs/linux-image-$broken.deb"
	make_headers "$broken" "$(kernel_dir 6.12)" "" "$debs/linux-headers-$broken.deb"
	make_stub gcc "$debs/gcc.deb"
	for deb in "$tmp"/deb-host/*.deb; do
		cp "$deb" "$debs/$(dpkg-deb -f "$deb" Package).deb"
	done
	repack_flash_kernel
	mkdir -p "$tmp/test/packages"
	cp "$testing"/{lib,ktap}.sh "$testing/packages/inside.sh" "$tmp/test/"
	make_vpd
}

# run_inside: its results are in inside.ktap.
run_inside()
{
	mmdebstrap --quiet --variant=custom --skip=update,cleanup \
		--setup-hook="tar -C \"\$1\" -xf '$packages/root.tar' --exclude=./dev/*" \
		--customize-hook="mkdir \"\$1/test\"" \
		--customize-hook="tar -C '$tmp/test' -c . | tar -C \"\$1/test\" -x" \
		--customize-hook="chroot \"\$1\" /test/inside.sh '$old' '$new' \
			> '$tmp/inside.ktap' 2> '$tmp/inside.log' || true" \
		'' /dev/null
}

# inside CASES: its cases as ours.
take_inside()
{
	local line number

	while read -r line; do
		case $line in
		"ok "*)
			ktap_passed=$((ktap_passed + 1))
			number=$((ktap_passed + ktap_failed))
			echo "ok $number Debian 13: ${line#ok * }" ;;
		"not ok "*)
			ktap_failed=$((ktap_failed + 1))
			number=$((ktap_passed + ktap_failed))
			echo "not ok $number Debian 13: ${line#not ok * }" ;;
		"#"*)
			echo "$line" ;;
		esac
	done < "$tmp/inside.ktap"
}

inside_ended()
{
	tail -n 1 "$tmp/inside.ktap" | grep -E '^[0-9]+ passed, [0-9]+ failed$' ||
		{ tail -n 20 "$tmp/inside.log"; return 1; }
}

"$testing/need.sh" fetch modules dts deb packages
"$testing/fetch.sh" kernel-6.12 kernel-7.3 source-6.12 source-7.3 packages > /dev/null
packages=$cache/packages
old=$(< "$(kernel_dir 6.12)/release")
new=$(< "$(kernel_dir 7.3)/release")
ktap_begin
ktap_case "make deb" build_for_board
ktap_case "the same for this machine" build_for_host
for deb in qnap-mcu-dkms_1.0_all qnap-nas-dtbs_1.0_all qnap-nas-tools_1.0_arm64; do
	ktap_case "$deb: architecture" arch_is "$deb.deb" "${deb##*_}"
	ktap_case "$deb: lintian" lintian_silent "$deb.deb"
	ktap_case "$deb: no folder of the build" names_no_folder "$deb.deb"
done
ktap_case "modules: what is in the package" has qnap-mcu-dkms_1.0_all.deb \
	usr/src/qnap-mcu-1.0/{dkms.conf,Kbuild,dkms-try-build} \
	usr/share/initramfs-tools/hooks/qnap-mcu \
	usr/lib/dracut/modules.d/60qnap-mcu/module-setup.sh \
	etc/kernel/{postinst,header_postinst}.d/qnap-mcu-dkms
ktap_case "modules: no tests, no device trees" \
	lacks qnap-mcu-dkms_1.0_all.deb 'kunit|\.dtsi?$'
ktap_case "device trees: each board, each set" all_trees
ktap_case "device trees: what else is in the package" has qnap-nas-dtbs_1.0_all.deb \
	usr/sbin/qnap-nas-dtbs usr/share/man/man8/qnap-nas-dtbs.8.gz etc/default/qnap-nas-dtbs \
	etc/kernel/{postinst,postrm}.d/qnap-nas-dtbs \
	usr/share/u-boot-menu/conf.d/qnap-nas-dtbs.conf \
	usr/share/flash-kernel/db/qnap-nas-dtbs.db \
	usr/share/flash-kernel/{dtb-probe,ubootenv.d}/qnap-nas-dtbs
ktap_case "tools: what is in the package" has qnap-nas-tools_1.0_arm64.deb usr/bin/qnap-nas-info \
	usr/lib/udev/rules.d/65-qnap-nas.rules usr/lib/systemd/logind.conf.d/50-qnap-nas.conf
ktap_case "make deb: no room" no_room
ktap_case "make deb: no working compiler" no_compiler
ktap_case "make deb: no network, nothing in the cache" no_network
wrap_tools
ktap_case "dkms: $old" dkms_installs "$old" 6.12
ktap_case "dkms: $new" dkms_installs "$new" 7.3
step "Preparing a Debian 13 with small kernels" prepare_inside
ktap_case "dkms: $old, removed" dkms_removes "$old"
ktap_case "dkms: $new, removed, the stock modules are back" dkms_removes "$new"
for kernel in 6.1.0-30-arm64 6.11.9-arm64 6.120.1-arm64 7.4.0-arm64 7.30.1-arm64; do
	ktap_case "dkms: $kernel is passed over" skips_version "$kernel"
done
ktap_case "dkms: another machine is passed over" skips_machine
ktap_case "dkms: a kernel without serdev is passed over" skips_config
ktap_case "dkms: so is one for which the build fails" skips_failure
step "Installing and removing the packages in a Debian 13" run_inside
take_inside
ktap_case "Debian 13: all cases were run" inside_ended
ktap_end
