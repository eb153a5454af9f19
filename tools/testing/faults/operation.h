/* SPDX-License-Identifier: GPL-2.0-only */
/* What is done to the box in a sweep. */

#ifndef _FAULTS_OPERATION_H
#define _FAULTS_OPERATION_H

#include "sweep.h"

typedef void (*operation)(struct sweep *sweep);

extern const operation operations[SWEEP_KINDS];

void operation_be_modest(void);
bool operation_due(const struct sweep *sweep, enum sweep_kind kind);
void operation_set_led(struct sweep *sweep, unsigned int led, unsigned int mode);

#endif /* _FAULTS_OPERATION_H */
