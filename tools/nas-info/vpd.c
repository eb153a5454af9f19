// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in the EEPROMs of mainboard and backplane
 *
 * There is no checksum. The product string has the code, the revision and the parts list of the
 * board, in one of three formats, which are told apart by their dashes:
 *
 *	70-xQ0B20121		what x is does not matter
 *	70-006Q0B2-001-120-RS	the last character of the code is behind the second dash
 *	70-006QA011-001-110-RS
 */

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "vpd.h"

#define PRODUCT_LEN	32
#define FIELD_LEN	16
#define DATE_LEN	3

/* The first of January 1996, where dates begin, in seconds. */
#define EPOCH_1996	820454400

/* Behind these the formats differ in what is not looked at. */
#define DASHES_WITHIN	16

#define AT(index)	(1U << (index))

/**
 * struct format - a format of the product string
 * @dashes: where they are, a bit each
 * @len: characters that there are at least
 * @code: index of the board's code
 * @code_len: length of it
 * @code_end: index of its last character, if that is somewhere else
 * @bom: index of the version of the parts list
 * @pcb: index of the two digits of the revision
 */
struct format {
	unsigned int dashes;
	size_t len;
	size_t code;
	size_t code_len;
	size_t code_end;
	size_t bom;
	size_t pcb;
};

static const struct format formats[] = {
	{ .dashes = AT(2), .len = 12, .code = 4, .code_len = 5, .bom = 11, .pcb = 9 },
	{ .dashes = AT(2) | AT(10) | AT(14), .len = 21, .code = 6, .code_len = 4, .code_end = 11,
	  .bom = 13, .pcb = 15 },
	{ .dashes = AT(2) | AT(11) | AT(15), .len = 22, .code = 6, .code_len = 5, .code_end = 12,
	  .bom = 14, .pcb = 16 },
};

static const size_t product_offset[] = { [VPD_MAINBOARD] = 0x42, [VPD_BACKPLANE] = 0x6a };
static const size_t date_offset[] = { [VPD_MAINBOARD] = 0x0b, [VPD_BACKPLANE] = 0x33 };

static const struct vpd_field fields[][VPD_NUM_FIELDS] = {
	[VPD_MAINBOARD] = {
		[VPD_NAME] = { .key = "name", .label = "board name",
			.offset = 0x20, .verified = true },
		[VPD_MANUFACTURER] = { .key = "manufacturer", .label = "manufacturer",
			.offset = 0x0f },
		[VPD_SERIAL] = { .key = "serial", .label = "board serial",
			.offset = 0x31 },
		[VPD_VENDOR] = { .key = "vendor", .label = "vendor",
			.offset = 0x7c },
		[VPD_NICKNAME] = { .key = "nickname", .label = "nickname",
			.offset = 0xd6 },
	},
	[VPD_BACKPLANE] = {
		[VPD_NAME] = { .key = "name", .label = "board name",
			.offset = 0x48 },
		[VPD_MANUFACTURER] = { .key = "manufacturer", .label = "manufacturer",
			.offset = 0x37 },
		[VPD_SERIAL] = { .key = "serial", .label = "board serial",
			.offset = 0x59 },
		[VPD_VENDOR] = { .key = "vendor", .label = "vendor",
			.offset = 0x94 },
		[VPD_ENCLOSURE_SERIAL] = { .key = "enclosure_serial", .label = "enclosure serial",
			.offset = 0x1d },
	},
};

/**
 * vpd_field() - say what is known of a text
 * @kind: in which EEPROM
 * @id: which
 *
 * Return: what is known, or NULL if that EEPROM has none.
 */
const struct vpd_field *vpd_field(enum vpd_kind kind, enum vpd_field_id id)
{
	const struct vpd_field *field = &fields[kind][id];

	return field->offset ? field : NULL;
}

/**
 * vpd_fault_text() - say in words what is wrong
 * @fault: what
 *
 * Return: the end of a sentence that begins with the EEPROM.
 */
const char *vpd_fault_text(enum vpd_fault fault)
{
	static const char *const texts[] = {
		[VPD_GOOD] = "is good",
		[VPD_SHORT] = "is cut short: it ends before its product string does",
		[VPD_ERASED] = "is empty: every byte is 0xff",
		[VPD_ZEROED] = "is empty: every byte is zero",
		[VPD_NO_PRODUCT] = "has no product string: its place is empty",
		[VPD_NOT_ASCII] = "is damaged: its product string is no text",
		[VPD_NO_DASHES] = "is damaged: its product string has no dashes",
		[VPD_MISPLACED_DASHES] = "is damaged: its product string has misplaced dashes",
		[VPD_CUT_OFF] = "is damaged: its product string ends too early",
		[VPD_BAD_CODE] = "is damaged: its product string has no code of a board",
		[VPD_BAD_PCB] = "is damaged: its product string has no revision",
		[VPD_BAD_BOM] = "is damaged: its product string has no BOM",
	};

	return texts[fault];
}

static unsigned int dashes_in(struct span text)
{
	unsigned int dashes = 0;

	for (size_t i = 0; i < text.len && i < DASHES_WITHIN; i++)
		if (text.data[i] == '-')
			dashes |= AT(i);

	return dashes;
}

static const struct format *format_of(unsigned int dashes)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (formats[i].dashes == dashes)
			return &formats[i];

	return NULL;
}

/* Why a text is shorter than it ought to be. */
static enum vpd_fault fault_of_end(struct span product, size_t len)
{
	if (len == product.len || product.data[len] == 0 || product.data[len] == 0xff)
		return VPD_CUT_OFF;

	return VPD_NOT_ASCII;
}

static bool is_code(const char *code)
{
	for (; *code; code++)
		if (!isupper((unsigned char)*code) && !isdigit((unsigned char)*code))
			return false;

	return true;
}

static enum vpd_fault take_apart(struct vpd *vpd, const struct format *format, const char *text)
{
	char code[sizeof(vpd->code)] = "";

	memcpy(code, text + format->code, format->code_len);
	if (format->code_end)
		code[format->code_len] = text[format->code_end];
	if (!is_code(code))
		return VPD_BAD_CODE;
	if (!isdigit((unsigned char)text[format->pcb]) ||
	    !isdigit((unsigned char)text[format->pcb + 1]))
		return VPD_BAD_PCB;
	if (!isalnum((unsigned char)text[format->bom]))
		return VPD_BAD_BOM;

	memcpy(vpd->code, code, sizeof(code));
	vpd->pcb = (text[format->pcb] - '0') * 10 + text[format->pcb + 1] - '0';
	vpd->bom = text[format->bom];

	return VPD_GOOD;
}

static enum vpd_fault decode_text(struct vpd *vpd, struct span product, size_t len)
{
	const struct span text = { product.data, len };
	const unsigned int dashes = dashes_in(text);
	const struct format *format = format_of(dashes);

	if (!len || (format && len < format->len))
		return fault_of_end(product, len);
	if (!dashes)
		return VPD_NO_DASHES;
	if (!format)
		return VPD_MISPLACED_DASHES;

	return take_apart(vpd, format, vpd->product);
}

static enum vpd_fault decode_product(struct vpd *vpd, struct span product)
{
	const size_t len = span_printable(product);
	enum vpd_fault fault = VPD_NO_PRODUCT;

	if (!product.len)
		return VPD_SHORT;
	if (!span_blank(product)) {
		memcpy(vpd->product, product.data, len);
		fault = decode_text(vpd, product, len);
	}
	/* A copy that goes on to its very end might have gone on. */
	if (fault != VPD_GOOD && product.len < PRODUCT_LEN && len == product.len)
		return VPD_SHORT;

	return fault;
}

/*
 * The fields lie as in the FRU records of IPMI. There a date is minutes since 1996, the lowest byte
 * first; that QNAP does the same is not proven.
 */
static void decode_date(struct vpd *vpd, struct span date)
{
	time_t time = EPOCH_1996;
	struct tm made;

	if (date.len < DATE_LEN || span_blank(date))
		return;
	time += 60L * (date.data[0] | date.data[1] << 8 | date.data[2] << 16);
	if (gmtime_r(&time, &made))
		strftime(vpd->made, sizeof(vpd->made), "%Y-%m-%d", &made);
	snprintf(vpd->made_bytes, sizeof(vpd->made_bytes), "%02x%02x%02x", date.data[0],
		 date.data[1], date.data[2]);
}

static void decode_fields(struct vpd *vpd, enum vpd_kind kind, struct span span)
{
	for (size_t id = 0; id < VPD_NUM_FIELDS; id++) {
		const struct vpd_field *field = vpd_field(kind, id);

		if (field)
			span_text(span_part(span, field->offset, FIELD_LEN), vpd->fields[id]);
	}
}

/**
 * vpd_decode() - read an EEPROM
 * @vpd: what it says
 * @kind: whose it is
 * @span: its content, of any length
 */
void vpd_decode(struct vpd *vpd, enum vpd_kind kind, struct span span)
{
	*vpd = (struct vpd){ };
	if (!span.len) {
		vpd->fault = VPD_SHORT;
	} else if (span_all(span, 0xff)) {
		vpd->fault = VPD_ERASED;
	} else if (span_all(span, 0)) {
		vpd->fault = VPD_ZEROED;
	} else {
		vpd->fault = decode_product(vpd, span_part(span, product_offset[kind],
							   PRODUCT_LEN));
		decode_date(vpd, span_part(span, date_offset[kind], DATE_LEN));
		decode_fields(vpd, kind, span);
	}
}
