// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes received, any shape of the reply waited for. The verdict is that of a scanner which
 * compares with the frames themselves, however the bytes arrive; and a reply built here is found
 * behind noise, but not once it is damaged.
 */

#include "fuzz.h"
#include "qnap-mcu-frame.h"

#define NOISE_MAX 64

/**
 * struct sample - an input taken apart
 * @head: what the reply begins with
 * @shape: the reply's shape
 * @piece: how many bytes arrive at once
 * @where: byte of the reply to damage
 * @error: bits of it to flip
 * @stream: bytes received
 * @len: how many
 */
struct sample {
	u8 *head;
	struct qnap_mcu_shape shape;
	size_t piece;
	size_t where;
	u8 error;
	u8 *stream;
	size_t len;
};

static const u8 refusals[][QNAP_MCU_STATUS_FRAME_SIZE] = {
	{ 0x40, 0x38, 0x78 },
	{ 0x40, 0x39, 0x79 },
};

static u8 sum(const u8 *data, size_t len)
{
	u8 x = 0;
	size_t i;

	for (i = 0; i < len; i++)
		x ^= data[i];

	return x;
}

static bool begins(const u8 *data, size_t len, const u8 *frame, size_t frame_len)
{
	return !memcmp(data, frame, len < frame_len ? len : frame_len);
}

static bool begins_refusal(const u8 *data, size_t len)
{
	return begins(data, len, refusals[0], 3) || begins(data, len, refusals[1], 3);
}

/* What the scanner should say. */
static enum qnap_mcu_verdict expect(const struct sample *s, const u8 *data, size_t len,
				    size_t *start)
{
	const size_t frame_len = s->shape.len + 1;
	size_t left;

	for (*start = 0; *start < len; ++*start, ++data) {
		left = len - *start;
		if (begins(data, left, s->head, s->shape.head_len)) {
			if (left < frame_len)
				return QNAP_MCU_NEED_MORE;
			return sum(data, frame_len) ? QNAP_MCU_BAD : QNAP_MCU_REPLY;
		}
		if (begins_refusal(data, left))
			return left < 3 ? QNAP_MCU_NEED_MORE : QNAP_MCU_REFUSED;
	}

	return QNAP_MCU_NEED_MORE;
}

static enum qnap_mcu_verdict scan(const struct sample *s, const u8 *data, size_t len,
				  struct qnap_mcu_scan *found)
{
	enum qnap_mcu_verdict verdict;
	u8 *copy = exact_copy(data, len);

	verdict = qnap_mcu_frame_scan(copy, len, &s->shape, found);
	require(!memcmp(copy, data, len));
	free(copy);

	return verdict;
}

static void check_at_once(const struct sample *s)
{
	struct qnap_mcu_scan found = { };
	enum qnap_mcu_verdict verdict;
	size_t start;

	verdict = scan(s, s->stream, s->len, &found);
	require(verdict == expect(s, s->stream, s->len, &start));
	require(found.start == start && start <= s->len);
	if (verdict == QNAP_MCU_REFUSED)
		require(found.status == s->stream[start + 1]);
}

/* As the driver does: noise is thrown away as it comes. Its buffer must be long enough. */
static void check_in_pieces(const struct sample *s, size_t piece)
{
	enum qnap_mcu_verdict verdict = QNAP_MCU_NEED_MORE;
	struct qnap_mcu_scan found = { };
	size_t first = 0;
	size_t end = 0;
	size_t start;

	while (verdict == QNAP_MCU_NEED_MORE && end < s->len) {
		end = s->len - end < piece ? s->len : end + piece;
		require(piece > 1 || end - first <= QNAP_MCU_REPLY_FRAME_MAX);
		verdict = scan(s, s->stream + first, end - first, &found);
		first += found.start;
	}
	require(verdict == expect(s, s->stream, s->len, &start));
	require(first == start);
}

/* The sample's bytes in another role: data of the reply, and noise that begins nothing. */
static size_t build_reply(const struct sample *s, u8 *frame)
{
	size_t i;

	for (i = 0; i < s->shape.len; i++)
		frame[i] = i < s->shape.head_len ? s->head[i] :
			   i < s->len ? s->stream[i] : 0;
	frame[i] = sum(frame, i);

	return i + 1;
}

static size_t build_noise(const struct sample *s, u8 *noise)
{
	size_t len = 0;
	size_t i;

	for (i = 0; i < s->len && len < NOISE_MAX; i++)
		if (s->stream[i] != s->head[0] && s->stream[i] != QNAP_MCU_STATUS_MARK)
			noise[len++] = s->stream[i];

	return len;
}

static void check_reply(const struct sample *s)
{
	u8 data[NOISE_MAX + QNAP_MCU_REPLY_FRAME_MAX];
	const size_t noise_len = build_noise(s, data);
	u8 *frame = data + noise_len;
	const size_t len = build_reply(s, frame);
	struct qnap_mcu_scan found = { };

	require(scan(s, data, noise_len + len, &found) == QNAP_MCU_REPLY);
	require(found.start == noise_len);
	require(scan(s, data, noise_len + len - 1, &found) == QNAP_MCU_NEED_MORE);
	require(found.start == noise_len);

	frame[s->where % len] ^= s->error;
	require(!s->error || scan(s, data, noise_len + len, &found) != QNAP_MCU_REPLY);
}

int fuzz_one(const u8 *data, size_t len)
{
	struct input in = { data, len };
	struct sample s;

	s.shape.head_len = 1 + take_byte(&in) % QNAP_MCU_REQUEST_MAX;
	s.shape.len = s.shape.head_len +
		      take_byte(&in) % (QNAP_MCU_REPLY_MAX + 1 - s.shape.head_len);
	s.piece = 1 + take_byte(&in) % 16;
	s.where = take_byte(&in);
	s.error = take_byte(&in);
	s.head = take_bytes(&in, s.shape.head_len);
	s.shape.head = s.head;
	s.len = in.len;
	s.stream = take_bytes(&in, s.len);

	check_at_once(&s);
	check_in_pieces(&s, 1);
	check_in_pieces(&s, s.piece);
	check_reply(&s);

	free(s.head);
	free(s.stream);

	return 0;
}
