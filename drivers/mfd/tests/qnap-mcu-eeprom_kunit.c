// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the EEPROM behind the QNAP MCU
 */

#include <kunit/of.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/nvmem-consumer.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "qnap-mcu-fixture.h"

#define ALWAYS		1000
#define EEPROM_SIZE	256

/* Longest read that is known to be good. */
#define READ_BLOCK	32

static bool is_nvmem(struct device *dev, const void *data)
{
	return dev->bus && !strcmp(dev->bus->name, "nvmem");
}

/* The nvmem device below the function's platform device. */
static struct device *nvmem_dev(struct kunit *test)
{
	struct device *dev = fixture_find_below(&fixture_child(test, "qnap-mcu-eeprom")->dev,
						is_nvmem, NULL);

	KUNIT_ASSERT_NOT_NULL(test, dev);

	return dev;
}

static int is_same(struct device *dev, const void *data)
{
	return dev == data;
}

static int read_eeprom(struct kunit *test, unsigned int offset, u8 *data, size_t len)
{
	struct nvmem_device *nvmem = nvmem_device_find(nvmem_dev(test), is_same);
	int ret;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, nvmem);
	ret = nvmem_device_read(nvmem, offset, len, data);
	nvmem_device_put(nvmem);

	return ret;
}

static void expect_read(struct kunit *test, unsigned int offset, size_t len)
{
	u8 data[EEPROM_SIZE + 1];

	memset(data, 0x5a, sizeof(data));
	KUNIT_EXPECT_EQ(test, len, read_eeprom(test, offset, data, len));
	KUNIT_EXPECT_MEMEQ(test, data, fixture_mcu(test)->eeprom + offset, len);
	KUNIT_EXPECT_EQ(test, 0x5a, data[len]);
}

static void eeprom_can_be_read_at_any_offset(struct kunit *test)
{
	for (unsigned int offset = 0; offset < EEPROM_SIZE; offset++)
		expect_read(test, offset, min(EEPROM_SIZE - offset, READ_BLOCK + 1));
}

static void eeprom_can_be_read_in_any_length(struct kunit *test)
{
	for (size_t len = 1; len <= EEPROM_SIZE; len++)
		expect_read(test, EEPROM_SIZE - len, len);
}

static void eeprom_is_read_in_blocks_that_the_mcu_can(struct kunit *test)
{
	struct fake_port *port = &fixture_box(test)->port;

	expect_read(test, 0, EEPROM_SIZE);
	KUNIT_ASSERT_EQ(test, EEPROM_SIZE / READ_BLOCK, port->num_sent);
	for (size_t i = 0; i < port->num_sent; i++)
		KUNIT_EXPECT_EQ(test, READ_BLOCK, port->sent[i].bytes[3]);
}

static void read_past_the_end_is_refused_and_not_sent(struct kunit *test)
{
	u8 data[2];

	KUNIT_EXPECT_LT(test, read_eeprom(test, EEPROM_SIZE - 1, data, 2), 0);
	KUNIT_EXPECT_LT(test, read_eeprom(test, EEPROM_SIZE, data, 1), 0);
	KUNIT_EXPECT_LT(test, read_eeprom(test, UINT_MAX, data, 2), 0);
	KUNIT_EXPECT_EQ(test, 0, fixture_box(test)->port.num_sent);
}

static void failed_block_fails_the_read(struct kunit *test)
{
	u8 data[EEPROM_SIZE];

	fake_mcu_expect_trouble(fixture_mcu(test), "\xf7\xa1\xc0", FAKE_REFUSE, ALWAYS, 0);
	KUNIT_EXPECT_EQ(test, -EREMOTEIO, read_eeprom(test, 0, data, sizeof(data)));
}

static void eeprom_is_read_right_on_a_bad_line(struct kunit *test)
{
	fixture_box(test)->port.flip_per_mille = 5;
	fixture_box(test)->port.lose_per_mille = 5;
	for (int i = 0; i < 20; i++)
		expect_read(test, 0, EEPROM_SIZE);
	KUNIT_EXPECT_GT(test, fixture_counter(test, "retries"), 0);
}

/* Access rights of the file with all contents. */
static umode_t file_mode(struct kunit *test)
{
	struct device *dev = nvmem_dev(test);

	for (const struct attribute_group * const *group = dev->groups; group && *group; group++) {
		if ((*group)->is_bin_visible && *(*group)->bin_attrs)
			return (*group)->is_bin_visible(&dev->kobj, *(*group)->bin_attrs, 0);
	}
	KUNIT_FAIL(test, "no file");

	return 0;
}

static void eeprom_is_for_roots_eyes_only(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0400, file_mode(test));
}

/* Reads a cell as the driver of the consumer would. */
static void *read_cell(struct kunit *test, const char *name, size_t *len)
{
	struct device_node *consumer = of_find_node_by_name(NULL, "qnap-mcu-test-consumer");
	struct nvmem_cell *cell;
	void *contents;

	KUNIT_ASSERT_NOT_NULL(test, consumer);
	of_node_put_kunit(test, consumer);
	cell = of_nvmem_cell_get(consumer, name);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, cell);
	contents = nvmem_cell_read(cell, len);
	nvmem_cell_put(cell);

	return contents;
}

static void expect_cell(struct kunit *test, const char *name, const void *contents, size_t len)
{
	size_t got_len;
	void *got = read_cell(test, name, &got_len);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, got);
	KUNIT_EXPECT_EQ(test, len, got_len);
	KUNIT_EXPECT_MEMEQ(test, got, contents, min(len, got_len));
	kfree(got);
}

static void serial_number_is_a_cell(struct kunit *test)
{
	memcpy(fixture_mcu(test)->eeprom, "Q204I12345678901234", 19);
	expect_cell(test, "serial-number", "Q204I12345678901234", 19);
}

static void mac_address_is_a_cell_that_network_drivers_understand(struct kunit *test)
{
	memcpy(fixture_mcu(test)->eeprom + 0x35, "02:00:5E:10:00:ff", 17);
	expect_cell(test, "mac-address", "\x02\x00\x5e\x10\x00\xff", 6);
	expect_cell(test, "next-mac-address", "\x02\x00\x5e\x10\x01\x00", 6);
}

static void text_that_is_no_mac_address_is_an_error(struct kunit *test)
{
	size_t len;

	memcpy(fixture_mcu(test)->eeprom + 0x35, "02:00:5E:10:00:f ", 17);
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(read_cell(test, "mac-address", &len)));
	memset(fixture_mcu(test)->eeprom + 0x35, 0xff, 17);
	KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR(read_cell(test, "mac-address", &len)));
}

static struct kunit_case qnap_mcu_eeprom_cases[] = {
	KUNIT_CASE_SLOW(eeprom_can_be_read_at_any_offset),
	KUNIT_CASE_SLOW(eeprom_can_be_read_in_any_length),
	KUNIT_CASE(eeprom_is_read_in_blocks_that_the_mcu_can),
	KUNIT_CASE(read_past_the_end_is_refused_and_not_sent),
	KUNIT_CASE(failed_block_fails_the_read),
	KUNIT_CASE_SLOW(eeprom_is_read_right_on_a_bad_line),
	KUNIT_CASE(eeprom_is_for_roots_eyes_only),
	KUNIT_CASE(serial_number_is_a_cell),
	KUNIT_CASE(mac_address_is_a_cell_that_network_drivers_understand),
	KUNIT_CASE(text_that_is_no_mac_address_is_an_error),
	{}
};

static struct kunit_suite qnap_mcu_eeprom_suite = {
	.name = "qnap_mcu_eeprom",
	.init = qnap_mcu_fixture_init_ts433,
	.test_cases = qnap_mcu_eeprom_cases,
};

kunit_test_suite(qnap_mcu_eeprom_suite);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("KUnit tests for the EEPROM of QNAP's microcontroller");
MODULE_LICENSE("GPL");
