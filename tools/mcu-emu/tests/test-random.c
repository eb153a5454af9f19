// SPDX-License-Identifier: GPL-2.0-only
/* Random bytes, always the same ones, into the MCU and into the decoder. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "describe.h"
#include "ktap.h"
#include "rig.h"

#define ROUNDS 20000

static unsigned int seed = 20260919;

static unsigned int random_below(unsigned int limit)
{
	return rand_r(&seed) / (RAND_MAX + 1.0) * limit;
}

/* Mostly what commands are made of, or hardly any would be one. */
static u8 random_byte(void)
{
	static const u8 common[] = "@%\xf7\241CFRTVWZA0123456789BDEG";

	if (random_below(4))
		return common[random_below(sizeof(common) - 1)];

	return random_below(256);
}

static size_t random_bytes(u8 *data)
{
	const size_t len = random_below(30);
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = random_byte();
	if (len && random_below(2))
		data[len - 1] = qnap_mcu_frame_checksum(data, len - 1);

	return len;
}

static bool answers(struct rig *rig)
{
	rig_wait(rig, RIG_WAIT_NS);
	rig_send(rig, "40 43 30 33");
	rig_wait(rig, RIG_WAIT_NS);

	return rig->sent_len == 3 && !memcmp(rig->sent, "@0p", 3);
}

static void describe_events(void *context, u64 at, enum line_event event, const u8 *data,
			    size_t len)
{
	unsigned int *seen = context;
	char words[DESCRIBE_MAX];

	(void)at;
	describe_request(words, sizeof(words), data, len);
	describe_reply(words, sizeof(words), data, len, data, len);
	seen[event]++;
}

static void test_mcu(const char *model)
{
	unsigned int seen[LINE_NOISE + 1] = { };
	struct rig rig;
	char name[64];
	u8 data[30];
	bool alive = true;
	int i;

	rig_init(&rig, model);
	rig.line.observer = describe_events;
	rig.line.context = seen;
	for (i = 0; i < ROUNDS; i++) {
		rig_send_bytes(&rig, data, random_bytes(data));
		rig_wait(&rig, random_below(20) * NSEC_PER_MSEC);
		mcu_restart(&rig.mcu, rig.now);
		if (i % 100 == 0)
			alive = alive && answers(&rig);
	}
	snprintf(name, sizeof(name), "%s answers after random bytes", model);
	ktap_check(alive, name);
	snprintf(name, sizeof(name), "%s gave all kinds of answers", model);
	ktap_check(rig.mcu.frames && rig.mcu.bad_checksums && rig.mcu.failures && rig.line.halves &&
		   seen[LINE_REPLY] > 1000, name);
}

static void test_decoder(void)
{
	char *text = NULL;
	struct decode decode;
	FILE *memory;
	size_t size;
	int i;

	memory = open_memstream(&text, &size);
	decode_init(&decode, memory);
	for (i = 0; i < ROUNDS; i++) {
		if (random_below(3))
			decode_host(&decode, random_byte());
		else
			decode_mcu(&decode, random_byte());
	}
	for (i = 0; i < 2 * DECODE_MAX; i++)
		decode_host(&decode, 0xff);
	for (i = 0; i < 2 * DECODE_MAX; i++)
		decode_mcu(&decode, 0xff);
	decode_finish(&decode);
	fclose(memory);
	ktap_check(size > ROUNDS, "the decoder takes random bytes");
	free(text);
}

int main(void)
{
	ktap_begin();
	test_mcu("ts133");
	test_mcu("ts233");
	test_mcu("ts433");
	test_decoder();

	return ktap_end();
}
