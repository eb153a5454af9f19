// SPDX-License-Identifier: GPL-2.0-only
/* Tests of what a set remembers: errors, remarks, warnings */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "memory.h"
#include "qv.h"

#define THREADS	4
#define NOTES	2000

static void test_error(void)
{
	struct qv *qv = qv_new();

	ktap_check(qv_error_kind(qv) == QV_OK && !*qv_error_text(qv), "no error yet");
	ktap_check(qv_fail(qv, QV_ERR_DAMAGED, "number %d", 1) == -QV_ERR_DAMAGED &&
		   qv_error_kind(qv) == QV_ERR_DAMAGED && !strcmp(qv_error_text(qv), "number 1"),
		   "an error");
	qv_free(qv);
}

static void test_same(void)
{
	struct qv *qv = qv_new();

	qv_note(qv, QV_INFO, "here", "this");
	qv_note(qv, QV_INFO, "here", "that");
	qv_note(qv, QV_INFO, "there", "this");
	qv_note(qv, QV_INFO, "here", "this");
	ktap_check(qv_num_remarks(qv) == 3 && qv_remark(qv, 0).count == 2 &&
		   qv_remark(qv, 2).count == 1, "the same remark is counted");
	qv_free(qv);
}

static void test_many(void)
{
	struct qv *qv = qv_new();
	struct qv_remark last;

	for (int i = 0; i < QV_REMARKS_MAX - 1; i++)
		qv_note(qv, QV_INFO, "here", "remark %d", i);
	last = qv_remark(qv, qv_num_remarks(qv) - 1);
	ktap_check(qv_num_remarks(qv) == QV_REMARKS_MAX - 1 && !strcmp(last.text, "remark 998"),
		   "as many as there is room for");
	for (int i = 0; i < 7; i++)
		qv_note(qv, QV_INFO, "there", "remark %d", i);
	qv_note(qv, QV_INFO, "here", "remark 5");
	last = qv_remark(qv, qv_num_remarks(qv) - 1);
	ktap_check(qv_num_remarks(qv) == QV_REMARKS_MAX && last.severity == QV_WARNING &&
		   last.count == 7 && strstr(last.text, "more was noticed") &&
		   qv_remark(qv, 5).count == 2, "what there is no room for is counted");
	qv_free(qv);
}

static void *note(void *data)
{
	struct qv *qv = data;

	for (int i = 0; i < NOTES; i++) {
		qv_note(qv, QV_INFO, "here", "remark %d", i % 100);
		qv_remark(qv, qv_num_remarks(qv) - 1);
	}

	return NULL;
}

static void test_threads(void)
{
	struct qv *qv = qv_new();
	pthread_t threads[THREADS];
	unsigned long sum = 0;
	bool good = true;

	for (int i = 0; i < THREADS; i++)
		good &= !pthread_create(&threads[i], NULL, note, qv);
	for (int i = 0; i < THREADS; i++)
		good &= !pthread_join(threads[i], NULL);
	for (size_t i = 0; i < qv_num_remarks(qv); i++)
		sum += qv_remark(qv, i).count;
	ktap_check(good && qv_num_remarks(qv) == 100 && sum == THREADS * NOTES,
		   "many threads remark on things");
	qv_free(qv);
}

static void test_warnings(void)
{
	struct qv *qv = qv_new();
	struct qv_item *item = qv_item_new(qv, QV_ITEM_SOURCE, NULL, "source");

	qv_item_warn(qv, item, "one");
	qv_item_warn(qv, item, "two");
	ktap_check(item->state == QV_READABLE_WARNING && !strcmp(item->why, "one; two"),
		   "warnings add up");
	for (int i = 0; i < 1000; i++)
		qv_item_warn(qv, item, "a warning that has %d characters or more", 32);
	ktap_check(strlen(item->why) < 4096, "not without end");
	qv_item_fail(qv, item, QV_ERR_DAMAGED, "three");
	qv_item_warn(qv, item, "four");
	ktap_check(item->state == QV_NOT_READABLE && !strcmp(item->why, "three") &&
		   !strcmp(qv_error_text(qv), "source: three"),
		   "what cannot be read has no warning");
	qv_free(qv);
}

static void test_range(void)
{
	struct qv *qv = qv_new();
	struct qv_dev *dev = zero_new(qv, 100, "zeros");
	struct qv_extent extent;
	char buf[200];

	ktap_check(!qv_dev_read(dev, buf, 100, 0) && !qv_dev_read(dev, buf, 0, 100),
		   "all of a device, and nothing of it");
	ktap_check(qv_dev_read(dev, buf, 101, 0) == -QV_ERR_NOT_FOUND &&
		   strstr(qv_error_text(qv), "zeros has 100 bytes: 101 from byte 0 on"),
		   "more than there is");
	ktap_check(qv_dev_read(dev, buf, 2, UINT64_MAX) == -QV_ERR_NOT_FOUND &&
		   qv_dev_extent(dev, 100, 1, &extent) == -QV_ERR_NOT_FOUND &&
		   qv_dev_extent(dev, 0, 0, &extent) == -QV_ERR_NOT_FOUND, "beyond the end");
	ktap_check(!qv_dev_extent(dev, 1, UINT64_MAX, &extent) && extent.length == 99 &&
		   extent.kind == QV_EXTENT_ZERO, "an extent ends at the end");
	qv_free(qv);
}

int main(void)
{
	ktap_begin();
	test_error();
	test_same();
	test_many();
	test_threads();
	test_warnings();
	test_range();

	return ktap_end();
}
