// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for what the QNAP MCU core has in debugfs
 */

#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "qnap-mcu-fixture.h"

#define LONGEST_REQUEST	"00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14"

KUNIT_DEFINE_ACTION_WRAPPER(unmount, kern_unmount, struct vfsmount *);
KUNIT_DEFINE_ACTION_WRAPPER(close_file, fput, struct file *);

static struct vfsmount *mount_debugfs(struct kunit *test)
{
	struct vfsmount *mnt = kern_mount(get_fs_type("debugfs"));

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mnt);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, unmount, mnt));

	return mnt;
}

static struct file *open_raw(struct kunit *test)
{
	struct vfsmount *mnt = mount_debugfs(test);
	char path[80];
	struct file *file;

	snprintf(path, sizeof(path), "qnap-mcu-%s/raw",
		 dev_name(&fixture_box(test)->serdev->dev));
	file = file_open_root_mnt(mnt, path, O_RDWR, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, close_file, file));

	return file;
}

/* A page as a program has it. */
static char __user *user_page(struct kunit *test)
{
	const unsigned long page = kunit_vm_mmap(test, NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
						 MAP_ANONYMOUS | MAP_PRIVATE, 0);

	KUNIT_ASSERT_NE(test, 0, page);
	KUNIT_ASSERT_LT(test, page, TASK_SIZE);

	return (char __user *)page;
}

static ssize_t write_raw(struct kunit *test, struct file *file, const char *text)
{
	char __user *page = user_page(test);
	loff_t pos = 0;

	KUNIT_ASSERT_EQ(test, 0, copy_to_user(page, text, strlen(text)));

	return vfs_write(file, page, strlen(text), &pos);
}

static void expect_raw(struct kunit *test, struct file *file, const char *text)
{
	char __user *page = user_page(test);
	char got[256] = {};
	loff_t pos = 0;
	const ssize_t len = vfs_read(file, page, sizeof(got), &pos);

	KUNIT_ASSERT_EQ(test, strlen(text), len);
	KUNIT_ASSERT_EQ(test, 0, copy_from_user(got, page, len));
	KUNIT_EXPECT_STREQ(test, text, got);
}

static void raw_request_gets_a_checksum_and_its_reply(struct kunit *test)
{
	struct file *file = open_raw(test);

	KUNIT_EXPECT_EQ(test, 9, write_raw(test, file, "40 43 56\n"));
	KUNIT_EXPECT_EQ(test, 1, fixture_count_sent(test, "@CV\x55"));
	expect_raw(test, file, "40 43 56 30 65\n");
}

static void raw_request_may_be_without_spaces(struct kunit *test)
{
	struct file *file = open_raw(test);

	KUNIT_EXPECT_EQ(test, 8, write_raw(test, file, "f7a10003"));
	expect_raw(test, file, "f7 a1 00 03 00 07 0e 5c\n");
}

static void raw_reply_is_shown_as_it_came(struct kunit *test)
{
	struct file *file = open_raw(test);

	fake_mcu_expect_trouble(fixture_mcu(test), "@CV", FAKE_BAD_REPLY, 1, 0);
	KUNIT_EXPECT_EQ(test, 8, write_raw(test, file, "40 43 56"));
	expect_raw(test, file, "40 43 56 34 65\n");
	KUNIT_EXPECT_EQ(test, 1, fixture_count_sent(test, "@CV"));
}

static void raw_request_that_is_not_answered_reads_empty(struct kunit *test)
{
	struct file *file = open_raw(test);

	expect_raw(test, file, "");
	fake_mcu_expect_trouble(fixture_mcu(test), "@CV", FAKE_LOSE_REQUEST, 1, 0);
	KUNIT_EXPECT_EQ(test, 8, write_raw(test, file, "40 43 56"));
	expect_raw(test, file, "");
}

static void raw_request_that_is_none_is_refused_and_not_sent(struct kunit *test)
{
	struct file *file = open_raw(test);

	KUNIT_EXPECT_EQ(test, -EINVAL, write_raw(test, file, "@CV"));
	KUNIT_EXPECT_EQ(test, -EINVAL, write_raw(test, file, "40 4"));
	KUNIT_EXPECT_EQ(test, -EINVAL, write_raw(test, file, "\n"));
	KUNIT_EXPECT_EQ(test, -EINVAL, write_raw(test, file, LONGEST_REQUEST "15"));
	KUNIT_EXPECT_EQ(test, -EINVAL, write_raw(test, file, LONGEST_REQUEST " 15\n"));
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
}

static void longest_raw_request_is_sent(struct kunit *test)
{
	struct file *file = open_raw(test);

	KUNIT_EXPECT_EQ(test, 63, write_raw(test, file, LONGEST_REQUEST "\n"));
	KUNIT_EXPECT_EQ(test, 1, fixture_box(test)->port.num_sent);
	KUNIT_EXPECT_EQ(test, 22, fixture_box(test)->port.sent[0].len);
}

static void command_after_a_raw_request_gets_its_own_reply(struct kunit *test)
{
	struct file *file = open_raw(test);

	fake_mcu_expect_trouble(fixture_mcu(test), "@C2", FAKE_LATE, 1, 500);
	KUNIT_EXPECT_EQ(test, 8, write_raw(test, file, "40 43 32"));
	expect_raw(test, file, "");
	KUNIT_EXPECT_EQ(test, 8, write_raw(test, file, "40 43 56"));
	expect_raw(test, file, "40 43 56 30 65\n");
}

static void error_of_the_port_is_passed_on_to_raw_requests(struct kunit *test)
{
	struct file *file = open_raw(test);

	fixture_box(test)->port.short_writes = 1000;
	KUNIT_EXPECT_EQ(test, -EIO, write_raw(test, file, "40 43 56"));
	expect_raw(test, file, "");
}

static void only_root_may_look(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0600, file_inode(open_raw(test))->i_mode & 0777);
}

static void directory_goes_with_the_driver(struct kunit *test)
{
	struct device *serdev = &fixture_box(test)->serdev->dev;
	char name[64];

	snprintf(name, sizeof(name), "qnap-mcu-%s", dev_name(serdev));
	device_release_driver(serdev);
	KUNIT_EXPECT_NULL(test, debugfs_lookup(name, NULL));
}

static struct kunit_case qnap_mcu_debugfs_cases[] = {
	KUNIT_CASE(raw_request_gets_a_checksum_and_its_reply),
	KUNIT_CASE(raw_request_may_be_without_spaces),
	KUNIT_CASE(raw_reply_is_shown_as_it_came),
	KUNIT_CASE(raw_request_that_is_not_answered_reads_empty),
	KUNIT_CASE(raw_request_that_is_none_is_refused_and_not_sent),
	KUNIT_CASE(longest_raw_request_is_sent),
	KUNIT_CASE(command_after_a_raw_request_gets_its_own_reply),
	KUNIT_CASE(error_of_the_port_is_passed_on_to_raw_requests),
	KUNIT_CASE(only_root_may_look),
	KUNIT_CASE(directory_goes_with_the_driver),
	{}
};

static struct kunit_suite qnap_mcu_debugfs_suite = {
	.name = "qnap_mcu_debugfs",
	.init = qnap_mcu_fixture_init_ts433,
	.test_cases = qnap_mcu_debugfs_cases,
};

kunit_test_suite(qnap_mcu_debugfs_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for what QNAP's microcontroller has in debugfs");
MODULE_LICENSE("GPL");
