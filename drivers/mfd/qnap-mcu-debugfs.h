/* SPDX-License-Identifier: GPL-2.0-only */
/* What the QNAP MCU's link tells in debugfs. */

#ifndef _QNAP_MCU_DEBUGFS_H
#define _QNAP_MCU_DEBUGFS_H

struct dentry;
struct device;
struct qnap_mcu_link;

#ifdef CONFIG_DEBUG_FS
struct dentry *qnap_mcu_debugfs_add(struct device *dev, struct qnap_mcu_link *link);
#else
static inline struct dentry *qnap_mcu_debugfs_add(struct device *dev, struct qnap_mcu_link *link)
{
	return NULL;
}
#endif

#endif /* _QNAP_MCU_DEBUGFS_H */
