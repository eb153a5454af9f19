// SPDX-License-Identifier: GPL-2.0-only
/* Faults of the line and of the MCU's firmware: see fault.h. */

#include "fault.h"

static bool use_up(unsigned int *left)
{
	if (!*left)
		return false;
	(*left)--;

	return true;
}

/**
 * fault_inbound() - what becomes of a byte from the host
 * @fault: the faults
 * @now: the time
 * @byte: the byte
 * @out: what the MCU gets, at most %FAULT_BYTE_MAX bytes
 *
 * Return: how many bytes it gets.
 */
size_t fault_inbound(struct fault *fault, u64 now, u8 byte, u8 *out)
{
	if (now < fault->mute_until)
		return 0;
	out[0] = byte;

	return 1;
}

/**
 * fault_command() - whether the MCU refuses a command out of hand
 * @fault: the faults
 *
 * Return: digit of the error frame to answer with, 0 to carry the command out.
 */
u8 fault_command(struct fault *fault)
{
	return use_up(&fault->status_left) ? fault->status : 0;
}

static void flip_bit(struct fault *fault, struct fault_reply *reply)
{
	reply->data[fault->corrupted % reply->len] ^= 1 << fault->corrupted % 8;
	fault->corrupted++;
}

/**
 * fault_outbound() - what becomes of a reply
 * @fault: the faults
 * @reply: the reply, changed in place
 */
void fault_outbound(struct fault *fault, struct fault_reply *reply)
{
	if (use_up(&fault->drop_left)) {
		reply->copies = 0;
		return;
	}

	if (use_up(&fault->corrupt_left))
		flip_bit(fault, reply);
	if (use_up(&fault->twice_left))
		reply->copies = 2;
	if (use_up(&fault->late_left))
		reply->delay = fault->late;
	if (use_up(&fault->split_left))
		reply->gap = fault->split;
}
