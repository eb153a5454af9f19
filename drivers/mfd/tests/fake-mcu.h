/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Model of the WT61P803 microcontroller of a TS-x33, with faults to order
 *
 * Written from the protocol's description alone: it shares no code with the drivers.
 */

#ifndef _FAKE_MCU_H
#define _FAKE_MCU_H

#include <linux/ktime.h>
#include <linux/types.h>

struct fake_port;

#define FAKE_MCU_BAYS		4
#define FAKE_MCU_BEEPS		32
#define FAKE_MCU_EEPROM_SIZE	256
#define FAKE_MCU_REQUEST_MAX	22
#define FAKE_MCU_REPLY_MAX	41
#define FAKE_MCU_FAULTS		8

/* A request that takes longer than this to come in is forgotten. */
#define FAKE_MCU_GAP_MS		5

/**
 * enum fake_fault - what can go wrong with a command
 * @FAKE_LOSE_REQUEST: the MCU never sees it
 * @FAKE_LOSE_REPLY: the MCU carries it out, the host does not learn of it
 * @FAKE_BAD_REQUEST: the MCU sees a wrong checksum, and says so
 * @FAKE_REFUSE: the MCU says that it cannot carry it out
 * @FAKE_PRETEND: the MCU acknowledges it and does nothing
 * @FAKE_BAD_REPLY: the reply arrives with a flipped bit
 * @FAKE_HALF_REPLY: the reply breaks off in the middle
 * @FAKE_LATE: the reply comes @detail ms late; the MCU does nothing else meanwhile
 * @FAKE_TWICE: the reply comes twice, @detail us apart
 * @FAKE_NOISE: @detail random bytes come before the reply
 */
enum fake_fault {
	FAKE_LOSE_REQUEST,
	FAKE_LOSE_REPLY,
	FAKE_BAD_REQUEST,
	FAKE_REFUSE,
	FAKE_PRETEND,
	FAKE_BAD_REPLY,
	FAKE_HALF_REPLY,
	FAKE_LATE,
	FAKE_TWICE,
	FAKE_NOISE,
};

/**
 * struct fake_trouble - faults to come
 * @command: first bytes of the commands that have the fault
 * @fault: what goes wrong
 * @times: with how many more of them
 * @detail: see &enum fake_fault
 */
struct fake_trouble {
	const char *command;
	enum fake_fault fault;
	unsigned int times;
	unsigned int detail;
};

/**
 * struct fake_mcu - an MCU
 * @port: what it is connected to. Its lock guards the MCU, too
 * @latency_us: how long it thinks about each command
 * @busy_until: when it can look at the next one
 * @request: bytes of a command that came so far
 * @request_len: how many
 * @last_byte: when the last one came
 * @trouble: faults to come
 * @num_trouble: number of entries there
 * @num_bad: how many commands it could not make sense of
 *
 * @version: firmware version
 * @bay_led: modes of the error LEDs, as in the command
 * @usb_led: mode of the USB LED, as in the command
 * @status_led: mode of the status LED, as in the command
 * @pwm: duty cycle of the fan
 * @speed: the four data bytes of the fan speed's reply
 * @temperature: as in the reply
 * @button: as in the reply
 * @beeps: beeps asked for, as in the commands
 * @num_beeps: how many
 * @beep_time: when
 * @num_power_off: how often it was told to switch the power off
 * @eeprom: EEPROM
 */
struct fake_mcu {
	struct fake_port *port;
	unsigned int latency_us;
	ktime_t busy_until;
	u8 request[FAKE_MCU_REQUEST_MAX];
	size_t request_len;
	ktime_t last_byte;
	struct fake_trouble trouble[FAKE_MCU_FAULTS];
	size_t num_trouble;
	unsigned int num_bad;

	u8 version[4];
	u8 bay_led[FAKE_MCU_BAYS];
	u8 usb_led;
	u8 status_led;
	u8 pwm;
	u8 speed[4];
	u8 temperature;
	u8 button;
	u8 beeps[FAKE_MCU_BEEPS];
	size_t num_beeps;
	ktime_t beep_time[FAKE_MCU_BEEPS];
	unsigned int num_power_off;
	u8 eeprom[FAKE_MCU_EEPROM_SIZE];
};

void fake_mcu_init(struct fake_mcu *mcu, struct fake_port *port);
void fake_mcu_receive(struct fake_mcu *mcu, const u8 *data, size_t len);
void fake_mcu_expect_trouble(struct fake_mcu *mcu, const char *command, enum fake_fault fault,
			     unsigned int times, unsigned int detail);
void fake_mcu_forget_trouble(struct fake_mcu *mcu);
void fake_mcu_say(struct fake_mcu *mcu, const char *data, size_t len);

#endif /* _FAKE_MCU_H */
