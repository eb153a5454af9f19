// SPDX-License-Identifier: GPL-2.0-only
/* Decoder of a captured line: see decode.h. */

#include <string.h>

#include "decode.h"
#include "describe.h"

/* As wide as in the trace. */
#define STAMP_WIDTH 11

/**
 * decode_init() - a decoder that has seen nothing yet
 * @decode: the decoder
 * @out: where to print
 */
void decode_init(struct decode *decode, FILE *out)
{
	memset(decode, 0, sizeof(*decode));
	decode->out = out;
}

static void print(const struct decode *decode, char mark, const u8 *data, size_t len,
		  const char *words)
{
	const char *stamp = mark == '>' ? decode->host_stamp : decode->mcu_stamp;

	fprintf(decode->out, "%*s %c", stamp[0] ? STAMP_WIDTH : 0, stamp, mark);
	print_hex(decode->out, data, len);
	fprintf(decode->out, " | %s\n", words);
}

static void print_request(struct decode *decode, const u8 *data, size_t len)
{
	char words[DESCRIBE_MAX];

	describe_request(words, sizeof(words), data, len);
	print(decode, '>', data, len, words);
	memcpy(decode->request, data, len);
	decode->request_len = len;
}

static void print_stray(struct decode *decode)
{
	if (decode->stray_len)
		print_request(decode, decode->stray, decode->stray_len);
	decode->stray_len = 0;
}

static void shift(u8 *data, size_t *len, size_t count)
{
	*len -= count;
	memmove(data, data + count, *len);
}

static void stray_byte(struct decode *decode)
{
	decode->stray[decode->stray_len++] = decode->host[0];
	shift(decode->host, &decode->host_len, 1);
	if (decode->stray_len == DECODE_MAX)
		print_stray(decode);
}

/* A command of which only the family is known is a poor place to find the thread again. */
static const struct mcu_command *known_command(const u8 *data, size_t len)
{
	const struct mcu_command *command = mcu_command_find(data, len);

	return command && command->op != MCU_OP_NONE ? command : NULL;
}

/* Finds the commands; with no more bytes to come, the beginning of one is no command. */
static void take_host(struct decode *decode, bool final)
{
	const struct mcu_command *command;
	size_t len;

	while (decode->host_len) {
		command = known_command(decode->host, decode->host_len);
		len = command ? command->len + QNAP_MCU_CHECKSUM_SIZE : 0;
		if (command && decode->host_len < len && !final)
			return;
		if (!command || decode->host_len < len ||
		    !qnap_mcu_frame_valid(decode->host, len)) {
			stray_byte(decode);
			continue;
		}
		print_stray(decode);
		print_request(decode, decode->host, len);
		decode->frames++;
		shift(decode->host, &decode->host_len, len);
	}
}

static struct qnap_mcu_shape reply_shape(const struct decode *decode)
{
	static const u8 done[] = { QNAP_MCU_STATUS_MARK, QNAP_MCU_STATUS_DONE };
	const struct qnap_mcu_shape ack = { done, sizeof(done), QNAP_MCU_STATUS_SIZE };
	const struct mcu_command *command = NULL;
	struct qnap_mcu_shape shape = ack;

	if (decode->request_len)
		command = known_command(decode->request, decode->request_len);
	if (command && decode->request_len > command->len)
		shape = mcu_command_shape(command, decode->request);

	return shape.len > QNAP_MCU_REPLY_MAX ? ack : shape;
}

static void print_reply(struct decode *decode, size_t len)
{
	char words[DESCRIBE_MAX];

	describe_reply(words, sizeof(words), decode->request, decode->request_len, decode->mcu,
		       len);
	print(decode, '<', decode->mcu, len, words);
	decode->frames++;
	shift(decode->mcu, &decode->mcu_len, len);
}

static void print_noise(struct decode *decode, size_t len)
{
	if (len)
		print(decode, '<', decode->mcu, len, "unknown bytes");
	shift(decode->mcu, &decode->mcu_len, len);
}

static void take_mcu(struct decode *decode)
{
	const struct qnap_mcu_shape shape = reply_shape(decode);
	enum qnap_mcu_verdict verdict;
	struct qnap_mcu_scan scan;

	verdict = qnap_mcu_frame_scan(decode->mcu, decode->mcu_len, &shape, &scan);
	if (verdict == QNAP_MCU_NEED_MORE)
		return;
	print_noise(decode, scan.start);
	print_reply(decode, verdict == QNAP_MCU_REFUSED ? QNAP_MCU_STATUS_FRAME_SIZE :
							  shape.len + QNAP_MCU_CHECKSUM_SIZE);
}

static void finish_host(struct decode *decode)
{
	take_host(decode, true);
	print_stray(decode);
}

/**
 * decode_stamp() - the time of the bytes that follow
 * @decode: the decoder
 * @mark: '>' for bytes from the host, '<' for bytes from the MCU
 * @stamp: the time, in any words; too many of them are cut
 * @len: their length, 0 if the time is not known
 */
void decode_stamp(struct decode *decode, char mark, const char *stamp, size_t len)
{
	char *place = mark == '>' ? decode->host_stamp : decode->mcu_stamp;

	if (len > DECODE_STAMP_MAX - 1)
		len = DECODE_STAMP_MAX - 1;
	memcpy(place, stamp, len);
	place[len] = '\0';
}

/**
 * decode_host() - a byte from the host
 * @decode: the decoder
 * @byte: the byte
 */
void decode_host(struct decode *decode, u8 byte)
{
	print_noise(decode, decode->mcu_len);
	decode->host[decode->host_len++] = byte;
	take_host(decode, false);
}

/**
 * decode_mcu() - a byte from the MCU
 * @decode: the decoder
 * @byte: the byte
 */
void decode_mcu(struct decode *decode, u8 byte)
{
	finish_host(decode);
	decode->mcu[decode->mcu_len++] = byte;
	take_mcu(decode);
	if (decode->mcu_len == DECODE_MAX)
		print_noise(decode, DECODE_MAX);
}

/**
 * decode_finish() - no more bytes: print what is left
 * @decode: the decoder
 */
void decode_finish(struct decode *decode)
{
	finish_host(decode);
	print_noise(decode, decode->mcu_len);
}
