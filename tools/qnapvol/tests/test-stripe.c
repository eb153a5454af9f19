// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the layouts of levels 4, 5 and 6, against pictures
 *
 * Each row is a stripe, each letter a member: P and Q are parities, the others are numbers of the
 * data in the stripe.
 */

#include <stdio.h>
#include <string.h>

#include "ktap.h"
#include "raid.h"

struct picture {
	const char *name;
	int level;
	u32 layout;
	const char *rows[5];
};

static const struct picture pictures[] = {
	{ "level 4", 4, 0, { "0123P", "0123P", "0123P", "0123P", "0123P" } },
	{ "level 4 with a layout", 4, 2, { "0123P", "0123P", "0123P", "0123P", "0123P" } },
	{ "5 left asymmetric", 5, 0, { "0123P", "012P3", "01P23", "0P123", "P0123" } },
	{ "5 right asymmetric", 5, 1, { "P0123", "0P123", "01P23", "012P3", "0123P" } },
	{ "5 left symmetric", 5, 2, { "0123P", "123P0", "23P01", "3P012", "P0123" } },
	{ "5 right symmetric", 5, 3, { "P0123", "3P012", "23P01", "123P0", "0123P" } },
	{ "5 parity first", 5, 4, { "P0123", "P0123", "P0123", "P0123", "P0123" } },
	{ "5 parity last", 5, 5, { "0123P", "0123P", "0123P", "0123P", "0123P" } },
	{ "6 left asymmetric", 6, 0, { "Q012P", "012PQ", "01PQ2", "0PQ12", "PQ012" } },
	{ "6 right asymmetric", 6, 1, { "PQ012", "0PQ12", "01PQ2", "012PQ", "Q012P" } },
	{ "6 left symmetric", 6, 2, { "Q012P", "012PQ", "12PQ0", "2PQ01", "PQ012" } },
	{ "6 right symmetric", 6, 3, { "PQ012", "2PQ01", "12PQ0", "012PQ", "Q012P" } },
	{ "6 parity first", 6, 4, { "PQ012", "PQ012", "PQ012", "PQ012", "PQ012" } },
	{ "6 parity last", 6, 5, { "012PQ", "012PQ", "012PQ", "012PQ", "012PQ" } },
	{ "6 rotating zero restart", 6, 8, { "PQ012", "0PQ12", "01PQ2", "012PQ", "Q012P" } },
	{ "6 rotating N restart", 6, 9, { "012PQ", "01PQ2", "0PQ12", "PQ012", "Q012P" } },
	{ "6 rotating N continue", 6, 10, { "012QP", "12QP0", "2QP01", "QP012", "P012Q" } },
	{ "6 left asymmetric of 5", 6, 16, { "012PQ", "01P2Q", "0P12Q", "P012Q", "012PQ" } },
	{ "6 right asymmetric of 5", 6, 17, { "P012Q", "0P12Q", "01P2Q", "012PQ", "P012Q" } },
	{ "6 left symmetric of 5", 6, 18, { "012PQ", "12P0Q", "2P01Q", "P012Q", "012PQ" } },
	{ "6 right symmetric of 5", 6, 19, { "P012Q", "2P01Q", "12P0Q", "012PQ", "P012Q" } },
	{ "6 parity first of 5", 6, 20, { "P012Q", "P012Q", "P012Q", "P012Q", "P012Q" } },
};

static bool is_row(const struct picture *picture, u64 number, const char *row)
{
	const int num = picture->level == 6 ? 3 : 4;
	char drawn[6] = "?????";
	struct qv_stripe stripe;

	if (!qv_stripe_find(picture->level, picture->layout, 5, number, &stripe))
		return false;

	drawn[stripe.parity] = 'P';
	if (stripe.syndrome >= 0)
		drawn[stripe.syndrome] = 'Q';
	for (int i = 0; i < num; i++)
		drawn[stripe.data[i]] = '0' + i;

	return !strcmp(drawn, row);
}

static void test_picture(const struct picture *picture)
{
	bool good = true;

	for (u64 number = 0; number < 5; number++)
		good &= is_row(picture, number, picture->rows[number]);
	ktap_check(good, picture->name);
}

/* The pictures come again; where a number of stripes does not fit into 32 bits as well. */
static void test_far_stripe(void)
{
	const u64 far = 5ull << 40;

	ktap_check(is_row(&pictures[4], far + 1, "123P0"), "a stripe far away");
	ktap_check(is_row(&pictures[10], far + 2, "12PQ0"), "a stripe of level 6 far away");
}

static void test_unknown(void)
{
	struct qv_stripe stripe;
	bool good = true;

	for (u32 layout = 6; layout < 100; layout++)
		good &= !qv_stripe_find(5, layout, 5, 0, &stripe);
	ktap_check(good, "level 5: unknown layouts");

	good = true;
	for (u32 layout = 6; layout < 100; layout++) {
		if ((layout < 8 || layout > 10) && (layout < 16 || layout > 20))
			good &= !qv_stripe_find(6, layout, 5, 0, &stripe);
	}
	ktap_check(good, "level 6: unknown layouts");
	ktap_check(!qv_stripe_find(3, 0, 5, 0, &stripe), "unknown level");
	ktap_check(!qv_stripe_find(5, 0, 1, 0, &stripe), "level 5 with one member");
	ktap_check(!qv_stripe_find(6, 0, 2, 0, &stripe), "level 6 with two members");
	ktap_check(!qv_stripe_find(5, 0, 1000, 0, &stripe), "too many members");
}

static void test_slots(void)
{
	struct qv_stripe stripe;

	qv_stripe_find(6, QV_RAID_LEFT_SYMMETRIC, 5, 2, &stripe);
	ktap_check(qv_stripe_slot(&stripe, 5, 4) == 0 && qv_stripe_slot(&stripe, 5, 0) == 1 &&
		   qv_stripe_slot(&stripe, 5, 1) == 2, "factors begin behind the second parity");
	qv_stripe_find(6, QV_RAID_ROTATING_N_RESTART, 5, 2, &stripe);
	ktap_check(qv_stripe_slot(&stripe, 5, 0) == 0 && qv_stripe_slot(&stripe, 5, 4) == 4,
		   "factors of DDF are those of the members");
}

int main(void)
{
	ktap_begin();
	for (size_t i = 0; i < sizeof(pictures) / sizeof(*pictures); i++)
		test_picture(&pictures[i]);
	test_far_stripe();
	test_unknown();
	test_slots();

	return ktap_end();
}
