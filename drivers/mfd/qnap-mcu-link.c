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
#include <linux/compiler.h>
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
#define QNAP_MCU_REPLY_WAIT_MIN	msecs_to_jiffies(100)
#define QNAP_MCU_REPLY_WAIT_MAX	msecs_to_jiffies(400)

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
#define QNAP_MCU_PAUSE_MIN_US		5000U
#define QNAP_MCU_PAUSE_MAX_US		40000U

/*
 * At 1 % lost bytes every third EEPROM block (42 bytes both ways) needs repeating: 16 attempts
 * leave a chance of less than 1 in 10^7 that none gets through.
 */
#define QNAP_MCU_ATTEMPTS		16

/* While the MCU is dead, commands fail fast. */
#define QNAP_MCU_ATTEMPTS_DEAD		2

/* No attempt for the same request starts later than this after the first. */
#define QNAP_MCU_PATIENCE		msecs_to_jiffies(3000)
#define QNAP_MCU_SETTLE_PATIENCE	msecs_to_jiffies(1000)

/*
 * On a line that flips one byte in five, up to one request in 22 that the MCU acknowledges is
 * another one than was sent: two flips of the same bit leave the checksum right. What must not fail
 * is acknowledged so often more. The MCU may fall silent after the first.
 */
#define QNAP_MCU_CONFIRMATIONS		4
#define QNAP_MCU_CONFIRM		msecs_to_jiffies(2000)

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

/*
 * Each counter is changed under a lock of its own, see &enum qnap_mcu_counter, and read without:
 * atomic_t is for debugfs, and need not be added to atomically.
 */
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
	WRITE_ONCE(link->rx.settled, false);
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
	/* These are few bytes: memmove() is more to call and check than to move. */
	for (u8 *to = rx->buf; to < rx->buf + rx->len; to++)
		*to = to[len];
}

/*
 * The wire cannot have carried the request and these bytes yet. They may all the same if the
 * request went out unsettled.
 */
static bool qnap_mcu_rx_is_early(const struct qnap_mcu_link *link)
{
	const struct qnap_mcu_rx *rx = &link->rx;
	const size_t len = rx->awaited->request_len + QNAP_MCU_CHECKSUM_SIZE + rx->len;

	return rx->settled &&
	       ktime_before(ktime_get(), ktime_add_ns(rx->armed, len * link->byte_ns));
}

/* What a frame means for its request; counts what went wrong. */
static int qnap_mcu_rx_judge(struct qnap_mcu_link *link, enum qnap_mcu_verdict verdict)
{
	const struct qnap_mcu_rx *rx = &link->rx;

	if (qnap_mcu_rx_is_early(link)) {
		qnap_mcu_rx_stray(link, rx->buf, rx->len);
		return -EAGAIN;
	}

	switch (verdict) {
	case QNAP_MCU_REFUSED:
		qnap_mcu_count(link, QNAP_MCU_ERROR_FRAMES, 1);
		return rx->scan.status == QNAP_MCU_STATUS_BAD_CHECKSUM ? -EPROTO : -EREMOTEIO;
	case QNAP_MCU_BAD:
		qnap_mcu_count(link, QNAP_MCU_BAD_CHECKSUMS, 1);
		return -EPROTO;
	default:
		return 0;
	}
}

static void qnap_mcu_rx_answer(struct qnap_mcu_link *link, enum qnap_mcu_verdict verdict)
{
	struct qnap_mcu_rx *rx = &link->rx;

	rx->result = qnap_mcu_rx_judge(link, verdict);
	if (!rx->result && rx->awaited == &link->query)
		WRITE_ONCE(rx->settled, true);
	rx->awaited = NULL;
	complete(&link->answered);
}

static void qnap_mcu_rx_take(struct qnap_mcu_link *link, u8 byte)
{
	struct qnap_mcu_rx *rx = &link->rx;
	u8 *const end = rx->buf + rx->len++;
	enum qnap_mcu_verdict verdict;

	*end = byte;
	WRITE_ONCE(rx->heard, rx->heard + 1);
	verdict = qnap_mcu_frame_scan(rx->buf, rx->len, &rx->shape, &rx->scan);
	qnap_mcu_rx_drop(link, rx->scan.start);
	if (verdict != QNAP_MCU_NEED_MORE)
		qnap_mcu_rx_answer(link, verdict);
}

/**
 * qnap_mcu_link_receive() - take bytes from the port
 * @link: link
 * @data: received bytes
 * @len: how many
 *
 * Context: process context; called by the port, at any time while it is open.
 * Return: @len. Bytes that are left over would be offered again with the next ones, so that
 *	   noise had to be thrown away here all the same.
 */
size_t qnap_mcu_link_receive(struct qnap_mcu_link *link, const u8 *data, size_t len)
{
	size_t done, n;

	spin_lock(&link->rx_lock);
	for (done = 0; done < len; done += n) {
		n = 1;
		if (link->rx.awaited) {
			qnap_mcu_rx_take(link, data[done]);
		} else {
			n = min(len - done, QNAP_MCU_TRACE_BYTES_MAX);
			qnap_mcu_rx_stray(link, data + done, n);
		}
	}
	spin_unlock(&link->rx_lock);

	return len;
}

/* With neither an echo nor data, an acknowledgment. */
static struct qnap_mcu_shape qnap_mcu_expect(const struct qnap_mcu_command *command)
{
	const bool ack = !command->echo_len && !command->data_len;
	const size_t head_len = ack ? sizeof(qnap_mcu_ack) : command->echo_len;

	return (struct qnap_mcu_shape) {
		.head = ack ? qnap_mcu_ack : command->request,
		.head_len = head_len,
		.len = head_len + command->data_len,
	};
}

/*
 * @ordered: refuse a link that is not settled, or not any more, and a reply that is early. Without
 * that, only the answer to a version query settles the link.
 */
static int qnap_mcu_rx_arm(struct qnap_mcu_link *link, const struct qnap_mcu_command *command,
			   bool ordered)
{
	struct qnap_mcu_rx *rx = &link->rx;

	lockdep_assert_held(&link->rx_lock);

	if (ordered && !rx->settled)
		return -EAGAIN;

	reinit_completion(&link->answered);
	rx->awaited = command;
	rx->shape = qnap_mcu_expect(command);
	rx->len = 0;
	rx->heard = 0;
	rx->armed = ktime_get();
	WRITE_ONCE(rx->settled, ordered);

	return 0;
}

/* Result of the request that was sent; counts a reply that is missing. */
static int qnap_mcu_rx_result(struct qnap_mcu_link *link)
{
	struct qnap_mcu_rx *rx = &link->rx;

	lockdep_assert_held(&link->rx_lock);

	if (rx->awaited) {
		qnap_mcu_count(link, rx->heard ? QNAP_MCU_INCOMPLETE : QNAP_MCU_TIMEOUTS, 1);
		rx->result = rx->heard ? -EPROTO : -ETIMEDOUT;
	}
	if (rx->result != -EAGAIN)
		qnap_mcu_link_trace(link, rx->result ? qnap_mcu_fault : qnap_mcu_reply, rx->buf,
				    rx->len);

	return rx->result;
}

/* @ret: error of the port, if the request did not leave it in one piece. */
static int qnap_mcu_rx_disarm(struct qnap_mcu_link *link, const struct qnap_mcu_command *command,
			      int ret)
{
	struct qnap_mcu_rx *rx = &link->rx;

	lockdep_assert_held(&link->rx_lock);

	if (!ret)
		ret = qnap_mcu_rx_result(link);
	if (ret)
		WRITE_ONCE(rx->settled, false);
	else
		memcpy(command->data, rx->buf + rx->shape.head_len, command->data_len);
	rx->awaited = NULL;

	return ret;
}

/* Ends with the reply, with a line quiet after some bytes, or when @wait jiffies are over. */
static void qnap_mcu_rx_wait(struct qnap_mcu_link *link, unsigned long wait)
{
	const unsigned long end = jiffies + wait;
	const unsigned long step = msecs_to_jiffies(QNAP_MCU_QUIET_MS);
	unsigned int heard = 0;

	while (!wait_for_completion_timeout(&link->answered, step)) {
		const unsigned int before = heard;

		heard = READ_ONCE(link->rx.heard);
		if (time_after_eq(jiffies, end) || (before && heard == before))
			return;
	}
}

/* Sending */

/**
 * qnap_mcu_link_post() - send a request and do not wait for what becomes of it
 * @link: link
 * @request: request without checksum, 1 to 21 bytes
 * @request_len: its length
 *
 * serdev_device_write_buf() neither sleeps nor is it cut short by a signal, as
 * serdev_device_write() is. The port's own buffer has room for all that may wait in it.
 *
 * Context: any; takes none of the link's locks, but uses its buffer. From outside only after a
 *	    panic, when no transaction goes on, with interrupts off.
 * Return: as qnap_mcu_post().
 */
int qnap_mcu_link_post(struct qnap_mcu_link *link, const u8 *request, size_t request_len)
{
	const size_t len = qnap_mcu_frame_encode(link->frame, sizeof(link->frame), request,
						 request_len);
	int ret;

	if (!len)
		return -EINVAL;

	qnap_mcu_link_trace(link, qnap_mcu_request, link->frame, len);
	ret = serdev_device_write_buf(link->serdev, link->frame, len);
	if (ret == len)
		return 0;

	/* -EAGAIN is for a link that is not settled. */
	return ret < 0 && ret != -EAGAIN ? ret : -EIO;
}

static int qnap_mcu_link_send(struct qnap_mcu_link *link, const struct qnap_mcu_command *command)
{
	const int ret = qnap_mcu_link_post(link, command->request, command->request_len);

	if (!ret) {
		qnap_mcu_count(link, QNAP_MCU_SENT, 1);
		return 0;
	}

	/* The MCU forgets half a request while the line is quiet. */
	serdev_device_write_flush(link->serdev);
	msleep(QNAP_MCU_QUIET_MS);

	return ret;
}

static int qnap_mcu_link_attempt(struct qnap_mcu_link *link, const struct qnap_mcu_command *command,
				 unsigned long wait, bool ordered)
{
	int ret;

	lockdep_assert_held(&link->exec_lock);

	spin_lock(&link->rx_lock);
	ret = qnap_mcu_rx_arm(link, command, ordered);
	spin_unlock(&link->rx_lock);
	if (ret)
		return ret;

	ret = qnap_mcu_link_send(link, command);
	if (!ret)
		qnap_mcu_rx_wait(link, wait);

	spin_lock(&link->rx_lock);
	ret = qnap_mcu_rx_disarm(link, command, ret);
	spin_unlock(&link->rx_lock);

	return ret;
}

/*
 * Sends the request up to @attempts times, the last time not later than @patience jiffies after the
 * first. A repetition needs neither a settled link nor the time of the wire: whatever is the answer
 * to this request or to the one before, it is an answer to the same.
 */
static int qnap_mcu_link_transact(struct qnap_mcu_link *link,
				  const struct qnap_mcu_command *command, bool ordered,
				  unsigned int attempts, unsigned long patience)
{
	const unsigned long deadline = jiffies + patience;
	unsigned long wait = QNAP_MCU_REPLY_WAIT_MIN;
	unsigned int pause_us = 0;
	int ret;

	if (link->stopped)
		return -ESHUTDOWN;

	for (;;) {
		ret = qnap_mcu_link_attempt(link, command, wait, ordered);
		if (!ret || ret == -EAGAIN || !--attempts || time_after(jiffies, deadline))
			break;

		ordered = false;
		qnap_mcu_count(link, QNAP_MCU_RETRIES, 1);
		if (ret == -ETIMEDOUT) {
			wait = min(2 * wait, QNAP_MCU_REPLY_WAIT_MAX);
			continue;
		}
		if (pause_us)
			usleep_range(pause_us, pause_us + pause_us / 4);
		pause_us = min(2 * pause_us + QNAP_MCU_PAUSE_MIN_US, QNAP_MCU_PAUSE_MAX_US);
	}

	if (ret != -EAGAIN)
		link->dead = ret == -ETIMEDOUT;

	return ret;
}

/* Asks for the version: what comes after the answer to that answers nothing older. */
static int qnap_mcu_link_settle(struct qnap_mcu_link *link, bool persist)
{
	const unsigned int attempts = link->dead && !persist ? QNAP_MCU_ATTEMPTS_DEAD :
							       QNAP_MCU_ATTEMPTS;

	lockdep_assert_held(&link->exec_lock);

	return qnap_mcu_link_transact(link, &link->query, false, attempts,
				      QNAP_MCU_SETTLE_PATIENCE);
}

/* A byte that comes meanwhile unsettles the link again. */
static int qnap_mcu_link_run(struct qnap_mcu_link *link, const struct qnap_mcu_command *command)
{
	const bool persist = command->persist_ms;
	const unsigned int attempts = persist ? UINT_MAX : QNAP_MCU_ATTEMPTS;
	const unsigned long patience = persist ? msecs_to_jiffies(command->persist_ms) :
						 QNAP_MCU_PATIENCE;
	unsigned int try;
	int ret;

	lockdep_assert_held(&link->exec_lock);

	for (try = 0; try < QNAP_MCU_SETTLE_TRIES; try++) {
		/* qnap_mcu_rx_arm() looks again, under the lock. */
		ret = READ_ONCE(link->rx.settled) ? 0 : qnap_mcu_link_settle(link, persist);
		if (ret && !persist)
			return ret;

		ret = qnap_mcu_link_transact(link, command, true, attempts, patience);
		if (ret != -EAGAIN)
			return ret;
	}

	return qnap_mcu_link_transact(link, command, false, attempts, patience);
}

static void qnap_mcu_link_confirm(struct qnap_mcu_link *link,
				  const struct qnap_mcu_command *command)
{
	const unsigned long deadline = jiffies + QNAP_MCU_CONFIRM;
	unsigned int confirmed = 0;

	while (confirmed < QNAP_MCU_CONFIRMATIONS && !time_after(jiffies, deadline))
		confirmed += !qnap_mcu_link_transact(link, command, false, 1, 0);
}

static int qnap_mcu_link_take_turn(struct qnap_mcu_link *link,
				   const struct qnap_mcu_command *command)
{
	int ret;

	guard(mutex)(&link->exec_lock);

	ret = qnap_mcu_link_run(link, command);
	if (!ret && command->persist_ms)
		qnap_mcu_link_confirm(link, command);

	return ret;
}

static bool qnap_mcu_command_valid(const struct qnap_mcu_command *command)
{
	return command->request_len && command->request_len <= QNAP_MCU_REQUEST_MAX &&
	       command->echo_len <= command->request_len &&
	       command->echo_len + command->data_len <= QNAP_MCU_REPLY_MAX &&
	       (command->echo_len || !command->data_len);
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
	if (!qnap_mcu_command_valid(command))
		return -EINVAL;

	if (command->urgent || command->persist_ms)
		return qnap_mcu_link_take_turn(link, command);

	guard(mutex)(&link->queue_lock);

	return qnap_mcu_link_take_turn(link, command);
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
	int ret;

	guard(mutex)(&link->exec_lock);

	ret = qnap_mcu_link_settle(link, false);
	if (!ret)
		memcpy(version, link->version, QNAP_MCU_VERSION_SIZE);

	return ret;
}

#ifdef CONFIG_MFD_QNAP_MCU_RAW

/**
 * qnap_mcu_link_exec_raw() - send any request and note what comes back
 * @link: link
 * @request: request without checksum, 1 to 21 bytes
 * @request_len: its length
 * @reply: set to the bytes that came, unchecked
 *
 * For experiments only: sends once, then listens until the line is quiet.
 *
 * Context: process context, sleeps.
 * Return: number of bytes in @reply, 0 if the MCU stayed silent, -EINVAL if the request is empty
 *	   or too long, otherwise as qnap_mcu_transact().
 */
int qnap_mcu_link_exec_raw(struct qnap_mcu_link *link, const u8 *request, size_t request_len,
			   u8 reply[QNAP_MCU_REPLY_FRAME_MAX])
{
	const struct qnap_mcu_command command = {
		.request = request,
		.request_len = request_len,
		.data = reply,
		.data_len = QNAP_MCU_REPLY_MAX,
	};
	int ret = 0;

	if (!request_len || request_len > QNAP_MCU_REQUEST_MAX)
		return -EINVAL;

	guard(mutex)(&link->queue_lock);
	guard(mutex)(&link->exec_lock);

	if (!READ_ONCE(link->rx.settled))
		ret = qnap_mcu_link_settle(link, false);
	if (ret)
		return ret;

	ret = qnap_mcu_link_attempt(link, &command, QNAP_MCU_REPLY_WAIT_MAX, false);
	if (ret && ret != -EPROTO && ret != -ETIMEDOUT)
		return ret;

	spin_lock(&link->rx_lock);
	ret = link->rx.len;
	memcpy(reply, link->rx.buf, ret);
	spin_unlock(&link->rx_lock);

	return ret;
}

#endif /* CONFIG_MFD_QNAP_MCU_RAW */

/**
 * qnap_mcu_link_stop() - send nothing while the port sleeps
 * @link: link
 * @stop: true before the port goes to sleep, false to send again
 *
 * Waits for a transaction in flight. What the MCU says meanwhile is lost: the link is not settled
 * afterwards.
 *
 * Context: process context, sleeps.
 */
void qnap_mcu_link_stop(struct qnap_mcu_link *link, bool stop)
{
	guard(mutex)(&link->exec_lock);

	link->stopped = stop;
	/* Without rx_lock: only a transaction sets it or relies on it. */
	WRITE_ONCE(link->rx.settled, false);
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

	link->query = (struct qnap_mcu_command) {
		.request = qnap_mcu_version_query,
		.request_len = sizeof(qnap_mcu_version_query),
		.echo_len = sizeof(qnap_mcu_version_query),
		.data = link->version,
		.data_len = sizeof(link->version),
	};
	link->serdev = serdev;
	link->byte_ns = NSEC_PER_SEC / baud_rate * QNAP_MCU_BITS_PER_BYTE;
	spin_lock_init(&link->rx_lock);
	init_completion(&link->answered);

	ret = devm_mutex_init(&serdev->dev, &link->queue_lock);
	if (ret)
		return ret;

	return devm_mutex_init(&serdev->dev, &link->exec_lock);
}
