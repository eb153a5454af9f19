/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM qnap_mcu

#if !defined(_TRACE_QNAP_MCU_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_QNAP_MCU_H

#include <linux/device.h>
#include <linux/tracepoint.h>

DECLARE_EVENT_CLASS(qnap_mcu_frame,
		    TP_PROTO(const struct device *dev, const u8 *frame, size_t len),
		    TP_ARGS(dev, frame, len),
		    TP_STRUCT__entry(__string(dev, dev_name(dev))
				     __dynamic_array(u8, frame, len)),
		    TP_fast_assign(__assign_str(dev);
				   memcpy(__get_dynamic_array(frame), frame, len);),
		    TP_printk("%s %s", __get_str(dev),
			      __print_hex(__get_dynamic_array(frame),
					  __get_dynamic_array_len(frame)))
);

/* A request goes out, checksum included. */
DEFINE_EVENT(qnap_mcu_frame, qnap_mcu_request,
	     TP_PROTO(const struct device *dev, const u8 *frame, size_t len),
	     TP_ARGS(dev, frame, len)
);

/* A valid reply to it came in, checksum included. */
DEFINE_EVENT(qnap_mcu_frame, qnap_mcu_reply,
	     TP_PROTO(const struct device *dev, const u8 *frame, size_t len),
	     TP_ARGS(dev, frame, len)
);

/* A request failed; with what came in its place. */
TRACE_EVENT(qnap_mcu_fault,
	    TP_PROTO(const struct device *dev, int error, const u8 *data, size_t len),
	    TP_ARGS(dev, error, data, len),
	    TP_STRUCT__entry(__string(dev, dev_name(dev))
			     __field(int, error)
			     __dynamic_array(u8, data, len)),
	    TP_fast_assign(__assign_str(dev);
			   __entry->error = error;
			   memcpy(__get_dynamic_array(data), data, len);),
	    TP_printk("%s error=%d received=%s", __get_str(dev), __entry->error,
		      __print_hex(__get_dynamic_array(data), __get_dynamic_array_len(data)))
);

/* Bytes came that answer no request in flight. */
TRACE_EVENT(qnap_mcu_stray,
	    TP_PROTO(const struct device *dev, size_t len, bool overdue),
	    TP_ARGS(dev, len, overdue),
	    TP_STRUCT__entry(__string(dev, dev_name(dev))
			     __field(size_t, len)
			     __field(bool, overdue)),
	    TP_fast_assign(__assign_str(dev);
			   __entry->len = len;
			   __entry->overdue = overdue;),
	    TP_printk("%s %zu %s bytes", __get_str(dev), __entry->len,
		      __entry->overdue ? "late" : "unasked")
);

#endif /* _TRACE_QNAP_MCU_H */

#include <trace/define_trace.h>
