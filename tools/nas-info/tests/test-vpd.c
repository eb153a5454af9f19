// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the decoder of mainboards' and backplanes' EEPROMs: formats, damage, lengths. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "ktap.h"

static const size_t product_offset[] = { [VPD_MAINBOARD] = 66, [VPD_BACKPLANE] = 106 };

/* From memory that has nothing behind it, so that the sanitizer sees a read too far. */
static void decode(struct vpd *vpd, enum vpd_kind kind, const u8 *image, size_t len)
{
	u8 *exact = malloc(len ?: 1);

	memcpy(exact, image, len);
	vpd_decode(vpd, kind, (struct span){ exact, len });
	free(exact);
}

static void decode_product(struct vpd *vpd, enum vpd_kind kind, const char *product)
{
	u8 image[VPD_SIZE];

	image_vpd(image, kind, product);
	decode(vpd, kind, image, sizeof(image));
}

static void test_format(const char *product, const char *code, unsigned int pcb, char bom)
{
	static const char *const kinds[] = { "mainboard", "backplane" };
	struct vpd vpd;
	char name[80];

	for (int kind = VPD_MAINBOARD; kind <= VPD_BACKPLANE; kind++) {
		decode_product(&vpd, kind, product);
		snprintf(name, sizeof(name), "%s: %s is %s, %u, %c", kinds[kind], product, code,
			 pcb, bom);
		ktap_check(vpd.fault == VPD_GOOD && !strcmp(vpd.code, code) && vpd.pcb == pcb &&
			   vpd.bom == bom && !strcmp(vpd.product, product), name);
	}
}

static void test_formats(void)
{
	test_format("70-006Q0B2-001-120-RS", "Q0B20", 12, '1');
	test_format("70-010Q0B3-000-110-RS", "Q0B30", 11, '0');
	test_format("70-006QA011-002-111-RS", "QA0110", 11, '2');
	test_format("70-xQ0B20121", "Q0B20", 12, '1');
	test_format("70-9Q0AI013A", "Q0AI0", 13, 'A');
	/* No character is like the one beside it. */
	test_format("70-345Q0B2-123-456-RS", "Q0B21", 45, '3');
	test_format("70-345QA012-345-678-RS", "QA0123", 67, '5');
	test_format("70-3ABCDE456", "ABCDE", 45, '6');
	/* As long as its place, with nothing behind it. */
	test_format("70-006Q0B2-001-120-RS-0123456789", "Q0B20", 12, '1');
	test_format("70-006Q0B2-001-990-RS", "Q0B20", 99, '1');
	test_format("70-006Q0B2-001-000-RS", "Q0B20", 0, '1');
}

static void test_fault(const char *product, enum vpd_fault fault)
{
	char name[120];
	struct vpd vpd;

	decode_product(&vpd, VPD_MAINBOARD, product);
	snprintf(name, sizeof(name), "\"%s\" %s", product, vpd_fault_text(fault));
	ktap_check(vpd.fault == fault && !*vpd.code && !vpd.pcb && !vpd.bom, name);
}

static void test_faults(void)
{
	test_fault("", VPD_NO_PRODUCT);
	test_fault("                                ", VPD_NO_PRODUCT);
	test_fault("70006Q0B2001120RS", VPD_NO_DASHES);
	test_fault("7-0006Q0B2-001-120-RS", VPD_MISPLACED_DASHES);
	test_fault("70-006Q0B2001-120-RS", VPD_MISPLACED_DASHES);
	test_fault("70-0-6Q0B2-001-120-RS", VPD_MISPLACED_DASHES);
	test_fault("70-006Q0B2-001", VPD_MISPLACED_DASHES);
	test_fault("-", VPD_MISPLACED_DASHES);
	test_fault("70-", VPD_CUT_OFF);
	test_fault("70-xQ0B2012", VPD_CUT_OFF);
	test_fault("70-006Q0B2-001-120-R", VPD_CUT_OFF);
	test_fault("70-006QA011-001-110-R", VPD_CUT_OFF);
	test_fault("70-006Q0B2-001-120\xff", VPD_CUT_OFF);
	test_fault("70-006Q0B2-001-120\x80RS", VPD_NOT_ASCII);
	test_fault("\x01\x02\x03", VPD_NOT_ASCII);
	test_fault("70-006Q0b2-001-120-RS", VPD_BAD_CODE);
	test_fault("70-006Q B2-001-120-RS", VPD_BAD_CODE);
	test_fault("70-006Q0B2-/01-120-RS", VPD_BAD_CODE);
	test_fault("70-006Q0B2-001-1A0-RS", VPD_BAD_PCB);
	test_fault("70-006Q0B2-001- 20-RS", VPD_BAD_PCB);
	test_fault("70-006Q0B2-00.-120-RS", VPD_BAD_BOM);
}

static void test_fill(u8 byte, enum vpd_fault fault, const char *name)
{
	u8 image[VPD_SIZE];
	struct vpd vpd;

	memset(image, byte, sizeof(image));
	decode(&vpd, VPD_MAINBOARD, image, sizeof(image));
	ktap_check(vpd.fault == fault && !*vpd.product && !*vpd.code, name);
}

static void test_fills(void)
{
	test_fill(0xff, VPD_ERASED, "nothing but 0xff is empty");
	test_fill(0x00, VPD_ZEROED, "nothing but zeroes is empty");
	test_fill(' ', VPD_NO_PRODUCT, "nothing but spaces has no product string");
	test_fill(0xa5, VPD_NOT_ASCII, "nothing but 0xa5 is damaged");
}

/* The product string has 21 characters: a copy that ends within is short, a longer one is not. */
static void test_lengths(enum vpd_kind kind, const char *name)
{
	const size_t enough = product_offset[kind] + 21;
	u8 image[VPD_SIZE];
	struct vpd vpd;
	bool good = true;

	image_vpd(image, kind, "70-006Q0B2-001-120-RS");
	for (size_t len = 0; len <= sizeof(image); len++) {
		decode(&vpd, kind, image, len);
		if (len >= enough)
			good &= vpd.fault == VPD_GOOD && !strcmp(vpd.code, "Q0B20");
		else
			good &= vpd.fault != VPD_GOOD && !*vpd.code;
	}
	ktap_check(good, name);
	decode(&vpd, kind, image, product_offset[kind] + 9);
	ktap_check(vpd.fault == VPD_SHORT, "a copy that ends in the product string is short");
	decode(&vpd, kind, image, product_offset[kind]);
	ktap_check(vpd.fault == VPD_SHORT, "a copy that ends before the product string is short");
	decode(&vpd, kind, image, 0);
	ktap_check(vpd.fault == VPD_SHORT, "a copy without a byte is short");
}

/* More bytes would not make these good. */
static void test_short_and_damaged(void)
{
	u8 image[VPD_SIZE];
	struct vpd vpd;

	image_vpd(image, VPD_MAINBOARD, "70006Q0B2001120RS");
	decode(&vpd, VPD_MAINBOARD, image, product_offset[VPD_MAINBOARD] + 20);
	ktap_check(vpd.fault == VPD_NO_DASHES, "a short copy of a damaged product string");
	image_vpd(image, VPD_MAINBOARD, "");
	decode(&vpd, VPD_MAINBOARD, image, product_offset[VPD_MAINBOARD] + 20);
	ktap_check(vpd.fault == VPD_NO_PRODUCT, "a short copy without a product string");
}

static void test_fields(void)
{
	struct vpd vpd;

	decode_product(&vpd, VPD_MAINBOARD, "70-006Q0B2-001-120-RS");
	ktap_check(!strcmp(vpd.fields[VPD_NAME], "Main board"), "name of a mainboard");
	ktap_check(!strcmp(vpd.fields[VPD_MANUFACTURER], "QNAP Systems"), "its manufacturer");
	ktap_check(!strcmp(vpd.fields[VPD_SERIAL], "MB12345678901234"), "its serial number");
	ktap_check(!strcmp(vpd.fields[VPD_VENDOR], "A vendor"), "its vendor");
	ktap_check(!strcmp(vpd.fields[VPD_NICKNAME], "A name"), "its nickname");
	ktap_check(!*vpd.fields[VPD_ENCLOSURE_SERIAL], "it has no number of the enclosure");
	ktap_check(!strcmp(vpd.made, "2022-05-24") && !strcmp(vpd.made_bytes, "d0d3d3"),
		   "its date");
	ktap_check(vpd_field(VPD_MAINBOARD, VPD_NAME)->verified &&
		   !vpd_field(VPD_MAINBOARD, VPD_SERIAL)->verified,
		   "the name's place is known, the serial number's is not");

	decode_product(&vpd, VPD_BACKPLANE, "70-010Q0B3-000-110-RS");
	ktap_check(!strcmp(vpd.fields[VPD_NAME], "Back plane"), "name of a backplane");
	ktap_check(!strcmp(vpd.fields[VPD_MANUFACTURER], "QNAP Systems"), "its manufacturer");
	ktap_check(!strcmp(vpd.fields[VPD_SERIAL], "BP1234"), "its serial number");
	ktap_check(!strcmp(vpd.fields[VPD_VENDOR], "A vendor"), "its vendor");
	ktap_check(!strcmp(vpd.fields[VPD_ENCLOSURE_SERIAL], "ENC1234"),
		   "number of the enclosure");
	ktap_check(!strcmp(vpd.made, "2022-05-24"), "its date");
	ktap_check(!vpd_field(VPD_BACKPLANE, VPD_NICKNAME), "it has no nickname");
	ktap_check(!vpd_field(VPD_BACKPLANE, VPD_NAME)->verified, "no place but one is known");
}

static void test_damaged_fields(void)
{
	u8 image[VPD_SIZE];
	struct vpd vpd;

	image_vpd(image, VPD_MAINBOARD, "70-006Q0B2-001-120-RS");
	image[0x22] = 0x07;
	memset(image + 0x31, 0xff, 16);
	memset(image + 0x0b, 0xff, 3);
	decode(&vpd, VPD_MAINBOARD, image, sizeof(image));
	ktap_check(vpd.fault == VPD_GOOD && !*vpd.fields[VPD_NAME], "a damaged name is none");
	ktap_check(!*vpd.fields[VPD_SERIAL], "an erased serial number is none");
	ktap_check(!*vpd.made && !*vpd.made_bytes, "an erased date is none");
}

int main(void)
{
	ktap_begin();
	test_formats();
	test_faults();
	test_fills();
	test_lengths(VPD_MAINBOARD, "mainboard: copies of all lengths");
	test_lengths(VPD_BACKPLANE, "backplane: copies of all lengths");
	test_short_and_damaged();
	test_fields();
	test_damaged_fields();

	return ktap_end();
}
