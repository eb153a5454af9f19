// SPDX-License-Identifier: GPL-2.0-only
/*
 * EEPROM behind the microcontroller of QNAP NAS boxes
 *
 * Holds the serial number and the MAC addresses. The device tree names its cells in an
 * nvmem-layout below the MCU's node.
 */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/etherdevice.h>
#include <linux/hex.h>
#include <linux/if_ether.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/nvmem-consumer.h>
#include <linux/nvmem-provider.h>
#include <linux/of.h>
#include <linux/platform_device.h>

#define QNAP_MCU_EEPROM_SIZE	256

/* Longer reads were seen to return odd data. */
#define QNAP_MCU_EEPROM_BLOCK	32

static int qnap_mcu_eeprom_read_block(struct qnap_mcu *mcu, unsigned int offset, u8 *data,
				      size_t len)
{
	const u8 request[] = { 0xf7, 0xa1, offset, len };
	const struct qnap_mcu_command command = {
		.request = request,
		.request_len = sizeof(request),
		.echo_len = sizeof(request),
		.data = data,
		.data_len = len,
	};

	return qnap_mcu_transact(mcu, &command);
}

static int qnap_mcu_eeprom_read(void *priv, unsigned int offset, void *val, size_t bytes)
{
	struct qnap_mcu *mcu = priv;
	u8 *data = val;
	int ret;

	/* The nvmem core limits what user space reads, but neither cells nor other drivers. */
	if (offset >= QNAP_MCU_EEPROM_SIZE || bytes > QNAP_MCU_EEPROM_SIZE - offset)
		return -EINVAL;

	while (bytes) {
		const size_t len = min_t(size_t, bytes, QNAP_MCU_EEPROM_BLOCK);

		ret = qnap_mcu_eeprom_read_block(mcu, offset, data, len);
		if (ret)
			return ret;

		offset += len;
		data += len;
		bytes -= len;
	}

	return 0;
}

/* The MAC addresses are kept as text. @index is what the consumer adds to the address. */
static int qnap_mcu_eeprom_parse_mac(void *priv, const char *id, int index, unsigned int offset,
				     void *buf, size_t bytes)
{
	u8 mac[ETH_ALEN];

	if (!mac_pton(buf, mac))
		return -EINVAL;

	u64_to_ether_addr(ether_addr_to_u64(mac) + index, buf);

	return 0;
}

static void qnap_mcu_eeprom_fixup_cell(struct nvmem_device *nvmem, struct nvmem_cell_info *cell)
{
	if (!of_device_is_compatible(cell->np, "mac-base") || cell->bytes != MAC_ADDR_STR_LEN)
		return;

	cell->raw_len = cell->bytes;
	cell->bytes = ETH_ALEN;
	cell->read_post_process = qnap_mcu_eeprom_parse_mac;
}

static int qnap_mcu_eeprom_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	const struct nvmem_config config = {
		.dev = dev,
		.of_node = dev->parent->of_node,
		.name = "qnap-mcu-eeprom",
		.id = NVMEM_DEVID_AUTO,
		.type = NVMEM_TYPE_EEPROM,
		.read_only = true,
		.root_only = true,
		.size = QNAP_MCU_EEPROM_SIZE,
		.reg_read = qnap_mcu_eeprom_read,
		.fixup_dt_cell_info = qnap_mcu_eeprom_fixup_cell,
		.priv = dev_get_drvdata(dev->parent),
	};

	return PTR_ERR_OR_ZERO(devm_nvmem_register(dev, &config));
}

static struct platform_driver qnap_mcu_eeprom_driver = {
	.probe = qnap_mcu_eeprom_probe,
	.driver = {
		.name = "qnap-mcu-eeprom",
	},
};
module_platform_driver(qnap_mcu_eeprom_driver);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("QNAP NAS microcontroller EEPROM");
MODULE_LICENSE("GPL");
MODULE_ALIAS("platform:qnap-mcu-eeprom");
