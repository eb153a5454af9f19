// SPDX-License-Identifier: GPL-2.0-only
/* Commands of the QNAP microcontroller: see command.h. */

#include <string.h>

#include <linux/array_size.h>

#include "command.h"

#define ROW(h, length, operation, echoed, follow, name)			\
	{								\
		.head = (h), .head_len = sizeof(h) - 1, .len = (length),	\
		.op = (operation), .echo = (echoed), .data = (follow), .words = (name)	\
	}

/* A family's own row comes behind those of its members. */
static const struct mcu_command commands[] = {
	ROW("%V", 2, MCU_OP_VERSION, 2, 4, "firmware version"),
	ROW("@C0", 3, MCU_OP_POWER_OFF, 0, 0, "power off"),
	ROW("@C2", 3, MCU_OP_BEEP, 0, 0, "short beep"),
	ROW("@C3", 3, MCU_OP_BEEP, 0, 0, "long beep"),
	ROW("@C4", 3, MCU_OP_STATUS_LED, 0, 0, "status LED: red fast"),
	ROW("@C5", 3, MCU_OP_STATUS_LED, 0, 0, "status LED: green fast"),
	ROW("@C6", 3, MCU_OP_STATUS_LED, 0, 0, "status LED: green on"),
	ROW("@C7", 3, MCU_OP_STATUS_LED, 0, 0, "status LED: red on"),
	ROW("@C8", 3, MCU_OP_STATUS_LED, 0, 0, "status LED: red and green alternate fast"),
	ROW("@C9", 3, MCU_OP_STATUS_LED, 0, 0, "status LED: off"),
	ROW("@CA", 3, MCU_OP_STATUS_LED, 0, 0, "status LED: green slow"),
	ROW("@CB", 3, MCU_OP_STATUS_LED, 0, 0, "status LED: red slow"),
	ROW("@CC", 3, MCU_OP_STATUS_LED, 0, 0, "status LED: red and green alternate slow"),
	ROW("@CD", 3, MCU_OP_STATUS_LED, 0, 0, "status LED: red and green on"),
	ROW("@CE", 3, MCU_OP_USB_LED, 0, 0, "USB LED: on"),
	ROW("@CF", 3, MCU_OP_USB_LED, 0, 0, "USB LED: blink"),
	ROW("@CG", 3, MCU_OP_USB_LED, 0, 0, "USB LED: off"),
	ROW("@CV", 3, MCU_OP_BUTTON, 3, 1, "power button"),
	ROW("@C", 3, MCU_OP_NONE, 0, 0, "unknown function"),
	ROW("@FA", 3, MCU_OP_FAN_SPEED, 2, 4, "fan speed"),
	ROW("@FZ0", 4, MCU_OP_PWM_GET, 3, 1, "fan PWM"),
	ROW("@FZ", 4, MCU_OP_NONE, 0, 0, "PWM of an unknown fan"),
	ROW("@FW0", 5, MCU_OP_PWM_SET, 0, 0, "set fan PWM"),
	ROW("@FW", 5, MCU_OP_NONE, 0, 0, "set PWM of an unknown fan"),
	ROW("@T3", 3, MCU_OP_TEMPERATURE, 3, 1, "temperature"),
	ROW("@T", 3, MCU_OP_NONE, 0, 0, "unknown temperature"),
	ROW("@R", 4, MCU_OP_DISK_LED, 0, 0, "disk LED"),
	ROW("\xf7\xa1", 4, MCU_OP_EEPROM_READ, 4, 0, "EEPROM read"),
};

static bool begins_like(const struct mcu_command *command, const u8 *data, size_t len)
{
	return !memcmp(data, command->head, len < command->head_len ? len : command->head_len);
}

/**
 * mcu_command_find() - look a command up by its first bytes
 * @data: bytes received
 * @len: how many
 *
 * Return: the first row that begins like the bytes, and whose head may still be incomplete; NULL if
 * there is none.
 */
const struct mcu_command *mcu_command_find(const u8 *data, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (begins_like(&commands[i], data, len))
			return &commands[i];

	return NULL;
}

/**
 * mcu_command_recognise() - tell what the bytes received so far are
 * @data: bytes received since the last command, at least one
 * @len: how many
 *
 * Return: see &enum mcu_span.
 */
enum mcu_span mcu_command_recognise(const u8 *data, size_t len)
{
	const struct mcu_command *command = mcu_command_find(data, len);

	if (!command)
		return MCU_SPAN_UNKNOWN;
	if (len < command->head_len || len < (size_t)command->len + QNAP_MCU_CHECKSUM_SIZE)
		return MCU_SPAN_PARTIAL;

	return MCU_SPAN_WHOLE;
}

/**
 * mcu_command_reply_len() - length of the reply to a command
 * @command: the command's row
 * @request: its bytes
 *
 * Return: length without the checksum.
 */
size_t mcu_command_reply_len(const struct mcu_command *command, const u8 *request)
{
	if (command->op == MCU_OP_EEPROM_READ)
		return command->echo + request[3];
	if (command->echo)
		return command->echo + command->data;

	return QNAP_MCU_STATUS_SIZE;
}

/**
 * mcu_command_shape() - what the reply to a command must look like
 * @command: the command's row
 * @request: its bytes; the shape points into them
 *
 * Return: the shape for qnap_mcu_frame_scan().
 */
struct qnap_mcu_shape mcu_command_shape(const struct mcu_command *command, const u8 *request)
{
	static const u8 done[] = { QNAP_MCU_STATUS_MARK, QNAP_MCU_STATUS_DONE };
	struct qnap_mcu_shape shape = {
		.head = command->echo ? request : done,
		.head_len = command->echo ? command->echo : sizeof(done),
		.len = mcu_command_reply_len(command, request),
	};

	return shape;
}
