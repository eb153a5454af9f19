/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands of the QNAP microcontroller
 *
 * One table that the emulated MCU, the trace and the decoder read: how a command begins, how long
 * it is, what its reply looks like, and what it is called.
 */

#ifndef _MCU_EMU_COMMAND_H
#define _MCU_EMU_COMMAND_H

#include <linux/types.h>

#include "qnap-mcu-frame.h"

#define MCU_EEPROM_SIZE		256
/* The most that a reply has room for. */
#define MCU_EEPROM_READ_MAX	36

enum mcu_op {
	MCU_OP_NONE,
	MCU_OP_VERSION,
	MCU_OP_POWER_OFF,
	MCU_OP_BEEP,
	MCU_OP_STATUS_LED,
	MCU_OP_USB_LED,
	MCU_OP_BUTTON,
	MCU_OP_FAN_SPEED,
	MCU_OP_PWM_GET,
	MCU_OP_PWM_SET,
	MCU_OP_TEMPERATURE,
	MCU_OP_DISK_LED,
	MCU_OP_EEPROM_READ,
	MCU_OPS,
};

/**
 * struct mcu_command - a row of the command table
 * @head: bytes that tell this command from others
 * @head_len: how many
 * @len: length of the command without its checksum
 * @op: what it does; %MCU_OP_NONE for one that the MCU does not know but whose family it does, and
 *	with the family the length
 * @echo: how many of the command's bytes the reply repeats; 0 if it is just acknowledged
 * @data: bytes of data behind the echo; an EEPROM read has as many as were asked for
 * @words: what to call it
 */
struct mcu_command {
	const char *head;
	u8 head_len;
	u8 len;
	enum mcu_op op;
	u8 echo;
	u8 data;
	const char *words;
};

/**
 * enum mcu_span - what the bytes received so far are
 * @MCU_SPAN_PARTIAL: the beginning of a command
 * @MCU_SPAN_WHOLE: a command and its checksum, right or wrong
 * @MCU_SPAN_UNKNOWN: no command begins like this, so its length is not known either
 */
enum mcu_span {
	MCU_SPAN_PARTIAL,
	MCU_SPAN_WHOLE,
	MCU_SPAN_UNKNOWN,
};

const struct mcu_command *mcu_command_find(const u8 *data, size_t len);
enum mcu_span mcu_command_recognise(const u8 *data, size_t len);
size_t mcu_command_reply_len(const struct mcu_command *command, const u8 *request);
struct qnap_mcu_shape mcu_command_shape(const struct mcu_command *command, const u8 *request);

#endif /* _MCU_EMU_COMMAND_H */
