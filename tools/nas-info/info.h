/* SPDX-License-Identifier: GPL-2.0-only */
/* All that is known of the box that the program runs on, or of the copies that it was given. */

#ifndef _NAS_INFO_INFO_H
#define _NAS_INFO_INFO_H

#include "board.h"
#include "mcu-rom.h"
#include "source.h"
#include "vpd.h"

#define INFO_REMARKS_MAX	8

/**
 * struct info_request - what is asked for
 * @root: folder that has sysfs in it, empty for the running system; NULL: do not look there
 * @mainboard: copy of the mainboard's EEPROM, or NULL
 * @backplane: copy of the backplane's EEPROM, or NULL
 * @mcu: copy of the MCU's EEPROM, or NULL
 */
struct info_request {
	const char *root;
	const char *mainboard;
	const char *backplane;
	const char *mcu;
};

/**
 * struct info_board - a mainboard or a backplane
 * @kind: which
 * @source: its EEPROM
 * @vpd: what that says
 * @good: it could be read, and says which board it is
 * @why: why not, a sentence; NULL if @good
 */
struct info_board {
	enum vpd_kind kind;
	struct source source;
	struct vpd vpd;
	bool good;
	char *why;
};

/**
 * struct info_mcu - the microcontroller
 * @source: its EEPROM
 * @rom: what that says
 * @good: it could be read and is not empty
 * @why: why not, a sentence; NULL if @good
 * @firmware: version of the firmware
 * @firmware_why: why that is not known, a sentence; NULL if it is
 */
struct info_mcu {
	struct source source;
	struct mcu_rom rom;
	bool good;
	char *why;
	struct source firmware;
	char *firmware_why;
};

/**
 * struct info_tree - the device tree in use
 * @model: what it calls the box
 * @compatible: names of the box, each with a zero behind it
 * @drive_power: it can switch the power of the drives
 */
struct info_tree {
	struct source model;
	struct source compatible;
	bool drive_power;
};

/**
 * struct info - all that is known
 * @mainboard: the mainboard
 * @backplane: the backplane
 * @asked_boards: they were asked for
 * @mcu: the microcontroller
 * @asked_mcu: it was asked for
 * @tree: the device tree in use
 * @asked_tree: it was asked for
 * @choice: the box, and the device tree that fits
 * @why: why no device tree is known to fit, a sentence; NULL if one is
 * @remarks: sentences to be told beside it
 * @num_remarks: how many
 */
struct info {
	struct info_board mainboard;
	struct info_board backplane;
	bool asked_boards;
	struct info_mcu mcu;
	bool asked_mcu;
	struct info_tree tree;
	bool asked_tree;
	struct board_choice choice;
	char *why;
	char *remarks[INFO_REMARKS_MAX];
	size_t num_remarks;
};

void info_boards(struct info *info, const struct info_request *request);
void info_mcu(struct info *info, const struct info_request *request);
void info_tree(struct info *info, const struct info_request *request);
bool info_tree_in_use(const struct info *info);
bool info_has_backplane(const struct info *info);
void info_free(struct info *info);

#endif /* _NAS_INFO_INFO_H */
