// SPDX-License-Identifier: GPL-2.0-only
/* Frames in words: see describe.h. */

#include <ctype.h>
#include <string.h>

#include "command.h"
#include "describe.h"
#include "mcu.h"

static const struct mcu_command *whole_command(const u8 *frame, size_t len)
{
	const struct mcu_command *command;

	if (!len || mcu_command_recognise(frame, len) != MCU_SPAN_WHOLE)
		return NULL;
	command = mcu_command_find(frame, len);

	return len == (size_t)command->len + QNAP_MCU_CHECKSUM_SIZE ? command : NULL;
}

static void describe_command(char *words, size_t size, const struct mcu_command *command,
			     const u8 *frame)
{
	static const char *const modes[] = { "on", "off", "fast", "slow" };
	const u8 mode = frame[3] - '0';

	switch (command->op) {
	case MCU_OP_PWM_SET:
		snprintf(words, size, "%s to %u", command->words, frame[4]);
		break;
	case MCU_OP_DISK_LED:
		snprintf(words, size, "hdd%d LED: %s", frame[2] - '0' + 1,
			 mode < 4 ? modes[mode] : "unknown mode");
		break;
	case MCU_OP_EEPROM_READ:
		snprintf(words, size, "%s: %u bytes at 0x%02x", command->words, frame[3], frame[2]);
		break;
	default:
		snprintf(words, size, "%s%s", command->words, command->echo ? "?" : "");
	}
}

/**
 * describe_request() - a frame from the host in words
 * @words: where to put them
 * @size: room there
 * @frame: the frame, or any bytes
 * @len: length of the frame
 */
void describe_request(char *words, size_t size, const u8 *frame, size_t len)
{
	const struct mcu_command *command = whole_command(frame, len);
	size_t used;

	if (!command) {
		snprintf(words, size, "unknown %s",
			 qnap_mcu_frame_valid(frame, len) ? "command" : "bytes");
		return;
	}

	describe_command(words, size, command, frame);
	used = strlen(words);
	if (!qnap_mcu_frame_valid(frame, len))
		snprintf(words + used, size - used, ", bad checksum");
}

static void describe_text(char *words, size_t size, const u8 *data, size_t len)
{
	size_t i;

	for (i = 0; i < len && i + 1 < size; i++)
		words[i] = isprint(data[i]) ? data[i] : '.';
	words[i] = '\0';
}

static void describe_data(char *words, size_t size, const struct mcu_command *command,
			  const u8 *frame)
{
	const u8 *data = frame + command->echo;
	char text[DESCRIBE_MAX / 2];

	switch (command->op) {
	case MCU_OP_VERSION:
		describe_text(text, sizeof(text), data, command->data);
		snprintf(words, size, "%s %s", command->words, text);
		break;
	case MCU_OP_BUTTON:
		snprintf(words, size, "%s %s", command->words,
			 data[0] == '1' ? "pressed" : "not pressed");
		break;
	case MCU_OP_FAN_SPEED:
		snprintf(words, size, "%s %u rpm", command->words,
			 (data[1] << 8 | data[2]) * MCU_RPM_UNIT);
		break;
	case MCU_OP_PWM_GET:
		snprintf(words, size, "%s %u", command->words, data[0]);
		break;
	case MCU_OP_TEMPERATURE:
		snprintf(words, size, "%s %d degrees", command->words, data[0] - 128);
		break;
	case MCU_OP_EEPROM_READ:
		describe_text(text, sizeof(text), data, frame[3]);
		snprintf(words, size, "EEPROM at 0x%02x: \"%s\"", frame[2], text);
		break;
	default:
		snprintf(words, size, "done");
	}
}

static const char *status_words(const u8 *frame, size_t len)
{
	if (len != QNAP_MCU_STATUS_FRAME_SIZE || frame[0] != QNAP_MCU_STATUS_MARK)
		return NULL;

	switch (frame[1]) {
	case QNAP_MCU_STATUS_DONE:
		return "done";
	case QNAP_MCU_STATUS_BAD_CHECKSUM:
		return "refused: bad checksum";
	case QNAP_MCU_STATUS_FAILED:
		return "refused: failed";
	default:
		return NULL;
	}
}

/**
 * describe_reply() - a frame from the MCU in words
 * @words: where to put them
 * @size: room there
 * @request: the command that it answers
 * @request_len: its length
 * @frame: the frame, or any bytes
 * @len: length of the frame
 */
void describe_reply(char *words, size_t size, const u8 *request, size_t request_len,
		    const u8 *frame, size_t len)
{
	const struct mcu_command *command = whole_command(request, request_len);
	const char *status = status_words(frame, len);

	if (!qnap_mcu_frame_valid(frame, len))
		snprintf(words, size, "bad checksum");
	else if (status)
		snprintf(words, size, "%s", status);
	else if (!command || len != mcu_command_reply_len(command, request) + 1 ||
		 memcmp(frame, request, command->echo))
		snprintf(words, size, "no reply to this command");
	else
		describe_data(words, size, command, frame);
}

/**
 * print_hex() - print bytes
 * @file: where
 * @data: the bytes
 * @len: how many
 */
void print_hex(FILE *file, const u8 *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		fprintf(file, " %02x", data[i]);
}
