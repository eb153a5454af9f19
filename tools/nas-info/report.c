// SPDX-License-Identifier: GPL-2.0-only
/* What is known, for people. */

#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "text.h"

/* Both columns fit on a terminal. */
static void begin_line(FILE *out, const char *label)
{
	fprintf(out, "  %-18s", label);
}

static void line(FILE *out, const char *label, const char *value, bool verified)
{
	begin_line(out, label);
	text_print(out, value);
	fputs(verified ? "\n" : " (unverified)\n", out);
}

static void failure(FILE *out, const char *why)
{
	fputs("  ", out);
	text_sentence(out, why);
}

static void print_product(FILE *out, const struct vpd *vpd)
{
	char *text;

	if (vpd->fault == VPD_GOOD) {
		line(out, "board code", vpd->code, true);
		text = text_format("%u", vpd->pcb);
		line(out, "PCB revision", text, true);
		free(text);
		text = text_format("%c", vpd->bom);
		line(out, "BOM", text, true);
		free(text);
	}
	if (*vpd->product)
		line(out, "product string", vpd->product, true);
}

static void print_made(FILE *out, const struct vpd *vpd)
{
	char *text;

	if (!*vpd->made)
		return;
	text = text_format("%s, if %s is to be read so", vpd->made, vpd->made_bytes);
	line(out, "made", text, false);
	free(text);
}

static void print_board(FILE *out, const struct info_board *board, const char *title)
{
	const struct vpd_field *field;

	fprintf(out, "\n%s\n", title);
	if (board->why)
		failure(out, board->why);
	print_product(out, &board->vpd);
	for (size_t id = 0; id < VPD_NUM_FIELDS; id++) {
		field = vpd_field(board->kind, id);
		if (field && *board->vpd.fields[id])
			line(out, field->label, board->vpd.fields[id], field->verified);
	}
	print_made(out, &board->vpd);
	if (board->good)
		line(out, "read from", board->source.path, true);
}

static void print_boards(FILE *out, const struct info *info)
{
	fputs("Box\n", out);
	if (info->choice.board)
		line(out, "model", info->choice.board->model, true);
	else
		line(out, "model", "not known", true);
	print_board(out, &info->mainboard, "Mainboard");
	if (info_has_backplane(info))
		print_board(out, &info->backplane, "Backplane");
}

static const char *mac_meaning(const struct info *info, size_t slot)
{
	switch (info->mcu.rom.macs[slot].state) {
	case MCU_MAC_FILLER:
		return "filler, unused";
	case MCU_MAC_UNUSABLE:
		return "not an address that a port may have";
	default:
		break;
	}
	if (info->choice.board && info->choice.board->gbe_slot == (int)slot)
		return "1 GbE port";

	return "port not known";
}

static void print_mac(FILE *out, const struct info *info, size_t slot)
{
	const struct mcu_mac *mac = &info->mcu.rom.macs[slot];
	char label[16];

	snprintf(label, sizeof(label), "MAC address %zu", slot);
	begin_line(out, label);
	if (mac->state == MCU_MAC_EMPTY)
		fputs("empty\n", out);
	else if (mac->state == MCU_MAC_DAMAGED)
		fputs("damaged: not an address\n", out);
	else
		fprintf(out, "%s (%s)\n", mac->address, mac_meaning(info, slot));
}

static void print_serial(FILE *out, const struct mcu_rom *rom)
{
	static const char *const without[] = {
		[SPAN_TEXT_EMPTY] = "empty",
		[SPAN_TEXT_DAMAGED] = "damaged: not a text",
	};

	line(out, "serial number", rom->serial_state == SPAN_TEXT_GOOD ? rom->serial :
	     without[rom->serial_state], true);
	if (*rom->ext_port)
		line(out, "ext-port", rom->ext_port, false);
}

static void print_mcu(FILE *out, const struct info *info)
{
	const struct info_mcu *mcu = &info->mcu;

	fprintf(out, "%sMCU\n", info->asked_boards ? "\n" : "");
	if (mcu->firmware_why)
		failure(out, mcu->firmware_why);
	else if (mcu->firmware.path)
		line(out, "firmware", (const char *)mcu->firmware.data, true);
	if (!mcu->good) {
		failure(out, mcu->why);
		return;
	}
	print_serial(out, &mcu->rom);
	for (size_t slot = 0; slot < MCU_ROM_MACS; slot++)
		print_mac(out, info, slot);
	line(out, "read from", mcu->source.path, true);
}

static void print_tree_in_use(FILE *out, const struct info *info)
{
	const struct info_tree *tree = &info->tree;
	char *text;

	if (tree->model.state != SOURCE_GOOD) {
		line(out, "in use", "none was found in sysfs", true);
		return;
	}
	text = text_format("%s (%s), with%s drive power", tree->model.data, tree->compatible.data,
			   tree->drive_power ? "" : "out");
	line(out, "in use", text, true);
	free(text);
}

static void print_tree_that_fits(FILE *out, const struct info *info)
{
	if (!info->choice.tree) {
		begin_line(out, "that fits");
		fputs("not known: ", out);
		text_print(out, info->why);
		putc('\n', out);
		return;
	}
	line(out, "that fits", info->choice.tree->dtb, true);
	if (info->asked_tree && info->tree.model.state == SOURCE_GOOD)
		line(out, "is it in use", info_tree_in_use(info) ? "yes" : "no", true);
}

static void print_tree(FILE *out, const struct info *info)
{
	fputs("\nDevice tree\n", out);
	if (info->asked_tree)
		print_tree_in_use(out, info);
	if (info->asked_boards)
		print_tree_that_fits(out, info);
}

/**
 * report_print() - print all that is known
 * @out: where
 * @info: what is known
 */
void report_print(FILE *out, const struct info *info)
{
	if (info->asked_boards)
		print_boards(out, info);
	if (info->asked_mcu)
		print_mcu(out, info);
	if (info->asked_tree || info->asked_boards)
		print_tree(out, info);
	if (info->num_remarks)
		fputs("\nRemarks\n", out);
	for (size_t i = 0; i < info->num_remarks; i++)
		failure(out, info->remarks[i]);
}
