/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM qnap_mcu

#if !defined(_TRACE_QNAP_MCU_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_QNAP_MCU_H

#include <linux/minmax.h>
#include <linux/serdev.h>
#include <linux/tracepoint.h>

/* Entries of one size cost less code. No reply is longer; of others there are several events. */
#define QNAP_MCU_TRACE_WHAT_SIZE	8
#define QNAP_MCU_TRACE_BYTES_MAX	41

/*
 * What went over the line, checksum included. @what is "request", "reply", "fault" for what came in
 * place of a reply (nothing if the MCU stayed silent), "noise" for bytes before a reply, or "stray"
 * for bytes that answer no request in flight; %QNAP_MCU_TRACE_WHAT_SIZE bytes are read there.
 */
TRACE_EVENT(qnap_mcu_bytes,
	    TP_PROTO(const struct serdev_device *serdev, const char *what, const u8 *bytes,
		     size_t len),
	    TP_ARGS(serdev, what, bytes, len),
	    TP_STRUCT__entry(__field(int, port)
			     __array(char, what, QNAP_MCU_TRACE_WHAT_SIZE)
			     __field(u8, len)
			     __array(u8, bytes, QNAP_MCU_TRACE_BYTES_MAX)),
	    TP_fast_assign(__entry->port = serdev->ctrl->nr;
			   memcpy(__entry->what, what, QNAP_MCU_TRACE_WHAT_SIZE);
			   __entry->len = min(len, QNAP_MCU_TRACE_BYTES_MAX);
			   memcpy(__entry->bytes, bytes, __entry->len);),
	    TP_printk("serial%d-0 %s %s", __entry->port, __entry->what,
		      __print_hex(__entry->bytes, __entry->len))
);

#endif /* _TRACE_QNAP_MCU_H */

#include <trace/define_trace.h>
