// SPDX-License-Identifier: GPL-2.0-only
/*
 * The boxes, and which device tree is for which
 *
 * A device tree is for a revision and all that follow, until the next one that is known to differ.
 * One that switches the power of drives uses lines that older boards have for something else, or
 * for nothing: it is only taken if both boards are new enough.
 */

#include <stdio.h>
#include <string.h>

#include "board.h"

static const struct board_tree ts133_trees[] = {
	{ .mainboard = 11, .dtb = "rk3566-qnap-ts133.dtb" },
	{ .mainboard = 13, .dtb = "rk3566-qnap-ts133-pcb-13.dtb",
	  .drive_power = true },
	{ }
};

static const struct board_tree ts233_trees[] = {
	{ .mainboard = 11, .backplane = 10, .dtb = "rk3568-qnap-ts233.dtb" },
	{ .mainboard = 12, .backplane = 11, .dtb = "rk3568-qnap-ts233-pcb-12-11.dtb",
	  .drive_power = true },
	{ }
};

static const struct board_tree ts433_trees[] = {
	{ .mainboard = 10, .backplane = 10, .dtb = "rk3568-qnap-ts433.dtb" },
	{ .mainboard = 12, .backplane = 10, .dtb = "rk3568-qnap-ts433-pcb-12-10.dtb",
	  .drive_power = true },
	{ }
};

static const struct board_tree ts216g_trees[] = {
	{ .mainboard = 12, .backplane = 10, .dtb = "rk3568-qnap-ts216g.dtb" },
	{ }
};

/* Whether the board that was seen has 10 or 11 is told in both ways. */
static const struct board_tree ts433eu_trees[] = {
	{ .mainboard = 10, .dtb = "rk3568-qnap-ts433eu.dtb" },
	{ .mainboard = 11, .dtb = "rk3568-qnap-ts433eu.dtb" },
	{ }
};

static const struct board boards[] = {
	{
		.model = "TS-133",
		.compatible = "qnap,ts133",
		.mainboard = "Q0AI0",
		.trees = ts133_trees,
		.gbe_slot = BOARD_NO_SLOT,
	},
	{
		.model = "TS-233",
		.compatible = "qnap,ts233",
		.mainboard = "Q0AJ0",
		.backplane = "Q0AM0",
		.trees = ts233_trees,
		.gbe_slot = BOARD_NO_SLOT,
	},
	{
		.model = "TS-433",
		.compatible = "qnap,ts433",
		.mainboard = "Q0B20",
		.backplane = "Q0B30",
		.trees = ts433_trees,
		.gbe_slot = 1,
	},
	{
		.model = "TS-216G",
		.compatible = "qnap,ts216g",
		.mainboard = "Q0B20",
		.backplane = "Q0AW0",
		.trees = ts216g_trees,
		.gbe_slot = BOARD_NO_SLOT,
		.caveat = "the device tree of the TS-216G is experimental: it is not known to work",
	},
	{
		.model = "TS-433eU",
		.compatible = "qnap,ts433eu",
		.mainboard = "QA0110",
		.trees = ts433eu_trees,
		.gbe_slot = BOARD_NO_SLOT,
	},
};

#define NUM_BOARDS	(sizeof(boards) / sizeof(*boards))

/**
 * board_next() - go through all boxes
 * @board: the one before, or NULL
 *
 * Return: the next one, or NULL after the last.
 */
const struct board *board_next(const struct board *board)
{
	board = board ? board + 1 : boards;

	return board < boards + NUM_BOARDS ? board : NULL;
}

/**
 * board_of_backplane() - look a backplane up
 * @code: its code
 *
 * Return: the box that has it, or NULL if none does.
 */
const struct board *board_of_backplane(const char *code)
{
	const struct board *board = NULL;

	while ((board = board_next(board)))
		if (board->backplane && !strcmp(board->backplane, code))
			return board;

	return NULL;
}

/**
 * board_names() - say which boxes have a mainboard
 * @mainboard: its code
 * @text: where to put the names, with "or" between them; empty if there are none
 * @size: room for them
 */
void board_names(const char *mainboard, char *text, size_t size)
{
	const struct board *board = NULL;
	size_t len = 0;

	*text = '\0';
	while ((board = board_next(board)))
		if (!strcmp(board->mainboard, mainboard) && len < size)
			len += snprintf(text + len, size - len, "%s%s", len ? " or " : "",
					board->model);
}

/* The first box with that mainboard, and with that backplane unless it is NULL. */
static const struct board *find(const char *mainboard, const char *backplane)
{
	const struct board *board = NULL;

	while ((board = board_next(board)))
		if (!strcmp(board->mainboard, mainboard) &&
		    (!backplane || (board->backplane && !strcmp(board->backplane, backplane))))
			return board;

	return NULL;
}

static void choose_tree(struct board_choice *choice, unsigned int mainboard,
			unsigned int backplane)
{
	unsigned int newest_mainboard = 0, newest_backplane = 0;

	for (const struct board_tree *tree = choice->board->trees; tree->dtb; tree++) {
		if (tree->mainboard <= mainboard && tree->backplane <= backplane)
			choice->tree = tree;
		newest_mainboard = tree->mainboard;
		newest_backplane = tree->backplane;
	}
	if (!choice->tree) {
		choice->fault = BOARD_TOO_OLD;
		return;
	}
	if (mainboard > newest_mainboard)
		choice->newest_mainboard = newest_mainboard;
	if (backplane > newest_backplane)
		choice->newest_backplane = newest_backplane;
}

/**
 * board_choose() - find out which box it is, and which device tree fits
 * @choice: what is known
 * @mainboard: what the mainboard says, which must be good
 * @backplane: what the backplane says, or NULL if there is none that says anything good
 */
void board_choose(struct board_choice *choice, const struct vpd *mainboard,
		  const struct vpd *backplane)
{
	const struct board *board = find(mainboard->code, NULL);

	*choice = (struct board_choice){ };
	if (!board) {
		choice->fault = BOARD_UNKNOWN_MAINBOARD;
		return;
	}
	if (board->backplane && !backplane) {
		choice->fault = BOARD_NEEDS_BACKPLANE;
		return;
	}
	choice->board = backplane ? find(mainboard->code, backplane->code) : board;
	if (!choice->board) {
		choice->fault = BOARD_FOREIGN_BACKPLANE;
		return;
	}
	choose_tree(choice, mainboard->pcb, backplane ? backplane->pcb : 0);
}
