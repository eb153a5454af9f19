#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of qnapvol luks: the passphrase, against what openssl derives; trying it with cryptsetup;
# and that no secret is where others could see it.

. ../lib/ktap.sh

PATH=$PATH:/usr/sbin:/sbin

PASSWORD='correct horse'

# What becomes of "password".
# shellcheck disable=SC2016 # these are no variables
KNOWN='$1$YCCaQNAP$Dw8pP5Jx8jR61mOc/J0cC/'

work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/bin"

# derive PASSWORD: by another program
derive()
{
	printf '%s' "$1" | openssl passwd -1 -salt YCCaQNAP -stdin
}

# make_luks FILE PASSWORD
make_luks()
{
	truncate -s 8M "$1"
	derive "$2" | tr -d '\n' | cryptsetup luksFormat -q --type luks1 \
		--pbkdf-force-iterations 1000 --key-file - "$1"
}

# A cryptsetup that writes down how it was called, and then does it; with a fixed end for "open"
# without a test, which needs root and a kernel that can.
make_spy()
{
	cat > "$work/bin/cryptsetup" << END
#!/bin/sh
{
	tr '\\0' '\\n' < /proc/\$\$/cmdline
	tr '\\0' '\\n' < /proc/\$\$/environ
	tr '\\0' '\\n' < /proc/\$PPID/cmdline
	tr '\\0' '\\n' < /proc/\$PPID/environ
	ls -l /proc/\$\$/fd
	find "$work" -type f ! -name seen -exec cat {} +
} >> "$work/seen" 2>&1
case "\$*" in
*--test-passphrase*)
	exec "$(command -v cryptsetup)" "\$@" ;;
esac
cat > "$work/input"
echo "\$*" > "$work/arguments"
END
	chmod +x "$work/bin/cryptsetup"
}

# luks ARGUMENT...: with the spy; the password comes from standard input
luks()
{
	env PATH="$work/bin:$PATH" ./qnapvol luks "$@"
}

check_passphrase()
{
	[ "$(printf password | ./qnapvol luks)" = "$KNOWN" ]
	result $? "the passphrase of a known password"
	# shellcheck disable=SC2016 # that is no variable
	for password in x "$PASSWORD" 'a b"c$d' 'pässwörd' "$(printf '%0200d' 7)"; do
		printf '%s' "$password" | ./qnapvol luks --print > "$work/passphrase"
		[ "$(cat "$work/passphrase")" = "$(derive "$password")" ] &&
			[ "$(wc -c < "$work/passphrase")" -eq 34 ]
		result $? "as openssl has it, 34 letters: $password"
	done
	[ "$(printf 'password\nmore\n' | ./qnapvol luks)" = "$KNOWN" ]
	result $? "the password ends with the line"
	[ "$(printf 'passwords' | ./qnapvol luks --length 8)" = "$KNOWN" ]
	result $? "--length"
	[ "$(./qnapvol luks --password-fd 5 5<< END
password
END
	)" = "$KNOWN" ]
	result $? "--password-fd"
}

check_trying()
{
	printf '%s' "$PASSWORD" | luks -q --test "$work/disk.img"
	result $? "the right password"
	printf '%s' "$PASSWORD" | luks -q "$work/disk.img"
	result $? "trying is the default"
	printf '%s' "$PASSWORD and more" | luks "$work/disk.img" 2> "$work/said" &&
		grep -q "first ${#PASSWORD} letters" "$work/said"
	result $? "a password that is too long"
	printf '%s' "$PASSWORD and more" | luks -q --print "$work/disk.img" 2> "$work/said" |
		cryptsetup open --test-passphrase --key-file - "$work/disk.img"
	result $? "the passphrase that is right is printed, for cryptsetup"
	printf 'wrong password' | luks "$work/disk.img" 2> "$work/said"
	[ $? -eq 8 ] && grep -q "is wrong, and so is its beginning" "$work/said"
	result $? "a wrong password"
	printf '%s more' "$PASSWORD" | luks --length 15 "$work/disk.img" 2> "$work/said"
	[ $? -eq 8 ]
	result $? "--length: no other is tried"
	printf 'short' | luks -q "$work/short.img"
	result $? "a short password"
	printf 'shorter' | luks -q "$work/short.img" 2> /dev/null
	[ $? -eq 8 ]
	result $? "nothing below eight letters is tried"
}

check_user()
{
	if [ "$(id -u)" -ne 0 ]; then
		skip "a user can try" "this is one, and could"
		return
	fi
	cp qnapvol "$work/bin/"
	chmod 644 "$work/disk.img"
	if ! setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$work/bin/qnapvol"; then
		skip "a user can try" "the directory for temporary files is closed to them"
		return
	fi
	printf '%s' "$PASSWORD" | setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$work/bin/qnapvol" luks -q "$work/disk.img"
	result $? "a user can try"
}

check_open()
{
	printf '%s' "$PASSWORD" | luks --open data "$work/disk.img" 2> "$work/said" &&
		grep -q "/dev/mapper/data" "$work/said"
	result $? "--open says what to do next"
	[ "$(cat "$work/input")" = "$(derive "$PASSWORD")" ]
	result $? "--open gives the passphrase in standard input"
	grep -q -e "^open --readonly .*--key-file - $work/disk.img data$" "$work/arguments"
	result $? "--open is read-only"
	rm "$work/input"
}

check_secrecy()
{
	[ -s "$work/seen" ] && grep -q luks1-proof "$work/seen"
	result $? "the spy has seen command lines, environments and files"
	! grep -q -F -e "$PASSWORD" -e "$(derive "$PASSWORD")" "$work/seen"
	result $? "neither password nor passphrase is there"
}

# A volume in a pool: only its header is given to cryptsetup, or its image has to be mounted first.
check_pool()
{
	if ! tests/mkqnapimg tests/variants/luks.json "$work/pool" > /dev/null; then
		result 1 "a pool is made"
		return
	fi
	printf 'geheim123' | luks -q "$work"/pool/disk*.img
	result $? "a volume in a pool"
	printf 'geheim124' | luks -q "$work"/pool/disk*.img 2> /dev/null
	[ $? -eq 8 ]
	result $? "a volume in a pool, with a wrong password"
	printf 'geheim123' | luks --open data "$work"/pool/disk*.img 2> "$work/said"
	[ $? -eq 6 ] && grep -q "qnapvol luks --open data DIRECTORY/vg1-lv1.img" "$work/said"
	result $? "--open says what to do first"
}

# On a terminal: no echo, and it can be interrupted.
check_terminal()
{
	if ! command -v script > /dev/null; then
		skip "a terminal has no echo" "script is not installed"
		return
	fi
	{
		sleep 1
		printf 'password\n'
		sleep 1
	} | script -q -c "./qnapvol luks --print > $work/printed" /dev/null > "$work/shown"
	[ "$(cat "$work/printed")" = "$KNOWN" ] && grep -q "Password of the volume" "$work/shown" &&
		! grep -q "password" "$work/shown"
	result $? "a terminal has no echo"
	{
		sleep 1
		printf 'pass\003\n'
		sleep 1
	} | script -q -c "./qnapvol luks > $work/printed; stty -a" /dev/null > "$work/shown"
	[ ! -s "$work/printed" ] && grep -q " echo " "$work/shown"
	result $? "Ctrl-C ends it, with echo"
}

# refuses CODE PATTERN ARGUMENT...: the exit status, and a message that says what to do
refuses()
{
	code=$1
	pattern=$2
	shift 2
	message=$(printf '%s' "$input" | ./qnapvol luks "$@" 2>&1 > /dev/null)
	[ $? -eq "$code" ] && printf '%s\n' "$message" | grep -q -e "$pattern"
	result $? "refuses: $pattern"
}

check_refusals()
{
	input=
	refuses 1 "there is no password"
	input=$(printf '%0600d' 1)
	refuses 1 "too long"
	input=short
	refuses 2 "5 letters only" --length 6
	refuses 2 "wants a number" --length x
	refuses 2 "name the disks" --test
	refuses 3 "No such file" "$work/nothing"
	head -c 1M /dev/urandom > "$work/other.img"
	refuses 4 "not encrypted by LUKS" -V "$work/other.img" "$work/other.img"
	cp "$work/disk.img" "$work/damaged.img"
	printf '\377' | dd of="$work/damaged.img" bs=1 seek=104 conv=notrunc 2> /dev/null
	refuses 7 "header of LUKS in .* is damaged" "$work/damaged.img"
	message=$(env PATH="$work/nothing" "$PWD/qnapvol" luks "$work/disk.img" 2>&1 < /dev/null)
	if command -v cryptsetup | grep -q sbin; then
		skip "refuses: install cryptsetup" "it is where it is always looked for"
	else
		printf '%s\n' "$message" | grep -q "install the package cryptsetup"
		result $? "refuses: install cryptsetup"
	fi
	mkdir "$work/point"
	./qnapvol mount "$work/point" "$work/disk.img" 2>&1 | grep -q "qnapvol luks --open"
	result $? "qnapvol mount says what to do"
}

echo "KTAP version 1"

for tool in cryptsetup openssl; do
	command -v "$tool" > /dev/null && continue
	skip "qnapvol luks" "$tool is not installed"
	finish
done

make_luks "$work/disk.img" "$PASSWORD"
make_luks "$work/short.img" short
sha256sum "$work"/*.img > "$work/sums"
echo luks1-proof > "$work/proof"
make_spy

check_passphrase
check_trying
check_user
check_open
check_secrecy
check_pool
check_terminal
check_refusals
sha256sum --quiet -c "$work/sums"
result $? "no source was changed"

finish
