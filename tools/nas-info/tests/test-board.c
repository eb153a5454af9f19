// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the table of boxes: which device tree fits which pair of boards. */

#include <stdio.h>
#include <string.h>

#include "board.h"
#include "ktap.h"

/**
 * struct pair - two boards, and what is to be made of them
 * @mainboard: code of the mainboard
 * @mainboard_pcb: its revision
 * @backplane: code of the backplane, or NULL if there is none
 * @backplane_pcb: its revision
 * @fault: what is wrong
 * @model: the box, or NULL
 * @dtb: the device tree, or NULL
 * @newer: it is newer than what is known
 */
struct pair {
	const char *mainboard;
	unsigned int mainboard_pcb;
	const char *backplane;
	unsigned int backplane_pcb;
	enum board_fault fault;
	const char *model;
	const char *dtb;
	bool newer;
};

static const struct pair pairs[] = {
	{ "Q0AI0", 11, NULL, 0, 0, "TS-133", "rk3566-qnap-ts133.dtb", false },
	{ "Q0AI0", 12, NULL, 0, 0, "TS-133", "rk3566-qnap-ts133.dtb", false },
	{ "Q0AI0", 13, NULL, 0, 0, "TS-133", "rk3566-qnap-ts133-pcb-13.dtb", false },
	{ "Q0AI0", 14, NULL, 0, 0, "TS-133", "rk3566-qnap-ts133-pcb-13.dtb", true },
	{ "Q0AI0", 10, NULL, 0, BOARD_TOO_OLD, "TS-133", NULL, false },
	{ "Q0AI0", 11, "Q0AM0", 10, BOARD_FOREIGN_BACKPLANE, NULL, NULL, false },
	{ "Q0AJ0", 11, "Q0AM0", 10, 0, "TS-233", "rk3568-qnap-ts233.dtb", false },
	{ "Q0AJ0", 12, "Q0AM0", 11, 0, "TS-233", "rk3568-qnap-ts233-pcb-12-11.dtb", false },
	{ "Q0AJ0", 12, "Q0AM0", 10, 0, "TS-233", "rk3568-qnap-ts233.dtb", false },
	{ "Q0AJ0", 11, "Q0AM0", 11, 0, "TS-233", "rk3568-qnap-ts233.dtb", false },
	{ "Q0AJ0", 13, "Q0AM0", 10, 0, "TS-233", "rk3568-qnap-ts233.dtb", true },
	{ "Q0AJ0", 11, "Q0AM0", 12, 0, "TS-233", "rk3568-qnap-ts233.dtb", true },
	{ "Q0AJ0", 13, "Q0AM0", 12, 0, "TS-233", "rk3568-qnap-ts233-pcb-12-11.dtb", true },
	{ "Q0AJ0", 10, "Q0AM0", 11, BOARD_TOO_OLD, "TS-233", NULL, false },
	{ "Q0AJ0", 12, "Q0AM0", 9, BOARD_TOO_OLD, "TS-233", NULL, false },
	{ "Q0AJ0", 12, NULL, 0, BOARD_NEEDS_BACKPLANE, NULL, NULL, false },
	{ "Q0AJ0", 12, "Q0B30", 10, BOARD_FOREIGN_BACKPLANE, NULL, NULL, false },
	{ "Q0B20", 10, "Q0B30", 10, 0, "TS-433", "rk3568-qnap-ts433.dtb", false },
	{ "Q0B20", 11, "Q0B30", 10, 0, "TS-433", "rk3568-qnap-ts433.dtb", false },
	{ "Q0B20", 12, "Q0B30", 10, 0, "TS-433", "rk3568-qnap-ts433-pcb-12-10.dtb", false },
	{ "Q0B20", 12, "Q0B30", 11, 0, "TS-433", "rk3568-qnap-ts433-pcb-12-10.dtb", true },
	{ "Q0B20", 99, "Q0B30", 99, 0, "TS-433", "rk3568-qnap-ts433-pcb-12-10.dtb", true },
	{ "Q0B20", 12, "Q0B30", 9, BOARD_TOO_OLD, "TS-433", NULL, false },
	{ "Q0B20", 0, "Q0B30", 10, BOARD_TOO_OLD, "TS-433", NULL, false },
	{ "Q0B20", 12, "Q0AW0", 10, 0, "TS-216G", "rk3568-qnap-ts216g.dtb", false },
	{ "Q0B20", 13, "Q0AW0", 10, 0, "TS-216G", "rk3568-qnap-ts216g.dtb", true },
	{ "Q0B20", 11, "Q0AW0", 10, BOARD_TOO_OLD, "TS-216G", NULL, false },
	{ "Q0B20", 12, NULL, 0, BOARD_NEEDS_BACKPLANE, NULL, NULL, false },
	{ "Q0B20", 12, "Q0AM0", 10, BOARD_FOREIGN_BACKPLANE, NULL, NULL, false },
	{ "Q0B20", 12, "Q0ZZ0", 10, BOARD_FOREIGN_BACKPLANE, NULL, NULL, false },
	{ "QA0110", 10, NULL, 0, 0, "TS-433eU", "rk3568-qnap-ts433eu.dtb", false },
	{ "QA0110", 11, NULL, 0, 0, "TS-433eU", "rk3568-qnap-ts433eu.dtb", false },
	{ "QA0110", 12, NULL, 0, 0, "TS-433eU", "rk3568-qnap-ts433eu.dtb", true },
	{ "QA0110", 9, NULL, 0, BOARD_TOO_OLD, "TS-433eU", NULL, false },
	{ "QA0110", 10, "Q0B30", 10, BOARD_FOREIGN_BACKPLANE, NULL, NULL, false },
	{ "QA011", 10, NULL, 0, BOARD_UNKNOWN_MAINBOARD, NULL, NULL, false },
	{ "Q0B30", 10, "Q0B20", 12, BOARD_UNKNOWN_MAINBOARD, NULL, NULL, false },
};

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void set(struct vpd *vpd, const char *code, unsigned int pcb)
{
	*vpd = (struct vpd){ .pcb = pcb };
	snprintf(vpd->code, sizeof(vpd->code), "%s", code);
}

static void test_pair(const struct pair *pair)
{
	struct vpd mainboard, backplane;
	struct board_choice choice;
	char name[80];

	set(&mainboard, pair->mainboard, pair->mainboard_pcb);
	if (pair->backplane)
		set(&backplane, pair->backplane, pair->backplane_pcb);
	board_choose(&choice, &mainboard, pair->backplane ? &backplane : NULL);
	snprintf(name, sizeof(name), "%s %u with %s %u: %s", pair->mainboard, pair->mainboard_pcb,
		 pair->backplane ?: "none", pair->backplane_pcb, pair->dtb ?: "none fits");
	ktap_check(choice.fault == pair->fault &&
		   same(choice.board ? choice.board->model : NULL, pair->model) &&
		   same(choice.tree ? choice.tree->dtb : NULL, pair->dtb) &&
		   pair->newer == (choice.newest_mainboard || choice.newest_backplane), name);
}

static void test_newest(void)
{
	struct vpd mainboard, backplane;
	struct board_choice choice;

	set(&mainboard, "Q0B20", 13);
	set(&backplane, "Q0B30", 12);
	board_choose(&choice, &mainboard, &backplane);
	ktap_check(choice.newest_mainboard == 12 && choice.newest_backplane == 10,
		   "the newest revisions known");
}

/* A file with revisions in its name is for these, and the one that can switch drives. */
static void test_names(const struct board *board)
{
	bool good = true;
	char name[80];
	char suffix[32];

	for (const struct board_tree *tree = board->trees; tree->dtb; tree++) {
		if (tree->backplane)
			snprintf(suffix, sizeof(suffix), "-pcb-%u-%u.dtb", tree->mainboard,
				 tree->backplane);
		else
			snprintf(suffix, sizeof(suffix), "-pcb-%u.dtb", tree->mainboard);
		good &= !!strstr(tree->dtb, "-pcb-") == tree->drive_power;
		good &= !!strstr(tree->dtb, suffix) == tree->drive_power;
		good &= !!tree->backplane == !!board->backplane;
		good &= !!strstr(tree->dtb, board->compatible + strlen("qnap,"));
	}
	snprintf(name, sizeof(name), "names and revisions of the %s agree", board->model);
	ktap_check(good, name);
}

static void test_board_names(void)
{
	char text[64];

	board_names("Q0B20", text, sizeof(text));
	ktap_check(!strcmp(text, "TS-433 or TS-216G"), "boxes with the mainboard Q0B20");
	board_names("Q0AI0", text, sizeof(text));
	ktap_check(!strcmp(text, "TS-133"), "boxes with the mainboard Q0AI0");
	board_names("Q0ZZ0", text, sizeof(text));
	ktap_check(!*text, "no box has the mainboard Q0ZZ0");
	board_names("Q0B20", text, 8);
	ktap_check(strlen(text) < 8, "no more names than there is room for");
}

int main(void)
{
	const struct board *board = NULL;

	ktap_begin();
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		test_pair(&pairs[i]);
	test_newest();
	while ((board = board_next(board)))
		test_names(board);
	test_board_names();

	return ktap_end();
}
