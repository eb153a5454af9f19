// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power-off of QNAP NAS boxes through their microcontroller
 *
 * The MCU holds the power of drives, fan and LEDs, the PMIC that of the SoC. Both must be switched
 * off, the MCU first. If only the PMIC is, the drives keep running and the power button is dead:
 * the box cannot be started again before its mains plug was pulled.
 *
 * The MCU is therefore told before the PMIC's turn comes, while interrupts and work queues still
 * run, and told again until there is no doubt that it has heard.
 */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/reboot.h>

/*
 * A single attempt gets through with a chance of 1 in 5 if every fifth byte is lost, and takes up
 * to 0.4 s.
 */
#define QNAP_MCU_POWEROFF_PERSIST_MS	20000

/**
 * struct qnap_mcu_poweroff_ops - how the MCUs of one family are switched off
 * @request: the request
 * @request_len: its length
 */
struct qnap_mcu_poweroff_ops {
	const u8 *request;
	size_t request_len;
};

/**
 * struct qnap_mcu_poweroff - the MCU's power switch
 * @dev: device
 * @mcu: MCU
 * @ops: operations
 */
struct qnap_mcu_poweroff {
	struct device *dev;
	struct qnap_mcu *mcu;
	const struct qnap_mcu_poweroff_ops *ops;
};

static const u8 tsx33_poweroff[] = { '@', 'C', '0' };

static const struct qnap_mcu_poweroff_ops tsx33_poweroff_ops = {
	.request = tsx33_poweroff,
	.request_len = sizeof(tsx33_poweroff),
};

static int qnap_mcu_poweroff(struct sys_off_data *data)
{
	const struct qnap_mcu_poweroff *poweroff = data->cb_data;
	const struct qnap_mcu_command command = {
		.request = poweroff->ops->request,
		.request_len = poweroff->ops->request_len,
		.persist_ms = QNAP_MCU_POWEROFF_PERSIST_MS,
	};
	int ret;

	ret = qnap_mcu_transact(poweroff->mcu, &command);
	if (ret)
		dev_emerg(poweroff->dev,
			  "MCU did not acknowledge power-off: drives may stay on, unplug to restart (%pe)\n",
			  ERR_PTR(ret));

	return NOTIFY_DONE;
}

static int qnap_mcu_poweroff_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct qnap_mcu_poweroff *poweroff;

	poweroff = devm_kzalloc(dev, sizeof(*poweroff), GFP_KERNEL);
	if (!poweroff)
		return -ENOMEM;

	poweroff->dev = dev;
	poweroff->mcu = dev_get_drvdata(dev->parent);
	poweroff->ops = (void *)platform_get_device_id(pdev)->driver_data;

	return devm_register_sys_off_handler(dev, SYS_OFF_MODE_POWER_OFF_PREPARE,
					     SYS_OFF_PRIO_DEFAULT, qnap_mcu_poweroff, poweroff);
}

static const struct platform_device_id qnap_mcu_poweroff_ids[] = {
	{ .name = "qnap-mcu-poweroff", .driver_data = (kernel_ulong_t)&tsx33_poweroff_ops },
	{ }
};
MODULE_DEVICE_TABLE(platform, qnap_mcu_poweroff_ids);

static struct platform_driver qnap_mcu_poweroff_driver = {
	.probe = qnap_mcu_poweroff_probe,
	.id_table = qnap_mcu_poweroff_ids,
	.driver = {
		.name = "qnap-mcu-poweroff",
	},
};
module_platform_driver(qnap_mcu_poweroff_driver);

MODULE_AUTHOR("the qnap-mcu developers");
MODULE_DESCRIPTION("Power-off through the QNAP NAS microcontroller");
MODULE_LICENSE("GPL");
