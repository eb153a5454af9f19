// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known, for programs: JSON as qnap-nas-info.schema.json has it
 *
 * What is not known is null. A part that was not asked for is null as a whole.
 */

#include <string.h>

#include "json.h"
#include "report.h"

static const char *filled(const char *text)
{
	return *text ? text : NULL;
}

/* What could be read, apart from what it says. */
static const char *source_state(const struct source *source)
{
	switch (source->state) {
	case SOURCE_MISSING:
		return "missing";
	case SOURCE_TOO_LONG:
		return "damaged";
	default:
		return "unreadable";
	}
}

static const char *board_state(const struct info_board *board)
{
	if (board->source.state != SOURCE_GOOD)
		return source_state(&board->source);
	switch (board->vpd.fault) {
	case VPD_GOOD:
		return "good";
	case VPD_SHORT:
		return "short";
	case VPD_ERASED:
	case VPD_ZEROED:
	case VPD_NO_PRODUCT:
		return "empty";
	default:
		return "damaged";
	}
}

static void write_fields(struct json *json, const struct info_board *board, bool verified)
{
	for (size_t id = 0; id < VPD_NUM_FIELDS; id++) {
		const struct vpd_field *field = vpd_field(board->kind, id);

		if (field && field->verified == verified)
			json_text(json, field->key, filled(board->vpd.fields[id]));
	}
}

static void write_product(struct json *json, const struct vpd *vpd)
{
	const char bom[] = { vpd->bom, '\0' };

	json_text(json, "product", filled(vpd->product));
	json_text(json, "code", filled(vpd->code));
	if (vpd->fault == VPD_GOOD)
		json_number(json, "pcb", vpd->pcb);
	else
		json_null(json, "pcb");
	json_text(json, "bom", filled(bom));
}

static void write_board(struct json *json, const char *key, const struct info_board *board)
{
	json_begin(json, key, '{');
	json_text(json, "state", board_state(board));
	json_text(json, "error", board->why);
	json_text(json, "source", board->source.path);
	write_product(json, &board->vpd);
	write_fields(json, board, true);
	json_begin(json, "unverified", '{');
	write_fields(json, board, false);
	json_text(json, "made", filled(board->vpd.made));
	json_text(json, "made_bytes", filled(board->vpd.made_bytes));
	json_end(json, '}');
	json_end(json, '}');
}

static void write_boards(struct json *json, const struct info *info)
{
	json_text(json, "model", info->choice.board ? info->choice.board->model : NULL);
	if (info->asked_boards)
		write_board(json, "mainboard", &info->mainboard);
	else
		json_null(json, "mainboard");
	if (info->asked_boards && info_has_backplane(info))
		write_board(json, "backplane", &info->backplane);
	else
		json_null(json, "backplane");
}

static const char *mcu_state(const struct info_mcu *mcu)
{
	if (mcu->source.state != SOURCE_GOOD)
		return source_state(&mcu->source);
	switch (mcu->rom.fault) {
	case MCU_ROM_GOOD:
		return "good";
	case MCU_ROM_SHORT:
		return "short";
	case MCU_ROM_DAMAGED:
		return "damaged";
	default:
		return "empty";
	}
}

static void write_mac(struct json *json, const struct info *info, size_t slot)
{
	static const char *const states[] = {
		[MCU_MAC_GOOD] = "good",
		[MCU_MAC_FILLER] = "filler",
		[MCU_MAC_EMPTY] = "empty",
		[MCU_MAC_UNUSABLE] = "unusable",
		[MCU_MAC_DAMAGED] = "damaged",
	};
	const struct mcu_mac *mac = &info->mcu.rom.macs[slot];
	const bool is_gbe = info->choice.board && info->choice.board->gbe_slot == (int)slot;

	json_begin(json, NULL, '{');
	json_number(json, "slot", slot);
	json_text(json, "state", states[mac->state]);
	json_text(json, "address", filled(mac->address));
	json_text(json, "port", is_gbe && mac->state == MCU_MAC_GOOD ? "1GbE" : NULL);
	json_end(json, '}');
}

static void write_mcu(struct json *json, const struct info *info)
{
	const struct info_mcu *mcu = &info->mcu;

	if (!info->asked_mcu) {
		json_null(json, "mcu");
		return;
	}
	json_begin(json, "mcu", '{');
	json_text(json, "state", mcu_state(mcu));
	json_text(json, "error", mcu->why);
	json_text(json, "source", mcu->source.path);
	json_text(json, "firmware", filled((const char *)mcu->firmware.data));
	json_text(json, "firmware_error", mcu->firmware_why);
	json_text(json, "serial_number", mcu->good ? filled(mcu->rom.serial) : NULL);
	json_begin(json, "macs", '[');
	for (size_t slot = 0; mcu->good && slot < MCU_ROM_MACS; slot++)
		write_mac(json, info, slot);
	json_end(json, ']');
	json_begin(json, "unverified", '{');
	json_text(json, "ext_port", mcu->good ? filled(mcu->rom.ext_port) : NULL);
	json_end(json, '}');
	json_end(json, '}');
}

static void write_compatible(struct json *json, const struct source *source)
{
	const char *name = (const char *)source->data;
	const char *end = name + source->len;

	json_begin(json, "compatible", '[');
	for (; name < end; name += strlen(name) + 1)
		if (*name)
			json_text(json, NULL, name);
	json_end(json, ']');
}

static void write_tree_in_use(struct json *json, const struct info *info)
{
	if (!info->asked_tree || info->tree.model.state != SOURCE_GOOD) {
		json_null(json, "in_use");
		return;
	}
	json_begin(json, "in_use", '{');
	json_text(json, "model", filled((const char *)info->tree.model.data));
	write_compatible(json, &info->tree.compatible);
	json_bool(json, "drive_power", info->tree.drive_power);
	if (info->choice.tree)
		json_bool(json, "fits", info_tree_in_use(info));
	else
		json_null(json, "fits");
	json_end(json, '}');
}

static void write_tree(struct json *json, const struct info *info)
{
	json_begin(json, "device_tree", '{');
	write_tree_in_use(json, info);
	json_text(json, "dtb", info->choice.tree ? info->choice.tree->dtb : NULL);
	json_text(json, "error", info->why);
	json_end(json, '}');
}

/**
 * report_json() - write all that is known as JSON
 * @out: where
 * @info: what is known
 * @version: of the program
 */
void report_json(FILE *out, const struct info *info, const char *version)
{
	struct json json = { .out = out };

	json_begin(&json, NULL, '{');
	json_number(&json, "schema", 1);
	json_text(&json, "program", version);
	write_boards(&json, info);
	write_mcu(&json, info);
	write_tree(&json, info);
	json_begin(&json, "remarks", '[');
	for (size_t i = 0; i < info->num_remarks; i++)
		json_text(&json, NULL, info->remarks[i]);
	json_end(&json, ']');
	json_end(&json, '}');
}
