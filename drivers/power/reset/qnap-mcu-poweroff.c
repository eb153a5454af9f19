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

static const struct qnap_mcu_command tsx33_poweroff = {
	.request = "@C0",
	.request_len = 3,
	.persist_ms = QNAP_MCU_POWEROFF_PERSIST_MS,
};

static int qnap_mcu_poweroff(struct sys_off_data *data)
{
	struct device *dev = data->dev;
	int ret;

	ret = qnap_mcu_transact(dev_get_drvdata(dev->parent), data->cb_data);
	if (ret)
		dev_emerg(dev,
			  "MCU did not acknowledge power-off: drives may stay on, unplug to restart (%pe)\n",
			  ERR_PTR(ret));

	return NOTIFY_DONE;
}

/* What the MCU is told depends on its family. */
static int qnap_mcu_poweroff_probe(struct platform_device *pdev)
{
	return devm_register_sys_off_handler(&pdev->dev, SYS_OFF_MODE_POWER_OFF_PREPARE,
					     SYS_OFF_PRIO_DEFAULT, qnap_mcu_poweroff,
					     (void *)platform_get_device_id(pdev)->driver_data);
}

static const struct platform_device_id qnap_mcu_poweroff_ids[] = {
	{ .name = "qnap-mcu-poweroff", .driver_data = (kernel_ulong_t)&tsx33_poweroff },
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
MODULE_DESCRIPTION("QNAP NAS microcontroller power-off");
MODULE_LICENSE("GPL");
