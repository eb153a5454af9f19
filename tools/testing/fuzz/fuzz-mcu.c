// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes at any time into the emulated MCU: each reply is a frame that fits its request, a
 * damaged request changes nothing, and after a pause the MCU does what it is told.
 */

#include "fuzz.h"
#include "rig.h"

/**
 * struct watch - what the MCU was asked last
 * @mcu: the MCU
 * @before: its state then
 * @request: the request
 * @len: its length
 */
struct watch {
	const struct mcu *mcu;
	struct mcu before;
	u8 request[QNAP_MCU_REQUEST_FRAME_MAX];
	size_t len;
};

static void note_request(struct watch *watch, const u8 *data, size_t len)
{
	require(len && len <= sizeof(watch->request));
	memcpy(watch->request, data, len);
	watch->len = len;
	watch->before = *watch->mcu;
}

static bool same_state(const struct mcu *a, const struct mcu *b)
{
	return a->powered == b->powered && a->pwm == b->pwm && a->usb == b->usb &&
	       a->red == b->red && a->green == b->green && a->alternate == b->alternate &&
	       a->beeps_short == b->beeps_short && a->beeps_long == b->beeps_long &&
	       a->frames == b->frames && !memcmp(a->disk, b->disk, sizeof(a->disk)) &&
	       !memcmp(a->eeprom, b->eeprom, sizeof(a->eeprom));
}

static bool is_status(const u8 *data, size_t len, u8 status)
{
	return len == 3 && data[0] == '@' && data[1] == status && data[2] == (data[0] ^ data[1]);
}

static bool is_answer(const struct watch *watch, const u8 *data, size_t len)
{
	const struct mcu_command *command = mcu_command_find(watch->request, watch->len);
	struct qnap_mcu_shape shape;
	struct qnap_mcu_scan found;

	if (!command)
		return is_status(data, len, '9');
	shape = mcu_command_shape(command, watch->request);

	return is_status(data, len, '9') ||
	       (shape.len <= QNAP_MCU_REPLY_MAX && len == shape.len + 1 &&
		qnap_mcu_frame_scan(data, len, &shape, &found) == QNAP_MCU_REPLY && !found.start);
}

static void check_reply(const struct watch *watch, const u8 *data, size_t len)
{
	if (!qnap_mcu_frame_valid(watch->request, watch->len)) {
		require(is_status(data, len, '8'));
		require(same_state(&watch->before, watch->mcu));
	} else {
		require(is_answer(watch, data, len));
		require(!is_status(data, len, '9') || same_state(&watch->before, watch->mcu));
	}
}

static void observe(void *context, u64 at, enum line_event event, const u8 *data, size_t len)
{
	(void)at;
	if (event == LINE_REQUEST)
		note_request(context, data, len);
	if (event == LINE_REPLY)
		check_reply(context, data, len);
}

/* Each piece is preceded by a byte that says how long it is and how long to wait after it. */
static void feed(struct rig *rig, struct input *in)
{
	u8 control, *piece;
	size_t len;

	while (in->len) {
		control = take_byte(in);
		len = control % 32 < in->len ? control % 32 : in->len;
		piece = take_bytes(in, len);
		rig_send_bytes(rig, piece, len);
		rig_wait(rig, (control / 32) * 2 * NSEC_PER_MSEC);
		free(piece);
	}
}

static void check_alive(struct rig *rig)
{
	static const u8 button[] = { 0x40, 0x43, 0x56, 0x55 };
	static const u8 released[] = { 0x40, 0x43, 0x56, 0x30, 0x65 };

	rig_wait(rig, NSEC_PER_SEC);
	rig_send_bytes(rig, button, sizeof(button));
	rig_wait(rig, RIG_WAIT_NS);
	if (!rig->mcu.powered) {
		require(!rig->sent_len);
		return;
	}
	require(rig->sent_len == sizeof(released));
	require(!memcmp(rig->sent, released, sizeof(released)));
}

int fuzz_one(const u8 *data, size_t len)
{
	static const char * const models[] = { "ts133", "ts233", "ts433" };
	struct input in = { data, len };
	const u8 kind = take_byte(&in);
	struct watch watch = { };
	struct rig rig;

	rig_init(&rig, models[kind % 3]);
	rig.line.byte_time = kind & 0x80 ? LINE_BYTE_NS : 0;
	rig.line.observer = observe;
	rig.line.context = &watch;
	watch.mcu = &rig.mcu;
	feed(&rig, &in);
	check_alive(&rig);

	return 0;
}
