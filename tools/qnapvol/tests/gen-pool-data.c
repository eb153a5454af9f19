// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkqnapimg: the data of a thin pool
 *
 * Blocks of the pool are used in a random order. If there is a tree of tiers, larger blocks are
 * again at random places of the tiers; else they are one to one on the last tier.
 */

#include <stdlib.h>

#include "gen-thin.h"

/* Each tier keeps a part of itself for exchange: one block of a hundred. */
#define SWAP_PART	100
#define SWAP_MAX	400

static void shuffle(u32 *order, u64 num)
{
	for (u64 i = num; i > 1; i--) {
		u64 other = random_below(i);
		u32 block = order[i - 1];

		order[i - 1] = order[other];
		order[other] = block;
	}
}

/* Blocks are used in runs of that many, one behind the other. */
static void make_order(struct pool *pool, u64 length)
{
	const u64 runs = pool->num_blocks / length;
	u32 *order = must_alloc(runs, sizeof(*order));

	for (u64 i = 0; i < runs; i++)
		order[i] = i;
	if (length < pool->num_blocks)
		shuffle(order, runs);
	pool->num_blocks = runs * length;
	pool->order = must_alloc(pool->num_blocks, sizeof(*pool->order));
	for (u64 i = 0; i < pool->num_blocks; i++)
		pool->order[i] = order[i / length] * length + i % length;
	free(order);
}

static u64 usable(u64 blocks)
{
	u64 swap = blocks / SWAP_PART;

	swap = swap < 1 ? 1 : swap > SWAP_MAX ? SWAP_MAX : swap;

	return blocks > swap ? blocks - swap : 0;
}

/* All places on all tiers, in a random order. */
static void make_slots(struct pool *pool, u64 num)
{
	u32 *order = must_alloc(num, sizeof(*order));
	u64 *slots = must_alloc(num, sizeof(*slots));
	u64 at = 0;

	for (u64 tier = 0; tier < TIERS; tier++) {
		for (u64 i = 0; i < usable(pool->tier_blocks[tier]); i++)
			slots[at++] = tier << 61 | i << 24;
	}
	for (u64 i = 0; i < num; i++)
		order[i] = i;
	shuffle(order, num);
	pool->tier_slots = must_alloc(num, sizeof(*pool->tier_slots));
	pool->tier_values = must_alloc(num, sizeof(*pool->tier_values));
	for (u64 i = 0; i < num; i++) {
		pool->tier_slots[i] = slots[order[i]];
		pool->tier_values[i] = UNMAPPED;
	}
	free(slots);
	free(order);
}

static void prepare_tiers(struct pool *pool)
{
	u64 num = 0;

	for (unsigned int i = 0; i < TIERS; i++) {
		if (pool->data[i])
			pool->tier_blocks[i] = lv_size(pool->data[i]) / TIER_BLOCK;
		pool->tier_refs[i] = must_alloc(pool->tier_blocks[i] + 1, sizeof(u32));
		if (pool->filled || i == TIERS - 1)
			num += usable(pool->tier_blocks[i]);
	}
	if (pool->filled)
		make_slots(pool, num);
	pool->num_blocks = num * (TIER_BLOCK / pool->chunk);
}

void pool_prepare_data(struct pool *pool, struct json_object *description)
{
	u64 run = get_number(description, "run", 1);

	if (pool->num_tiers)
		prepare_tiers(pool);
	else
		pool->num_blocks = lv_size(pool->data[0]) / pool->chunk;
	if (!get_bool(description, "scatter", true))
		run = pool->num_blocks;
	make_order(pool, run);
}

u64 pool_take_block(struct pool *pool)
{
	if (pool->next == pool->num_blocks)
		die("%s: the pool is full", pool->name);

	return pool->order[pool->next++];
}

static u64 tier_value(struct pool *pool, u64 index)
{
	u64 value = pool->tier_values[index];

	if (value == UNMAPPED) {
		value = pool->tier_slots[pool->next_slot++];
		pool->tier_values[index] = value;
		pool->tier_refs[value >> 61][value >> 24 & 0x1fffffffff] = 1;
	}

	return value;
}

/* Writes a block of the pool, or the beginning of it. */
void pool_write(struct pool *pool, u64 block, const void *buf, size_t len)
{
	const u64 start = block * pool->chunk;
	u64 value;

	if (!pool->filled) {
		lv_write(pool->data[pool->num_tiers ? TIERS - 1 : 0], buf, len, start);
		return;
	}
	value = tier_value(pool, start / TIER_BLOCK);
	lv_write(pool->data[value >> 61], buf, len,
		 (value >> 24 & 0x1fffffffff) * TIER_BLOCK + start % TIER_BLOCK);
}
