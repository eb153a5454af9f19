// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stripes of the levels with parity
 *
 * In each stripe one member has the parity of the others, in level 6 another one has a second
 * parity. Which they are moves on from stripe to stripe, backwards in the layouts that are called
 * left. In the symmetric ones the data begins behind the parity and goes round, in the others it
 * is in the members' order.
 */

#include "raid.h"

/* Parity moves on among the first @disks members. */
static int place_parity(u32 layout, u32 disks, u64 number)
{
	switch (layout) {
	case QV_RAID_LEFT_ASYMMETRIC:
	case QV_RAID_LEFT_SYMMETRIC:
	case QV_RAID_ROTATING_N_CONTINUE:
		return disks - 1 - number % disks;
	case QV_RAID_RIGHT_ASYMMETRIC:
	case QV_RAID_RIGHT_SYMMETRIC:
	case QV_RAID_ROTATING_ZERO_RESTART:
		return number % disks;
	case QV_RAID_ROTATING_N_RESTART:
		return disks - 1 - (number + 1) % disks;
	case QV_RAID_PARITY_FIRST:
		return 0;
	default:
		return -1;
	}
}

static bool is_symmetric(u32 layout)
{
	return layout == QV_RAID_LEFT_SYMMETRIC || layout == QV_RAID_RIGHT_SYMMETRIC ||
	       layout == QV_RAID_ROTATING_N_CONTINUE;
}

static void place_data(struct qv_stripe *stripe, u32 disks, int first)
{
	int *data = stripe->data;
	u32 disk = first;

	for (u32 i = 0; i < disks; i++) {
		if ((int)disk != stripe->parity && (int)disk != stripe->syndrome)
			*data++ = disk;
		if (++disk == disks)
			disk = 0;
	}
}

/* One parity, on any of the members. */
static bool find_single(u32 layout, u32 disks, u64 number, struct qv_stripe *stripe)
{
	int first = 0;

	stripe->syndrome = -1;
	stripe->parity = layout == QV_RAID_PARITY_LAST ? (int)disks - 1 :
							  place_parity(layout, disks, number);
	if (layout >= QV_RAID_ROTATING_ZERO_RESTART || stripe->parity < 0)
		return false;

	if (is_symmetric(layout))
		first = (stripe->parity + 1) % disks;
	place_data(stripe, disks, first);

	return true;
}

/* The second parity is next to the first one. */
static bool find_double(u32 layout, u32 disks, u64 number, struct qv_stripe *stripe)
{
	int first = 0;

	stripe->parity = layout == QV_RAID_PARITY_LAST ? (int)disks - 2 :
							  place_parity(layout, disks, number);
	if (stripe->parity < 0)
		return false;

	stripe->counts_all = layout >= QV_RAID_ROTATING_ZERO_RESTART;
	stripe->syndrome = (stripe->parity + 1) % disks;
	if (layout == QV_RAID_ROTATING_N_CONTINUE)
		stripe->syndrome = (stripe->parity + disks - 1) % disks;
	if (is_symmetric(layout))
		first = (stripe->parity + 1) % disks;
	place_data(stripe, disks, first);

	return true;
}

/**
 * qv_stripe_find() - find who has what in a stripe
 * @level: level of the array
 * @layout: its layout
 * @disks: how many members it has
 * @number: number of the stripe
 * @stripe: the members' parts
 *
 * Return: false if the level has no parity, its layout is not known, or there are too few or too
 * many members.
 */
bool qv_stripe_find(int level, u32 layout, u32 disks, u64 number, struct qv_stripe *stripe)
{
	if ((level != 4 && level != 5 && level != 6) || disks < (level == 6 ? 3 : 2) ||
	    disks > QV_RAID_DISKS_MAX)
		return false;

	stripe->counts_all = false;
	if (level == 4)
		return find_single(QV_RAID_PARITY_LAST, disks, number, stripe);
	if (level == 5)
		return find_single(layout, disks, number, stripe);
	if (layout < QV_RAID_LEFT_ASYMMETRIC_6)
		return find_double(layout, disks, number, stripe);
	if (layout > QV_RAID_PARITY_FIRST_6 ||
	    !find_single(layout - QV_RAID_LEFT_ASYMMETRIC_6, disks - 1, number, stripe))
		return false;
	stripe->syndrome = disks - 1;

	return true;
}

/* The factor that a member's data has in the second parity: two to the power of that. */
unsigned int qv_stripe_slot(const struct qv_stripe *stripe, u32 disks, int disk)
{
	unsigned int slot = 0;

	if (stripe->counts_all)
		return disk;

	for (int i = (stripe->syndrome + 1) % (int)disks; i != disk; i = (i + 1) % (int)disks) {
		if (i != stripe->parity && i != stripe->syndrome)
			slot++;
	}

	return slot;
}
