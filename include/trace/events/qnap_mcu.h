/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM qnap_mcu

#if !defined(_TRACE_QNAP_MCU_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_QNAP_MCU_H

#include <linux/device.h>
#include <linux/tracepoint.h>

/*
 * What went over the line, checksum included. @what is "request", "reply", "fault" for what came in
 * place of a reply (nothing if the MCU stayed silent), "noise" for bytes before a reply, or "stray"
 * for bytes that answer no request in flight.
 */
TRACE_EVENT(qnap_mcu_bytes,
	    TP_PROTO(const struct device *dev, const char *what, const u8 *bytes, size_t len),
	    TP_ARGS(dev, what, bytes, len),
	    TP_STRUCT__entry(__string(dev, dev_name(dev))
			     __string(what, what)
			     __dynamic_array(u8, bytes, len)),
	    TP_fast_assign(__assign_str(dev);
			   __assign_str(what);
			   memcpy(__get_dynamic_array(bytes), bytes, len);),
	    TP_printk("%s %s %s", __get_str(dev), __get_str(what),
		      __print_hex(__get_dynamic_array(bytes), __get_dynamic_array_len(bytes)))
);

#endif /* _TRACE_QNAP_MCU_H */

#include <trace/define_trace.h>
