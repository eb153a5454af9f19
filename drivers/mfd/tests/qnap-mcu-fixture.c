// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests of the QNAP MCU drivers start from, see qnap-mcu-fixture.h
 */

#include <kunit/platform_device.h>
#include <kunit/resource.h>
#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/freezer.h>
#include <linux/kmsg_dump.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/mod_devicetable.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "qnap-mcu-fixture.h"

KUNIT_DEFINE_ACTION_WRAPPER(fixture_put_device, put_device, struct device *);

static struct qnap_mcu_fixture *to_fixture(struct platform_device *pdev)
{
	struct platform_driver *driver = to_platform_driver(pdev->dev.driver);

	return container_of(driver, struct qnap_mcu_fixture, driver);
}

static int fixture_port_probe(struct platform_device *pdev)
{
	struct qnap_mcu_fixture *fixture = to_fixture(pdev);
	struct fake_box *box;
	int ret;

	if (fixture->num_boxes == FIXTURE_BOXES_MAX)
		return -ENOSPC;

	box = &fixture->box[fixture->num_boxes++];
	platform_set_drvdata(pdev, box);
	ret = fake_port_add(&box->port, &pdev->dev);
	if (!ret)
		box->serdev = box->port.ctrl->serdev;

	return ret;
}

static void fixture_port_remove(struct platform_device *pdev)
{
	struct fake_box *box = platform_get_drvdata(pdev);

	fake_port_remove(&box->port);
}

static const struct of_device_id fixture_port_match[] = {
	{ .compatible = "test,qnap-mcu-port" },
	{ }
};

/**
 * qnap_mcu_fixture_init() - prepare a test; boxes are still to be added
 * @test: test
 *
 * Return: 0 or a negative errno.
 */
int qnap_mcu_fixture_init(struct kunit *test)
{
	struct qnap_mcu_fixture *fixture;

	fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);
	if (!fixture)
		return -ENOMEM;

	fixture->test = test;
	kmsg_dump_rewind(&fixture->log);
	fixture->log.cur_seq = fixture->log.next_seq;
	for (size_t i = 0; i < FIXTURE_BOXES_MAX; i++) {
		fake_port_init(&fixture->box[i].port, &fixture->box[i].mcu);
		fake_mcu_init(&fixture->box[i].mcu, &fixture->box[i].port);
	}
	fixture->driver.probe = fixture_port_probe;
	fixture->driver.remove = fixture_port_remove;
	fixture->driver.driver.name = "qnap-mcu-test-port";
	fixture->driver.driver.of_match_table = fixture_port_match;
	test->priv = fixture;

	return kunit_platform_driver_register(test, &fixture->driver);
}

/**
 * fixture_added() - wait until the drivers of added boxes have probed
 * @test: test, fails if there was an error
 * @error: result of of_overlay_apply_kunit(), which added the boxes
 */
void fixture_added(struct kunit *test, int error)
{
	KUNIT_ASSERT_EQ(test, 0, error);
	wait_for_device_probe();
}

static bool fixture_has_children(struct kunit *test)
{
	struct device *last = fixture_find_child(test, "qnap-mcu-leds");

	return last && device_is_bound(last);
}

/**
 * fixture_wait_for_children() - wait until the drivers of all of the MCU's functions are bound
 * @test: test, fails if they are not within %FIXTURE_PATIENCE_MS
 */
void fixture_wait_for_children(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, fixture_wait_for(fixture_has_children(test), FIXTURE_PATIENCE_MS));
}

/**
 * qnap_mcu_fixture_init_ts433() - prepare a test with a TS-433 whose drivers are all bound
 * @test: test
 *
 * Return: 0 or a negative errno.
 */
int qnap_mcu_fixture_init_ts433(struct kunit *test)
{
	int ret;

	ret = qnap_mcu_fixture_init(test);
	if (ret)
		return ret;

	fixture_added(test, of_overlay_apply_kunit(test, qnap_mcu_ts433));
	fixture_wait_for_children(test);
	fixture_forget_sent(test);

	return 0;
}

/**
 * fixture_select() - select the box that the other functions are about; at first, it is the first
 * @test: test
 * @box: its number
 */
void fixture_select(struct kunit *test, size_t box)
{
	struct qnap_mcu_fixture *fixture = test->priv;

	fixture->selected = box;
}

/**
 * fixture_box() - the selected box
 * @test: test
 *
 * Return: box.
 */
struct fake_box *fixture_box(struct kunit *test)
{
	struct qnap_mcu_fixture *fixture = test->priv;

	return &fixture->box[fixture->selected];
}

/**
 * fixture_mcu() - the selected box's MCU, as modelled
 * @test: test
 *
 * Return: MCU.
 */
struct fake_mcu *fixture_mcu(struct kunit *test)
{
	return &fixture_box(test)->mcu;
}

/**
 * fixture_qnap_mcu() - the selected box's MCU, as the drivers know it
 * @test: test
 *
 * Return: what the children find in their parent.
 */
struct qnap_mcu *fixture_qnap_mcu(struct kunit *test)
{
	return dev_get_drvdata(&fixture_box(test)->serdev->dev);
}

/**
 * fixture_exec_ack() - have the selected box's MCU do something that it only acknowledges
 * @test: test
 * @request: the request, without its checksum
 * @request_len: its length
 *
 * Return: as qnap_mcu_transact().
 */
int fixture_exec_ack(struct kunit *test, const u8 *request, u8 request_len)
{
	const struct qnap_mcu_command command = {
		.request = request,
		.request_len = request_len,
	};

	return qnap_mcu_transact(fixture_qnap_mcu(test), &command);
}

struct fixture_search {
	fixture_match_fn match;
	const void *data;
	struct device *found;
};

static int fixture_look_at(struct device *dev, void *data)
{
	struct fixture_search *search = data;

	if (search->match(dev, search->data))
		search->found = dev;

	return !!search->found;
}

/**
 * fixture_find_below() - look for a device
 * @parent: its parent
 * @match: true for the device
 * @data: what @match gets, too
 *
 * Return: device, valid until it is removed, or NULL.
 */
struct device *fixture_find_below(struct device *parent, fixture_match_fn match, const void *data)
{
	struct fixture_search search = { .match = match, .data = data };

	device_for_each_child(parent, &search, fixture_look_at);

	return search.found;
}

static bool fixture_is_function(struct device *dev, const void *name)
{
	return dev_is_platform(dev) && !strcmp(to_platform_device(dev)->name, name);
}

/**
 * fixture_find_child() - look for one of the MCU's functions
 * @test: test
 * @name: name of its platform device
 *
 * Return: device, valid until it is removed, or NULL.
 */
struct device *fixture_find_child(struct kunit *test, const char *name)
{
	return fixture_find_below(&fixture_box(test)->serdev->dev, fixture_is_function, name);
}

/**
 * fixture_child() - one of the MCU's functions
 * @test: test, fails without it
 * @name: name of its platform device
 *
 * Return: device, valid as long as the test.
 */
struct platform_device *fixture_child(struct kunit *test, const char *name)
{
	struct device *child = fixture_find_child(test, name);

	KUNIT_ASSERT_NOT_NULL_MSG(test, child, "no %s", name);
	get_device(child);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fixture_put_device, child));

	return to_platform_device(child);
}

struct fixture_wanted {
	const char *class;
	const char *name;
};

static bool fixture_is_wanted(struct device *dev, const void *data)
{
	const struct fixture_wanted *wanted = data;

	return dev->class && !strcmp(dev->class->name, wanted->class) &&
	       (!wanted->name || !strcmp(dev_name(dev), wanted->name));
}

/**
 * fixture_class_device() - what one of the MCU's functions is for the rest of the system
 * @test: test, fails without it
 * @child: name of the function's platform device
 * @class: class of the device below it
 * @name: name of the device below it, or NULL for any
 *
 * Return: device, valid as long as the test.
 */
struct device *fixture_class_device(struct kunit *test, const char *child, const char *class,
				    const char *name)
{
	const struct fixture_wanted wanted = { .class = class, .name = name };
	struct platform_device *pdev = fixture_child(test, child);
	struct device *dev = fixture_find_below(&pdev->dev, fixture_is_wanted, &wanted);

	KUNIT_ASSERT_NOT_NULL_MSG(test, dev, "no %s %s", class, name ?: "");
	get_device(dev);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fixture_put_device, dev));

	return dev;
}

/**
 * fixture_count_sent() - how often a command was sent since the last fixture_forget_sent()
 * @test: test
 * @begin: what it begins with
 *
 * Return: number of times.
 */
size_t fixture_count_sent(struct kunit *test, const char *begin)
{
	struct fake_port *port = &fixture_box(test)->port;
	size_t count = 0;

	scoped_guard(spinlock_irqsave, &port->lock) {
		for (size_t i = 0; i < port->num_sent; i++)
			count += !memcmp(port->sent[i].bytes, begin, strlen(begin));
	}

	return count;
}

/**
 * fixture_forget_sent() - begin to count anew
 * @test: test
 */
void fixture_forget_sent(struct kunit *test)
{
	struct fake_port *port = &fixture_box(test)->port;

	scoped_guard(spinlock_irqsave, &port->lock)
		port->num_sent = 0;
}

static struct device_attribute *fixture_find_in(const struct attribute_group * const *groups,
						const char *name)
{
	for (; groups && *groups; groups++) {
		for (struct attribute **attr = (*groups)->attrs; attr && *attr; attr++) {
			if (!strcmp((*attr)->name, name))
				return container_of(*attr, struct device_attribute, attr);
		}
	}

	return NULL;
}

static struct device_attribute *fixture_attribute(struct kunit *test, struct device *dev,
						  const char *name)
{
	struct device_attribute *attr = fixture_find_in(dev->groups, name);

	if (!attr && dev->class)
		attr = fixture_find_in(dev->class->dev_groups, name);
	if (!attr && dev->driver)
		attr = fixture_find_in(dev->driver->dev_groups, name);
	KUNIT_ASSERT_NOT_NULL_MSG(test, attr, "no attribute %s", name);

	return attr;
}

/**
 * fixture_show() - read a sysfs attribute
 * @test: test, fails without the attribute
 * @dev: its device
 * @name: its name
 * @buf: a page
 *
 * Return: as the attribute's function.
 */
ssize_t fixture_show(struct kunit *test, struct device *dev, const char *name, char *buf)
{
	struct device_attribute *attr = fixture_attribute(test, dev, name);

	return attr->show(dev, attr, buf);
}

/**
 * fixture_store() - write a sysfs attribute
 * @test: test, fails without the attribute
 * @dev: its device
 * @name: its name
 * @val: text to write
 *
 * Return: as the attribute's function.
 */
ssize_t fixture_store(struct kunit *test, struct device *dev, const char *name, const char *val)
{
	struct device_attribute *attr = fixture_attribute(test, dev, name);

	return attr->store(dev, attr, val, strlen(val));
}

/**
 * fixture_debugfs() - a file of the selected box's debugfs directory
 * @test: test, fails without it
 * @name: its name
 *
 * Return: what the file's creator gave to debugfs.
 */
void *fixture_debugfs(struct kunit *test, const char *name)
{
	char dir_name[64];
	struct dentry *dir, *file;
	void *data;

	snprintf(dir_name, sizeof(dir_name), "qnap-mcu-%s",
		 dev_name(&fixture_box(test)->serdev->dev));
	dir = debugfs_lookup(dir_name, NULL);
	KUNIT_ASSERT_NOT_NULL(test, dir);
	file = debugfs_lookup(name, dir);
	dput(dir);
	KUNIT_ASSERT_NOT_NULL(test, file);
	data = d_inode(file)->i_private;
	dput(file);

	return data;
}

/**
 * fixture_counter() - read one of the counters in debugfs
 * @test: test, fails without it
 * @name: its name
 *
 * Return: its value.
 */
u32 fixture_counter(struct kunit *test, const char *name)
{
	return atomic_read((atomic_t *)fixture_debugfs(test, name));
}

/**
 * fixture_count_logged() - count lines in the kernel's log since the test began
 * @test: test
 * @text: what the lines must contain
 *
 * Return: number of lines.
 */
size_t fixture_count_logged(struct kunit *test, const char *text)
{
	struct qnap_mcu_fixture *fixture = test->priv;
	struct kmsg_dump_iter iter = { .cur_seq = fixture->log.cur_seq, .next_seq = U64_MAX };
	char line[256];
	size_t len, count = 0;

	while (kmsg_dump_get_line(&iter, false, line, sizeof(line) - 1, &len)) {
		line[len] = '\0';
		count += !!strstr(line, text);
	}

	return count;
}

/**
 * fixture_suspend() - put all devices to sleep, as the system does when it is suspended
 * @test: test
 */
void fixture_suspend(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0, freeze_kernel_threads());
	KUNIT_ASSERT_EQ(test, 0, dpm_suspend_start(PMSG_SUSPEND));
}

/**
 * fixture_resume() - wake all devices up again
 * @test: test
 */
void fixture_resume(struct kunit *test)
{
	dpm_resume_end(PMSG_RESUME);
	thaw_kernel_threads();
}
