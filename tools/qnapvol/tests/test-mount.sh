#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of qnapvol mount: by the kernel where that can be, by fuse2fs as root and as nobody, and as
# an image; that a journal is replayed and nothing is written; that nothing is left behind.

. ../lib/ktap.sh

# Some systems have these where users do not look.
PATH=$PATH:/usr/sbin:/sbin

FILES=3000

work=$(mktemp -d) || exit
chmod 755 "$work"
mkdir -m 1777 "$work/tmp" "$work/bin"
export TMPDIR="$work/tmp"
point=$work/point
mkdir -m 777 "$point"
cp qnapvol "$work/bin/"
qnapvol=$work/bin/qnapvol

# shellcheck disable=SC2317 # the trap has it
clean_up()
{
	umount -l "$point" 2> /dev/null || fusermount3 -q -u -z "$point" 2> /dev/null
	rm -rf "$work"
}
trap clean_up EXIT

# as_nobody COMMAND...
as_nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# Each way in which the files can be mounted here: the kernel, fuse2fs, and that as a user.
find_ways()
{
	mkdir "$work/try"
	ways=fuse2fs
	if [ "$(id -u)" -ne 0 ]; then
		return
	fi
	if mount -t ext4 -o ro,loop,noload "$1" "$work/try" 2> /dev/null; then
		umount "$work/try"
		ways="kernel $ways"
	fi
	if [ -c /dev/fuse ] && as_nobody test -w /dev/fuse && as_nobody test -x "$qnapvol"; then
		ways="$ways nobody"
	fi
}

# mount_by WAY ARGUMENT...
mount_by()
{
	way=$1
	shift
	if [ "$way" = nobody ]; then
		as_nobody "$qnapvol" mount -q "$@"
	else
		"$qnapvol" mount -q --with "$way" "$@"
	fi
}

# unmount WAY
unmount()
{
	if [ "$1" = nobody ]; then
		as_nobody fusermount3 -u "$point"
	elif [ "$(id -u)" -eq 0 ]; then
		umount "$point"
	else
		fusermount3 -u "$point"
	fi
}

# see WAY COMMAND...: run it as the one who has mounted
see()
{
	way=$1
	shift
	if [ "$way" = nobody ]; then
		as_nobody "$@"
	else
		"$@"
	fi
}

# Within some seconds there is no process, no mount, no directory and no loop device any more.
nothing_is_left()
{
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		if ! pgrep -f "$work/" > /dev/null && ! grep -q "$work" /proc/mounts &&
			[ -z "$(ls "$work/tmp")" ] &&
			! losetup -a 2> /dev/null | grep -q "$work"; then
			return 0
		fi
		sleep 0.25
	done
	pgrep -af "$work/"
	grep "$work" /proc/mounts
	ls "$work/tmp"
	return 1
}

# A directory with an index that stock kernels find no name in: the hashes are others than they
# expect. QNAP's mark is where the checksum would be.
make_indexed()
{
	mkdir -p "$work/tree/many"
	for i in $(seq "$FILES"); do
		echo "content of $i" > "$work/tree/many/File $i.txt"
	done
	mke2fs -q -F -t ext4 -b 1024 -O '^metadata_csum,dir_index,64bit' -d "$work/tree" \
		"$work/indexed.img" 64M > /dev/null
	e2fsck -fyD "$work/indexed.img" > /dev/null 2>&1
	debugfs -w -R 'ssv hash_seed 01234567-89ab-cdef-0123-456789abcdef' "$work/indexed.img" \
		> /dev/null 2>&1
	printf QNAP | dd of="$work/indexed.img" bs=1 seek=2044 conv=notrunc 2> /dev/null
}

# A journal that has new content for a block of a file.
make_dirty()
{
	mkdir "$work/small"
	echo older > "$work/small/changed"
	echo same > "$work/small/same"
	head -c 300000 /dev/urandom > "$work/small/long"
	mke2fs -q -t ext4 -b 4096 -O '^metadata_csum' -d "$work/small" "$work/dirty.img" 32M \
		> /dev/null
	cp "$work/dirty.img" "$work/clean.img"
	echo newer > "$work/new"
	truncate -s 4096 "$work/new"
	block=$(debugfs -R 'blocks /changed' "$work/dirty.img" 2> /dev/null)
	debugfs -w -f - "$work/dirty.img" > /dev/null 2>&1 << END
jo
jw -b ${block% } $work/new
jc
END
}

# content_of WAY FILE: its first line, without what a file that has not grown cuts off
content_of()
{
	see "$1" head -c 5 "$point/$2" | head -n 1
}

# list_names DIRECTORY
list_names()
{
	for i in $(seq "$FILES"); do
		echo "$1/many/File $i.txt"
	done
}

# check_names WAY: every file of the directory can be read by its name
check_names()
{
	mount_by "$1" "$point" "$work/indexed.img"
	result $? "$1: mount"
	list_names "$point" > "$work/names"
	# shellcheck disable=SC2016 # the inner shell is to have it
	see "$1" sh -c 'xargs -d "\n" cat < "$0"' "$work/names" | sha256sum > "$work/got"
	cmp -s "$work/expected" "$work/got"
	result $? "$1: every file is found by its name"
	! see "$1" touch "$point/many/new" 2> /dev/null
	result $? "$1: nothing can be written"
	unmount "$1"
	nothing_is_left
	result $? "$1: unmounting leaves nothing"
}

# The proof that the test can fail: without the view the kernel finds no name.
check_without_view()
{
	case $ways in
	kernel*)
		;;
	*)
		skip "without the view names are not found" "the kernel mounts nothing here"
		return ;;
	esac
	mount -t ext4 -o ro,loop,noload "$work/indexed.img" "$work/try"
	found=0
	for i in $(seq 100); do
		[ ! -e "$work/try/many/File $i.txt" ] || found=$((found + 1))
	done
	# Some are in the right block by chance.
	[ -d "$work/try/many" ] && [ "$found" -lt 50 ]
	result $? "without the view names are not found"
	umount "$work/try"
}

check_journal()
{
	mount_by "$1" "$point" "$work/dirty.img"
	[ "$(content_of "$1" changed)" = older ]
	result $? "$1: without an overlay the journal is not replayed"
	unmount "$1"
	mount_by "$1" --replay "$point" "$work/dirty.img"
	[ "$(content_of "$1" changed)" = newer ] && see "$1" cmp -s "$work/small/long" "$point/long"
	result $? "$1: --replay"
	unmount "$1"
	nothing_is_left
	result $? "$1: --replay leaves nothing"
	mount_by "$1" --overlay "$work/bin/overlay-$1" "$point" "$work/dirty.img"
	[ "$(content_of "$1" changed)" = newer ]
	result $? "$1: --overlay"
	unmount "$1"
	nothing_is_left
	mount_by "$1" --overlay "$work/bin/overlay-$1" "$point" "$work/dirty.img"
	[ "$(content_of "$1" changed)" = newer ] && [ "$(content_of "$1" same)" = same ]
	result $? "$1: the same overlay again"
	unmount "$1"
	[ "$(stat -c %s "$work/bin/overlay-$1")" -lt 1000000 ]
	result $? "$1: the overlay is small"
	nothing_is_left
}

check_image()
{
	"$qnapvol" mount -q --image "$point" "$work/clean.img"
	cmp -s "$work/clean.img" "$point/clean.img"
	result $? "image: the same bytes"
	[ "$(ls -A "$point")" = clean.img ] && [ ! -w "$point/clean.img" ] ||
		[ "$(id -u)" -eq 0 ] && ! sh -c ": >> '$point/clean.img'" 2> /dev/null
	result $? "image: one file, that cannot be written"
	[ ! -e "$point/other" ]
	result $? "image: no other file"
	unmount image
	nothing_is_left
	result $? "image: unmounting leaves nothing"
	"$qnapvol" mount -q --all "$point" "$work/clean.img" "$work/indexed.img"
	[ "$(cd "$point" && echo ./*)" = "./clean.img ./indexed.img" ]
	result $? "image: all of them"
	unmount image
	"$qnapvol" mount -q --image --overlay "$work/bin/overlay-image" "$point" "$work/dirty.img"
	e2fsck -fy "$point/dirty.img" > /dev/null 2>&1
	[ $? -le 1 ] && e2fsck -fn "$point/dirty.img" > /dev/null 2>&1
	result $? "image: e2fsck works on an overlay"
	unmount image
	nothing_is_left
}

# A file whose data ddrescue could not read, and all others.
check_bad_sector()
{
	block=$(debugfs -R 'blocks /long' "$work/clean.img" 2> /dev/null | cut -d ' ' -f 3)
	bad=$((block * 4096))
	printf '# Mapfile\n0 +\n0 %d +\n%d 512 -\n%d %d +\n' $bad $bad $((bad + 512)) \
		$((32 * 1024 * 1024 - bad - 512)) > "$work/map"
	mount_by "$1" "$point" -m "$work/map" "$work/clean.img"
	! see "$1" cat "$point/long" > "$work/tmp/part" 2> /dev/null &&
		[ "$(stat -c %s "$work/tmp/part")" -eq 8192 ] &&
		[ "$(content_of "$1" same)" = same ]
	result $? "$1: a bad sector costs what is in it"
	rm "$work/tmp/part"
	unmount "$1"
	nothing_is_left
}

# Some fuse2fs do not know the option that is needed to go on. What is lost is an error then, too.
check_picky_fuse2fs()
{
	mkdir "$work/picky"
	cat > "$work/picky/fuse2fs" <<-END
		#!/bin/sh
		case "\$*" in *direct_io*) exit 1 ;; esac
		exec $(command -v fuse2fs) "\$@"
	END
	chmod +x "$work/picky/fuse2fs"
	PATH="$work/picky:$PATH" "$qnapvol" mount -q --with fuse2fs "$point" -m "$work/map" \
		"$work/clean.img" 2> "$work/messages"
	is_mounted && grep -q "trying without --careful" "$work/messages"
	result $? "fuse2fs: mounted without direct_io"
	[ "$(content_of fuse2fs same)" = same ] &&
		! cat "$point/long" > "$work/tmp/part" 2> /dev/null
	result $? "fuse2fs: and a bad sector is an error"
	rm -f "$work/tmp/part"
	unmount fuse2fs
	nothing_is_left
}

# What cannot be read is an error also if that was not known before.
check_new_bad_sector()
{
	cp "$work/clean.img" "$work/bin/dying.img"
	"$qnapvol" mount -f -q --with "$1" "$point" "$work/bin/dying.img" 2> "$work/messages" &
	pid=$!
	wait_for 4 is_mounted
	truncate -s $((bad / 4096 * 4096)) "$work/bin/dying.img"
	! cat "$point/long" > "$work/tmp/part" 2> /dev/null
	result $? "$1: a bad sector that was not known is an error"
	rm "$work/tmp/part"
	unmount "$1"
	wait "$pid"
	[ "$1" = kernel ] || grep -q "mount again with --careful" "$work/messages"
	result $? "$1: and it is said what to do"
	nothing_is_left
}

is_mounted()
{
	grep -q "$point" /proc/mounts
}

# Files that a FUSE file system of root shows are for root only, if nothing else is said.
check_allow_other()
{
	case $ways in
	*fuse2fs*nobody*)
		;;
	*)
		skip "--allow-other" "there is no other user, or none may use FUSE"
		return ;;
	esac
	mount_by fuse2fs "$point" "$work/clean.img"
	! as_nobody cat "$point/same" > /dev/null 2>&1
	result $? "without --allow-other others see nothing"
	unmount fuse2fs
	mount_by fuse2fs --allow-other "$point" "$work/clean.img"
	as_nobody cmp -s "$point/same" "$work/small/same"
	result $? "--allow-other"
	unmount fuse2fs
	"$qnapvol" mount -q --image --allow-other "$point" "$work/clean.img"
	as_nobody cmp -s "$point/clean.img" "$work/clean.img"
	result $? "image: --allow-other"
	unmount image
	nothing_is_left
}

check_foreground()
{
	for signal in INT TERM; do
		"$qnapvol" mount -q -f "$point" "$work/clean.img" &
		pid=$!
		wait_for 4 is_mounted && cat "$point/same" > /dev/null && kill "-$signal" "$pid" &&
			wait "$pid" && ! is_mounted
		result $? "foreground: SIG$signal unmounts"
		nothing_is_left
		result $? "foreground: SIG$signal leaves nothing"
	done
}

check_busy()
{
	rm -f "$work/messages"
	"$qnapvol" mount -q -f "$point" "$work/clean.img" 2> "$work/messages" &
	pid=$!
	wait_for 4 is_mounted
	exec 3< "$point/long"
	kill -INT "$pid"
	wait_for 4 grep -q "is in use" "$work/messages" && cmp -s "$work/small/long" - <&3
	result $? "in use: it goes on until that ends"
	exec 3<&-
	nothing_is_left
	result $? "in use: then it ends"
}

# What the documentation says about it: unmounting is enough.
check_killed()
{
	for way in $ways; do
		mount_by "$way" "$point" "$work/clean.img"
		pkill -KILL -f "$qnapvol mount"
		unmount "$way"
		nothing_is_left
		result $? "$way: nothing is left of one that was killed, but the mount"
	done
}

# All layers at once: a pool on RAID5 with a member missing.
check_pool()
{
	if ! tests/mkqnapimg tests/variants/md-5-pool.json "$work/pool" > /dev/null; then
		result 1 "a pool is made"
		return
	fi
	for way in $ways; do
		mount_by "$way" -V vg1/lv1 "$point" "$work"/pool/disk*.img
		see "$way" diff -r --exclude=lost+found "$point" "$work/pool/truth/vg1-lv1.files"
		result $? "$way: the files of a pool on RAID5 with a member missing"
		unmount "$way"
	done
	"$qnapvol" mount -q --all "$point" "$work"/pool/disk*.img
	for name in vg1-lv1 vg1-snap10001; do
		cmp "$work/pool/truth/$name.raw" "$point/$name.img"
		result $? "image: $name of the pool"
	done
	unmount image
	nothing_is_left
}

# refuses CODE PATTERN COMMAND...: the exit status, and a message that says what to do
refuses()
{
	code=$1
	pattern=$2
	shift 2
	message=$("$@" 2>&1 > /dev/null < /dev/null)
	[ $? -eq "$code" ] && printf '%s\n' "$message" | grep -q -e "$pattern"
	result $? "refuses: $pattern"
}

check_refusals()
{
	refuses 2 "has no option -o" "$qnapvol" mount -o x "$point" x
	refuses 2 "say where to mount" "$qnapvol" mount
	refuses 2 "say where to mount" "$qnapvol" mount "$point"
	refuses 2 "auto, kernel, fuse2fs or image" "$qnapvol" mount --with magic "$point" x
	refuses 2 "for all volumes" "$qnapvol" mount --all -V x "$point" x
	refuses 2 "for one volume" "$qnapvol" mount --all --replay "$point" x
	refuses 2 "temporary overlay" "$qnapvol" mount --overlay x --replay "$point" x
	refuses 2 "comes before it" "$qnapvol" mount -m x "$point" x
	refuses 1 "make it with mkdir" "$qnapvol" mount "$work/nothing" "$work/clean.img"
	refuses 1 "is no directory" "$qnapvol" mount "$work/clean.img" "$work/clean.img"
	refuses 1 "is not empty" "$qnapvol" mount "$work" "$work/clean.img"
	refuses 3 "No such file" "$qnapvol" mount "$point" "$work/nothing"
	refuses 4 "there is no x here" "$qnapvol" mount -V x "$point" "$work/clean.img"
	refuses 6 "no ext4 in" "$qnapvol" mount -V "$work/new" "$point" "$work/new"
	refuses 1 "is no overlay" "$qnapvol" mount --overlay "$work/clean.img" "$point" \
		"$work/dirty.img"
	cp "$work/bin/overlay-image" "$work/bin/overlay-other"
	refuses 1 "another volume" "$qnapvol" mount --overlay "$work/bin/overlay-other" "$point" \
		"$work/indexed.img"
	mkdir "$work/without"
	ln -s "$(command -v fusermount3)" "$work/without/"
	refuses 1 "fuse2fs is not installed" env PATH="$work/without" "$qnapvol" mount \
		--with fuse2fs "$point" "$work/clean.img"
	refuses 1 "TMPDIR" env TMPDIR="$work/nothing" "$qnapvol" mount "$point" "$work/clean.img"
	refuses 1 "TMPDIR" env TMPDIR="$work/nothing" "$qnapvol" mount --replay "$point" \
		"$work/clean.img"
	nothing_is_left
	result $? "refusals leave nothing"
}

# Nothing to unmount with, and a feature of ext4 that nobody knows: it says so, and ends.
check_no_unmounting()
{
	mkdir "$work/stuck"
	printf '#!/bin/sh\nexit 1\n' > "$work/stuck/fusermount3"
	chmod 755 "$work/stuck" "$work/stuck/fusermount3"
	cp "$work/clean.img" "$work/bin/odd.img"
	printf '\200' |
		dd of="$work/bin/odd.img" bs=1 seek=$((1024 + 0x63)) conv=notrunc status=none
	PATH="$work/stuck:$PATH" timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$qnapvol" mount "$point" "$work/bin/odd.img" 2> "$work/messages"
	[ $? -eq 7 ] && grep -q "in the end type: fusermount3 -u" "$work/messages"
	result $? "nobody: ends even if it cannot unmount"
	left=$(sed -n 's/.*type: fusermount3 -u //p' "$work/messages")
	[ -n "$left" ] && umount "$left" && rmdir "$left"
	result $? "nobody: and that is what is left"
	nothing_is_left
}

check_without_fuse()
{
	if ! unshare -m true 2> /dev/null; then
		skip "refuses without /dev/fuse" "only root can hide it"
		return
	fi
	refuses 1 "no /dev/fuse" unshare -m sh -c \
		"mount -t tmpfs none /dev && '$qnapvol' mount '$point' '$work/clean.img'"
}

# The kernel takes no blocks larger than its pages, fuse2fs does.
check_large_blocks()
{
	mke2fs -q -F -t ext4 -b 65536 -O '^metadata_csum' -d "$work/small" "$work/large.img" 64M \
		> /dev/null 2>&1
	refuses "$([ "$(id -u)" -eq 0 ] && echo 6 || echo 1)" "use --with fuse2fs" "$qnapvol" \
		mount --with kernel "$point" "$work/large.img"
	"$qnapvol" mount -q "$point" "$work/large.img" && cmp -s "$work/small/long" "$point/long"
	result $? "blocks of 64 KiB are left to fuse2fs"
	unmount fuse2fs
	nothing_is_left
}

check_external_journal()
{
	cp "$work/clean.img" "$work/external.img"
	debugfs -w -f - "$work/external.img" > /dev/null 2>&1 << END
ssv journal_inum 0
ssv journal_uuid 01234567-89ab-cdef-0123-456789abcdef
END
	for way in $ways; do
		[ "$way" != nobody ] || continue
		"$qnapvol" mount --replay --with "$way" "$point" "$work/external.img" \
			2> "$work/messages"
		[ "$(content_of "$way" same)" = same ] &&
			grep -q "journal of .* is on another device" "$work/messages"
		result $? "$way: external journal"
		unmount "$way"
	done
	nothing_is_left
}

echo "KTAP version 1"

if [ ! -w /dev/fuse ]; then
	skip "qnapvol mount" "/dev/fuse cannot be used"
	finish
fi

make_indexed
make_dirty
find_ways "$work/clean.img"
echo "# ways: $ways"
list_names "$work/tree" | xargs -d '\n' cat | sha256sum > "$work/expected"
(cd "$work" && sha256sum ./*.img > sums)

check_without_view
for way in $ways; do
	check_names "$way"
	check_journal "$way"
	check_bad_sector "$way"
	[ "$way" = nobody ] || check_new_bad_sector "$way"
	[ "$way" != fuse2fs ] || check_picky_fuse2fs
done
check_image
check_allow_other
check_foreground
check_busy
check_killed
check_refusals
[ "${ways%nobody}" = "$ways" ] || check_no_unmounting
check_without_fuse
check_large_blocks
check_pool
check_external_journal
(cd "$work" && sha256sum --quiet -c sums)
result $? "no source was changed"

finish
