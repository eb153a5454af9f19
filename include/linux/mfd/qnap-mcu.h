/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contract between the QNAP MCU core and the drivers of the MCU's functions
 *
 * The core owns the serial link; a child finds it as the driver data of its parent device:
 * dev_get_drvdata(pdev->dev.parent).
 */

#ifndef _LINUX_MFD_QNAP_MCU_H
#define _LINUX_MFD_QNAP_MCU_H

#include <linux/types.h>

struct qnap_mcu;

/**
 * struct qnap_mcu_variant - what differs between the boxes
 * @baud_rate: speed of the link in baud, always 8N1 without flow control
 * @num_drives: number of bays, each with an error LED
 * @fan_pwm_min: lowest duty cycle at which the fan is known to turn, of 255.
 *		 Source: the vendor's model.conf
 * @fan_pwm_max: highest duty cycle, of 255
 * @usb_led: the box has a USB LED
 */
struct qnap_mcu_variant {
	unsigned int baud_rate;
	u8 num_drives;
	u8 fan_pwm_min;
	u8 fan_pwm_max;
	bool usb_led;
};

/**
 * struct qnap_mcu_command - a request and the reply it expects
 * @request: the request, without its checksum
 * @data: where to put the bytes after the echo; written only on success
 * @request_len: length of @request, 1 to 21 bytes
 * @echo_len: how many of the request's first bytes the reply repeats;
 *	      0 if the MCU only acknowledges the request
 * @data_len: exact number of bytes in @data, @echo_len + @data_len at most 40
 * @urgent: pass the other commands that wait for their turn
 * @persist_ms: for a command that must not fail, and is urgent for that: how long to repeat it,
 *		in milliseconds, even if the link cannot be settled before. Once it succeeded it is
 *		sent a few times more. 0 for all others
 */
struct qnap_mcu_command {
	const u8 *request;
	u8 *data;
	u8 request_len;
	u8 echo_len;
	u8 data_len;
	bool urgent;
	u16 persist_ms;
};

int qnap_mcu_transact(struct qnap_mcu *mcu, const struct qnap_mcu_command *command);
int qnap_mcu_post(struct qnap_mcu *mcu, const u8 *request, size_t request_len);
const struct qnap_mcu_variant *qnap_mcu_get_variant(const struct qnap_mcu *mcu);

#endif /* _LINUX_MFD_QNAP_MCU_H */
