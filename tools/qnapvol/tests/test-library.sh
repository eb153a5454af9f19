#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The library as a program of somebody else's uses it: installed, in C and in C++.

. ../lib/ktap.sh

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

cat > "$tmp/first.c" << 'EOF'
#include <qnapvol.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct qv *qv = qv_new();
	const struct qv_item *volume;
	char buf[4096];
	int ret = 1;

	for (int i = 2; i < argc; i++) {
		if (qv_add_source(qv, argv[i], NULL))
			return 1;
	}
	if (!qv_scan(qv, NULL)) {
		volume = qv_find(qv, argv[1]);
		if (volume && !qv_dev_read(volume->dev, buf, sizeof(buf), 0))
			ret = fwrite(buf, sizeof(buf), 1, stdout) != 1;
		else
			fprintf(stderr, "%s\n", qv_error_text(qv));
		if (!ret && qv_error_kind(qv) != QV_OK)
			fprintf(stderr, "%llu bytes\n", (unsigned long long)volume->size);
	}
	qv_free(qv);

	return ret;
}
EOF
cp "$tmp/first.c" "$tmp/first.cc"

# reads COMPILER LANGUAGE FILE OPTION...
reads()
{
	compiler=$1
	name="$2: a program reads a volume"
	file=$3
	shift 3
	if ! command -v "$compiler" > /dev/null; then
		skip "$name" "needs $compiler"
		return
	fi
	rm -f "$tmp/program"
	# shellcheck disable=SC2046
	"$compiler" -Wall -Wextra -Werror -pedantic "$@" $(pkg-config --cflags qnapvol) \
		-o "$tmp/program" "$file" $(pkg-config --libs qnapvol) > "$tmp/log" 2>&1 &&
		"$tmp/program" vg1/lv1 "$tmp"/images/disk*.img > "$tmp/out" 2>> "$tmp/log" &&
		cmp -n 4096 "$tmp/out" "$tmp/images/truth/vg1-lv1.raw" >> "$tmp/log" 2>&1
	status=$?
	[ "$status" -eq 0 ] || sed 's/^/# /' "$tmp/log"
	result "$status" "$name"
}

echo "KTAP version 1"
if ! pkg-config --version > /dev/null 2>&1; then
	skip "a program of somebody else's" "needs pkg-config"
	finish
fi
make -s install PREFIX="$tmp/prefix" > "$tmp/log" 2>&1
result $? "the library is installed"
tests/mkqnapimg tests/variants/basic.json "$tmp/images" > "$tmp/log" 2>&1
result $? "there is an image"

export PKG_CONFIG_PATH="$tmp/prefix/lib/pkgconfig"
reads "${CC:-gcc}" C11 "$tmp/first.c" -std=c11
reads "${CXX:-g++}" C++ "$tmp/first.cc" -std=c++11

make -s uninstall PREFIX="$tmp/prefix" > "$tmp/log" 2>&1
[ -z "$(find "$tmp/prefix" -type f)" ]
result $? "nothing of it is left"

finish
