#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the test scripts: what they say when something is missing, and that nothing that went
# wrong passes for success.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"

mkdir "$bin"

# fails_saying TEXT COMMAND...: not successful, and says so.
fails_saying()
{
	local text=$1 output

	shift
	! output=$(PATH=$bin:$PATH "$@" 2>&1) || wrong "it did not fail: $output"
	grep -qF -e "$text" <<< "$output" || wrong "no '$text' in: $output"
}

# kernel_tree OPTION...: a kernel's build tree with that configuration.
kernel_tree()
{
	rm -rf "$tmp/tree"
	mkdir -p "$tmp/tree/include/config"
	touch "$tmp/tree/Makefile"
	printf 'CONFIG_%s\n' "$@" > "$tmp/tree/include/config/auto.conf"
}

lacks()
{
	kernel_tree "${@:2}"
	fails_saying "lacks CONFIG_$1" "$testing/kdir-fits.sh" "$tmp/tree"
}

no_tree()
{
	fails_saying "is no kernel build tree" make -C "$repo" modules "KDIR=$tmp/nothing"
}

not_prepared()
{
	kernel_tree
	rm "$tmp/tree/include/config/auto.conf"
	fails_saying "is not prepared" "$testing/kdir-fits.sh" "$tmp/tree"
}

fits()
{
	kernel_tree SERIAL_DEV_BUS=m SERIAL_DEV_CTRL_TTYPORT=y MFD_CORE=y OF=y
	"$testing/kdir-fits.sh" "$tmp/tree"
}

no_root()
{
	pretend dpkg-query 'echo not-installed'
	pretend id 'echo 1000'
	pretend sudo 'exit 1'
	fails_saying "as root: apt-get update && apt-get install qemu-system-arm" \
		"$testing/need.sh" guest
	rm "$bin"/*
}

# The packages that qnapvol is built with and recommends are those that its tests have installed.
qnapvol_packages()
{
	local control=$repo/tools/qnapvol/debian/control missing package

	pretend dpkg-query 'echo not-installed'
	pretend id 'echo 1000'
	pretend sudo 'exit 1'
	missing=$(PATH=$bin:$PATH "$testing/need.sh" qnapvol 2>&1 | grep -o 'install .*')
	rm "$bin"/*
	for package in $(sed -nE 's/-compat \(= 13\)//; s/^(Build-Depends|Recommends): //p' \
			 "$control" | tr ',' ' '); do
		[[ " $missing " = *" $package "* ]] || wrong "$package is not asked for"
	done
	[[ "$missing" = *libfuse3-dev* ]]
}

no_debian()
{
	fails_saying "this works on Debian" env PATH="$tmp/few" "$tmp/few/bash" \
		"$testing/need.sh" guest
}

# An apt-get that finds the system's sources, but no network.
no_network()
{
	export QNAP_MCU_CACHE=$tmp/cache
	pretend apt-get 'case "$*" in *--print-uris*) exec /usr/bin/apt-get "$@";; esac
		echo "Could not resolve the host"; exit 100'
	fails_saying "Could not resolve" "$testing/fetch.sh" guest
	fails_saying "needs the network" "$testing/fetch.sh" guest
	[ ! -e "$tmp/cache/guest" ] || wrong "something was left"
}

# What was fetched before needs no network.
offline()
{
	export QNAP_MCU_CACHE=$tmp/cache
	mkdir -p "$tmp/cache/guest"
	[ "$(PATH=$bin:$PATH "$testing/fetch.sh" guest)" = "$tmp/cache/guest" ]
}

no_space()
{
	export QNAP_MCU_CACHE=$tmp/cache-2
	pretend df 'echo header; echo "/dev/x 10 10 1000 99% /"'
	fails_saying "are needed" "$testing/fetch.sh" guest
	rm "$bin/df"
}

unknown_entry()
{
	fails_saying "no such entry" "$testing/fetch.sh" kernle-6.12
}

no_stock_modules()
{
	export QNAP_MCU_CACHE=$tmp/cache-3
	mkdir -p "$tmp/cache-3/guest" "$tmp/cache-3/kernel-7.3/lib/modules"
	fails_saying "has no qnap-mcu to compare with" "$testing/bench.sh"
}

# bench_samples LED: of a boot of each driver, with a LED write of ours that takes so long.
bench_samples()
{
	local driver led

	rm -rf "$tmp/samples"
	mkdir "$tmp/samples"
	for driver in stock:8000 "ours:$1"; do
		led=${driver#*:}
		printf 'floor led 1700\ndriver led %s\ndriver pwm-write %s\ndriver pwm-read %s\n' \
			"$led" "$led" "$led" > "$tmp/samples/${driver%:*}-alive-1"
		printf 'driver eeprom %s\ndriver probe %s\n' "${led}0" "${led}0" \
			>> "$tmp/samples/${driver%:*}-alive-1"
	done
	printf 'stock size 1000\nours size 1500\n' > "$tmp/samples/sizes"
}

bench_met()
{
	bench_samples 2000
	"$testing/bench-judge.py" ktap "$tmp/samples"
}

bench_missed()
{
	bench_samples 2001
	fails_saying "missed: LED write" "$testing/bench-judge.py" ktap "$tmp/samples"
	bench_samples 2000
	sed -i 's/1500/1551/' "$tmp/samples/sizes"
	fails_saying "missed: text and data" "$testing/bench-judge.py" ktap "$tmp/samples"
}

bench_lacks()
{
	bench_samples 2000
	sed -i '/eeprom/d' "$tmp/samples/ours-alive-1"
	fails_saying "eeprom of ours was not measured" "$testing/bench-judge.py" ktap \
		"$tmp/samples"
}

# sums EXPECTED PART...: check.sh's last line for these parts.
sums()
{
	local expected=$1 status=0 wanted=1

	shift
	mkdir -p "$tmp/copy/tools"
	cp -r "$testing" "$tmp/copy/tools/"
	"$tmp/copy/tools/testing/check.sh" "$@" > "$tmp/sum" 2>&1 || status=$?
	rm -rf "$tmp/copy"
	[ "$(tail -n 1 "$tmp/sum")" = "$expected" ] || wrong "$(cat "$tmp/sum")"
	[[ "$expected" != *" 0 failed"* ]] || wanted=0
	[ "$status" -eq "$wanted" ] || wrong "exit code $status"
}

# log_is VERDICT LINE...: what stress-judge.py says of a kernel's log with these lines.
log_is()
{
	local verdict=$1 got=clean

	shift
	printf '[    0.1] %s\n' "Linux version 6.12" "$@" > "$tmp/console"
	"$testing/stress-judge.py" "$tmp/console" > "$tmp/says" 2>&1 || got=dirty
	[ "$got" = "$verdict" ] || wrong "$(cat "$tmp/says")"
}

rule="=================================================================="
race()
{
	log_is "$1" "$rule" "BUG: KCSAN: data-race in one / other" "" "write to 0x1 of 8 bytes:" \
		" one+0x1/0x2$2" " caller+0x1/0x2" "" "read to 0x1 of 8 bytes:" \
		" other+0x1/0x2" " a+0x1/0x2" " b+0x1/0x2" " far+0x1/0x2 [qnap_mcu]" "$rule" "$3"
}

no_console()
{
	echo "" > "$tmp/console"
	fails_saying "no kernel's log" "$testing/stress-judge.py" "$tmp/console"
}

pretend good 'echo "3 passed, 0 failed"'
pretend bad 'echo "2 passed, 4 failed"; exit 1'
pretend crash 'echo "ok 1 something"; exit 0'
pretend liar 'echo "5 passed, 0 failed"; exit 1'
pretend skipper 'echo "1 passed, 0 failed, 2 skipped"'
pretend nothing 'echo "0 passed, 0 failed"'
judged=$tmp/judged
mv "$bin" "$judged"
mkdir "$bin"
mkdir "$tmp/few"
for program in bash dirname mktemp rm cat; do
	ln -s "$(command -v "$program")" "$tmp/few/"
done

ktap_begin
ktap_case "make modules: no kernel tree" no_tree
ktap_case "make modules: a kernel tree that is not prepared" not_prepared
ktap_case "make modules: a kernel without serdev" lacks SERIAL_DEV_BUS OF=y MFD_CORE=y
ktap_case "make modules: a kernel without serdev on ttys" \
	lacks SERIAL_DEV_CTRL_TTYPORT SERIAL_DEV_BUS=y MFD_CORE=y OF=y
ktap_case "make modules: a kernel without MFD" \
	lacks MFD_CORE SERIAL_DEV_BUS=y SERIAL_DEV_CTRL_TTYPORT=y OF=y
ktap_case "make modules: a kernel that fits" fits
ktap_case "missing packages, neither root nor sudo" no_root
ktap_case "packages of qnapvol" qnapvol_packages
ktap_case "not a Debian system" no_debian
ktap_case "no network" no_network
ktap_case "no network needed" offline
ktap_case "no disk space" no_space
ktap_case "fetching what there is not" unknown_entry
ktap_case "bench: no stock modules" no_stock_modules
ktap_case "bench: all targets met" bench_met
ktap_case "bench: a missed target" bench_missed
ktap_case "bench: a measure is missing" bench_lacks
ktap_case "fuzz: not a number" fails_saying "not a number" "$testing/fuzz.sh" long
ktap_case "stress: not a number" fails_saying "not a number" "$testing/stress.sh" long
ktap_case "stress: no such kernel" fails_saying "no such kernel" "$testing/stress.sh" 5 ksan
ktap_case "stress: no log" no_console
ktap_case "stress: a clean log" log_is clean "reboot: Power down"
ktap_case "stress: a warning" log_is dirty "WARNING: CPU: 0 PID: 53 at __mutex_lock+0x7c5/0xe60"
ktap_case "stress: an excuse that does not fit" \
	log_is dirty "WARNING: CPU: 0 at release_tty+0x1/0x2"
ktap_case "stress: an excuse" log_is clean "WARNING: CPU: 0 at release_tty+0x1/0x2" \
	" ttyport_open+0x1/0x2"
ktap_case "stress: lockdep" log_is dirty "WARNING: possible circular locking dependency detected"
ktap_case "stress: a race elsewhere" race clean "" ""
ktap_case "stress: a race of the drivers" race dirty " [qnap_mcu]" ""
ktap_case "stress: a warning after a race" race dirty "" "BUG: sleeping function called"
ktap_case "check: the sum of all parts" sums "6 passed, 0 failed" "a=$judged/good" "b=$judged/good"
ktap_case "check: a failure is one" sums "5 passed, 4 failed" "a=$judged/bad" "b=$judged/good"
ktap_case "check: a crash is a failure" sums "3 passed, 1 failed" "a=$judged/crash" "b=$judged/good"
ktap_case "check: so is an exit code" sums "5 passed, 1 failed" "a=$judged/liar"
ktap_case "check: skipped is not passed" sums "1 passed, 0 failed, 2 skipped" "a=$judged/skipper"
ktap_case "check: a missing script is a failure" sums "0 passed, 1 failed" "a=$judged/gone"
ktap_end
