/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The newest kernel's interfaces for older kernels
 *
 * Included before every file of the out-of-tree build; in an older kernel's tree, where the drivers
 * are laid by tools/kernel-tree/, only before those that need it. Makefile.compat looks for the
 * interfaces themselves, as distributions take some of them back to older versions.
 */

#ifndef _QNAP_MCU_COMPAT_H
#define _QNAP_MCU_COMPAT_H

/* Until 7.x the registration of a cooling device by its node had another name. */
#ifdef QNAP_MCU_COMPAT_CHILD_COOLING_DEVICE
#include <linux/thermal.h>
#define devm_thermal_of_child_cooling_device_register devm_thermal_of_cooling_device_register
#endif

/* Until 6.13 a timer's function was set after its initialisation. */
#ifdef QNAP_MCU_COMPAT_HRTIMER_SETUP
#include <linux/hrtimer.h>
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *timer),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#endif /* _QNAP_MCU_COMPAT_H */
