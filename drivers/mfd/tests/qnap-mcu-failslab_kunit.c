// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for a system that has no memory left: of all allocations in a driver's probe, each
 * fails once
 */

#include <kunit/test.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/sched.h>

#include "qnap-mcu-fixture.h"

/* More allocations than any probe has. */
#define ALLOCATIONS_MAX	2000

static void *failslab_setting(struct kunit *test, const char *name)
{
	struct dentry *dir = debugfs_lookup("failslab", NULL);
	struct dentry *file;
	void *setting;

	KUNIT_ASSERT_NOT_NULL(test, dir);
	file = debugfs_lookup(name, dir);
	dput(dir);
	KUNIT_ASSERT_NOT_NULL(test, file);
	setting = d_inode(file)->i_private;
	dput(file);

	return setting;
}

static int failslab_init(struct kunit *test)
{
	bool *ignore_gfp_wait = failslab_setting(test, "ignore-gfp-wait");
	unsigned long *verbose = failslab_setting(test, "verbose");

	/* Let those fail, too, that would sleep for memory, and do not report each. */
	*ignore_gfp_wait = false;
	*verbose = 0;

	return qnap_mcu_fixture_init_ts433(test);
}

/* Returns false if there was no such allocation. */
static bool bind_without_memory(struct device *dev, unsigned int nth)
{
	bool happened;

	current->fail_nth = nth;
	happened = device_attach(dev) < 0 || !current->fail_nth;
	current->fail_nth = 0;

	return happened;
}

static void expect_probe_to_survive(struct kunit *test, struct device *dev)
{
	unsigned int nth = 1;

	for (device_release_driver(dev); bind_without_memory(dev, nth); nth++) {
		KUNIT_ASSERT_LT(test, nth, ALLOCATIONS_MAX);
		device_release_driver(dev);
	}
	KUNIT_EXPECT_GT(test, nth, 1);
	KUNIT_EXPECT_TRUE(test, device_is_bound(dev));
}

static const char * const functions[] = {
	"qnap-mcu-leds", "qnap-mcu-hwmon", "qnap-mcu-input", "qnap-mcu-poweroff", "qnap-mcu-eeprom",
};

static void function_desc(const char * const *function, char *desc)
{
	strscpy(desc, *function, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(function, functions, function_desc);

static void probe_of_a_function_survives_any_lack_of_memory(struct kunit *test)
{
	const char * const *function = test->param_value;

	expect_probe_to_survive(test, &fixture_child(test, *function)->dev);
}

static void probe_of_the_core_survives_any_lack_of_memory(struct kunit *test)
{
	expect_probe_to_survive(test, &fixture_box(test)->serdev->dev);
	fixture_wait_for_children(test);
}

static struct kunit_case qnap_mcu_failslab_cases[] = {
	KUNIT_CASE_PARAM_ATTR(probe_of_a_function_survives_any_lack_of_memory,
			      function_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_SLOW(probe_of_the_core_survives_any_lack_of_memory),
	{}
};

static struct kunit_suite qnap_mcu_failslab_suite = {
	.name = "qnap_mcu_failslab",
	.init = failslab_init,
	.test_cases = qnap_mcu_failslab_cases,
};

kunit_test_suite(qnap_mcu_failslab_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for QNAP's microcontroller without memory");
MODULE_LICENSE("GPL");
