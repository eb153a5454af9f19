# SPDX-License-Identifier: GPL-2.0-only
# Our documents, as the kernel's documentation has them. To be sourced after in-tree-lib.sh and
# tools/kernel-tree/overlay.sh.
# shellcheck shell=bash disable=SC2154

# A folder of the tree with our pages alone, in the places where they see each other. Those of the
# whole folders that they are in take the better part of an hour.
docs_folder=qnap-mcu-pages

docs_pages()
{
	overlay_list | sed -n 's|^Documentation/\(.*\)\.rst$|\1|p'
}

docs_lay()
{
	local tree=$in_tree/$1/tree page folder

	folder=$tree/Documentation/$docs_folder
	rm -rf "$folder"
	for page in $(docs_pages); do
		install -D -m 644 "$tree/Documentation/$page.rst" "$folder/$page.rst"
	done
	{
		printf 'Pages\n=====\n\n.. toctree::\n\n'
		docs_pages | sed 's/^/   /'
	} > "$folder/index.rst"
}

docs_build()
{
	make -C "$in_tree/$1/tree" O="$in_tree/$1/docs" "SPHINXDIRS=$docs_folder" htmldocs
}

# Sphinx has nothing to say about our pages, nor the reader of Documentation/ABI about our files.
docs_silent()
{
	local log=$in_tree/$1/docs.log page

	rm -rf "$in_tree/$1/docs"
	mkdir -p "$in_tree/$1/docs"
	docs_lay "$1"
	docs_build "$1" > "$log" 2>&1 || { tail -n 40 "$log"; return 1; }
	! sed "s|$in_tree/$1/||g" "$log" | grep -iE 'warning|error|severe' | grep qnap || return 1
	for page in $(docs_pages); do
		[ -n "$(find "$in_tree/$1/docs" -path "*/$page.html")" ] ||
			{ echo "$page.html was not made"; return 1; }
	done
}

# What our files name of the documentation is there.
docs_named()
{
	local tree=$in_tree/$1/tree name

	overlay_list | sed "s|^|$tree/|" |
		xargs grep -ohE 'Documentation/[A-Za-z0-9_,./-]*[A-Za-z0-9]' | sort -u |
		while read -r name; do
			[ -e "$tree/$name" ] || { echo "$name is not there"; exit 1; }
		done
}

# Each page is in the index of its folder.
docs_hooked()
{
	local page

	for page in $(docs_pages); do
		grep -qxE " +${page#*/}" "$in_tree/$1/tree/Documentation/${page%/*}/index.rst" ||
			{ echo "${page%/*}/index.rst lacks ${page#*/}"; return 1; }
	done
}
