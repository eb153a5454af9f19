/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The newest kernel's interfaces for older kernels
 *
 * Included before every file of the out-of-tree build, and only there. Makefile.compat looks for
 * the interfaces themselves, as distributions take some of them back to older versions.
 */

#ifndef _QNAP_MCU_COMPAT_H
#define _QNAP_MCU_COMPAT_H

/* Until 7.x the registration of a cooling device by its node had another name. */
#ifdef QNAP_MCU_COMPAT_CHILD_COOLING_DEVICE
#include <linux/thermal.h>
#define devm_thermal_of_child_cooling_device_register devm_thermal_of_cooling_device_register
#endif

#endif /* _QNAP_MCU_COMPAT_H */
