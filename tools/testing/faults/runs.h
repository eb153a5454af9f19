/* SPDX-License-Identifier: GPL-2.0-only */
/* The runs of the fault sweep. */

#ifndef _FAULTS_RUNS_H
#define _FAULTS_RUNS_H

#include <linux/types.h>

int runs_run(const char *name, long operations, u64 seed);

#endif /* _FAULTS_RUNS_H */
