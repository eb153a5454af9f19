/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes superblocks of md arrays, for tests */

#ifndef _QNAPVOL_MD_IMAGE_H
#define _QNAPVOL_MD_IMAGE_H

#include <linux/types.h>
#include <linux/raid/md_p.h>
#include <stddef.h>

/**
 * struct md_image - a member that is being made
 * @bytes: what is on it
 * @size: how long it is
 * @super: its superblock 1.x, inside @bytes
 * @super0: its superblock 0.90, likewise
 */
struct md_image {
	u8 *bytes;
	size_t size;
	struct mdp_superblock_1 *super;
	mdp_super_t *super0;
};

struct md_image md_image_new(size_t size);
void md_image_free(struct md_image *image);
void md_image_super(struct md_image *image, int minor, int level, u32 disks, u32 number);
void md_image_super0(struct md_image *image, int level, u32 disks, u32 number);
void md_image_name(struct md_image *image, const char *name);
void md_image_sum(struct md_image *image);

#endif /* _QNAPVOL_MD_IMAGE_H */
