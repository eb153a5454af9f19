# SPDX-License-Identifier: GPL-2.0-only
# Lets this machine run arm64 programs, by QEMU where it has another processor. To be sourced after
# lib.sh; need.sh's part arm64-root has the packages.
# shellcheck shell=bash disable=SC2154

# Where the kernel keeps what it knows of foreign programs, and what QEMU's package tells it.
binfmt=/proc/sys/fs/binfmt_misc
binfmt_file=/usr/lib/binfmt.d/qemu-aarch64.conf

# The kernel hands programs of arm64 to an interpreter, which it finds (F) from inside another root
# file system too.
knows_arm64()
{
	local entry

	[ "$(cat "$binfmt/status" 2> /dev/null)" = enabled ] || return 1
	for entry in "$binfmt"/*; do
		[ "${entry##*/}" = register ] || [ "${entry##*/}" = status ] ||
			! takes_arm64 "$entry" || return 0
	done
	return 1
}

takes_arm64()
{
	grep -qx enabled "$1" && grep -q '^flags:.*F' "$1" &&
		grep -qE '^magic 7f454c4602010100+200b700$' "$1"
}

# A container has the package, but nothing that tells the kernel when it starts.
tell_kernel_arm64()
{
	local as_root=()

	[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
	# shellcheck disable=SC2016 # for the other shell
	"${as_root[@]}" sh -ec '
		[ -e "$1/register" ] || mount -t binfmt_misc binfmt_misc "$1"
		echo 1 > "$1/status"
		grep "^:" "$2" > "$1/register"' sh "$binfmt" "$binfmt_file"
}

# need_arm64_programs: now, or the script ends with a sentence that says what to do.
need_arm64_programs()
{
	[ "$(dpkg --print-architecture)" != arm64 ] && ! knows_arm64 || return 0
	tell_kernel_arm64 > "$tmp/binfmt" 2>&1 && knows_arm64 ||
		die "this kernel does not run arm64 programs, and cannot be told to:" \
			"$(tail -n 1 "$tmp/binfmt"). As root, where containers are not" \
			"confined: systemctl restart systemd-binfmt, or mount -t binfmt_misc" \
			"binfmt_misc $binfmt && cat $binfmt_file > $binfmt/register"
}
