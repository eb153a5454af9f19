/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM qnap_mcu

#if !defined(_TRACE_QNAP_MCU_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_QNAP_MCU_H

#include <linux/device.h>
#include <linux/tracepoint.h>

DECLARE_EVENT_CLASS(qnap_mcu_bytes,
		    TP_PROTO(const struct device *dev, const u8 *bytes, size_t len),
		    TP_ARGS(dev, bytes, len),
		    TP_STRUCT__entry(__string(dev, dev_name(dev))
				     __dynamic_array(u8, bytes, len)),
		    TP_fast_assign(__assign_str(dev);
				   memcpy(__get_dynamic_array(bytes), bytes, len);),
		    TP_printk("%s %s", __get_str(dev),
			      __print_hex(__get_dynamic_array(bytes),
					  __get_dynamic_array_len(bytes)))
);

/* A request goes out, checksum included. */
DEFINE_EVENT(qnap_mcu_bytes, qnap_mcu_request,
	     TP_PROTO(const struct device *dev, const u8 *bytes, size_t len),
	     TP_ARGS(dev, bytes, len)
);

/* A valid reply to it came in, checksum included. */
DEFINE_EVENT(qnap_mcu_bytes, qnap_mcu_reply,
	     TP_PROTO(const struct device *dev, const u8 *bytes, size_t len),
	     TP_ARGS(dev, bytes, len)
);

/* Bytes came that answer no request in flight. */
DEFINE_EVENT(qnap_mcu_bytes, qnap_mcu_stray,
	     TP_PROTO(const struct device *dev, const u8 *bytes, size_t len),
	     TP_ARGS(dev, bytes, len)
);

/* A request failed; with what came in place of its reply, nothing if the MCU stayed silent. */
DEFINE_EVENT(qnap_mcu_bytes, qnap_mcu_fault,
	     TP_PROTO(const struct device *dev, const u8 *bytes, size_t len),
	     TP_ARGS(dev, bytes, len)
);

#endif /* _TRACE_QNAP_MCU_H */

#include <trace/define_trace.h>
