// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transaction layer of the QNAP MCU
 *
 * The MCU answers one request after the other, in order, and says nothing unasked. The reply to a
 * command that only acts is the same three bytes for all of them, so an acknowledgment that comes
 * late or twice looks like that of the next command. Three rules keep them apart:
 *
 * - A failed request is repeated: whatever answers it then, answers the same request.
 * - Once a request needed repeating or failed, or a byte came that nobody had asked for, the link
 *   is no longer settled. The next command is then preceded by a version query: its reply looks
 *   like no other and, as the MCU keeps the order, nothing older can come after it.
 * - A reply to a request that is complete earlier than the wire could have carried both answers
 *   something older, as a reply sent twice does.
 *
 * Documentation/driver-api/qnap-mcu.rst describes the states and all bounds.
 */

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/mfd/qnap-mcu.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/serdev.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/time64.h>

#include <trace/events/qnap_mcu.h>

#include "qnap-mcu-link.h"

/*
 * How long to wait for the first byte of a reply. What the MCU needs is not documented; a few ms
 * are likely. If it stays silent the wait doubles with each repetition, in case it is slower.
 */
#define QNAP_MCU_REPLY_WAIT_MIN_MS	100U
#define QNAP_MCU_REPLY_WAIT_MAX_MS	400U

/*
 * A reply that began has ended when no further byte came for so long, complete or not. It is looked
 * for as often, so that it may take twice as long. Only the whole reply wakes up who waits for it.
 */
#define QNAP_MCU_QUIET_MS		20

/* A byte takes ten bit times. Nine leave room for a clock that is off. */
#define QNAP_MCU_BITS_PER_BYTE		9

/* On a line that is never quiet, a request goes out unsettled after so many tries. */
#define QNAP_MCU_SETTLE_TRIES		3

/*
 * The MCU may be busy, or the line noisy, for longer than attempts that fail at once take. The
 * first repetition follows without a pause, the others after longer and longer ones.
 */
#define QNAP_MCU_PAUSE_MIN_MS		5U
#define QNAP_MCU_PAUSE_MAX_MS		40U

/*
 * At 1 % lost bytes every third EEPROM block (42 bytes both ways) needs repeating: 16 attempts
 * leave a chance of less than 1 in 10^7 that none gets through.
 */
#define QNAP_MCU_ATTEMPTS		16

/* While the MCU is dead, commands fail fast. */
#define QNAP_MCU_ATTEMPTS_DEAD		2

/* No attempt for the same request starts later than this after the first. */
#define QNAP_MCU_PATIENCE_MS		3000
#define QNAP_MCU_SETTLE_PATIENCE_MS	1000

/*
 * On a line that flips one byte in five, up to one request in 22 that the MCU acknowledges is
 * another one than was sent: two flips of the same bit leave the checksum right. What must not fail
 * is acknowledged so often more. The MCU may fall silent after the first.
 */
#define QNAP_MCU_CONFIRMATIONS		4
#define QNAP_MCU_CONFIRM_MS		2000

/**
 * struct qnap_mcu_transaction - a request on its way
 * @frame: request and checksum
 * @frame_len: length of both
 * @shape: what the reply must look like
 * @data: where the reply's bytes after its head go
 * @data_len: how many
 * @settles: the reply settles the link, instead of needing a settled one
 * @wait_ms: how long to wait for the first byte of its reply
 * @attempts: how often to send it at most
 * @patience_ms: how long to go on sending it
 */
struct qnap_mcu_transaction {
	u8 frame[QNAP_MCU_REQUEST_FRAME_MAX];
	size_t frame_len;
	struct qnap_mcu_shape shape;
	u8 *data;
	size_t data_len;
	bool settles;
	unsigned int wait_ms;
	unsigned int attempts;
	unsigned int patience_ms;
};

static const u8 qnap_mcu_ack[] = { QNAP_MCU_STATUS_MARK, QNAP_MCU_STATUS_DONE };
static const u8 qnap_mcu_version_query[] = { '%', 'V' };

/* Kinds of bytes in the trace: of one size, so that the tracepoint need not measure them. */
static_assert(QNAP_MCU_TRACE_BYTES_MAX >= QNAP_MCU_REPLY_FRAME_MAX);
static const char qnap_mcu_request[QNAP_MCU_TRACE_WHAT_SIZE] = "request";
static const char qnap_mcu_reply[QNAP_MCU_TRACE_WHAT_SIZE] = "reply";
static const char qnap_mcu_fault[QNAP_MCU_TRACE_WHAT_SIZE] = "fault";
static const char qnap_mcu_noise[QNAP_MCU_TRACE_WHAT_SIZE] = "noise";
static const char qnap_mcu_stray[QNAP_MCU_TRACE_WHAT_SIZE] = "stray";

static void qnap_mcu_link_trace(struct qnap_mcu_link *link, const char *what, const u8 *data,
				size_t len)
{
	trace_qnap_mcu_bytes(link->serdev, what, data, len);
}

/* Each counter has its lock, and is read without. */
static void qnap_mcu_count(struct qnap_mcu_link *link, enum qnap_mcu_counter counter,
			   unsigned int n)
{
	atomic_t *count = link->counts + counter;

	atomic_set(count, atomic_read(count) + n);
}

/* Receiving */

static void qnap_mcu_rx_stray(struct qnap_mcu_link *link, const u8 *data, size_t len)
{
	lockdep_assert_held(&link->rx_lock);

	qnap_mcu_link_trace(link, qnap_mcu_stray, data, len);
	qnap_mcu_count(link, QNAP_MCU_STRAYS, len);
	link->rx.settled = false;
}

/* Noise before the reply, or an older one. */
static void qnap_mcu_rx_drop(struct qnap_mcu_link *link, size_t len)
{
	struct qnap_mcu_rx *rx = &link->rx;

	if (!len)
		return;

	qnap_mcu_link_trace(link, qnap_mcu_noise, rx->buf, len);
	qnap_mcu_count(link, QNAP_MCU_NOISE, len);
	rx->len -= len;
	memmove(rx->buf, rx->buf + len, rx->len);
}

/* The wire cannot have carried the request and these bytes yet. */
static bool qnap_mcu_rx_is_early(struct qnap_mcu_link *link)
{
	const struct qnap_mcu_rx *rx = &link->rx;
	const size_t len = rx->awaited->frame_len + rx->len;

	return rx->ordered &&
	       ktime_before(ktime_get(), ktime_add_ns(rx->armed, len * link->byte_ns));
}

static void qnap_mcu_rx_answer(struct qnap_mcu_link *link)
{
	struct qnap_mcu_rx *rx = &link->rx;

	rx->early = qnap_mcu_rx_is_early(link);
	if (rx->early)
		qnap_mcu_rx_stray(link, rx->buf, rx->len);
	else if (rx->awaited->settles && rx->verdict == QNAP_MCU_REPLY)
		rx->settled = true;

	rx->awaited = NULL;
	complete(&link->answered);
}

static void qnap_mcu_rx_take(struct qnap_mcu_link *link, u8 byte)
{
	struct qnap_mcu_rx *rx = &link->rx;
	struct qnap_mcu_scan scan = {};

	rx->buf[rx->len++] = byte;
	rx->heard++;
	rx->verdict = qnap_mcu_frame_scan(rx->buf, rx->len, &rx->awaited->shape, &scan);
	rx->status = scan.status;
	qnap_mcu_rx_drop(link, scan.start);
	if (rx->verdict != QNAP_MCU_NEED_MORE)
		qnap_mcu_rx_answer(link);
}

/**
 * qnap_mcu_link_receive() - take bytes from the port
 * @link: link
 * @data: received bytes
 * @len: how many
 *
 * Context: any; called by the port, at any time while it is open.
 * Return: @len. Bytes that are left over would be offered again with the next ones, so that
 *	   noise had to be thrown away here all the same.
 */
size_t qnap_mcu_link_receive(struct qnap_mcu_link *link, const u8 *data, size_t len)
{
	size_t done, n;

	guard(spinlock_irqsave)(&link->rx_lock);

	for (done = 0; done < len; done += n) {
		n = 1;
		if (link->rx.awaited) {
			qnap_mcu_rx_take(link, data[done]);
		} else {
			n = min(len - done, QNAP_MCU_TRACE_BYTES_MAX);
			qnap_mcu_rx_stray(link, data + done, n);
		}
	}

	return len;
}

/* @ordered: refuse a link that is not settled, or not any more, and a reply that is early. */
static int qnap_mcu_rx_arm(struct qnap_mcu_link *link, const struct qnap_mcu_transaction *t,
			   bool ordered)
{
	struct qnap_mcu_rx *rx = &link->rx;

	scoped_guard(spinlock_irqsave, &link->rx_lock) {
		if (ordered && !rx->settled)
			return -EAGAIN;

		reinit_completion(&link->answered);
		rx->awaited = t;
		rx->verdict = QNAP_MCU_NEED_MORE;
		rx->len = 0;
		rx->heard = 0;
		rx->early = false;
		rx->ordered = ordered;
		rx->armed = ktime_get();
	}

	return 0;
}

/* Result of the request in flight; counts what went wrong. */
static int qnap_mcu_rx_result(struct qnap_mcu_link *link)
{
	const struct qnap_mcu_rx *rx = &link->rx;

	lockdep_assert_held(&link->rx_lock);

	if (rx->early)
		return -EAGAIN;

	switch (rx->verdict) {
	case QNAP_MCU_REPLY:
		return 0;
	case QNAP_MCU_REFUSED:
		qnap_mcu_count(link, QNAP_MCU_ERROR_FRAMES, 1);
		return rx->status == QNAP_MCU_STATUS_BAD_CHECKSUM ? -EPROTO : -EREMOTEIO;
	case QNAP_MCU_BAD:
		qnap_mcu_count(link, QNAP_MCU_BAD_CHECKSUMS, 1);
		return -EPROTO;
	default:
		qnap_mcu_count(link, rx->heard ? QNAP_MCU_INCOMPLETE : QNAP_MCU_TIMEOUTS, 1);
		return rx->heard ? -EPROTO : -ETIMEDOUT;
	}
}

static int qnap_mcu_rx_disarm(struct qnap_mcu_link *link, const struct qnap_mcu_transaction *t)
{
	struct qnap_mcu_rx *rx = &link->rx;
	int ret = 0;

	scoped_guard(spinlock_irqsave, &link->rx_lock) {
		rx->awaited = NULL;
		ret = qnap_mcu_rx_result(link);
		if (!rx->early)
			qnap_mcu_link_trace(link, ret ? qnap_mcu_fault : qnap_mcu_reply, rx->buf,
					    rx->len);
		if (!ret)
			memcpy(t->data, rx->buf + t->shape.len - t->data_len, t->data_len);
	}

	return ret;
}

/* The request did not leave the port in one piece. */
static void qnap_mcu_rx_cancel(struct qnap_mcu_link *link)
{
	scoped_guard(spinlock_irqsave, &link->rx_lock)
		link->rx.awaited = NULL;
}

static unsigned int qnap_mcu_rx_heard(struct qnap_mcu_link *link)
{
	unsigned int heard = 0;

	scoped_guard(spinlock_irqsave, &link->rx_lock)
		heard = link->rx.heard;

	return heard;
}

static bool qnap_mcu_rx_settled(struct qnap_mcu_link *link)
{
	bool settled = false;

	scoped_guard(spinlock_irqsave, &link->rx_lock)
		settled = link->rx.settled;

	return settled;
}

static void qnap_mcu_rx_unsettle(struct qnap_mcu_link *link)
{
	scoped_guard(spinlock_irqsave, &link->rx_lock)
		link->rx.settled = false;
}

/* Ends with the reply, with a line that went quiet after some bytes, or when @wait_ms is over. */
static void qnap_mcu_rx_wait(struct qnap_mcu_link *link, unsigned int wait_ms)
{
	const unsigned long end = jiffies + msecs_to_jiffies(wait_ms);
	const unsigned long step = msecs_to_jiffies(QNAP_MCU_QUIET_MS);
	unsigned int heard = 0;

	while (!wait_for_completion_timeout(&link->answered, step)) {
		const unsigned int before = heard;

		heard = qnap_mcu_rx_heard(link);
		if (time_after_eq(jiffies, end) || (before && heard == before))
			return;
	}
}

/* Sending */

/*
 * serdev_device_write_buf() neither sleeps nor is it cut short by a signal, as
 * serdev_device_write() is. The port's own buffer has room for all that may wait in it.
 */
static int qnap_mcu_link_send(struct qnap_mcu_link *link, const u8 *frame, size_t len)
{
	int ret;

	qnap_mcu_link_trace(link, qnap_mcu_request, frame, len);
	ret = serdev_device_write_buf(link->serdev, frame, len);
	if (ret == len) {
		qnap_mcu_count(link, QNAP_MCU_SENT, 1);
		return 0;
	}

	/* The MCU forgets half a request while the line is quiet. */
	serdev_device_write_flush(link->serdev);
	msleep(QNAP_MCU_QUIET_MS);

	/* -EAGAIN is for a link that is not settled. */
	return ret < 0 && ret != -EAGAIN ? ret : -EIO;
}

static int qnap_mcu_link_attempt(struct qnap_mcu_link *link, const struct qnap_mcu_transaction *t,
				 unsigned int wait_ms, bool ordered)
{
	int ret;

	lockdep_assert_held(&link->exec_lock);

	ret = qnap_mcu_rx_arm(link, t, ordered);
	if (ret)
		return ret;

	ret = qnap_mcu_link_send(link, t->frame, t->frame_len);
	if (ret) {
		qnap_mcu_rx_cancel(link);
		return ret;
	}

	qnap_mcu_rx_wait(link, wait_ms);

	return qnap_mcu_rx_disarm(link, t);
}

/*
 * A repetition needs neither a settled link nor the time of the wire: whatever is the answer to
 * this request or to the one before, it is an answer to the same.
 */
static int qnap_mcu_link_transact(struct qnap_mcu_link *link, const struct qnap_mcu_transaction *t,
				  bool ordered)
{
	const unsigned long deadline = jiffies + msecs_to_jiffies(t->patience_ms);
	unsigned int wait_ms = t->wait_ms;
	unsigned int attempt = 0;
	unsigned int pause_ms = 0;
	int ret;

	for (;;) {
		ret = qnap_mcu_link_attempt(link, t, wait_ms, ordered && !attempt);
		if (!ret || ret == -EAGAIN || ++attempt == t->attempts ||
		    time_after(jiffies, deadline))
			break;

		qnap_mcu_count(link, QNAP_MCU_RETRIES, 1);
		if (ret == -ETIMEDOUT) {
			wait_ms = min(2 * wait_ms, QNAP_MCU_REPLY_WAIT_MAX_MS);
			continue;
		}
		fsleep(pause_ms * USEC_PER_MSEC);
		pause_ms = min(2 * pause_ms + QNAP_MCU_PAUSE_MIN_MS, QNAP_MCU_PAUSE_MAX_MS);
	}

	if (attempt && (ret || !t->settles))
		qnap_mcu_rx_unsettle(link);
	if (ret != -EAGAIN)
		link->dead = ret == -ETIMEDOUT;

	return ret;
}

static int qnap_mcu_transaction_init(struct qnap_mcu_transaction *t,
				     const struct qnap_mcu_command *command)
{
	const size_t echo_len = command->echo_len;

	t->frame_len = qnap_mcu_frame_encode(t->frame, sizeof(t->frame), command->request,
					     command->request_len);
	if (!t->frame_len || echo_len > command->request_len ||
	    command->data_len > QNAP_MCU_REPLY_MAX - echo_len || (!echo_len && command->data_len))
		return -EINVAL;

	t->shape.head = echo_len ? command->request : qnap_mcu_ack;
	t->shape.head_len = echo_len ?: sizeof(qnap_mcu_ack);
	t->shape.len = t->shape.head_len + command->data_len;
	t->data = command->data;
	t->data_len = command->data_len;
	t->settles = false;
	t->wait_ms = QNAP_MCU_REPLY_WAIT_MIN_MS;
	t->attempts = command->persist_ms ? UINT_MAX : QNAP_MCU_ATTEMPTS;
	t->patience_ms = command->persist_ms ?: QNAP_MCU_PATIENCE_MS;

	return 0;
}

/* Asks for the version: what comes after the answer to that answers nothing older. */
static int qnap_mcu_link_settle(struct qnap_mcu_link *link, u8 *version, bool persist)
{
	const struct qnap_mcu_command query = {
		.request = qnap_mcu_version_query,
		.request_len = sizeof(qnap_mcu_version_query),
		.echo_len = sizeof(qnap_mcu_version_query),
		.data = version,
		.data_len = QNAP_MCU_VERSION_SIZE,
	};
	struct qnap_mcu_transaction t;
	int ret;

	lockdep_assert_held(&link->exec_lock);

	if (link->stopped)
		return -ESHUTDOWN;

	ret = qnap_mcu_transaction_init(&t, &query);
	if (ret)
		return ret;

	t.settles = true;
	t.patience_ms = QNAP_MCU_SETTLE_PATIENCE_MS;
	if (link->dead && !persist)
		t.attempts = QNAP_MCU_ATTEMPTS_DEAD;

	return qnap_mcu_link_transact(link, &t, false);
}

/* A byte that comes meanwhile unsettles the link again. */
static int qnap_mcu_link_run(struct qnap_mcu_link *link, const struct qnap_mcu_transaction *t,
			     bool persist)
{
	u8 version[QNAP_MCU_VERSION_SIZE];
	unsigned int try;
	int ret;

	lockdep_assert_held(&link->exec_lock);

	if (link->stopped)
		return -ESHUTDOWN;

	for (try = 0; try < QNAP_MCU_SETTLE_TRIES; try++) {
		ret = qnap_mcu_rx_settled(link) ? 0 : qnap_mcu_link_settle(link, version, persist);
		if (ret && !persist)
			return ret;

		ret = qnap_mcu_link_transact(link, t, true);
		if (ret != -EAGAIN)
			return ret;
	}

	return qnap_mcu_link_transact(link, t, false);
}

static void qnap_mcu_link_confirm(struct qnap_mcu_link *link, const struct qnap_mcu_transaction *t)
{
	const unsigned long deadline = jiffies + msecs_to_jiffies(QNAP_MCU_CONFIRM_MS);
	unsigned int confirmed = 0;

	while (confirmed < QNAP_MCU_CONFIRMATIONS && !time_after(jiffies, deadline))
		confirmed += !qnap_mcu_link_attempt(link, t, QNAP_MCU_REPLY_WAIT_MIN_MS, false);

	qnap_mcu_rx_unsettle(link);
}

static int qnap_mcu_link_run_urgent(struct qnap_mcu_link *link,
				    const struct qnap_mcu_transaction *t, bool persist)
{
	int ret;

	guard(mutex)(&link->exec_lock);

	ret = qnap_mcu_link_run(link, t, persist);
	if (!ret && persist)
		qnap_mcu_link_confirm(link, t);

	return ret;
}

/**
 * qnap_mcu_link_exec() - carry out one transaction
 * @link: link
 * @command: request and expected reply
 *
 * Context: process context, sleeps; not interruptible.
 * Return: as qnap_mcu_transact().
 */
int qnap_mcu_link_exec(struct qnap_mcu_link *link, const struct qnap_mcu_command *command)
{
	struct qnap_mcu_transaction t;
	int ret;

	ret = qnap_mcu_transaction_init(&t, command);
	if (ret)
		return ret;

	if (command->urgent || command->persist_ms)
		return qnap_mcu_link_run_urgent(link, &t, command->persist_ms);

	guard(mutex)(&link->queue_lock);
	guard(mutex)(&link->exec_lock);

	return qnap_mcu_link_run(link, &t, false);
}

/**
 * qnap_mcu_link_hello() - see whether the MCU is there
 * @link: link
 * @version: set to its firmware version on success
 *
 * Context: process context, sleeps; not interruptible.
 * Return: as qnap_mcu_transact().
 */
int qnap_mcu_link_hello(struct qnap_mcu_link *link, u8 version[QNAP_MCU_VERSION_SIZE])
{
	guard(mutex)(&link->exec_lock);

	return qnap_mcu_link_settle(link, version, false);
}

#ifdef CONFIG_MFD_QNAP_MCU_RAW

/**
 * qnap_mcu_link_exec_raw() - send any request and note what comes back
 * @link: link
 * @request: request without checksum, 1 to 21 bytes
 * @request_len: its length
 * @reply: set to the bytes that came, unchecked
 * @size: room there
 *
 * For experiments only: sends once, then listens until the line is quiet.
 *
 * Context: process context, sleeps.
 * Return: number of bytes in @reply, 0 if the MCU stayed silent, -EINVAL if the request is empty
 *	   or too long, otherwise as qnap_mcu_transact().
 */
int qnap_mcu_link_exec_raw(struct qnap_mcu_link *link, const u8 *request, size_t request_len,
			   u8 *reply, size_t size)
{
	struct qnap_mcu_transaction t = {
		.shape.len = QNAP_MCU_REPLY_MAX,
		.wait_ms = QNAP_MCU_REPLY_WAIT_MAX_MS,
		.attempts = 1,
	};
	int ret;

	t.frame_len = qnap_mcu_frame_encode(t.frame, sizeof(t.frame), request, request_len);
	if (!t.frame_len)
		return -EINVAL;

	guard(mutex)(&link->queue_lock);
	guard(mutex)(&link->exec_lock);

	ret = qnap_mcu_link_run(link, &t, false);
	if (ret && ret != -EPROTO && ret != -ETIMEDOUT)
		return ret;

	scoped_guard(spinlock_irqsave, &link->rx_lock) {
		size = min(size, link->rx.len);
		memcpy(reply, link->rx.buf, size);
	}

	return size;
}

#endif /* CONFIG_MFD_QNAP_MCU_RAW */

/**
 * qnap_mcu_link_post() - send a request and do not wait for what becomes of it
 * @link: link
 * @request: request without checksum, 1 to 21 bytes
 * @request_len: its length
 *
 * Context: any; takes none of the link's locks, for use after a panic only.
 * Return: as qnap_mcu_post().
 */
int qnap_mcu_link_post(struct qnap_mcu_link *link, const u8 *request, size_t request_len)
{
	u8 frame[QNAP_MCU_REQUEST_FRAME_MAX];
	size_t len;
	int ret;

	len = qnap_mcu_frame_encode(frame, sizeof(frame), request, request_len);
	if (!len)
		return -EINVAL;

	ret = serdev_device_write_buf(link->serdev, frame, len);
	if (ret < 0)
		return ret;

	return ret == len ? 0 : -EIO;
}

/**
 * qnap_mcu_link_stop() - send nothing any more, as the port is going to sleep
 * @link: link
 *
 * Waits for a transaction in flight.
 *
 * Context: process context, sleeps.
 */
void qnap_mcu_link_stop(struct qnap_mcu_link *link)
{
	guard(mutex)(&link->exec_lock);

	link->stopped = true;
}

/**
 * qnap_mcu_link_start() - send again
 * @link: link
 *
 * Context: process context, sleeps.
 */
void qnap_mcu_link_start(struct qnap_mcu_link *link)
{
	guard(mutex)(&link->exec_lock);

	link->stopped = false;
	qnap_mcu_rx_unsettle(link);
}

/**
 * qnap_mcu_link_init() - set up a link, before its port is opened
 * @link: link, all zero
 * @serdev: its port
 * @baud_rate: its speed in baud
 *
 * The link begins unsettled: the boot loader may have left a request unanswered.
 *
 * Return: 0 or -ENOMEM.
 */
int qnap_mcu_link_init(struct qnap_mcu_link *link, struct serdev_device *serdev,
		       unsigned int baud_rate)
{
	int ret;

	link->serdev = serdev;
	link->byte_ns = NSEC_PER_SEC / baud_rate * QNAP_MCU_BITS_PER_BYTE;
	spin_lock_init(&link->rx_lock);
	init_completion(&link->answered);

	ret = devm_mutex_init(&serdev->dev, &link->queue_lock);
	if (ret)
		return ret;

	return devm_mutex_init(&serdev->dev, &link->exec_lock);
}
