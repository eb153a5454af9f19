#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Reads with qnapvol what other people's programs have written, and compares:
#
# - In a guest Debian's kernel, mdadm, LVM and e2fsprogs make RAIDs of levels 1, 5 and 6, each with
#   a thin pool, volumes with files, snapshots and discarded space; checksums of all files and all
#   volumes are taken there.
# - These disks are given the form that QNAP's kernel would have given them, by convert.py and the
#   md of a guest.
# - In both forms all volumes are read with all disks, and with each disk missing that may be
#   missing, and compared from end to end and file by file.
# - Once more they get QNAP's form after a disk of each array has failed: it has all that was there
#   before, and nothing of it may be read.
# - The metadata in QNAP's form goes through thin-xml and thin_restore to a guest, whose kernel
#   reads the same volumes with its own thin pool.
#
# The disks are kept in the cache until what they are made by changes.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/guest.sh"
. "$(dirname "${BASH_SOURCE[0]}")/ktap.sh"
. "$(dirname "${BASH_SOURCE[0]}")/qnapvol/host.sh"
. "$(dirname "${BASH_SOURCE[0]}")/qnapvol/manifest.sh"

# Where Debian has sfdisk, debugfs and thin_restore, and where not every user looks.
PATH=$PATH:/usr/sbin:/sbin
qnapvol=$repo/tools/qnapvol/qnapvol
kept=$cache/qnapvol
volumes="lv1 lv2 lv3 snap10001 snap10002"
file_systems="lv1 lv2 snap10001 snap10002"
# More than it takes on a machine that is busy.
guest_seconds=900

build_qnapvol()
{
	make -C "$repo/tools/qnapvol"
}

# fingerprint NAME: of all that these images are made by.
fingerprint()
{
	local from=("$(kernel_dir 6.12)/release" "$testing/guest/init"
		    "$testing/qnapvol"/{host,storage,manifest,make}.sh)

	[ "$1" = stock ] || from+=("$testing/qnapvol"/{convert.py,patch.sh})
	{
		cat "${from[@]}"
		declare -f "make_$1" convert patch_disks failed_disk
	} | sha256sum
}

# need_images NAME TEXT: those in the cache, made by the function make_NAME if they are not there.
need_images()
{
	local wanted dir=$kept/.$1

	wanted=$(fingerprint "$1")
	[ "$(cat "$kept/$1/made-by" 2> /dev/null)" != "$wanted" ] || return 0
	rm -rf "$dir"
	mkdir -p "$dir"
	step "$2" "make_$1" "$dir"
	echo "$wanted" > "$dir/made-by"
	rm -rf "${kept:?}/$1"
	mv "$dir" "$kept/$1"
}

make_stock()
{
	make_disks "$1"
	truncate -s 16M "$tmp/truth"
	attach "$1"/array* "$tmp/truth"
	start_storage make.sh
	end_storage "$guest_seconds"
	mkdir "$1/truth"
	tar -C "$1/truth" -xf "$tmp/truth"
}

# convert ARRAY DIR TIERS
convert()
{
	"$testing/qnapvol/convert.py" --zeroed=3:8-11 --tiers="$3" \
		"$kept/stock/truth/vg$1" "$2/vg$1"
}

# patch_disks DIR: does what is to be done to a copy of the stock disks.
patch_disks()
{
	tar -C "$1/new" -cf "$tmp/patches" .
	rm "$1"/new/*/{head,tmeta}
	cp --sparse=always "$kept"/stock/array* "$1/"
	attach "$1"/array* "$tmp/patches"
	start_storage patch.sh
	end_storage "$guest_seconds"
}

# In QNAP's pools tiers may not be used, all may be on one, or on two.
make_qnap()
{
	mkdir "$1/new"
	convert 1 "$1/new" empty
	convert 2 "$1/new" identity
	convert 3 "$1/new" mixed
	patch_disks "$1"
}

# With tiers much is moved: what the failed disks have would be seen.
make_failed()
{
	local number

	mkdir "$1/new"
	for number in 1 2 3; do
		convert "$number" "$1/new" mixed
		failed_disk "$number" > "$1/new/vg$number/failed"
	done
	patch_disks "$1"
}

failed_disk()
{
	cut -d ' ' -f "$1" <<< "0 0 3"
}

# disks FORM ARRAY [WITHOUT]: files of the array's disks, but not of those with these numbers.
disks()
{
	local disk

	for disk in "$kept/$1/array$2"-*; do
		[[ " ${3:-} " = *" ${disk##*-} "* ]] || echo "$disk"
	done
}

# dump FORM ARRAY VOLUME FILE [WITHOUT [OPTION...]]
dump()
{
	local sources

	mapfile -t sources < <(disks "$1" "$2" "${5:-}")
	"$qnapvol" dump -q --force -V "vg$2/$3" -o "$4" "${@:6}" "${sources[@]}"
}

# truth FORM ARRAY VOLUME: checksum that the guest has taken.
truth()
{
	local name=$3

	[ "$1" = stock ] || [ "$name" != lv3 ] || name=lv3-zeroed
	sed -n "s/  $name\$//p" "$kept/stock/truth/vg$2/volumes"
}

# The volumes as they are read with all disks stay for the comparisons that follow.
volumes_are_true()
{
	local volume dumps=$tmp/$1/vg$2 status=0

	mkdir -p "$dumps"
	for volume in $volumes; do
		if ! dump "$1" "$2" "$volume" "$dumps/$volume" ||
		   [ "$(sha256sum < "$dumps/$volume")" != "$(truth "$@" "$volume")  -" ]; then
			echo "$volume is not what it was in the guest"
			status=1
		fi
	done
	return "$status"
}

# files_are_true FORM ARRAY: debugfs needs neither root nor a kernel that knows ext4.
files_are_true()
{
	local volume dir=$tmp/files manifests=$kept/stock/truth/vg$2 status=0

	for volume in $file_systems; do
		rm -rf "$dir"
		mkdir "$dir"
		debugfs -R "rdump / $dir" "$tmp/$1/vg$2/$volume" > "$tmp/debugfs" 2>&1
		if ! manifest "$dir" | diff "$manifests/$volume.files" - > "$tmp/diff"; then
			echo "$volume has other files"
			head "$tmp/diff" "$tmp/debugfs"
			status=1
		fi
	done
	rm -rf "$dir"
	return "$status"
}

# What debugfs does not extract: attributes, names of the same file, and that all fits together.
file_systems_are_sound()
{
	local volume image dir

	for volume in $file_systems; do
		image=$tmp/$1/vg$2/$volume
		dir=/first
		[ "$volume" != lv2 ] || dir=
		if ! e2fsck -fn "$image" > "$tmp/e2fsck" 2>&1; then
			cat "$tmp/e2fsck"
			return 1
		fi
		[ "$(debugfs -R "ea_get -V $dir/attributes user.origin" "$image" 2> /dev/null)" = \
			"$(seq -s , 100)" ] || { echo "$volume: wrong attributes"; return 1; }
		debugfs -R "stat $dir/link-1" "$image" 2> /dev/null | grep -q 'Links: 2' ||
			{ echo "$volume: wrong number of links"; return 1; }
	done
}

# same_without FORM ARRAY WITHOUT
same_without()
{
	local volume

	for volume in $volumes; do
		dump "$1" "$2" "$volume" "$tmp/volume" "$3" || return 1
		cmp "$tmp/volume" "$tmp/$1/vg$2/$volume" || return 1
	done
}

# declined STATUS COMMAND...: the command ends with that status.
declined()
{
	local status=0

	"${@:2}" || status=$?
	echo "exit status $status"
	[ "$status" -eq "$1" ]
}

# list_is_true FORM ARRAY TEXT: all volumes are readable, and the list says the text.
list_is_true()
{
	local sources

	mapfile -t sources < <(disks "$1" "$2")
	"$qnapvol" list "${sources[@]}" > "$tmp/list" || return 1
	cat "$tmp/list"
	grep -q "^5 volumes, 5 readable" "$tmp/list" && grep -q "$3" "$tmp/list"
}

# What a mirror that has failed has is old, but nothing is wrong with it.
old_mirror_is_as_it_was()
{
	local volume

	for volume in $volumes; do
		dump failed 1 "$volume" "$tmp/volume" 1 || return 1
		cmp "$tmp/volume" "$tmp/stock/vg1/$volume" || return 1
	done
}

# fails_without FORM ARRAY WITHOUT: the array is incomplete, and so is what is on it.
fails_without()
{
	local sources

	mapfile -t sources < <(disks "$@")
	rm -f "$tmp/nothing"
	declined 5 "$qnapvol" dump -V "md$2" -o "$tmp/nothing" "${sources[@]}" &&
		declined 5 "$qnapvol" dump -V "vg$2/lv1" -o "$tmp/nothing" "${sources[@]}" &&
		[ ! -e "$tmp/nothing" ]
}

# same_with ARRAY OPTION...: in QNAP's form.
same_with()
{
	local volume

	for volume in $volumes; do
		dump qnap "$1" "$volume" "$tmp/volume" "" "${@:2}" || return 1
		cmp "$tmp/volume" "$tmp/qnap/vg$1/$volume" || return 1
	done
}

# thin_xml FORM ARRAY
thin_xml()
{
	local sources

	mapfile -t sources < <(disks "$@")
	"$qnapvol" thin-xml -V "vg$2/tp1" "${sources[@]}"
}

# mappings: of thin_dump's XML, without what versions of the tool write differently.
mappings()
{
	sed 's/^ *//; s/ flags="[^"]*"//; s/ version="[^"]*"//' | awk 1
}

stock_xml_is_true()
{
	thin_xml stock "$1" | mappings > "$tmp/xml"
	mappings < "$kept/stock/truth/vg$1/metadata.xml" | diff - "$tmp/xml"
}

# restore ARRAY: metadata for the stock kernel, as a disk for the guest.
restore()
{
	thin_xml qnap "$1" > "$tmp/xml"
	truncate -s 8M "$tmp/metadata$1"
	thin_restore -i "$tmp/xml" -o "$tmp/metadata$1"
	thin_check "$tmp/metadata$1"
	thin_dump "$tmp/metadata$1" | mappings | diff <(mappings < "$tmp/xml") -
}

# Begins while other cases go on: this takes a while.
start_kernel_pools()
{
	local disk disks=("$tmp"/metadata[123] "$tmp/tables")

	tar -C "$kept/qnap/new" -cf "$tmp/tables" .
	for disk in "$kept"/qnap/array*; do
		disks+=("$disk,snapshot=on")
	done
	attach "${disks[@]}"
	start_storage pool.sh
}

# The guest is a child of this shell, and cases run in shells of their own.
end_kernel_pools()
{
	pools=ended
	end_storage "$guest_seconds" > "$tmp/pools.log" || pools=failed
}

kernel_says_the_same()
{
	local volume

	[ "$pools" = ended ] || { cat "$tmp/pools.log"; return 1; }
	for volume in $volumes; do
		grep -qx "$(truth qnap "$1" "$volume")  vg$1/$volume" "$tmp/result" ||
			{ echo "$volume is not what the kernel's thin pool reads"; return 1; }
	done
}

level()
{
	cut -d ' ' -f "$1" <<< "1 5 6"
}

check_complete()
{
	local number name

	for number in 1 2 3; do
		name="$1, RAID $(level "$number")"
		ktap_case "$name: the volumes are those of the guest" \
			volumes_are_true "$1" "$number"
		ktap_case "$name: the files are those of the guest" files_are_true "$1" "$number"
		ktap_case "$name: the file systems are sound" file_systems_are_sound "$1" "$number"
		ktap_case "$name: the list has all" list_is_true "$1" "$number" complete
	done
}

# check_without FORM ARRAY:DISKS...
check_without()
{
	local set name disks

	for set in "${@:2}"; do
		name="$1, RAID $(level "${set%:*}")"
		disks=${set#*:}
		ktap_case "$name: the same without disk ${disks// / and }" \
			same_without "$1" "${set%:*}" "$disks"
	done
}

check_missing()
{
	check_without "$1" 1:0 1:1 2:0 2:1 2:2 3:0 3:1 3:2 3:3 \
		"3:0 1" "3:0 2" "3:0 3" "3:1 2" "3:1 3" "3:2 3"
	ktap_case "$1, RAID 5: nothing without two disks" fails_without "$1" 2 "0 2"
	ktap_case "$1, RAID 6: nothing without three disks" fails_without "$1" 3 "0 1 3"
}

check_failed()
{
	local number

	for number in 1 2 3; do
		ktap_case "RAID $(level "$number") with a failed disk: the volumes are true" \
			volumes_are_true failed "$number"
		ktap_case "RAID $(level "$number") with a failed disk: the list says so" \
			list_is_true failed "$number" "not used: its data is old"
	done
	check_without failed 1:0 2:0 3:0 3:1 3:2 3:3 "3:1 3"
	ktap_case "RAID 1 with a failed disk: that alone has what it had" old_mirror_is_as_it_was
	ktap_case "RAID 5 with a failed disk: nothing without another" fails_without failed 2 2
	ktap_case "RAID 6 with a failed disk: nothing without two others" \
		fails_without failed 3 "0 1"
}

check_options()
{
	local number new generation

	for number in 1 2 3; do
		new=$kept/qnap/new/vg$number
		ktap_case "qnap, RAID $(level "$number"): the same with the description in a file" \
			same_with "$number" --vgtext "$new/vgtext"
	done
	generation=$(sed -n 's/^\tseqno = //p' "$kept/stock/truth/vg1/vgtext")
	ktap_case "qnap, RAID 1: the same with the description before the last" \
		same_with 1 --generation "$generation"
}

check_metadata()
{
	local number

	for number in 1 2 3; do
		ktap_case "stock, RAID $(level "$number"): thin-xml says what thin_dump does" \
			stock_xml_is_true "$number"
		ktap_case "qnap, RAID $(level "$number"): thin-xml passes the stock tools" \
			restore "$number"
	done
}

"$testing/need.sh" fetch guest qnapvol
"$testing/fetch.sh" kernel-6.12 guest guest-storage > /dev/null
step "Building qnapvol" build_qnapvol
lock qnapvol
storage_images
need_images stock "Making disks in a guest (once, takes minutes)"
need_images qnap "Giving the disks QNAP's form (once)"
need_images failed "The same after disks have failed (once)"
ktap_begin
check_complete stock
check_complete qnap
check_metadata
start_kernel_pools
check_options
check_missing stock
check_missing qnap
check_failed
end_kernel_pools
for number in 1 2 3; do
	ktap_case "qnap, RAID $(level "$number"): the kernel's thin pool reads the same" \
		kernel_says_the_same "$number"
done
ktap_end
