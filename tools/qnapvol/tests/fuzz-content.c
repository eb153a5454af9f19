// SPDX-License-Identifier: GPL-2.0-only
/* Fuzz target: marks of contents, and partition tables */

#include "fuzz.h"
#include "memory.h"
#include "partition.h"

int fuzz_one(const u8 *data, size_t size)
{
	struct qv *qv = qv_new();
	struct qv_dev *dev = memory_new(qv, data, size, "fuzz");
	static struct qv_partitions table;
	struct qv_content content;

	qv_content_probe(dev, &content);
	qv_partitions_read(dev, &table);
	for (unsigned int i = 0; i < table.num; i++)
		require(table.part[i].cut !=
			qv_inside(table.part[i].start, table.part[i].size, size));
	qv_free(qv);

	return 0;
}
