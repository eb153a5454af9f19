// SPDX-License-Identifier: GPL-2.0-only
/*
 * qv-cat: writes a volume, or a range of it, to standard output
 *
 *	qv-cat VOLUME START LENGTH SOURCE...
 *
 * A length of 0 is all that is left.
 */

#include <stdio.h>
#include <stdlib.h>

#include "dev.h"

#define UNIT	(1024 * 1024)

static int copy(struct qv_dev *dev, u64 start, u64 len)
{
	static u8 buf[UNIT];
	size_t part;

	for (; len; len -= part, start += part) {
		part = len < sizeof(buf) ? len : sizeof(buf);
		if (qv_dev_read(dev, buf, part, start)) {
			fprintf(stderr, "qv-cat: %s\n", qv_error_text(dev->qv));
			return EXIT_FAILURE;
		}
		if (fwrite(buf, part, 1, stdout) != 1)
			return EXIT_FAILURE;
	}

	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run(struct qv *qv, int argc, char **argv)
{
	const u64 start = strtoull(argv[2], NULL, 0);
	u64 len = strtoull(argv[3], NULL, 0);
	const struct qv_item *item;
	int ret = 0;

	for (int i = 4; i < argc && !ret; i++)
		ret = qv_add_source(qv, argv[i], NULL);
	if (!ret)
		ret = qv_scan(qv, NULL);
	item = ret ? NULL : qv_find(qv, argv[1]);
	if (!item || !item->dev || start > item->size) {
		fprintf(stderr, "qv-cat: %s\n", item && item->why ? item->why : qv_error_text(qv));
		return EXIT_FAILURE;
	}

	return copy(item->dev, start, len ?: item->size - start);
}

int main(int argc, char **argv)
{
	struct qv *qv;
	int status;

	if (argc < 5) {
		fputs("Usage: qv-cat VOLUME START LENGTH SOURCE...\n", stderr);
		return EXIT_FAILURE;
	}
	qv = qv_new();
	if (!qv)
		return EXIT_FAILURE;
	status = run(qv, argc, argv);
	qv_free(qv);

	return status;
}
