/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the QNAP MCU drivers start from: boxes with an MCU on a serial port, both
 * modelled, and the real drivers bound to them through the real device tree and serdev core
 */

#ifndef _QNAP_MCU_FIXTURE_H
#define _QNAP_MCU_FIXTURE_H

#include <kunit/of.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/kmsg_dump.h>
#include <linux/ktime.h>
#include <linux/platform_device.h>

#include "fake-mcu.h"
#include "fake-port.h"

#define FIXTURE_BOXES_MAX	2

/* Longer than any transaction. */
#define FIXTURE_PATIENCE_MS	5000

struct qnap_mcu;

/**
 * struct fake_box - a box as far as its MCU is concerned
 * @port: serial port
 * @mcu: what is connected to it
 * @serdev: the serial device that the driver binds to
 */
struct fake_box {
	struct fake_port port;
	struct fake_mcu mcu;
	struct serdev_device *serdev;
};

/**
 * struct qnap_mcu_fixture - private data of a test
 * @test: test
 * @driver: driver of the serial ports in the overlay
 * @box: boxes, in the order in which the overlay has their ports
 * @num_boxes: how many the overlay had so far
 * @selected: number of the box that the functions below are about
 * @log: where the kernel's log was when the test began
 */
struct qnap_mcu_fixture {
	struct kunit *test;
	struct platform_driver driver;
	struct fake_box box[FIXTURE_BOXES_MAX];
	size_t num_boxes;
	size_t selected;
	struct kmsg_dump_iter log;
};

typedef bool (*fixture_match_fn)(struct device *dev, const void *data);

int qnap_mcu_fixture_init(struct kunit *test);
int qnap_mcu_fixture_init_ts433(struct kunit *test);

/* Waits until the condition holds. Its value is false if it never did. */
#define fixture_wait_for(condition, patience_ms) \
({ \
	const unsigned long __end = jiffies + msecs_to_jiffies(patience_ms) + 1; \
	bool __met; \
\
	for (;;) { \
		__met = (condition); \
		if (__met || time_after(jiffies, __end)) \
			break; \
		usleep_range(500, 1000); \
	} \
	__met; \
})

void fixture_added(struct kunit *test, int error);
void fixture_wait_for_children(struct kunit *test);
void fixture_select(struct kunit *test, size_t box);
struct fake_box *fixture_box(struct kunit *test);
struct fake_mcu *fixture_mcu(struct kunit *test);
struct qnap_mcu *fixture_qnap_mcu(struct kunit *test);
int fixture_exec_ack(struct kunit *test, const u8 *request, u8 request_len);
struct device *fixture_find_below(struct device *parent, fixture_match_fn match, const void *data);
struct device *fixture_find_child(struct kunit *test, const char *name);
struct platform_device *fixture_child(struct kunit *test, const char *name);
struct device *fixture_class_device(struct kunit *test, const char *child, const char *class,
				    const char *name);
size_t fixture_count_sent(struct kunit *test, const char *begin);
void fixture_forget_sent(struct kunit *test);
ssize_t fixture_show(struct kunit *test, struct device *dev, const char *name, char *buf);
ssize_t fixture_store(struct kunit *test, struct device *dev, const char *name, const char *val);
void *fixture_debugfs(struct kunit *test, const char *name);
u32 fixture_counter(struct kunit *test, const char *name);
size_t fixture_count_logged(struct kunit *test, const char *text);
void fixture_suspend(struct kunit *test);
void fixture_resume(struct kunit *test);

#endif /* _QNAP_MCU_FIXTURE_H */
