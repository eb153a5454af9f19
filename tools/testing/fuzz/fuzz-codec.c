// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any payload into room of any size: what comes out is a frame, or nothing, and is recognised as
 * such; every error of one bit or within one byte is noticed.
 */

#include "fuzz.h"
#include "qnap-mcu-frame.h"

/* Bit by bit, where the codec goes byte by byte. */
static u8 parity(const u8 *data, size_t len)
{
	u8 sum = 0;
	unsigned int bit;
	size_t i;

	for (bit = 0; bit < 8; bit++) {
		unsigned int ones = 0;

		for (i = 0; i < len; i++)
			ones += data[i] >> bit & 1;
		sum |= (ones & 1) << bit;
	}

	return sum;
}

static void check_payload(const u8 *payload, size_t len)
{
	require(qnap_mcu_frame_checksum(payload, len) == parity(payload, len));
	require(qnap_mcu_frame_valid(payload, len) == (len >= 2 && !parity(payload, len)));
}

/* One error is always noticed; the same once more in another byte never is. */
static void check_errors(const u8 *frame, size_t len, size_t where, u8 error)
{
	u8 *bad = exact_copy(frame, len);

	where %= len;
	bad[where] ^= error;
	require(qnap_mcu_frame_valid(bad, len) == !error);
	bad[(where + 1) % len] ^= error;
	require(qnap_mcu_frame_valid(bad, len));
	free(bad);
}

static bool untouched(const u8 *room, size_t from, size_t size)
{
	for (; from < size; from++)
		if (room[from] != 0xa5)
			return false;

	return true;
}

static void check_encode(const u8 *payload, size_t len, size_t size, size_t where, u8 error)
{
	u8 *room = malloc(size);
	size_t made;

	require(room);
	memset(room, 0xa5, size);
	made = qnap_mcu_frame_encode(room, size, payload, len);
	require(made == (len && len < size ? len + 1 : 0));
	require(untouched(room, made, size));
	if (made) {
		require(!memcmp(room, payload, len));
		require(room[len] == parity(payload, len));
		require(qnap_mcu_frame_valid(room, made));
		check_errors(room, made, where, error);
	}
	free(room);
}

int fuzz_one(const u8 *data, size_t len)
{
	struct input in = { data, len };
	const size_t size = take_byte(&in) % 64;
	const size_t where = take_byte(&in);
	const u8 error = take_byte(&in);
	const size_t payload_len = in.len;
	u8 *payload = take_bytes(&in, payload_len);

	check_payload(payload, payload_len);
	check_encode(payload, payload_len, size, where, error);
	free(payload);

	return 0;
}
