// SPDX-License-Identifier: GPL-2.0-only
/* Volume groups of LVM from the physical volumes that were found */

#include "lvm-item.h"
#include "lvm.h"

static int scan(struct qv *qv, const struct qv_options *options, struct qv_lvm_disks *disks,
		struct qv_lvm_choices *choices)
{
	int ret = qv_lvm_disks_find(qv, disks);

	ret = ret ?: qv_lvm_choose(qv, options, disks, choices);
	for (size_t i = 0; i < choices->num && !ret; i++)
		ret = qv_lvm_add_items(qv, disks, choices, &choices->all[i]);

	/* SSD caches have groups of their own, and the pools are to know of them. */
	for (int pools = 0; pools < 2; pools++) {
		for (size_t i = 0; i < choices->num && !ret; i++) {
			if (qv_lvm_has_pools(&choices->all[i].group) == pools)
				qv_lvm_open_items(&choices->all[i].group);
		}
	}

	return ret;
}

/**
 * qv_lvm_scan() - find the volume groups in a set, and what is in them
 * @qv: set whose sources, partitions and arrays were found
 * @options: how to read
 *
 * Return: 0, or an error as of qv_scan().
 */
int qv_lvm_scan(struct qv *qv, const struct qv_options *options)
{
	struct qv_lvm_choices choices = { };
	struct qv_lvm_disks disks = { };
	int ret = scan(qv, options, &disks, &choices);

	qv_lvm_choices_free(&choices);
	qv_lvm_disks_free(&disks);

	return ret;
}
