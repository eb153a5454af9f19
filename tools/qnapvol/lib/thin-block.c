// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks of a pool's metadata, and a cache of them
 *
 * The cache is made of small sets with a lock each: many threads look into it at once. A block is
 * read while no lock is held, so that a slow disk stops only those who wait for that block.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crc32.h"
#include "thin-block.h"

/* How much metadata of a pool is kept. The inner nodes of 16 million mappings need 2 MiB of it. */
#define CACHE_BYTES	(16 << 20)
#define WAYS		8

/* Blocks that are of no use are remembered: a dying disk takes seconds to say so each time. */
#define FAULTS		64

/* 2^64 divided by the golden ratio spreads numbers that follow each other. */
#define SPREAD		0x9e3779b97f4a7c15

/**
 * struct block_set - a few places of the cache, for blocks whose numbers fall together
 * @lock: guards the rest
 * @number: of the block in each place
 * @block: the block, or NULL
 * @used: it was asked for since the hand came by
 * @hand: where to look for a place for the next one
 */
struct block_set {
	pthread_mutex_t lock;
	u64 number[WAYS];
	struct qv_block *block[WAYS];
	bool used[WAYS];
	unsigned int hand;
};

/**
 * struct fault - a block that is of no use
 * @number: its number
 * @error: what qv_block_get() returns for it
 * @why: why it is of no use
 */
struct fault {
	u64 number;
	int error;
	char why[QV_WHY_MAX];
};

/**
 * struct qv_blocks - a cache of blocks
 * @dev: device with the metadata
 * @size: size of blocks
 * @type: their type
 * @check: is there anything else wrong with a block?
 * @lock: guards @faults, @next_fault and @unused
 * @faults: blocks that were of no use, with an error
 * @next_fault: which of them is replaced next
 * @unused: memory for blocks that nobody uses. It is not freed: what one thread has freed another
 *	    does not get again, and so threads would need a cache's worth of memory each
 * @num_sets: how many sets there are
 * @sets: the sets
 */
struct qv_blocks {
	struct qv_dev *dev;
	u32 size;
	enum qv_block_type type;
	qv_block_check_fn check;
	pthread_mutex_t lock;
	struct fault faults[FAULTS];
	unsigned int next_fault;
	struct qv_block *unused;
	u32 num_sets;
	struct block_set sets[];
};

/* Blocks */

u32 qv_block_checksum(const u8 *data, u32 size, enum qv_block_type type)
{
	return qv_crc32c_raw(UINT32_MAX, data + sizeof(u32), size - sizeof(u32)) ^ type;
}

/**
 * qv_block_read() - read a block of a pool's metadata
 * @dev: device with the metadata
 * @number: number of the block
 * @size: size of blocks
 * @type: of which type it has to be
 * @data: where to put it
 * @why: where to put why it is of no use, %QV_WHY_MAX bytes
 *
 * Return:
 * * %0: it is of that type, and sound
 * * -%QV_ERR_UNREADABLE: it cannot be read
 * * -%QV_ERR_DAMAGED: it is beyond the end, its checksum is wrong, or it has another's number
 */
int qv_block_read(struct qv_dev *dev, u64 number, u32 size, enum qv_block_type type, u8 *data,
		  char *why)
{
	if (number >= dev->size / size) {
		snprintf(why, QV_WHY_MAX, "it is beyond the end of the metadata at block %llu",
			 dev->size / size);
		return -QV_ERR_DAMAGED;
	}
	if (qv_dev_read(dev, data, size, number * size)) {
		snprintf(why, QV_WHY_MAX, "it cannot be read from %.48s", dev->name);
		return -QV_ERR_UNREADABLE;
	}
	if (qv_le32(data) != qv_block_checksum(data, size, type)) {
		snprintf(why, QV_WHY_MAX, "its checksum is wrong");
		return -QV_ERR_DAMAGED;
	}
	if (qv_le64(data + QV_BLOCK_NUMBER) != number) {
		snprintf(why, QV_WHY_MAX, "it says that it is block %llu",
			 qv_le64(data + QV_BLOCK_NUMBER));
		return -QV_ERR_DAMAGED;
	}

	return 0;
}

/* The cache */

/**
 * qv_blocks_new() - make a cache of blocks of one type
 * @dev: device with the metadata
 * @size: size of blocks
 * @type: their type
 * @check: is there anything else wrong with a block? Called once each time that it is read
 *
 * Return: the cache, to be freed with qv_blocks_free(), or NULL if there is no memory.
 */
struct qv_blocks *qv_blocks_new(struct qv_dev *dev, u32 size, enum qv_block_type type,
				qv_block_check_fn check)
{
	const u32 num_sets = CACHE_BYTES / size / WAYS;
	struct qv_blocks *blocks = calloc(1, sizeof(*blocks) + num_sets * sizeof(*blocks->sets));

	if (!blocks)
		return NULL;

	blocks->dev = dev;
	blocks->size = size;
	blocks->type = type;
	blocks->check = check;
	blocks->num_sets = num_sets;
	pthread_mutex_init(&blocks->lock, NULL);
	for (u32 i = 0; i < num_sets; i++)
		pthread_mutex_init(&blocks->sets[i].lock, NULL);

	return blocks;
}

static void free_set(struct block_set *set)
{
	for (int i = 0; i < WAYS; i++) {
		if (set->block[i])
			qv_block_put(set->block[i]);
	}
	pthread_mutex_destroy(&set->lock);
}

/* All blocks were given back. */
void qv_blocks_free(struct qv_blocks *blocks)
{
	struct qv_block *block;

	if (!blocks)
		return;

	for (u32 i = 0; i < blocks->num_sets; i++)
		free_set(&blocks->sets[i]);
	while (blocks->unused) {
		block = blocks->unused;
		blocks->unused = block->next;
		free(block);
	}
	pthread_mutex_destroy(&blocks->lock);
	free(blocks);
}

static struct block_set *choose_set(struct qv_blocks *blocks, u64 number)
{
	return &blocks->sets[(number * SPREAD >> 32) * blocks->num_sets >> 32];
}

/* The set is locked. Returns a block that is held for the caller, or NULL. */
static struct qv_block *find_block(struct block_set *set, u64 number)
{
	for (int i = 0; i < WAYS; i++) {
		if (set->number[i] != number || !set->block[i])
			continue;
		set->used[i] = true;
		qv_block_hold(set->block[i]);
		return set->block[i];
	}

	return NULL;
}

/* The set is locked. Puts a block in place of one that was not used for some time: returns that. */
static struct qv_block *replace_block(struct block_set *set, struct qv_block *block)
{
	struct qv_block *old;
	unsigned int way;

	while (set->used[set->hand]) {
		set->used[set->hand] = false;
		set->hand = (set->hand + 1) % WAYS;
	}
	way = set->hand;
	set->hand = (set->hand + 1) % WAYS;
	old = set->block[way];
	set->block[way] = block;
	set->number[way] = block->number;
	qv_block_hold(block);

	return old;
}

/* Returns memory for a block, or NULL. */
static struct qv_block *take_unused(struct qv_blocks *blocks)
{
	struct qv_block *block;

	pthread_mutex_lock(&blocks->lock);
	block = blocks->unused;
	if (block)
		blocks->unused = block->next;
	pthread_mutex_unlock(&blocks->lock);

	return block ?: malloc(sizeof(*block) + blocks->size);
}

static int load_block(struct qv_blocks *blocks, u64 number, struct qv_block **loaded, char *why)
{
	struct qv_block *block = take_unused(blocks);
	int ret;

	if (!block) {
		snprintf(why, QV_WHY_MAX, "no memory");
		return -QV_ERR_SYSTEM;
	}

	block->owner = blocks;
	block->number = number;
	block->users = 1;
	ret = qv_block_read(blocks->dev, number, blocks->size, blocks->type, block->data, why);
	if (!ret && !blocks->check(block->data, blocks->size, why))
		ret = -QV_ERR_DAMAGED;
	if (ret)
		qv_block_put(block);
	else
		*loaded = block;

	return ret;
}

/* Returns the error of a block that was of no use before, or 0. */
static int recall_fault(struct qv_blocks *blocks, u64 number, char *why)
{
	int error = 0;

	pthread_mutex_lock(&blocks->lock);
	for (int i = 0; i < FAULTS && blocks->faults[i].error && !error; i++) {
		if (blocks->faults[i].number == number) {
			error = blocks->faults[i].error;
			memcpy(why, blocks->faults[i].why, QV_WHY_MAX);
		}
	}
	pthread_mutex_unlock(&blocks->lock);

	return error;
}

static void remember_fault(struct qv_blocks *blocks, u64 number, int error, const char *why)
{
	struct fault *fault;

	pthread_mutex_lock(&blocks->lock);
	fault = &blocks->faults[blocks->next_fault];
	blocks->next_fault = (blocks->next_fault + 1) % FAULTS;
	fault->number = number;
	fault->error = error;
	snprintf(fault->why, sizeof(fault->why), "%s", why);
	pthread_mutex_unlock(&blocks->lock);
}

/* Another thread may have been faster: then its block is taken. */
static struct qv_block *keep_block(struct block_set *set, struct qv_block *block)
{
	struct qv_block *first, *other = block;

	pthread_mutex_lock(&set->lock);
	first = find_block(set, block->number);
	if (!first) {
		first = block;
		other = replace_block(set, block);
	}
	pthread_mutex_unlock(&set->lock);
	if (other)
		qv_block_put(other);

	return first;
}

/**
 * qv_block_get() - have a block, from the cache or from the disk
 * @blocks: cache
 * @number: number of the block
 * @block: where to put it; to be given back with qv_block_put()
 * @why: where to put why it is of no use, %QV_WHY_MAX bytes
 *
 * Context: may be called by many threads at once.
 * Return: %0, what qv_block_read() returns, -%QV_ERR_DAMAGED if the check has found something, or
 * -%QV_ERR_SYSTEM if there is no memory.
 */
int qv_block_get(struct qv_blocks *blocks, u64 number, struct qv_block **block, char *why)
{
	struct block_set *set = choose_set(blocks, number);
	int ret;

	pthread_mutex_lock(&set->lock);
	*block = find_block(set, number);
	pthread_mutex_unlock(&set->lock);
	if (*block)
		return 0;

	ret = recall_fault(blocks, number, why);
	if (ret)
		return ret;

	ret = load_block(blocks, number, block, why);
	if (!ret)
		*block = keep_block(set, *block);
	else if (ret != -QV_ERR_SYSTEM)
		remember_fault(blocks, number, ret, why);

	return ret;
}

/* One more who has to give it back. */
void qv_block_hold(struct qv_block *block)
{
	__atomic_add_fetch(&block->users, 1, __ATOMIC_RELAXED);
}

void qv_block_put(struct qv_block *block)
{
	struct qv_blocks *blocks = block->owner;

	if (__atomic_sub_fetch(&block->users, 1, __ATOMIC_ACQ_REL))
		return;

	pthread_mutex_lock(&blocks->lock);
	block->next = blocks->unused;
	blocks->unused = block;
	pthread_mutex_unlock(&blocks->lock);
}
