// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a member of an array with parity had, from what the others have
 *
 * The parity is the sum of all data, and sums are exclusive ors. Level 6's second parity, the
 * syndrome, is the sum of all data with a factor for each member. So the sum of the parity and of
 * all data that can be read is the sum of what is missing, and likewise for the second one: one
 * equation for each parity, enough for as many members.
 */

#include <stdlib.h>
#include <string.h>

#include "parity.h"

/**
 * struct task - what is to be recovered
 * @raid: array
 * @stripe: the stripe with the data
 * @wanted: number of the member that has it
 * @other: number of another member whose data cannot be read, or -1
 * @len: how much
 * @start: from where on in the members
 * @data: memory for one member's data
 * @parity: memory for the sum of the parity and all data
 * @syndrome: memory for the sum of the second parity and all data with their factors
 */
struct task {
	const struct qv_raid *raid;
	const struct qv_stripe *stripe;
	int wanted;
	int other;
	size_t len;
	u64 start;
	u8 *data;
	u8 *parity;
	u8 *syndrome;
};

static bool has(const struct task *task, int disk)
{
	return qv_raid_member_has(task->raid, disk, task->start, task->len);
}

static bool read_member(const struct task *task, int disk, u8 *buf)
{
	return qv_raid_member_read(task->raid, disk, buf, task->len, task->start);
}

static bool is_parity(const struct task *task, int disk)
{
	return disk == task->stripe->parity || disk == task->stripe->syndrome;
}

/* Other members' data, which the parity alone cannot make up for. */
static bool misses_more(const struct task *task)
{
	for (int disk = 0; disk < (int)task->raid->geometry.disks; disk++) {
		if (disk != task->wanted && disk != task->stripe->syndrome && !has(task, disk))
			return true;
	}

	return false;
}

/* The parity, and all data but what is wanted. */
static bool recover_by_parity(const struct task *task, u8 *buf)
{
	if (misses_more(task) || !read_member(task, task->stripe->parity, buf))
		return false;

	for (int disk = 0; disk < (int)task->raid->geometry.disks; disk++) {
		if (disk == task->wanted || is_parity(task, disk))
			continue;
		if (!read_member(task, disk, task->data))
			return false;
		qv_gf_add(buf, task->data, task->len);
	}

	return true;
}

/* Which member has each factor of the second parity; -1: none. Returns how many there are. */
static unsigned int find_factors(const struct task *task, int *disks)
{
	const int num = task->raid->geometry.disks;
	unsigned int factors = 0, slot;

	memset(disks, -1, num * sizeof(*disks));
	for (int disk = 0; disk < num; disk++) {
		if (is_parity(task, disk))
			continue;
		slot = qv_stripe_slot(task->stripe, num, disk);
		disks[slot] = disk;
		if (slot >= factors)
			factors = slot + 1;
	}

	return factors;
}

/*
 * Sums all data, and all data with factors: the sum so far is doubled for each next member. Returns
 * false if more than one member is missing beside the one that is wanted.
 */
static bool sum_data(struct task *task)
{
	int disks[QV_RAID_DISKS_MAX];
	unsigned int slot = find_factors(task, disks);

	memset(task->parity, 0, task->len);
	memset(task->syndrome, 0, task->len);
	while (slot--) {
		qv_gf_double(task->syndrome, task->len);
		if (disks[slot] < 0 || disks[slot] == task->wanted)
			continue;
		if (read_member(task, disks[slot], task->data)) {
			qv_gf_add(task->parity, task->data, task->len);
			qv_gf_add(task->syndrome, task->data, task->len);
			continue;
		}
		if (task->other >= 0)
			return false;
		task->other = disks[slot];
	}

	return true;
}

static bool add_member(const struct task *task, int disk, u8 *sum)
{
	if (!read_member(task, disk, task->data))
		return false;

	qv_gf_add(sum, task->data, task->len);

	return true;
}

/* Solves the equations; that of the parity is needed if another member's data is missing, too. */
static void solve(const struct task *task, u8 *buf)
{
	const u32 disks = task->raid->geometry.disks;
	const u8 mine = qv_gf_pow2(qv_stripe_slot(task->stripe, disks, task->wanted));
	struct qv_gf_table of_parity, of_syndrome;
	u8 others = 0;

	if (task->other >= 0)
		others = qv_gf_pow2(qv_stripe_slot(task->stripe, disks, task->other));
	qv_gf_table(&of_syndrome, qv_gf_div(1, mine ^ others));
	qv_gf_table(&of_parity, qv_gf_div(others, mine ^ others));
	for (size_t i = 0; i < task->len; i++)
		buf[i] = of_syndrome.product[task->syndrome[i]] ^
			 of_parity.product[task->parity[i]];
}

static bool recover_by_syndrome(struct task *task, u8 *buf)
{
	if (task->stripe->syndrome < 0 || !has(task, task->stripe->syndrome) || !sum_data(task) ||
	    !add_member(task, task->stripe->syndrome, task->syndrome))
		return false;
	if (task->other >= 0 && !add_member(task, task->stripe->parity, task->parity))
		return false;

	solve(task, buf);

	return true;
}

/**
 * qv_parity_recover() - read what a member had that is missing, or that cannot be read there
 * @raid: array of level 4, 5 or 6
 * @stripe: the stripe with the data
 * @wanted: number of the member, one with data
 * @buf: where to put the data
 * @len: how much, inside one chunk
 * @start: where it was in the member's data
 *
 * Return: true if it could be computed from the other members; false if not, or if it is more than
 * %QV_PARITY_LEN_MAX.
 */
bool qv_parity_recover(const struct qv_raid *raid, const struct qv_stripe *stripe, int wanted,
		       u8 *buf, size_t len, u64 start)
{
	struct task task = { raid, stripe, wanted, -1, len, start, NULL, NULL, NULL };
	bool good;

	if (len > QV_PARITY_LEN_MAX)
		return false;

	task.data = malloc(3 * len);
	if (!task.data)
		return false;
	task.parity = task.data + len;
	task.syndrome = task.parity + len;
	good = recover_by_parity(&task, buf) || recover_by_syndrome(&task, buf);
	free(task.data);

	return good;
}
