// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the order in which a dump reads */

#include <stdlib.h>

#include "dump-plan.h"
#include "ktap.h"
#include "memory.h"
#include "qv.h"
#include "shuffled.h"

#define CHUNK	1000
#define CHUNKS	500
#define SIZE	(CHUNK * CHUNKS - 1)

static u32 places[CHUNKS];
static u8 seen[SIZE];

/* Every tenth chunk is zeros, one is bad, the others are anywhere. */
static void shuffle(void)
{
	for (u32 i = 0; i < CHUNKS; i++) {
		u32 j = rand() % (i + 1);

		places[i] = places[j];
		places[j] = i;
	}
	for (u32 i = 0; i < CHUNKS; i += 10)
		places[i] = SHUFFLED_ZERO;
	places[333] = SHUFFLED_BAD;
}

static bool is_sorted(const struct dump_plan *plan)
{
	for (size_t i = 1; i < plan->num; i++) {
		const struct qv_extent *a = &plan->pieces[i - 1], *b = &plan->pieces[i];

		if (a->kind == QV_EXTENT_DATA &&
		    (b->kind != QV_EXTENT_DATA || a->physical >= b->physical))
			return false;
	}

	return true;
}

static bool is_ascending(const struct dump_plan *plan)
{
	for (size_t i = 1; i < plan->num; i++) {
		if (plan->pieces[i - 1].start >= plan->pieces[i].start)
			return false;
	}

	return true;
}

static void mark(const struct dump_plan *plan)
{
	for (size_t i = 0; i < plan->num; i++) {
		for (u64 at = 0; at < plan->pieces[i].length; at++)
			seen[plan->pieces[i].start + at]++;
	}
}

/* Is what is to do in the plan once, and the rest not at all? */
static bool is_all_seen(const struct dump_map *todo)
{
	u64 end, start;
	bool wanted;

	for (u64 at = 0; at < SIZE; at++) {
		start = dump_map_find(todo, at, DUMP_TODO, &end);
		wanted = start == at;
		if (seen[at] != wanted)
			return false;
		seen[at] = 0;
	}

	return true;
}

static void test_windows(struct qv_dev *dev, const struct dump_map *todo, size_t max, size_t want)
{
	struct dump_plan plan;
	bool sorted = true;
	size_t windows = 0;

	ktap_check(!dump_plan_init(&plan, dev, todo, max), "a plan");
	for (; dump_plan_next(&plan) > 0; windows++) {
		sorted = sorted && is_sorted(&plan) && plan.num <= max;
		mark(&plan);
	}
	ktap_check(windows == want, "as many windows as it takes");
	ktap_check(sorted, "the heads of the disks move on in each");
	ktap_check(is_all_seen(todo), "all is read once");
	dump_plan_free(&plan);
}

static void test_in_order(struct qv_dev *dev, const struct dump_map *todo)
{
	struct dump_plan plan;

	ktap_check(!dump_plan_init(&plan, dev, todo, CHUNKS), "a plan in order");
	plan.in_order = true;
	ktap_check(dump_plan_next(&plan) == 1 && is_ascending(&plan) &&
		   plan.num > CHUNKS * 9 / 10,
		   "follows the volume");
	ktap_check(!dump_plan_next(&plan), "and ends");
	dump_plan_free(&plan);
}

static void test_merge(struct qv *qv, const struct dump_map *todo)
{
	static u32 straight[CHUNKS];
	struct dump_plan plan;
	struct qv_dev *dev;

	for (u32 i = 0; i < CHUNKS; i++)
		straight[i] = i < CHUNKS / 2 ? i : SHUFFLED_ZERO;
	dev = shuffled_new(memory_new(qv, NULL, SIZE, "below"), CHUNK, straight, CHUNKS, SIZE);
	ktap_check(!dump_plan_init(&plan, dev, todo, 2), "a plan with little memory");
	ktap_check(dump_plan_next(&plan) == 1 && plan.num == 2 &&
		   plan.pieces[1].length == CHUNK * CHUNKS / 2,
		   "what lies behind one another is one piece");
	dump_plan_free(&plan);
}

static void test_sums(struct qv_dev *dev, const struct dump_map *todo)
{
	struct dump_sums sums;

	ktap_check(!dump_plan_sum(dev, todo, &sums) && sums.bad == CHUNK &&
		   sums.first_bad == 333 * CHUNK && sums.data == SIZE - 51 * CHUNK, "sums");
}

int main(void)
{
	struct qv *qv = qv_new();
	struct dump_map todo;
	struct qv_dev *dev;

	ktap_begin();
	srand(1);
	shuffle();
	dump_map_init(&todo, SIZE);
	dev = shuffled_new(memory_new(qv, NULL, CHUNK * CHUNKS, "below"), CHUNK, places, CHUNKS,
			   SIZE);
	test_windows(dev, &todo, CHUNKS, 1);
	test_windows(dev, &todo, CHUNKS / 10, 10);
	test_in_order(dev, &todo);
	test_merge(qv, &todo);
	test_sums(dev, &todo);
	dump_map_set(&todo, 500, 100 * CHUNK, DUMP_DONE);
	dump_map_set(&todo, 200 * CHUNK + 7, 3, DUMP_BAD);
	test_windows(dev, &todo, CHUNKS, 1);
	dump_map_free(&todo);
	qv_free(qv);

	return ktap_end();
}
