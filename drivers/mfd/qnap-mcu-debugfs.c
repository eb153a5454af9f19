// SPDX-License-Identifier: GPL-2.0-only
/*
 * Link counters of the QNAP MCU in debugfs and, as a build option, a file for raw requests
 *
 * Described in Documentation/ABI/testing/debugfs-qnap-mcu.
 */

#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/hex.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "qnap-mcu-debugfs.h"
#include "qnap-mcu-link.h"

static const char *const qnap_mcu_counter_names[QNAP_MCU_COUNTERS] = {
	[QNAP_MCU_SENT] = "sent",
	[QNAP_MCU_RETRIES] = "retries",
	[QNAP_MCU_TIMEOUTS] = "timeouts",
	[QNAP_MCU_INCOMPLETE] = "incomplete",
	[QNAP_MCU_BAD_CHECKSUMS] = "bad_checksums",
	[QNAP_MCU_ERROR_FRAMES] = "error_frames",
	[QNAP_MCU_NOISE] = "noise",
	[QNAP_MCU_STRAYS] = "strays",
};

static void qnap_mcu_debugfs_add_counters(struct dentry *dir, struct qnap_mcu_link *link)
{
	const char *const *name = qnap_mcu_counter_names;
	atomic_t *count = link->counts;

	while (count < link->counts + QNAP_MCU_COUNTERS)
		debugfs_create_atomic_t(*name++, 0400, dir, count++);
}

#ifdef CONFIG_MFD_QNAP_MCU_RAW

/* Two digits a byte, spaces between them, and a line feed. */
#define QNAP_MCU_RAW_TEXT_MAX	(3 * QNAP_MCU_REQUEST_MAX + 1)

/**
 * struct qnap_mcu_raw - one opened raw request file
 * @link: link
 * @reply: what came back after the last request
 * @len: how many bytes
 */
struct qnap_mcu_raw {
	struct qnap_mcu_link *link;
	/** @lock: guards @reply and @len */
	struct mutex lock;
	u8 reply[QNAP_MCU_REPLY_FRAME_MAX];
	int len;
};

/* Returns the number of bytes, or -EINVAL for too many or for what is no hexadecimal number. */
static int qnap_mcu_raw_parse(const char *text, u8 *request)
{
	int len = 0;

	for (text = skip_spaces(text); *text; text = skip_spaces(text + 2)) {
		if (len == QNAP_MCU_REQUEST_MAX || hex2bin(&request[len++], text, 1))
			return -EINVAL;
	}

	return len;
}

static ssize_t qnap_mcu_raw_write(struct file *file, const char __user *buf, size_t count,
				  loff_t *pos)
{
	struct qnap_mcu_raw *raw = file->private_data;
	char text[QNAP_MCU_RAW_TEXT_MAX + 1] = {};
	u8 request[QNAP_MCU_REQUEST_MAX];
	int len;

	if (count > QNAP_MCU_RAW_TEXT_MAX)
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;

	len = qnap_mcu_raw_parse(text, request);
	if (len < 0)
		return len;

	guard(mutex)(&raw->lock);

	*pos = 0;
	raw->len = qnap_mcu_link_exec_raw(raw->link, request, len, raw->reply);

	return raw->len < 0 ? raw->len : count;
}

static ssize_t qnap_mcu_raw_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct qnap_mcu_raw *raw = file->private_data;
	char text[3 * QNAP_MCU_REPLY_FRAME_MAX + 1];
	int len;

	guard(mutex)(&raw->lock);

	if (raw->len <= 0)
		return 0;

	len = scnprintf(text, sizeof(text), "%*ph\n", raw->len, raw->reply);

	return simple_read_from_buffer(buf, count, pos, text, len);
}

static int qnap_mcu_raw_open(struct inode *inode, struct file *file)
{
	struct qnap_mcu_raw *raw = kzalloc(sizeof(*raw), GFP_KERNEL);

	if (!raw)
		return -ENOMEM;

	raw->link = inode->i_private;
	mutex_init(&raw->lock);
	file->private_data = raw;

	return 0;
}

static int qnap_mcu_raw_release(struct inode *inode, struct file *file)
{
	struct qnap_mcu_raw *raw = file->private_data;

	mutex_destroy(&raw->lock);
	kfree(raw);

	return 0;
}

static const struct file_operations qnap_mcu_raw_fops = {
	.owner = THIS_MODULE,
	.open = qnap_mcu_raw_open,
	.read = qnap_mcu_raw_read,
	.write = qnap_mcu_raw_write,
	.release = qnap_mcu_raw_release,
};

static void qnap_mcu_debugfs_add_raw(struct dentry *dir, struct qnap_mcu_link *link)
{
	debugfs_create_file("raw", 0600, dir, link, &qnap_mcu_raw_fops);
}

#else

static void qnap_mcu_debugfs_add_raw(struct dentry *dir, struct qnap_mcu_link *link)
{
}

#endif /* CONFIG_MFD_QNAP_MCU_RAW */

/**
 * qnap_mcu_debugfs_add() - show a link's counters in debugfs
 * @dev: device of the MCU
 * @link: its link
 *
 * Return: the directory, for debugfs_remove(); may be an error or NULL, which that takes as well.
 */
struct dentry *qnap_mcu_debugfs_add(struct device *dev, struct qnap_mcu_link *link)
{
	const char *name = devm_kasprintf(dev, GFP_KERNEL, "qnap-mcu-%s", dev_name(dev));
	struct dentry *dir;

	if (!name)
		return NULL;

	dir = debugfs_create_dir(name, NULL);
	qnap_mcu_debugfs_add_counters(dir, link);
	qnap_mcu_debugfs_add_raw(dir, link);

	return dir;
}
