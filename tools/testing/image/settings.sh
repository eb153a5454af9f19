# SPDX-License-Identifier: GPL-2.0-only
# What image.sh refuses, and what it leaves behind then: nothing. For check-image.sh.
# shellcheck shell=bash disable=SC2154

out=$tmp/out/stick.img
mkdir -p "$bin" "$tmp/out" "$tmp/debs"
touch "$tmp/debs/qnap-nas-dtbs_0_all.deb"

run_image()
{
	PATH=$bin:$PATH "$repo/tools/image/image.sh" MODEL=ts433 "OUT=$out" "DEBS=$tmp/debs" "$@"
}

# refuses TEXT COMMAND...: it fails, says so, and leaves neither an image nor a part of one.
refuses()
{
	local text=$1 output

	shift
	! output=$("$@" 2>&1) || wrong "it did not fail: $output"
	grep -qF -e "$text" <<< "$output" || wrong "no '$text' in: $output"
	[ -z "$(ls -A "$tmp/out")" ] || wrong "it left $(ls -A "$tmp/out")"
}

refuses_setting()
{
	refuses "$1" run_image "${@:2}"
}

shows_in_ps()
{
	refuses "list of processes" run_image PASSWORD=secret
}

password_twice()
{
	echo secret > "$tmp/password"
	PASSWORD=secret refuses "both given" run_image "PASSWORD_FILE=$tmp/password"
}

empty_password()
{
	echo > "$tmp/password"
	refuses "is empty" run_image "PASSWORD_FILE=$tmp/password"
}

private_key()
{
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/identity"
	refuses "is a private key" run_image "SSH_KEY=$tmp/identity"
}

not_a_key()
{
	refuses "is no public key" run_image "SSH_KEY=$repo/README.rst"
}

no_packages()
{
	rm "$tmp"/debs/*
	refuses "has no packages of ours" run_image
}

no_space()
{
	pretend df 'echo header; echo "/dev/x 10 10 1000 99% /"'
	refuses "are needed" run_image
}

no_namespace()
{
	pretend id 'echo 1000'
	pretend unshare 'echo "unshare: write failed /proc/self/uid_map"; exit 1'
	refuses "/etc/subuid and /etc/subgid need a line" run_image
}

no_network()
{
	export QNAP_MCU_CACHE=$tmp/cache
	pretend apt-get 'case "$*" in *--print-uris*) exec /usr/bin/apt-get "$@";; esac
		echo "Could not resolve the host"; exit 100'
	refuses "Could not resolve" run_image
	[ -z "$(ls -A "$tmp/cache/image" 2> /dev/null)" ] || wrong "something is in the cache"
}

# On a kernel that knows nothing of arm64, in a container that may not tell it.
no_arm64()
{
	pretend dpkg 'echo amd64'
	pretend mount 'echo "mount: permission denied"; exit 32'
	# shellcheck disable=SC2016 # for the other shell
	refuses "does not run arm64 programs" unshare -Urm sh -ec '
		/bin/mount -t tmpfs none /proc/sys/fs/binfmt_misc
		PATH=$1:$PATH; shift; exec "$@"' sh "$bin" \
		"$repo/tools/image/image.sh" MODEL=ts433 "OUT=$out" "DEBS=$tmp/debs"
}

# setting_case NAME COMMAND...: nothing is pretended before or after.
setting_case()
{
	rm -f "$bin"/*
	ktap_case "refused: $1" "${@:2}"
	touch "$tmp/debs/qnap-nas-dtbs_0_all.deb"
}

bad_words()
{
	local known="one of: ts133 ts216g ts233 ts433 ts433eu"

	setting_case "no model" refuses_setting "for which box?" MODEL=
	setting_case "unknown model, known ones are listed" refuses_setting "$known" MODEL=ts999
	setting_case "unknown kernel" refuses_setting "6.12, which is" KERNEL=5.10
	setting_case "unknown setting" refuses_setting "no setting of ours" MODELS=ts433
	setting_case "not a setting" refuses_setting "no setting of ours" ts433
	setting_case "host name with a blank" refuses_setting "HOSTNAME= is" "HOSTNAME=my nas"
	setting_case "host name with an end of line" refuses_setting "HOSTNAME= is" $'HOSTNAME=a\nb'
	setting_case "size that is none" refuses_setting "SIZE= is" SIZE=big
	setting_case "output is a folder" refuses_setting "is no file" "OUT=$tmp"
	setting_case "output is a device" refuses_setting "is no file" OUT=/dev/null
}

bad_credentials()
{
	setting_case "password where everybody sees it" shows_in_ps
	setting_case "two passwords" password_twice
	setting_case "empty password" empty_password
	setting_case "no such file of a password" refuses_setting "cannot be read" \
		PASSWORD_FILE=/nothing
	setting_case "plain password for a hash" refuses_setting "is no hash" PASSWORD_HASH=secret
	setting_case "hash that the shell has eaten into" refuses_setting "is no hash" \
		PASSWORD_HASH=.saltedandhashedandmore
	setting_case "no such file of a key" refuses_setting "cannot be read" SSH_KEY=/nothing
	setting_case "private key" private_key
	setting_case "not a key" not_a_key
}

bad_surroundings()
{
	setting_case "none of our packages" no_packages
	setting_case "no space" no_space
	setting_case "a user who may make no namespace" no_namespace
	setting_case "no network" no_network
	setting_case "a kernel that runs no arm64 programs" no_arm64
}

bad_settings()
{
	"$testing/need.sh" fetch image arm64-root
	bad_words
	bad_credentials
	bad_surroundings
}
