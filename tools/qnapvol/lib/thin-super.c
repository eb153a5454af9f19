// SPDX-License-Identifier: GPL-2.0-only
/*
 * Superblocks of pools
 *
 * The first block is one. It is the last to be written: what it leads to is always in order. QNAP's
 * kernels keep copies of the 128 latest in the last blocks, one after the other, round and round.
 */

#include <stdio.h>
#include <stdlib.h>

#include "btree.h"
#include "thin-super.h"

#define SUPER_MAGIC	27022010
#define VERSION_MAX	4

/* Fields of a superblock. The last ones are QNAP's. */
#define SUPER_FLAGS		4
#define SUPER_MAGIC_OFFSET	32
#define SUPER_VERSION		40
#define SUPER_TIME		44
#define SUPER_TRANSACTION	48
#define SUPER_DATA_BLOCKS	64
#define SUPER_METADATA_BLOCKS	192
#define SUPER_MAPPING_ROOT	320
#define SUPER_DETAILS_ROOT	328
#define SUPER_CHUNK		336
#define SUPER_FEATURES		360
#define SUPER_BACKUP		364
#define SUPER_TIERS		388
#define SUPER_TIER_ROOT		392
#define SUPER_TIER_BLOCK	400

#define VERSION_BACKUP		3
#define VERSION_TIERS		3

/* Length of a chunk, in sectors: the kernel's own limit, 1 GiB. */
#define CHUNK_MAX		2097152

#define BACKUPS			128
#define BACKUP_PLACES		5
#define BACKUPS_MAX		(2 * BACKUPS * BACKUP_PLACES)

/* Where QNAP's metadata ended in some versions of the box, however large its device was. */
static const u64 ends_large[] = { 2072576, 16711680 };
static const u64 ends_small[] = { 4145152 };

static const u32 block_sizes[] = { QV_BLOCK_SIZE_LARGE, QV_BLOCK_SIZE_SMALL };

/**
 * struct backups - copies of superblocks
 * @num: how many were found
 * @found: the copies
 */
struct backups {
	unsigned int num;
	struct qv_thin_super found[BACKUPS_MAX];
};

/* One superblock */

/**
 * qv_thin_super_parse() - take a superblock apart
 * @raw: a block whose checksum and number are right
 * @size: size of the block
 * @number: its number
 * @super: what it says
 *
 * Return: true if it is a superblock and not an empty place for one.
 */
bool qv_thin_super_parse(const u8 *raw, u32 size, u64 number, struct qv_thin_super *super)
{
	*super = (struct qv_thin_super){
		.block = number,
		.block_size = size,
		.flags = qv_le32(raw + SUPER_FLAGS),
		.version = qv_le32(raw + SUPER_VERSION),
		.features = qv_le32(raw + SUPER_FEATURES),
		.time = qv_le32(raw + SUPER_TIME),
		.transaction = qv_le64(raw + SUPER_TRANSACTION),
		.num_blocks = qv_le64(raw + SUPER_DATA_BLOCKS),
		.metadata_blocks = qv_le64(raw + SUPER_METADATA_BLOCKS),
		.mapping_root = qv_le64(raw + SUPER_MAPPING_ROOT),
		.details_root = qv_le64(raw + SUPER_DETAILS_ROOT),
		.chunk = qv_le32(raw + SUPER_CHUNK),
	};
	super->qnap = size == QV_BLOCK_SIZE_LARGE || super->version >= VERSION_BACKUP;
	if (super->version >= VERSION_BACKUP)
		super->backup = qv_le64(raw + SUPER_BACKUP);
	if (super->version >= VERSION_TIERS) {
		super->num_tiers = qv_le32(raw + SUPER_TIERS);
		super->tier_root = qv_le64(raw + SUPER_TIER_ROOT);
		super->tier_block = qv_le32(raw + SUPER_TIER_BLOCK);
	}

	return qv_le64(raw + SUPER_MAGIC_OFFSET) == SUPER_MAGIC && super->version;
}

/* Reads a block as a superblock, in the size that is given. */
static bool read_sized(struct qv_dev *dev, u64 number, u32 size, struct qv_thin_super *super)
{
	u8 raw[QV_BLOCK_SIZE_LARGE];
	char why[QV_WHY_MAX];

	return !qv_block_read(dev, number, size, QV_BLOCK_SUPER, raw, why) &&
	       qv_thin_super_parse(raw, size, number, super);
}

/* In any size: QNAP's is the larger one. */
static bool read_super(struct qv_dev *dev, u64 number, struct qv_thin_super *super)
{
	return read_sized(dev, number, QV_BLOCK_SIZE_LARGE, super) ||
	       read_sized(dev, number, QV_BLOCK_SIZE_SMALL, super);
}

/* Are the trees there? What is known of volumes can be lost, how to find their data cannot. */
static bool has_roots(struct qv_dev *dev, const struct qv_thin_super *super, char *why)
{
	u64 root = super->mapping_root;
	bool good = qv_btree_check_root(dev, super->block_size, root, why);

	if (good && super->num_tiers) {
		root = super->tier_root;
		good = qv_btree_check_root(dev, super->block_size, root, why);
	}

	return good;
}

static int check_super(struct qv *qv, const struct qv_thin_config *config,
		       const struct qv_thin_super *super)
{
	if (super->version > VERSION_MAX)
		return qv_fail(qv, QV_ERR_UNSUPPORTED,
			       "%s: the metadata is of version %u, and only versions 1 to %u are known; look for a newer qnapvol",
			       config->name, super->version, VERSION_MAX);
	if (super->features)
		return qv_fail(qv, QV_ERR_UNSUPPORTED,
			       "%s: the metadata has features that are not known (incompat flags 0x%x); look for a newer qnapvol",
			       config->name, super->features);
	if (!super->chunk || super->chunk > CHUNK_MAX)
		return qv_fail(qv, QV_ERR_DAMAGED,
			       "%s: the superblock says that chunks have %u sectors, which cannot be; --superblock takes another one",
			       config->name, super->chunk);

	return 0;
}

/* Backups */

static bool is_known(const struct backups *backups, u64 number, u32 size)
{
	for (unsigned int i = 0; i < backups->num; i++) {
		if (backups->found[i].block == number && backups->found[i].block_size == size)
			return true;
	}

	return false;
}

static void find_before(struct qv_dev *dev, u64 end, u32 size, struct backups *backups)
{
	const u64 first = end > BACKUPS ? end - BACKUPS : 1;
	struct qv_thin_super *super;

	for (u64 number = first; number < end && number < dev->size / size; number++) {
		if (backups->num == BACKUPS_MAX || is_known(backups, number, size))
			continue;
		super = &backups->found[backups->num];
		if (read_sized(dev, number, size, super) && super->version <= VERSION_MAX)
			backups->num++;
	}
}

/* Newest first. */
static int compare_age(const void *a, const void *b)
{
	const struct qv_thin_super *one = a, *other = b;

	if (one->backup != other->backup)
		return one->backup > other->backup ? -1 : 1;
	if (one->transaction != other->transaction)
		return one->transaction > other->transaction ? -1 : 1;
	if (one->time != other->time)
		return one->time > other->time ? -1 : 1;

	return 0;
}

/* The main superblock, or NULL, tells where to look. Returns NULL if there is no memory. */
static struct backups *find_backups(struct qv_dev *dev, const struct qv_thin_super *main)
{
	struct backups *backups = calloc(1, sizeof(*backups));

	if (!backups)
		return NULL;

	for (unsigned int i = 0; i < 2; i++) {
		if (!main || main->block_size == block_sizes[i])
			find_before(dev, dev->size / block_sizes[i], block_sizes[i], backups);
	}
	if (main)
		find_before(dev, main->metadata_blocks, main->block_size, backups);
	for (unsigned int i = 0; i < sizeof(ends_large) / sizeof(*ends_large); i++)
		find_before(dev, ends_large[i], QV_BLOCK_SIZE_LARGE, backups);
	for (unsigned int i = 0; i < sizeof(ends_small) / sizeof(*ends_small); i++)
		find_before(dev, ends_small[i], QV_BLOCK_SIZE_SMALL, backups);
	qsort(backups->found, backups->num, sizeof(*backups->found), compare_age);

	return backups;
}

/**
 * qv_thin_super_name_backups() - say which backups could be tried
 * @config: pool
 * @super: superblock in use, or NULL: none
 * @text: where to put it: "8190 (transaction 7), 8189 (transaction 6)", or "none"
 * @size: size of the text
 *
 * Those that lead nowhere are not named.
 */
void qv_thin_super_name_backups(const struct qv_thin_config *config,
				const struct qv_thin_super *super, char *text, size_t size)
{
	const struct qv_thin_super *main = super && !super->block ? super : NULL;
	struct backups *backups = find_backups(config->metadata, main);
	const unsigned int num = backups ? backups->num : 0;
	const struct qv_thin_super *found;
	char why[QV_WHY_MAX];
	size_t len = 0;

	snprintf(text, size, "none");
	for (unsigned int i = 0; i < num && len < size / 2; i++) {
		found = &backups->found[i];
		if ((!super || found->block != super->block) &&
		    has_roots(config->metadata, found, why))
			len += snprintf(text + len, size - len, "%s%llu (transaction %llu)",
					len ? ", " : "", found->block, found->transaction);
	}
	free(backups);
}

/* Which one? */

static int take_wanted(struct qv *qv, const struct qv_thin_config *config,
		       struct qv_thin_super *super)
{
	char names[256];

	if (read_super(config->metadata, config->superblock, super))
		return check_super(qv, config, super);

	qv_thin_super_name_backups(config, NULL, names, sizeof(names));

	return qv_fail(qv, QV_ERR_NOT_FOUND,
		       "%s: metadata block %llu is no superblock; backups are: %s", config->name,
		       config->superblock, names);
}

static int take_backup(struct qv *qv, const struct qv_thin_config *config,
		       const struct qv_thin_super *main, struct qv_thin_super *super)
{
	struct backups *backups = find_backups(config->metadata, main);
	char why[QV_WHY_MAX];
	int ret = -QV_ERR_NOT_FOUND;

	if (!backups)
		return qv_no_memory(qv);

	for (unsigned int i = 0; i < backups->num && ret; i++) {
		if (has_roots(config->metadata, &backups->found[i], why) &&
		    !check_super(qv, config, &backups->found[i])) {
			*super = backups->found[i];
			ret = 0;
		}
	}
	free(backups);

	return ret;
}

static void note_main(struct qv *qv, const struct qv_thin_config *config, const char *what,
		      const char *then)
{
	char place[128];

	snprintf(place, sizeof(place), "%.80s metadata block 0", config->name);
	qv_note(qv, QV_DAMAGE, place, "%s; %s", what, then);
}

static void note_backup(struct qv *qv, const struct qv_thin_config *config, const char *what,
			const struct qv_thin_super *super)
{
	char then[160];

	snprintf(then, sizeof(then),
		 "the backup in block %llu is used, of transaction %llu: if more was written since, volumes are old or wrong",
		 super->block, super->transaction);
	note_main(qv, config, what, then);
}

/* Why is it no superblock? */
static int fail_super(struct qv *qv, const struct qv_thin_config *config)
{
	struct qv_dev *dev = config->metadata;
	u8 raw[SUPER_MAGIC_OFFSET + sizeof(u64)] = { };

	if (dev->size < sizeof(raw) || qv_dev_read(dev, raw, sizeof(raw), 0))
		return qv_fail(qv, QV_ERR_UNREADABLE,
			       "%s: the superblock of the metadata cannot be read, and there is no backup of it",
			       config->name);
	if (qv_le64(raw + SUPER_MAGIC_OFFSET) != SUPER_MAGIC)
		return qv_fail(qv, QV_ERR_DAMAGED,
			       "%s: there is no superblock where the metadata should begin, nor a backup of it: it was overwritten, or a disk of the group is not the right one",
			       config->name);

	return qv_fail(qv, QV_ERR_DAMAGED,
		       "%s: the superblock of the metadata has a wrong checksum, and there is no backup of it",
		       config->name);
}

static int take_any_backup(struct qv *qv, const struct qv_thin_config *config,
			   struct qv_thin_super *super)
{
	int ret = take_backup(qv, config, NULL, super);

	if (ret == -QV_ERR_NOT_FOUND)
		return fail_super(qv, config);
	if (!ret)
		note_backup(qv, config, "this is no superblock, or a damaged one", super);

	return ret;
}

/**
 * qv_thin_super_choose() - find the superblock of a pool
 * @qv: set
 * @config: pool
 * @super: the superblock
 *
 * That is the one in the first block, or if it is damaged or its trees cannot be read the latest
 * backup that leads to some.
 *
 * Return:
 * * %0: it is found, though its trees may be damaged if no other is better
 * * -%QV_ERR_NOT_FOUND: the one that the user wants is none
 * * -%QV_ERR_UNSUPPORTED: it has an unknown version or unknown features
 * * -%QV_ERR_UNREADABLE: it cannot be read
 * * -%QV_ERR_DAMAGED: it is damaged
 * * -%QV_ERR_SYSTEM: no memory
 */
int qv_thin_super_choose(struct qv *qv, const struct qv_thin_config *config,
			 struct qv_thin_super *super)
{
	struct qv_thin_super backup;
	char why[QV_WHY_MAX], what[QV_WHY_MAX + 64];
	int ret;

	if (config->superblock)
		return take_wanted(qv, config, super);
	if (!read_super(config->metadata, 0, super))
		return take_any_backup(qv, config, super);

	ret = check_super(qv, config, super);
	if (ret || has_roots(config->metadata, super, why))
		return ret;

	snprintf(what, sizeof(what), "the root of a tree that it leads to is of no use: %s", why);
	ret = take_backup(qv, config, super, &backup);
	if (ret == -QV_ERR_NOT_FOUND) {
		note_main(qv, config, what, "there is no backup that is better");
		return 0;
	}
	if (!ret) {
		*super = backup;
		note_backup(qv, config, what, super);
	}

	return ret;
}
