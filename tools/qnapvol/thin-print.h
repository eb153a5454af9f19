/* SPDX-License-Identifier: GPL-2.0-only */
/* The metadata of a pool in the form that thin_restore takes */

#ifndef _QNAPVOL_THIN_PRINT_H
#define _QNAPVOL_THIN_PRINT_H

#include <stdio.h>

#include "qnapvol.h"

/**
 * struct thin_listed - a device of a pool, with what is written of it
 * @device: device
 * @mapped: how many chunks are written
 */
struct thin_listed {
	struct qv_thin_device device;
	__u64 mapped;
};

/**
 * struct thin_print - the metadata of a pool, and what of it is written
 * @pool: pool
 * @num_blocks: how many blocks it has
 * @devices: lists its devices: qv_pool_devices()
 * @mappings: lists the mappings of one: qv_pool_mappings()
 * @skip_bad: leave out what is damaged
 * @listed: devices
 * @num: how many
 * @time: the latest that any device or mapping has
 * @zeroed: how many chunks are left out because they read as zeros
 * @outside: how many are left out because they are not inside the pool
 * @damaged: the metadata could not be read to its end
 */
struct thin_print {
	const struct qv_item *pool;
	__u64 num_blocks;
	int (*devices)(const struct qv_item *pool, qv_thin_device_fn fn, void *data);
	int (*mappings)(const struct qv_item *pool, __u32 device, qv_mapping_fn fn, void *data);
	bool skip_bad;
	struct thin_listed *listed;
	size_t num;
	__u32 time;
	__u64 zeroed;
	__u64 outside;
	bool damaged;
};

int thin_print_prepare(struct thin_print *print);
int thin_print_write(struct thin_print *print, FILE *file);
void thin_print_free(struct thin_print *print);

#endif /* _QNAPVOL_THIN_PRINT_H */
