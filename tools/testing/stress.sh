#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Eight threads on all interfaces of the drivers, on a bad line, while the drivers come and go, in
# kernels that are built to notice what goes wrong:
#
#	stress.sh [--every] [SECONDS [KERNEL...]]
#
# Kernels are kasan (memory, locks, leaks, objects, allocations that fail) and kcsan (data races);
# each gets 300 seconds of load without SECONDS. They are Debian's 6.12 source, built for x86-64 and
# kept in the cache; a rerun builds only the drivers. Any splat in the kernel's log fails the run;
# how data races are told from those of others says stress-judge.py. The logs are in build/stress/.
#
# Before its load kasan lets the allocations of a probe fail, each in a probe of its own. That takes
# seconds each where QEMU has no KVM: there it is one of eight, beginning at random, unless --every
# is given.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"
. "$(dirname "${BASH_SOURCE[0]}")/modules.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"

stress=$testing/stress
logs=$repo/build/stress
qemu="qemu-system-x86_64"
console=ttyS0
machine=(-M q35 -m 2048 -vga none)
accelerated=
every=
sweep=1,1
# Booting, the sweep over the probe's allocations, the checks after the load.
other_seconds=600

usage()
{
	echo "usage: ${0##*/} [--every] [SECONDS [kasan] [kcsan]]"
}

# kvm_boots: this system's KVM gets the kernel to its first line. Where it is nested it may not.
kvm_boots()
{
	local pid _

	[ -w /dev/kvm ] || return 1
	"$qemu" "${machine[@]}" -accel kvm -cpu host -nic none -display none -monitor none \
		-no-reboot -kernel "$kernel/boot/Image" -append "console=$console panic=1" \
		-serial "file:$tmp/kvm" > "$tmp/kvm.log" 2>&1 &
	pid=$!
	for _ in $(seq 20); do
		sleep 1
		! grep -q 'Linux version' "$tmp/kvm" || break
	done
	kill "$pid" 2> /dev/null || true
	wait "$pid" 2> /dev/null || true
	grep -q 'Linux version' "$tmp/kvm"
}

# A machine without virtualization of its own takes several times as long.
choose_machine()
{
	[ -z "$accelerated" ] || return 0
	accelerated=known
	if kvm_boots; then
		machine+=(-accel kvm -cpu host)
		say "QEMU uses the processor's virtualization (KVM)"
	else
		machine+=(-accel "tcg,thread=multi" -cpu max)
		other_seconds=$((other_seconds * 4))
		[ -n "$every" ] || sweep=$((RANDOM % 8 + 1)),8
		say "no KVM that works here: QEMU interprets (TCG), which is slow"
	fi
}

# What the kernel is made of: a change of it needs another kernel.
fingerprint()
{
	{
		cat "$stress/Kconfig" "$stress/kernel.config" "$stress/$1.config"
		gcc --version
	} | sha256sum
}

make_kernel()
{
	make -C "$source" "O=$kernel/build" ARCH=x86_64 \
		"KBUILD_KCONFIG=$kernel/Kconfig" "$@"
}

configure()
{
	local line missing=0

	cat "$source/Kconfig" "$stress/Kconfig" > "$kernel/Kconfig"
	cat "$stress/kernel.config" "$stress/$1.config" > "$kernel/wanted"
	make_kernel KCONFIG_ALLCONFIG="$kernel/wanted" allnoconfig
	while read -r line; do
		[[ $line != CONFIG_* ]] || grep -qxF "$line" "$kernel/build/.config" ||
			{ echo "Kconfig did not accept $line"; missing=1; }
	done < "$kernel/wanted"
	return "$missing"
}

# fresh_tree: what make takes for old may be new once the source is another one.
fresh_tree()
{
	[ "$(cat "$kernel/source" 2> /dev/null)" != "$(stat -c %i "$source")" ] || return 0
	rm -rf "$kernel"
	mkdir -p "$kernel/build" "$kernel/boot"
	stat -c %i "$source" > "$kernel/source"
}

# build_kernel NAME: in its place in the cache. A build that was cut short goes on.
build_kernel()
{
	local wanted

	kernel=$(kernel_dir "stress-$1")
	wanted=$(fingerprint "$1")
	fresh_tree
	[ "$(cat "$kernel/complete" 2> /dev/null)" != "$wanted" ] || return 0
	rm -f "$kernel/complete"
	step "Configuring the kernel $1" configure "$1"
	step "Building the kernel $1 (at first five to ten minutes)" \
		make_kernel -j "$(nproc)" bzImage modules
	cp "$kernel/build/arch/x86/boot/bzImage" "$kernel/boot/Image"
	echo "$wanted" > "$kernel/complete"
}

build_modules()
{
	copy_sources "$kernel/modules"
	make -C "$kernel/modules" -j "$(nproc)" "KDIR=$kernel/build" modules
}

# The same guest as that of the end-to-end tests, with busybox and two programs alone.
make_images()
{
	local root=$tmp/root-$1

	mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,lib,etc,dev,proc,sys,run,tmp,tests}
	cp "$cache/guest-pc/usr/bin/busybox" "$root/bin/"
	ln -s busybox "$root/bin/sh"
	make -C "$kernel/modules" modules_install "KDIR=$kernel/build" "INSTALL_MOD_PATH=$root"
	depmod -b "$root" "$(basename "$root"/lib/modules/*)"
	cp "$testing/guest/init" "$root/"
	cp "$testing/guest/mdev.conf" "$root/etc/"
	cp "$testing/guest/tests.sh" "$tmp/load" "$tmp/failslab" "$root/tests/"
	cp "$stress/guest.sh" "$root/tests/stress.sh"
	eeprom_image "$root/tests/eeprom"
	(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) > "$images/guest.cpio"
	dtc -q -i "$testing/guest" -I dts -O dtb -o "$images/pc.dtb" "$stress/pc.dts"
}

build_programs()
{
	local name

	for name in load failslab; do
		gcc -O2 -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$repo/tools/include" \
			-static -pthread -o "$tmp/$name" "$stress/$name.c"
	done
}

# Races need processors that run at the same time; all else has them at the cost of time.
cpus_of()
{
	[ "$1" = kcsan ] && echo 4 || echo 2
}

# A busy host spoils what the kernel measures when it starts: it shall take the time from the HPET.
run_guest()
{
	local name=$1

	guest_options=(-monitor none -smp "$(cpus_of "$name")")
	start_emulator
	start_guest "stress-$name" pc stress.sh "qnap.seconds=$seconds" "qnap.sweep=$sweep" \
		oops=panic loglevel=6 tsc=unstable clocksource=hpet lpj=8000000 no_timer_check
	guest_status=0
	wait_guest $((seconds + other_seconds)) || guest_status=$?
	stop_emulator
	mkdir -p "$logs/$name"
	cp "$tmp"/{result,console,qemu.log,emulator.log} "$logs/$name/"
}

# said_ok CASE: what the guest says of it.
said_ok()
{
	sed -n "/^\(not \)\?ok /!H; /^\(not \)\?ok /{ /^[not ]*ok $1 /{ x; G; p; }; s/.*//; x; }" \
		"$tmp/result.txt" | grep -v '^$'
	grep -q "^ok $1 " "$tmp/result.txt"
}

# report_guest NAME: the guest's cases, and that they were all.
report_guest()
{
	local number planned

	tr -d '\r' < "$tmp/result" | grep -v '^+++' > "$tmp/result.txt" || true
	planned=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$tmp/result.txt")
	for number in $(seq "$(grep -cE '^(not )?ok ' "$tmp/result.txt")"); do
		ktap_case "$1: $(sed -nE "s/^(not )?ok $number //p" "$tmp/result.txt")" \
			said_ok "$number"
	done
	ktap_case "$1: the guest came to its end" test "$guest_status" -eq 0 -a \
		"$(grep -cE '^(not )?ok ' "$tmp/result.txt")" = "${planned:-none}"
	ktap_case "$1: the kernel has nothing to say" "$testing/stress-judge.py" "$tmp/console"
	sed -n 's/^# \([a-z0-9]* [0-9a-z].*\)/\1/p' "$tmp/result.txt" | while read -r line; do
		say "$1: $line"
	done
}

stress_kernel()
{
	build_kernel "$1"
	choose_machine
	step "Building the modules for the kernel $1" build_modules
	step "Preparing the guest" make_images "$1"
	step "Load on the kernel $1 for $seconds s, and what goes before and after" run_guest "$1"
	report_guest "$1"
}

case ${1:-} in
--help)
	usage
	exit 0 ;;
--every)
	every=yes
	shift ;;
esac
seconds=${1:-300}
[[ "$seconds" =~ ^[1-9][0-9]*$ ]] || die "not a number of seconds: $seconds. $(usage)"
[ $# -le 1 ] && set -- kasan kcsan || shift
for name in "$@"; do
	[ "$name" = kasan ] || [ "$name" = kcsan ] || die "no such kernel: $name. $(usage)"
done
[ "$(uname -m)" = x86_64 ] || die "the kernels are built for x86-64, and on x86-64 only"

"$testing/need.sh" fetch modules emulator kunit stress
source=$("$testing/fetch.sh" source-6.12)
"$testing/fetch.sh" guest-pc > /dev/null
lock stress
build_emulator
step "Building the programs for the guest" build_programs
ktap_begin
for name in "$@"; do
	stress_kernel "$name"
done
ktap_end
