#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of qnapvol nbd and of the plugin for nbdkit.

. ../lib/ktap.sh

PATH=$PATH:/usr/sbin:/sbin

SIZE=$((8 * 1024 * 1024))
PORT=$((20000 + $$ % 20000))

work=$(mktemp -d) || exit
mkdir "$work/tmp"
export TMPDIR="$work/tmp"
socket=$work/socket
pid=

# shellcheck disable=SC2317 # the trap has it
clean_up()
{
	[ -z "$pid" ] || kill "$pid" 2> /dev/null
	rm -rf "$work"
}
trap clean_up EXIT

# A file system of QNAP's whose names are to be shown to stock kernels: one bit differs.
make_image()
{
	mke2fs -q -F -t ext4 -b 1024 -O '^metadata_csum,dir_index' "$work/disk.img" $SIZE \
		> /dev/null
	truncate -s $SIZE "$work/disk.img"
	printf QNAP | dd of="$work/disk.img" bs=1 seek=2044 conv=notrunc 2> /dev/null
	head -c 100000 /dev/urandom |
		dd of="$work/disk.img" bs=1024 seek=5000 conv=notrunc 2> /dev/null
}

# serve ARGUMENT...: in the background; what is said goes to a file
serve()
{
	rm -f "$work/said"
	./qnapvol nbd "$@" 2> "$work/said" &
	pid=$!
	wait_for 5 grep -q "ready at" "$work/said"
}

# stop SIGNAL: with success
stop()
{
	kill "-$1" "$pid" && wait "$pid"
	result $? "SIG$1 ends it with success"
	pid=
}

nothing_is_left()
{
	[ -z "$(ls "$work/tmp")" ] && [ ! -e "$socket" ] && ! pgrep -f "$work/" > /dev/null
}

check_socket()
{
	uri="nbd+unix:///?socket=$socket"
	serve --socket "$socket" "$work/disk.img"
	result $? "it says when it is ready"
	grep -q "nbd-client .*$socket" "$work/said"
	result $? "and what to type"
	[ "$(nbdinfo --size "$uri")" -eq $SIZE ]
	result $? "size"
	nbdinfo --is readonly "$uri" && nbdinfo --can multi-conn "$uri"
	result $? "read-only, many connections"
	nbdinfo --map --totals "$uri" | grep -q "$SIZE *100.0% *0 *data"
	result $? "a plain image is data from end to end"
	nbdcopy --connections=4 "$uri" "$work/copy"
	[ "$(cmp -l "$work/disk.img" "$work/copy" | awk '{ print $1, $2 - $3 }')" = "1117 40" ]
	result $? "the same bytes, but dir_index is off"
	! nbdcopy "$work/copy" "$uri" 2> /dev/null
	result $? "it cannot be written"
	stop INT
	nothing_is_left
	result $? "and leaves nothing"
}

check_qemu()
{
	if ! command -v qemu-img > /dev/null; then
		skip "qemu-img reads it" "qemu-img is not installed"
		return
	fi
	serve --socket "$socket" "$work/disk.img"
	qemu-img compare -f raw -F raw "nbd+unix:///?socket=$socket" "$work/copy" > /dev/null
	result $? "qemu-img reads it"
	stop TERM
}

check_default_socket()
{
	serve "$work/disk.img"
	default=$(sed -n 's/.*?socket=\([^,]*\),.*/\1/p' "$work/said")
	nbdinfo --size "nbd+unix:///?socket=$default" > /dev/null
	result $? "a socket of its own by default"
	[ "$(stat -c %a "$(dirname "$default")")" = 700 ]
	result $? "that nobody else can open"
	stop TERM
	nothing_is_left
	result $? "SIGTERM leaves nothing"
}

check_port()
{
	serve --port "$PORT" "$work/disk.img"
	[ "$(nbdinfo --size "nbd://localhost:$PORT")" -eq $SIZE ]
	result $? "TCP"
	hex=$(printf %04X "$PORT")
	! grep -h ":$hex .* 0A " /proc/net/tcp /proc/net/tcp6 2> /dev/null |
		grep -v -e " 0100007F:$hex" -e " 00000000000000000000000001000000:$hex"
	result $? "TCP for this machine only"
	stop INT
}

check_bad_sector()
{
	bad=$((5000 * 1024))
	printf '0 +\n0 %d +\n%d 512 -\n%d %d +\n' $bad $bad $((bad + 512)) \
		$((SIZE - bad - 512)) > "$work/map"
	serve --socket "$socket" -m "$work/map" "$work/disk.img"
	# nbdkit 1.32 does not survive a client that leaves with requests under way.
	! nbdcopy --connections=1 --requests=1 "nbd+unix:///?socket=$socket" "$work/copy" \
		2> "$work/messages" &&
		grep -q "Input/output error" "$work/messages"
	result $? "a bad sector is an error"
	stop INT
}

# What takes no space in a pool need not be read.
check_pool()
{
	if ! tests/mkqnapimg tests/variants/md-5-pool.json "$work/pool" > /dev/null; then
		result 1 "a pool is made"
		return
	fi
	uri="nbd+unix:///?socket=$socket"
	serve --socket "$socket" -V vg1/lv1 "$work"/pool/disk*.img
	nbdinfo --map --totals "$uri" > "$work/map"
	grep -q " 0 data$" "$work/map" && grep -q " 3 hole,zero$" "$work/map"
	result $? "the extents of a volume in a pool"
	nbdcopy --connections=4 "$uri" "$work/copy" &&
		cmp "$work/pool/truth/vg1-lv1.raw" "$work/copy"
	result $? "the bytes of a volume in a pool"
	stop INT
}

check_nbdkit()
{
	serve --socket "$socket" --nbdkit --filter=offset --nbdkit range=1M "$work/disk.img"
	[ "$(nbdinfo --size "nbd+unix:///?socket=$socket")" -eq $((1024 * 1024)) ]
	result $? "--nbdkit: options and parameters"
	stop INT
	# shellcheck disable=SC2016 # nbdkit's shell is to have it
	[ "$(cd "$work" && nbdkit -U - "$plugin" volume=disk.img disk.img \
		--run 'nbdinfo --size "$uri"')" -eq $SIZE ]
	result $? "nbdkit with the plugin"
}

# refuses CODE PATTERN COMMAND...: the exit status, and a message that says what to do
refuses()
{
	code=$1
	pattern=$2
	shift 2
	message=$(timeout 20 "$@" 2>&1 > /dev/null < /dev/null)
	[ $? -eq "$code" ] && printf '%s\n' "$message" | grep -q -e "$pattern"
	result $? "refuses: $pattern"
}

check_refusals()
{
	refuses 2 "name the disks" ./qnapvol nbd
	refuses 2 "number up to 65535" ./qnapvol nbd --port 65536 x
	refuses 3 "No such file" ./qnapvol nbd "$work/nothing"
	refuses 4 "there is no x here" ./qnapvol nbd -V x "$work/disk.img"
	refuses 1 "install the package nbdkit" env PATH="$work" "$PWD/qnapvol" nbd "$work/disk.img"
	cp qnapvol "$work/alone"
	refuses 1 "neither beside the program" "$work/alone" nbd "$work/disk.img"
	rm "$work/alone"
	touch "$work/used"
	refuses 1 "in use" ./qnapvol nbd --socket "$work/used" "$work/disk.img"
	[ -f "$work/used" ]
	result $? "what is there stays there"
	refuses 1 "say what to read" nbdkit -f -U - "$plugin" volume=x
	refuses 1 "say what to read" nbdkit -f -U - "$plugin" "$work/disk.img"
	refuses 1 "and none does" nbdkit -f -U - "$plugin" volume=x "$work/disk.img" source-map=y
	refuses 1 "unknown parameter" nbdkit -f -U - "$plugin" colour=red
	refuses 1 "tier-map is" nbdkit -f -U - "$plugin" tier-map=red
	refuses 1 "there is no x here" nbdkit -f -U - "$plugin" volume=x "$work/disk.img"
	refuses 1 "No such file" nbdkit -f -U - "$plugin" volume=x "$work/nothing"
	nothing_is_left
	result $? "refusals leave nothing"
}

echo "KTAP version 1"

plugin=$PWD/nbdkit-qnapvol-plugin.so
for tool in nbdkit nbdinfo nbdcopy; do
	command -v "$tool" > /dev/null && [ -e "$plugin" ] && continue
	skip "qnapvol nbd" "$tool or the plugin is missing"
	finish
done

make_image
sha256sum "$work/disk.img" > "$work/sum"
check_socket
check_qemu
check_default_socket
check_port
check_bad_sector
check_pool
check_nbdkit
check_refusals
sha256sum --quiet -c "$work/sum"
result $? "the source was not changed"

finish
