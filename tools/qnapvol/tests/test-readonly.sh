#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Test that sources are opened for reading and nothing else: the calls of each command are traced.
# Nothing but reading may be done with what was opened: no write, no lock, no ioctl that changes
# anything; and nothing may change the file by its name either.

. ../lib/ktap.sh

PATH=$PATH:/usr/sbin:/sbin

work=$(mktemp -d) || exit
mkdir "$work/tmp" "$work/point"
export TMPDIR="$work/tmp"
disk=$work/source-disk.img

# shellcheck disable=SC2317 # the trap has it
clean_up()
{
	umount -l "$work/point" 2> /dev/null || fusermount3 -q -u -z "$work/point" 2> /dev/null
	rm -rf "$work"
}
trap clean_up EXIT

# judge TRACE: prints each call that is not allowed. Traced with -y, which has the path behind each
# file descriptor, so that the same number for another file is not taken for the source.
judge()
{
	awk -v disk="$disk" '
		!index($0, disk) { next }
		{
			call = $0
			sub(/^\[pid +[0-9]+\] +/, "", call)
			sub(/^[0-9]+ +/, "", call)
			name = call
			sub(/\(.*/, "", name)
			seen++
		}
		name ~ /^(execve|execveat|clone|vfork|wait4|read|write|writev)$/ &&
			!index(call, "<" disk ">") { next }
		name == "openat" || name == "open" {
			if (call !~ /O_RDONLY/ || call ~ /O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)/)
				print
			opened++
			next
		}
		name == "ioctl" {
			if (call !~ /BLKGETSIZE64|BLKSSZGET|BLKROGET|TCGETS|FS_IOC_FIEMAP/)
				print
			next
		}
		name ~ /^(p?readv?|p?read64|preadv2?|_?l?lseek|close|fadvise64|readahead)$/ { next }
		name ~ /^(fstat(at)?(64)?|newfstatat|[l]?stat(64)?|statx|readlink(at)?)$/ { next }
		name ~ /^(access|faccessat2?)$/ { next }
		name == "mmap" {
			if (call ~ /PROT_WRITE/ && call ~ /MAP_SHARED/)
				print
			next
		}
		name == "fcntl" {
			if (call !~ /F_(GETFL|GETFD|SETFD)/)
				print
			next
		}
		call ~ /^(<\.\.\.|\+\+\+|---)/ { next }
		{ print }
		END {
			if (!opened)
				print "the source was never opened"
		}
	' "$1"
}

# check NAME TRACE
check()
{
	judge "$2" > "$work/wrong"
	[ ! -s "$work/wrong" ]
	result $? "$1: the source is read and nothing else"
	sed 's/^/# /' "$work/wrong"
	sha256sum --quiet -c "$work/sum"
	result $? "$1: the source was not changed"
}

# trace COMMAND...: into $work/trace
trace()
{
	rm -f "$work/trace"
	strace -f -y -o "$work/trace" "$@" > /dev/null 2>&1 < /dev/null
}

# has COMMAND: was it built in?
has()
{
	./qnapvol --help | grep -q "^  $1 " && ! ./qnapvol --help | grep -q "^  $1 .*was not built"
}

# shellcheck disable=SC2317 # wait_for has it
is_mounted()
{
	grep -q "$work/point" /proc/mounts
}

make_source()
{
	mkdir "$work/tree"
	head -c 200000 /dev/urandom > "$work/tree/file"
	mke2fs -q -F -t ext4 -O '^metadata_csum' -d "$work/tree" "$disk" 16M > /dev/null
	block=$(debugfs -R 'blocks /file' "$disk" 2> /dev/null | cut -d ' ' -f 1)
	debugfs -w -f - "$disk" > /dev/null 2>&1 << END
jo
jw -b $block $work/tree/file
jc
END
	chmod 600 "$disk"
	sha256sum "$disk" > "$work/sum"
}

# The judge itself: what it has to find.
check_judge()
{
	while read -r call; do
		printf '%s\n' "1 openat(AT_FDCWD, \"$disk\", O_RDONLY|O_CLOEXEC) = 3<$disk>" \
			"1 $(printf '%s' "$call" | sed "s,DISK,$disk,g")" > "$work/sample"
		[ -n "$(judge "$work/sample")" ]
		result $? "the judge finds ${call%%(*}"
	done << 'END'
openat(AT_FDCWD, "DISK", O_RDWR|O_CLOEXEC) = 4<DISK>
openat(AT_FDCWD, "DISK", O_RDONLY|O_CREAT, 0600) = 4<DISK>
pwrite64(3<DISK>, "x", 1, 0) = 1
write(3<DISK>, "x", 1) = 1
ftruncate(3<DISK>, 0) = 0
fallocate(3<DISK>, FALLOC_FL_PUNCH_HOLE, 0, 4096) = 0
flock(3<DISK>, LOCK_SH) = 0
fcntl(3<DISK>, F_SETLK, {l_type=F_RDLCK}) = 0
ioctl(3<DISK>, BLKRRPART) = 0
ioctl(3<DISK>, BLKROSET, [1]) = 0
mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 3<DISK>, 0) = 0x7f0000000000
unlink("DISK") = 0
utimensat(AT_FDCWD, "DISK", NULL, 0) = 0
END
	printf '1 close(3<%s>) = 0\n' "$disk" > "$work/sample"
	[ -n "$(judge "$work/sample")" ]
	result $? "the judge finds that nothing was opened"
}

check_plain()
{
	trace ./qnapvol list "$disk"
	check list "$work/trace"
	trace ./qnapvol list -v "$disk"
	check "list -v" "$work/trace"
	if has dump; then
		trace ./qnapvol dump -V "$disk" -o "$work/out" "$disk"
		check dump "$work/trace"
		cmp -s "$disk" "$work/out"
		result $? "dump: it was done"
	else
		skip "dump" "it was not built"
	fi
}

check_luks()
{
	if ! has luks; then
		skip "luks" "it was not built"
		return
	fi
	cp "$disk" "$work/saved"
	printf 'LUKS\272\276\000\001' | dd of="$disk" conv=notrunc 2> /dev/null
	sha256sum "$disk" > "$work/sum"
	trace sh -c "echo password | ./qnapvol luks '$disk'"
	check luks "$work/trace"
	cat "$work/saved" > "$disk"
	sha256sum "$disk" > "$work/sum"
}

# check_mount NAME ARGUMENT...: mounted, read and unmounted
check_mount()
{
	name=$1
	shift
	strace -f -y -o "$work/trace" ./qnapvol mount -q -f "$@" "$work/point" "$disk" \
		> /dev/null 2> "$work/said" &
	pid=$!
	if wait_for 10 is_mounted; then
		cat "$work"/point/* > /dev/null 2>&1
		umount "$work/point" 2> /dev/null || fusermount3 -u "$work/point"
		wait "$pid"
		check "$name" "$work/trace"
	else
		kill "$pid"
		wait "$pid"
		result 1 "$name: it is mounted"
		sed 's/^/# /' "$work/said"
	fi
}

check_mounts()
{
	if ! has mount || [ ! -w /dev/fuse ]; then
		skip "mount" "it was not built, or there is no /dev/fuse"
		return
	fi
	if [ "$(id -u)" -ne 0 ]; then
		skip "mount" "fusermount3 is root's, and what is traced gets no such rights"
		return
	fi
	check_mount "mount --image" --image
	check_mount "mount --image --overlay" --image --overlay "$work/overlay"
	if command -v fuse2fs > /dev/null; then
		check_mount "mount by fuse2fs" --with fuse2fs
		check_mount "mount by fuse2fs, with replay" --with fuse2fs --replay
	else
		skip "mount by fuse2fs" "fuse2fs is not installed"
	fi
	if mount -t ext4 -o ro,loop,noload "$disk" "$work/point" 2> /dev/null; then
		umount "$work/point"
		check_mount "mount by the kernel" --with kernel
		check_mount "mount by the kernel, with replay" --with kernel --replay
	else
		skip "mount by the kernel" "it mounts nothing here"
	fi
}

check_nbd()
{
	if ! has nbd || ! command -v nbdcopy > /dev/null; then
		skip "nbd" "it was not built, or libnbd is not installed"
		return
	fi
	strace -f -y -o "$work/trace" ./qnapvol nbd -q --socket "$work/socket" "$disk" \
		> /dev/null 2>&1 &
	pid=$!
	wait_for 10 test -S "$work/socket" &&
		wait_for 10 nbdcopy "nbd+unix:///?socket=$work/socket" "$work/out"
	cmp -s "$disk" "$work/out"
	result $? "nbd: it is served"
	kill -TERM "$(pgrep -P "$pid")"
	wait "$pid"
	check nbd "$work/trace"
}

echo "KTAP version 1"

if ! strace -o /dev/null true 2> /dev/null; then
	result 1 "strace can trace"
	echo "# install strace, and let processes be traced"
	finish
fi

make_source
check_judge
check_plain
check_mounts
check_nbd
check_luks

finish
