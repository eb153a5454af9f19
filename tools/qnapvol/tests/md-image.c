// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes superblocks of md arrays, for tests
 *
 * By the kernel's own header, so that offsets are not those that the reader believes in.
 */

#include <stdlib.h>
#include <string.h>

#include "md-image.h"

#define SECTOR	512
#define CHUNK	4096
#define MAX_DEV	128
#define DATA_OFFSET	16

struct md_image md_image_new(size_t size)
{
	struct md_image image = { calloc(1, size), size, NULL, NULL };

	return image;
}

void md_image_free(struct md_image *image)
{
	free(image->bytes);
}

/*
 * A superblock of version 1.@minor of an array "1" that is clean: level and layout as they are by
 * default, each member has the role of its number.
 */
void md_image_super(struct md_image *image, int minor, int level, u32 disks, u32 number)
{
	const u64 sectors = image->size / SECTOR;
	const u64 at = minor == 0 ? (sectors - 16) & ~7ull : minor == 1 ? 0 : 8;
	struct mdp_superblock_1 *super = (void *)(image->bytes + at * SECTOR);

	image->super = super;
	memset(super, 0, sizeof(*super) + 2 * MAX_DEV);
	super->magic = MD_SB_MAGIC;
	super->major_version = 1;
	for (int i = 0; i < 16; i++)
		super->set_uuid[i] = 0x10 + i;
	super->set_name[0] = '1';
	super->ctime = 1500000000;
	super->level = level;
	super->layout = level == 5 || level == 6 ? 2 : level == 10 ? 0x102 : 0;
	super->chunksize = level == 1 ? 0 : CHUNK / SECTOR;
	super->raid_disks = disks;
	super->super_offset = at;
	super->data_offset = minor ? DATA_OFFSET : 0;
	super->data_size = minor ? sectors - DATA_OFFSET : at;
	super->size = super->data_size / 8 * 8;
	super->dev_number = number;
	super->device_uuid[0] = number;
	super->utime = 1600000000;
	super->events = 100;
	super->resync_offset = ~0ull;
	super->max_dev = MAX_DEV;
	for (u32 i = 0; i < MAX_DEV; i++)
		super->dev_roles[i] = i < disks ? i : MD_DISK_ROLE_FAULTY;
	md_image_sum(image);
}

/* The same in version 0.90, of the array "md1". */
void md_image_super0(struct md_image *image, int level, u32 disks, u32 number)
{
	const size_t at = MD_NEW_SIZE_SECTORS(image->size / SECTOR) * SECTOR;
	mdp_super_t *super = (void *)(image->bytes + at);

	image->super0 = super;
	memset(super, 0, sizeof(*super));
	super->md_magic = MD_SB_MAGIC;
	super->minor_version = 90;
	super->set_uuid0 = 0x01234567;
	super->set_uuid1 = 0x89abcdef;
	super->set_uuid3 = 0x76543210;
	super->ctime = 1200000000;
	super->level = level;
	super->size = at / 1024 / 4 * 4;
	super->nr_disks = disks;
	super->raid_disks = disks;
	super->md_minor = 1;
	super->utime = 1300000000;
	super->state = 1 << MD_SB_CLEAN;
	super->events_lo = 100;
	super->layout = level == 5 || level == 6 ? 2 : 0;
	super->chunk_size = level == 1 ? 0 : CHUNK;
	for (u32 i = 0; i < disks; i++) {
		super->disks[i].number = i;
		super->disks[i].raid_disk = i;
		super->disks[i].state = 1 << MD_DISK_ACTIVE | 1 << MD_DISK_SYNC;
	}
	super->this_disk = super->disks[number];
	md_image_sum(image);
}

void md_image_name(struct md_image *image, const char *name)
{
	char *to = image->super->set_name;

	memset(to, 0, sizeof(image->super->set_name));
	memcpy(to, name, strlen(name));
}

static u32 sum_words(const void *bytes, size_t size)
{
	const u32 *words = bytes;
	u64 sum = 0;

	for (size_t i = 0; i < size / 4; i++)
		sum += words[i];

	return sum + (sum >> 32);
}

/* Must follow each change of a superblock. */
void md_image_sum(struct md_image *image)
{
	struct mdp_superblock_1 *super = image->super;

	if (super) {
		super->sb_csum = 0;
		super->sb_csum = sum_words(super, sizeof(*super) + 2 * super->max_dev);
	}
	if (image->super0) {
		image->super0->sb_csum = 0;
		image->super0->sb_csum = sum_words(image->super0, sizeof(*image->super0));
	}
}
