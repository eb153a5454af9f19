// SPDX-License-Identifier: GPL-2.0-only
/* Gathers all that is known of a box, and makes sentences of what is wrong: see info.h. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "info.h"
#include "text.h"

/* A drive's regulator, by which trees of newer boards are known, Linux's own as well as ours. */
#define DRIVE_POWER	"/sys/firmware/devicetree/base/regulator-hdd1-power"

static const char *const kind_names[] = {
	[VPD_MAINBOARD] = "mainboard",
	[VPD_BACKPLANE] = "backplane",
};

/* Takes the sentence over. */
static void remark(struct info *info, char *sentence)
{
	if (info->num_remarks < INFO_REMARKS_MAX)
		info->remarks[info->num_remarks++] = sentence;
	else
		free(sentence);
}

static void read_source(struct source *source, const struct info_request *request,
			const char *path, const struct source_name *name)
{
	if (path) {
		source_file(source, path);
	} else if (!request->root) {
		source->state = SOURCE_MISSING;
		source->why = text_format("was not looked for, as copies were given: add %s FILE",
					  name->option);
	} else if (name->address) {
		source_eeprom(source, request->root, name);
	} else {
		source_mcu(source, request->root);
	}
}

/* "The mainboard's EEPROM, FILE, is empty". */
static char *sentence_of(const char *owner, const struct source *source, const char *end)
{
	return text_format("the %s's EEPROM%s%s%s %s", owner, source->path ? ", " : "",
			   source->path ?: "", source->path ? "," : "", end);
}

/* A copy of the other board's EEPROM has something else where this board's has its product. */
static bool is_other_kind(const struct info_board *board)
{
	struct vpd other;

	vpd_decode(&other, board->kind == VPD_MAINBOARD ? VPD_BACKPLANE : VPD_MAINBOARD,
		   source_span(&board->source));

	return other.fault == VPD_GOOD;
}

static char *why_not_good(const struct info_board *board)
{
	const char *owner = kind_names[board->kind];

	if (board->source.state != SOURCE_GOOD)
		return sentence_of(owner, &board->source, board->source.why);
	if (is_other_kind(board))
		return sentence_of(owner, &board->source,
				   board->kind == VPD_MAINBOARD ? "is the backplane's" :
								  "is the mainboard's");

	return sentence_of(owner, &board->source, vpd_fault_text(board->vpd.fault));
}

static void read_board(struct info_board *board, const struct info_request *request,
		       const char *path, const struct source_name *name)
{
	read_source(&board->source, request, path, name);
	vpd_decode(&board->vpd, board->kind, source_span(&board->source));
	board->good = board->source.state == SOURCE_GOOD && board->vpd.fault == VPD_GOOD;
	if (!board->good)
		board->why = why_not_good(board);
}

static void remark_length(struct info *info, const char *owner, const struct source *source,
			  size_t whole, size_t used)
{
	char *end;

	if (source->state != SOURCE_GOOD || source->len == whole || source->len == used)
		return;
	end = text_format("has %zu bytes, where %zu were expected: it is no complete copy",
			  source->len, whole);
	remark(info, sentence_of(owner, source, end));
	free(end);
}

/* Why no device tree is known to fit */

static char *why_needs_backplane(const struct info *info, const char *names)
{
	return text_format("the mainboard %s of the %s is not enough: %s",
			   info->mainboard.vpd.code, names, info->backplane.why);
}

static char *why_foreign_backplane(const struct info *info, const char *names)
{
	const char *code = info->backplane.vpd.code;
	const struct board *owner = board_of_backplane(code);

	if (owner)
		return text_format("the backplane %s (%s) does not belong to the mainboard %s (%s)",
				   code, owner->model, info->mainboard.vpd.code, names);

	return text_format("the backplane %s is not known; the mainboard %s is of the %s", code,
			   info->mainboard.vpd.code, names);
}

static char *why_too_old(const struct info *info)
{
	const struct board *board = info->choice.board;

	if (!board->backplane)
		return text_format("the mainboard %s has revision %u, the %s is known from %u on",
				   info->mainboard.vpd.code, info->mainboard.vpd.pcb, board->model,
				   board->trees->mainboard);

	return text_format("%s and %s have revisions %u and %u, the %s is known from %u and %u on",
			   info->mainboard.vpd.code, info->backplane.vpd.code,
			   info->mainboard.vpd.pcb, info->backplane.vpd.pcb, board->model,
			   board->trees->mainboard, board->trees->backplane);
}

static char *why_no_tree(const struct info *info)
{
	const char *code = info->mainboard.vpd.code;
	char names[64];

	board_names(code, names, sizeof(names));
	switch (info->choice.fault) {
	case BOARD_UNKNOWN_MAINBOARD:
		return text_format("the mainboard %s, revision %u, is not known", code,
				   info->mainboard.vpd.pcb);
	case BOARD_NEEDS_BACKPLANE:
		return why_needs_backplane(info, names);
	case BOARD_FOREIGN_BACKPLANE:
		return why_foreign_backplane(info, names);
	case BOARD_TOO_OLD:
		return why_too_old(info);
	default:
		return NULL;
	}
}

static void remark_newer(struct info *info, const struct info_board *board, unsigned int newest)
{
	if (!newest)
		return;
	remark(info, text_format("the %s %s has revision %u, taken for the newest known, %u",
				 kind_names[board->kind], board->vpd.code, board->vpd.pcb,
				 newest));
}

/* Something was given or found for the backplane of a box that has none. */
static bool is_needless(const struct info *info)
{
	return info->backplane.source.path && !info->backplane.good &&
	       !info->choice.board->backplane;
}

static void choose(struct info *info)
{
	const struct board_choice *choice = &info->choice;

	if (!info->mainboard.good) {
		info->why = text_format("%s", info->mainboard.why);
		return;
	}
	board_choose(&info->choice, &info->mainboard.vpd,
		     info->backplane.good ? &info->backplane.vpd : NULL);
	info->why = why_no_tree(info);
	if (info->why)
		return;
	if (is_needless(info))
		remark(info, text_format("%s; the %s has no backplane", info->backplane.why,
					 choice->board->model));
	remark_newer(info, &info->mainboard, choice->newest_mainboard);
	remark_newer(info, &info->backplane, choice->newest_backplane);
	if (choice->board->caveat)
		remark(info, text_format("%s", choice->board->caveat));
}

/**
 * info_boards() - read the boards, and find out which device tree fits
 * @info: what is known
 * @request: where to look
 */
void info_boards(struct info *info, const struct info_request *request)
{
	static const struct source_name mainboard = { "VPD_MB", "0054", "--mainboard" };
	static const struct source_name backplane = { "VPD_BP", "0056", "--backplane" };

	info->asked_boards = true;
	info->mainboard.kind = VPD_MAINBOARD;
	info->backplane.kind = VPD_BACKPLANE;
	read_board(&info->mainboard, request, request->mainboard, &mainboard);
	read_board(&info->backplane, request, request->backplane, &backplane);
	remark_length(info, "mainboard", &info->mainboard.source, VPD_SIZE, VPD_USED);
	remark_length(info, "backplane", &info->backplane.source, VPD_SIZE, VPD_USED);
	choose(info);
}

/**
 * info_has_backplane() - look whether a backplane is to be spoken of
 * @info: what is known
 *
 * Return: false if the box has none, and nothing was found or given for one.
 */
bool info_has_backplane(const struct info *info)
{
	return info->backplane.source.path || !info->choice.board || info->choice.board->backplane;
}

/**
 * info_mcu() - read what the microcontroller says
 * @info: what is known
 * @request: where to look
 */
void info_mcu(struct info *info, const struct info_request *request)
{
	static const struct source_name name = { .option = "--mcu" };
	struct info_mcu *mcu = &info->mcu;

	info->asked_mcu = true;
	read_source(&mcu->source, request, request->mcu, &name);
	mcu_rom_decode(&mcu->rom, source_span(&mcu->source));
	mcu->good = mcu->source.state == SOURCE_GOOD && mcu->rom.fault == MCU_ROM_GOOD;
	if (!mcu->good)
		mcu->why = sentence_of("MCU", &mcu->source,
				       mcu->source.why ?: mcu_rom_fault_text(mcu->rom.fault));
	remark_length(info, "MCU", &mcu->source, MCU_ROM_SIZE, MCU_ROM_SIZE);
	if (!request->root)
		return;
	source_firmware(&mcu->firmware, request->root);
	if (mcu->firmware.why)
		mcu->firmware_why = text_format("the version of the MCU's firmware %s",
						mcu->firmware.why);
}

/**
 * info_tree() - look which device tree is in use
 * @info: what is known
 * @request: where to look
 */
void info_tree(struct info *info, const struct info_request *request)
{
	char *power = text_format("%s%s", request->root, DRIVE_POWER);

	info->asked_tree = true;
	source_text(&info->tree.model, request->root, "/sys/firmware/devicetree/base/model");
	source_text(&info->tree.compatible, request->root,
		    "/sys/firmware/devicetree/base/compatible");
	info->tree.drive_power = !access(power, F_OK);
	free(power);
}

/**
 * info_tree_in_use() - look whether the device tree in use is of the kind that fits
 * @info: what is known, which includes one that fits
 *
 * Return: true if it is for that box, and treats the power of the drives in the same way.
 */
bool info_tree_in_use(const struct info *info)
{
	return !strcmp((const char *)info->tree.compatible.data, info->choice.board->compatible) &&
	       info->tree.drive_power == info->choice.tree->drive_power;
}

/**
 * info_free() - free what belongs to it
 * @info: what is known
 */
void info_free(struct info *info)
{
	struct source *sources[] = {
		&info->mainboard.source, &info->backplane.source, &info->mcu.source,
		&info->mcu.firmware, &info->tree.model, &info->tree.compatible,
	};

	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		source_free(sources[i]);
	for (size_t i = 0; i < info->num_remarks; i++)
		free(info->remarks[i]);
	free(info->mainboard.why);
	free(info->backplane.why);
	free(info->mcu.why);
	free(info->mcu.firmware_why);
	free(info->why);
}
