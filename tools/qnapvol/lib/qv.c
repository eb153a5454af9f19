// SPDX-License-Identifier: GPL-2.0-only
/* The set of sources: its memory, what went wrong in it, and what was noticed */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qv.h"
#include "thin.h"

/**
 * qv_new() - begin with nothing
 *
 * Return: a set to be freed with qv_free(), or NULL if there is no memory.
 */
struct qv *qv_new(void)
{
	struct qv *qv = calloc(1, sizeof(*qv));

	if (qv)
		pthread_mutex_init(&qv->lock, NULL);

	return qv;
}

static void free_pools(struct qv *qv)
{
	const struct qv_item *item;

	for (item = qv->items; item; item = qv_next(item)) {
		if (qv_found(item)->pool)
			qv_thin_pool_free(qv_found(item)->pool);
	}
}

static void free_devices(struct qv *qv)
{
	struct qv_dev *dev, *next;

	for (dev = qv->devices; dev; dev = next) {
		next = dev->next;
		if (dev->ops->free)
			dev->ops->free(dev);
		free(dev->name);
		free(dev);
	}
}

static void free_memory(struct qv *qv)
{
	struct qv_memory *memory, *next;

	for (memory = qv->memory; memory; memory = next) {
		next = memory->next;
		free(memory);
	}
}

/**
 * qv_free() - free a set with all that was found in it
 * @qv: set, or NULL
 */
void qv_free(struct qv *qv)
{
	if (!qv)
		return;

	free_pools(qv);
	free_devices(qv);
	free_memory(qv);
	for (size_t i = 0; i < qv->num_remarks; i++) {
		free((char *)qv->remarks[i].place);
		free((char *)qv->remarks[i].text);
	}
	pthread_mutex_destroy(&qv->lock);
	free(qv);
}

/**
 * qv_zalloc() - memory that lives as long as the set
 * @qv: set
 * @num: for how many things
 * @size: how large each is
 *
 * Return: zeros, or NULL if there is no memory.
 */
void *qv_zalloc(struct qv *qv, size_t num, size_t size)
{
	struct qv_memory *memory;
	size_t bytes;

	if (__builtin_mul_overflow(num, size, &bytes) ||
	    __builtin_add_overflow(bytes, sizeof(*memory), &bytes))
		return NULL;

	memory = calloc(1, bytes);
	if (!memory)
		return NULL;
	memory->next = qv->memory;
	qv->memory = memory;

	return memory->bytes;
}

static char *text_va(struct qv *qv, const char *format, va_list arguments)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, arguments);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = len < 0 ? NULL : qv_zalloc(qv, len + 1, 1);
	if (text)
		vsnprintf(text, len + 1, format, arguments);

	return text;
}

/**
 * qv_text() - a text that lives as long as the set
 * @qv: set
 * @format: as printf() takes it
 *
 * Return: the text, or NULL if there is no memory.
 */
char *qv_text(struct qv *qv, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = text_va(qv, format, arguments);
	va_end(arguments);

	return text;
}

/**
 * qv_fail() - say what went wrong
 * @qv: set
 * @error: of what kind it is
 * @format: a sentence that says what was found and what to do, without a full stop; no part of the
 *	    text of the last error
 *
 * Context: may be called by many threads at once.
 * Return: the error negated.
 */
int qv_fail(struct qv *qv, enum qv_error error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	pthread_mutex_lock(&qv->lock);
	vsnprintf(qv->error, sizeof(qv->error), format, arguments);
	qv->kind = error;
	pthread_mutex_unlock(&qv->lock);
	va_end(arguments);

	return -(int)error;
}

/**
 * qv_no_memory() - say that there is no memory
 * @qv: set
 *
 * Return: -%QV_ERR_SYSTEM.
 */
int qv_no_memory(struct qv *qv)
{
	return qv_fail(qv, QV_ERR_SYSTEM, "no memory");
}

/**
 * qv_error_text() - what the last error was
 * @qv: set
 *
 * If many threads read at once it may be the error of another one.
 *
 * Return: a sentence that says what was found and what to do, without a full stop. Valid until the
 * next call of any function with this set. "" if there was no error yet.
 */
const char *qv_error_text(const struct qv *qv)
{
	return qv->error;
}

/**
 * qv_error_kind() - of what kind the last error was
 * @qv: set
 *
 * Return: its kind, %QV_OK if there was none yet.
 */
enum qv_error qv_error_kind(const struct qv *qv)
{
	return qv->kind;
}

static bool is_same_remark(const struct qv_remark *remark, const char *place, const char *text)
{
	return !strcmp(remark->place, place) && !strcmp(remark->text, text);
}

static bool count_again(struct qv *qv, const char *place, const char *text)
{
	for (size_t i = 0; i < qv->num_remarks; i++) {
		if (is_same_remark(&qv->remarks[i], place, text)) {
			qv->remarks[i].count++;
			return true;
		}
	}

	return false;
}

static void add_remark(struct qv *qv, enum qv_severity severity, const char *place,
		       const char *text)
{
	struct qv_remark *remark = &qv->remarks[qv->num_remarks];

	*remark = (struct qv_remark){ severity, strdup(place), strdup(text), 1 };
	if (remark->place && remark->text) {
		qv->num_remarks++;
		return;
	}
	free((char *)remark->place);
	free((char *)remark->text);
}

/* The last remark there is room for says that there was more. */
static void remember(struct qv *qv, enum qv_severity severity, const char *place, const char *text)
{
	static const char all[] = "all", more[] = "more was noticed than is remembered";

	if (count_again(qv, place, text))
		return;

	if (qv->num_remarks < QV_REMARKS_MAX - 1)
		add_remark(qv, severity, place, text);
	else if (!count_again(qv, all, more))
		add_remark(qv, QV_WARNING, all, more);
}

/**
 * qv_note() - remember something for the user
 * @qv: set
 * @severity: how bad it is
 * @place: the device and the place in it
 * @format: what it is and what to do, one sentence without a full stop
 *
 * The same thing again is counted. After 1000 things there is only counted how many more there are.
 *
 * Context: may be called by many threads at once.
 */
void qv_note(struct qv *qv, enum qv_severity severity, const char *place, const char *format, ...)
{
	char text[QV_ERROR_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);

	pthread_mutex_lock(&qv->lock);
	remember(qv, severity, place, text);
	pthread_mutex_unlock(&qv->lock);
}

/* Reading locks, too: the lock is no part of what the caller thinks of as constant. */
static pthread_mutex_t *lock_of(const struct qv *qv)
{
	return (pthread_mutex_t *)&qv->lock;
}

/**
 * qv_num_remarks() - how much was noticed
 * @qv: set
 *
 * Context: may be called while others read.
 * Return: the number of remarks so far, 1000 at most: the last one then tells that there was more.
 */
size_t qv_num_remarks(const struct qv *qv)
{
	size_t num;

	pthread_mutex_lock(lock_of(qv));
	num = qv->num_remarks;
	pthread_mutex_unlock(lock_of(qv));

	return num;
}

/**
 * qv_remark() - one of the remarks
 * @qv: set
 * @index: which, below qv_num_remarks()
 *
 * Context: may be called while others read.
 * Return: the remark, whose texts are valid as long as the set.
 */
struct qv_remark qv_remark(const struct qv *qv, size_t index)
{
	struct qv_remark remark;

	pthread_mutex_lock(lock_of(qv));
	remark = qv->remarks[index];
	pthread_mutex_unlock(lock_of(qv));

	return remark;
}
