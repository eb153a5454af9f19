/* SPDX-License-Identifier: GPL-2.0-only */
/* The boxes, and which device tree is for which. */

#ifndef _NAS_INFO_BOARD_H
#define _NAS_INFO_BOARD_H

#include <linux/types.h>

#include "vpd.h"

/* It is not known which address in the MCU is for which port. */
#define BOARD_NO_SLOT	(-1)

/**
 * struct board_tree - a device tree, and the revisions from which on it fits
 * @mainboard: of the mainboard
 * @backplane: of the backplane, 0 if there is none
 * @dtb: name of the file
 * @drive_power: it can switch the power of the drives
 */
struct board_tree {
	unsigned int mainboard;
	unsigned int backplane;
	const char *dtb;
	bool drive_power;
};

/**
 * struct board - a box
 * @model: its name
 * @compatible: its name in device trees
 * @mainboard: code of the mainboard
 * @backplane: code of the backplane, NULL if there is none
 * @trees: by revision, the lowest first, ended by one without a file
 * @gbe_slot: which address in the MCU is that of the 1 GbE port, or BOARD_NO_SLOT
 * @caveat: what is to be known before its device tree is used, or NULL
 */
struct board {
	const char *model;
	const char *compatible;
	const char *mainboard;
	const char *backplane;
	const struct board_tree *trees;
	int gbe_slot;
	const char *caveat;
};

enum board_fault {
	BOARD_GOOD,
	BOARD_UNKNOWN_MAINBOARD,
	BOARD_NEEDS_BACKPLANE,
	BOARD_FOREIGN_BACKPLANE,
	BOARD_TOO_OLD,
};

/**
 * struct board_choice - what is known of a pair of boards
 * @fault: why there is no @tree
 * @board: the box, NULL if that cannot be told
 * @tree: the device tree that fits, NULL if none does
 * @newest_mainboard: the newest revision known, if the mainboard has a newer one; otherwise 0
 * @newest_backplane: the same of the backplane
 */
struct board_choice {
	enum board_fault fault;
	const struct board *board;
	const struct board_tree *tree;
	unsigned int newest_mainboard;
	unsigned int newest_backplane;
};

const struct board *board_next(const struct board *board);
const struct board *board_of_backplane(const char *code);
void board_choose(struct board_choice *choice, const struct vpd *mainboard,
		  const struct vpd *backplane);
void board_names(const char *mainboard, char *text, size_t size);

#endif /* _NAS_INFO_BOARD_H */
