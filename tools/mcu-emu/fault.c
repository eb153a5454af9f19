// SPDX-License-Identifier: GPL-2.0-only
/* Faults of the line and of the MCU's firmware: see fault.h. */

#include "fault.h"
#include "mcu.h"

/**
 * fault_deaf() - whether the MCU swallows what it gets
 * @fault: the faults
 * @now: the time
 *
 * Return: true if it does.
 */
bool fault_deaf(const struct fault *fault, u64 now)
{
	return now < fault->mute_until;
}

/* Whether the MCU restarts within the frame that has begun. */
static bool restart(struct fault *fault, enum seeded_way way, enum seeded_kind kind,
		    unsigned int len, unsigned int *left)
{
	if (!seeded_frame(&fault->seeded, way, kind))
		return false;
	*left = seeded_cut(&fault->seeded, way, kind, len);

	return true;
}

/**
 * fault_request() - the first byte of a request has come
 * @fault: the faults
 * @now: the time
 */
void fault_request(struct fault *fault, u64 now)
{
	struct seeded *seeded = &fault->seeded;

	seeded_begin(seeded, SEEDED_REQUEST);
	if (seeded_frame(seeded, SEEDED_REQUEST, SEEDED_SILENCE))
		fault->mute_until = now + seeded->time[SEEDED_SILENCE];
	/* How long the request will be is not known yet: all have three bytes. */
	fault->forgets = restart(fault, SEEDED_REQUEST, SEEDED_RESET, 3, &fault->restart_in);
	fault->restarts = fault->forgets || restart(fault, SEEDED_REQUEST, SEEDED_RESTART, 3,
						    &fault->restart_in);
}

/**
 * fault_restarts() - whether the MCU restarts now
 * @fault: the faults
 * @index: how many bytes of the present request it has got
 *
 * Return: true if it does.
 */
bool fault_restarts(const struct fault *fault, unsigned int index)
{
	return fault->restarts && index == fault->restart_in;
}

/**
 * fault_restart_time() - how long a restart takes
 * @fault: the faults
 * @forgets: whether it is one that forgets
 *
 * Return: nanoseconds.
 */
u64 fault_restart_time(const struct fault *fault, bool forgets)
{
	return fault->seeded.time[forgets ? SEEDED_RESET : SEEDED_RESTART];
}

/**
 * fault_inbound() - what becomes of a byte from the host
 * @fault: the faults
 * @index: which byte of the request it is
 * @byte: the byte
 * @out: what the MCU gets, at most %FAULT_BYTE_MAX bytes
 *
 * Return: how many bytes it gets.
 */
size_t fault_inbound(struct fault *fault, unsigned int index, u8 byte, u8 *out)
{
	return seeded_byte(&fault->seeded, SEEDED_REQUEST, index, byte, out);
}

static bool use_up(unsigned int *left)
{
	if (!*left)
		return false;
	(*left)--;

	return true;
}

/**
 * fault_command() - whether the MCU refuses a command out of hand
 * @fault: the faults
 *
 * Return: digit of the error frame to answer with, 0 to carry the command out.
 */
u8 fault_command(struct fault *fault)
{
	if (use_up(&fault->status_left))
		return fault->status;
	if (seeded_frame(&fault->seeded, SEEDED_REQUEST, SEEDED_REFUSE8))
		return QNAP_MCU_STATUS_BAD_CHECKSUM;
	if (seeded_frame(&fault->seeded, SEEDED_REQUEST, SEEDED_REFUSE9))
		return QNAP_MCU_STATUS_FAILED;

	return 0;
}

static void flip_bit(struct fault *fault, struct fault_reply *reply)
{
	reply->data[fault->corrupted % reply->len] ^= 1 << fault->corrupted % 8;
	fault->corrupted++;
}

static void count_down(struct fault *fault, struct fault_reply *reply)
{
	if (use_up(&fault->corrupt_left))
		flip_bit(fault, reply);
	if (use_up(&fault->twice_left))
		reply->copies = 2;
	if (use_up(&fault->late_left))
		reply->delay = fault->late;
	if (use_up(&fault->split_left))
		reply->gap = fault->split;
}

static void take_chances(struct fault *fault, struct fault_reply *reply)
{
	struct seeded *seeded = &fault->seeded;

	seeded_begin(seeded, SEEDED_REPLY);
	if (seeded_frame(seeded, SEEDED_REPLY, SEEDED_TWICE))
		reply->copies = 2;
	if (seeded_frame(seeded, SEEDED_REPLY, SEEDED_LATE))
		reply->delay = seeded->time[SEEDED_LATE];
	if (seeded_frame(seeded, SEEDED_REPLY, SEEDED_SPLIT))
		reply->gap = seeded->time[SEEDED_SPLIT];
	if (seeded_frame(seeded, SEEDED_REPLY, SEEDED_BABBLE))
		reply->babble = prng_below(&seeded->random[SEEDED_REPLY],
					   seeded->time[SEEDED_BABBLE] / NSEC_PER_USEC + 1) *
				NSEC_PER_USEC;
}

static void put_on_wire(struct fault *fault, struct fault_reply *reply, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		reply->wire_len += seeded_byte(&fault->seeded, SEEDED_REPLY, i, reply->data[i],
					       reply->wire + reply->wire_len);
}

/**
 * fault_outbound() - what becomes of a reply
 * @fault: the faults
 * @reply: its bytes; all else is set here
 */
void fault_outbound(struct fault *fault, struct fault_reply *reply)
{
	unsigned int left = reply->len;

	reply->copies = 1;
	reply->babble = MCU_NEVER;
	if (use_up(&fault->drop_left)) {
		reply->copies = 0;
		return;
	}

	count_down(fault, reply);
	take_chances(fault, reply);
	reply->forgets = restart(fault, SEEDED_REPLY, SEEDED_RESET, reply->len, &left);
	reply->restarts = reply->forgets ||
			  restart(fault, SEEDED_REPLY, SEEDED_RESTART, reply->len, &left);
	put_on_wire(fault, reply, left);
	reply->wire_cut = reply->wire_len;
	if (reply->copies > 1 && !reply->restarts)
		put_on_wire(fault, reply, left);
}

/**
 * fault_babble() - bytes that nobody asked for
 * @fault: the faults
 * @data: where to put them, %SEEDED_BABBLE_MAX bytes at most
 *
 * Return: how many there are.
 */
size_t fault_babble(struct fault *fault, u8 *data)
{
	u64 *random = &fault->seeded.random[SEEDED_REPLY];
	const size_t len = 1 + prng_below(random, SEEDED_BABBLE_MAX);
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = prng_next(random);

	return len;
}
