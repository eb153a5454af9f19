# SPDX-License-Identifier: GPL-2.0-only
# What image.sh is told, and what it refuses. To be sourced after lib.sh and dts.sh.
# shellcheck shell=bash disable=SC2034,SC2154

declare -A setting=(
	[MODEL]='' [KERNEL]=6.12 [HOSTNAME]='' [PASSWORD_FILE]='' [PASSWORD_HASH]=''
	[SSH_KEY]='' [SIZE]='' [OUT]='' [DEBS]='' [REFRESH]=''
)
# The one thing that is not for the list of processes, where arguments are.
password=${PASSWORD-}
# Make hands on what it was told. The makes in the image are not to hear of it, nor of the password.
unset PASSWORD MAKEFLAGS MFLAGS "${!setting[@]}"
# How root gets in: key, password, both or generated.
access=

try_help="see tools/image/image.sh --help"

# read_settings NAME=VALUE...
read_settings()
{
	local word name

	for word in "$@"; do
		name=${word%%=*}
		[ "$name" != PASSWORD ] ||
			die "everybody sees a PASSWORD= in the list of processes: put it into the" \
				"environment, or give a PASSWORD_FILE= or a PASSWORD_HASH="
		[[ "$word" = *=* && -v "setting[$name]" ]] ||
			die "'$word' is no setting of ours; $try_help"
		setting[$name]=${word#*=}
	done
}

models()
{
	boards | sed 's/.*-qnap-//'
}

# The board file of the model, which fits all revisions of its board.
check_model()
{
	local model=${setting[MODEL],,} known

	known=$(models | paste -s -d ' ')
	[ -n "$model" ] || die "for which box? MODEL= is one of: $known"
	model=${model//-/}
	[[ " $known " = *" $model "* ]] ||
		die "there is no device tree for '${setting[MODEL]}'; MODEL= is one of: $known"
	setting[MODEL]=$model
	dtb=$(boards | grep -e "-qnap-$model\$").dtb
}

check_kernel()
{
	case ${setting[KERNEL]} in
	6.12 | backports)
		;;
	*)
		die "KERNEL= is 6.12, which is Debian 13's own, or backports, not" \
			"'${setting[KERNEL]}'" ;;
	esac
}

check_hostname()
{
	local letter='[A-Za-z0-9]'

	setting[HOSTNAME]=${setting[HOSTNAME]:-qnap-${setting[MODEL]}}
	[[ "${setting[HOSTNAME]}" =~ ^$letter([A-Za-z0-9-]{0,61}$letter)?$ ]] ||
		die "HOSTNAME= is made of letters, digits and dashes inside, 63 at most, not" \
			"'${setting[HOSTNAME]}'"
}

read_password_file()
{
	local file=${setting[PASSWORD_FILE]}

	[ -n "$file" ] || return 0
	[ -z "$password" ] || die "PASSWORD and PASSWORD_FILE= are both given"
	[ -f "$file" ] && [ -r "$file" ] || die "PASSWORD_FILE=$file cannot be read"
	IFS= read -r password < "$file" || true
	[ -n "$password" ] || die "the first line of PASSWORD_FILE=$file is empty"
}

check_password()
{
	local hash=${setting[PASSWORD_HASH]}

	read_password_file
	[[ "$password" != *$'\n'* ]] || die "the password has more than one line"
	[ -n "$hash" ] || return 0
	[ -z "$password" ] || die "a password and a PASSWORD_HASH= are both given"
	[[ "$hash" =~ ^\$[a-z0-9]+\$[^:[:space:]]{20,}$ ]] ||
		die "PASSWORD_HASH= is no hash such as 'mkpasswd' or 'openssl passwd -6' prints." \
			"Its dollar signs must be kept from the shell by single quotes"
}

# Twenty letters and digits that are not taken for each other.
generate_password()
{
	tr -dc 'a-hjkmnp-zA-HJ-NP-Z2-9' < /dev/urandom 2> /dev/null | head -c 20 || true
}

choose_access()
{
	if [ -n "$password${setting[PASSWORD_HASH]}" ]; then
		access=password
		[ -z "${setting[SSH_KEY]}" ] || access=both
	elif [ -n "${setting[SSH_KEY]}" ]; then
		access=key
	else
		access=generated
		password=$(generate_password)
	fi
}

# In bytes, a multiple of a MiB.
check_size()
{
	local size

	[ -n "${setting[SIZE]}" ] || return 0
	size=$(numfmt --from=iec "${setting[SIZE]}" 2> /dev/null) && [ "$size" -gt 0 ] ||
		die "SIZE= is a number with M, G or T, such as 4G, not '${setting[SIZE]}'"
	setting[SIZE]=$((size / mib * mib))
}

check_out()
{
	local out=${setting[OUT]:-$repo/build/qnap-${setting[MODEL]}.img}

	if [ ! -e "$out" ] || [ -f "$out" ]; then
		mkdir -p "$(dirname "$out")" || die "OUT=$out: its folder cannot be made"
		[ -w "$(dirname "$out")" ] || die "OUT=$out: its folder cannot be written to"
	elif [ -b "$out" ]; then
		die "OUT=$out is a disk. Give a file, and write that to the stick with dd"
	else
		die "OUT=$out is there, and is no file"
	fi
	setting[OUT]=$out
}

check_space()
{
	mkdir -p "$cache" || die "$cache cannot be made; QNAP_MCU_CACHE= names another place"
	need_free "$TMPDIR" 5000 "TMPDIR= names another place"
	need_free "$cache" 2500 "QNAP_MCU_CACHE= names another place"
	need_free "$(dirname "${setting[OUT]}")" 2500 "OUT= names another place"
}

check_settings()
{
	check_model
	check_kernel
	check_hostname
	check_password
	[ -z "${setting[SSH_KEY]}" ] || [ -r "${setting[SSH_KEY]}" ] ||
		die "SSH_KEY=${setting[SSH_KEY]} cannot be read"
	check_size
	check_out
	check_space
	choose_access
}

# Nobody's private key is to end up on a stick.
check_ssh_key()
{
	local file=${setting[SSH_KEY]}

	[ -n "$file" ] || return 0
	! grep -q 'PRIVATE KEY' "$file" ||
		die "SSH_KEY=$file is a private key; the public one is in $file.pub"
	ssh-keygen -l -f "$file" > /dev/null 2>&1 ||
		die "SSH_KEY=$file is no public key for ssh"
}
