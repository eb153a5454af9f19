#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Reads the images of all variants of arrays. SUBSET is a pattern for their names.

. tests/variants.sh

try_group md
