// SPDX-License-Identifier: GPL-2.0-only
/* Pieces of memory: see span.h. Nothing outside of them is ever read. */

#include <string.h>

#include "span.h"

/**
 * span_part() - take a part
 * @whole: of what
 * @offset: where it begins
 * @len: how long it is
 *
 * Return: the part, which is shorter, or empty, where @whole ends before it does.
 */
struct span span_part(struct span whole, size_t offset, size_t len)
{
	if (offset > whole.len)
		offset = whole.len;
	if (len > whole.len - offset)
		len = whole.len - offset;

	/* There may be no data at all, and nothing may be added to that. */
	return (struct span){ len ? whole.data + offset : whole.data, len };
}

/**
 * span_all() - look whether there is nothing but one value
 * @span: where
 * @byte: the value
 *
 * Return: true if it is so, and for nothing at all.
 */
bool span_all(struct span span, u8 byte)
{
	for (size_t i = 0; i < span.len; i++)
		if (span.data[i] != byte)
			return false;

	return true;
}

/**
 * span_blank() - look whether nothing was written there
 * @span: where
 *
 * Return: true if it is erased, zeroes, or spaces.
 */
bool span_blank(struct span span)
{
	return span_all(span, 0xff) || span_all(span, 0) || span_all(span, ' ');
}

/**
 * span_printable() - measure the text that it begins with
 * @span: where
 *
 * Return: how many bytes before the first one that is no printable ASCII.
 */
size_t span_printable(struct span span)
{
	size_t len = 0;

	while (len < span.len && span.data[len] >= ' ' && span.data[len] <= '~')
		len++;

	return len;
}

/**
 * span_text() - take a text that fills it, or is followed by a zero or an erased byte
 * @span: where, not longer than SPAN_TEXT_SIZE - 1
 * @text: where to put it, without the spaces at its end; empty if it is not good
 *
 * Return: whether it is good, or there is none.
 */
enum span_text span_text(struct span span, char *text)
{
	size_t len = span_printable(span);

	*text = '\0';
	if (len < span.len && span.data[len] != 0 && span.data[len] != 0xff)
		return SPAN_TEXT_DAMAGED;
	while (len && span.data[len - 1] == ' ')
		len--;
	if (!len)
		return SPAN_TEXT_EMPTY;
	memcpy(text, span.data, len);
	text[len] = '\0';

	return SPAN_TEXT_GOOD;
}
