# SPDX-License-Identifier: GPL-2.0-only
# What is in a directory, as text. To be sourced, in the guest and on the host.
# shellcheck shell=bash

# manifest DIR: what is below it, in a form that can be made elsewhere as well.
manifest()
{
	(
		cd "$1" || exit
		find . -type d | grep -v lost+found | sort
		find . -type l | sort | while read -r link; do
			echo "$link -> $(readlink "$link")"
		done
		find . -type f | sort | tr '\n' '\0' | xargs -0 sha256sum
	)
}
