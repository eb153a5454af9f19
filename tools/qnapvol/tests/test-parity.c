// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the arithmetic of level 6, against products that are worked out bit by bit */

#include <stdlib.h>
#include <string.h>

#include "ktap.h"
#include "raid.h"

#define LEN	1000

/* Schoolbook: shift and subtract. */
static u8 slow_mul(u8 a, u8 b)
{
	unsigned int product = 0;

	for (int bit = 0; bit < 8; bit++) {
		if (b >> bit & 1)
			product ^= a << bit;
	}
	for (int bit = 15; bit >= 8; bit--) {
		if (product >> bit & 1)
			product ^= 0x11d << (bit - 8);
	}

	return product;
}

static void test_products(void)
{
	bool mul = true, div = true, table = true;
	struct qv_gf_table products;

	for (int a = 0; a < 256; a++) {
		qv_gf_table(&products, a);
		for (int b = 0; b < 256; b++) {
			mul &= qv_gf_mul(a, b) == slow_mul(a, b);
			table &= products.product[b] == slow_mul(a, b);
			if (b)
				div &= slow_mul(qv_gf_div(a, b), b) == a;
		}
	}
	ktap_check(mul, "all products");
	ktap_check(div, "all quotients");
	ktap_check(table, "tables of products");
}

static void test_powers(void)
{
	bool good = true;
	u8 power = 1;

	for (int i = 0; i < 600; i++) {
		good &= qv_gf_pow2(i) == power;
		power = slow_mul(power, 2);
	}
	ktap_check(good, "powers of two");
}

/* At each alignment and with each remainder. */
static void test_vectors(void)
{
	u8 data[LEN], sum[LEN];
	bool add = true, twice = true;

	for (int start = 0; start < 70; start++) {
		const size_t len = LEN - 2 * start;

		for (int i = 0; i < LEN; i++) {
			data[i] = rand();
			sum[i] = i * 7;
		}
		qv_gf_add(sum + start, data + start, len);
		for (int i = 0; i < LEN; i++) {
			const bool inside = i >= start && i < start + (int)len;

			add &= sum[i] == (u8)(i * 7 ^ (inside ? data[i] : 0));
		}
		memcpy(sum, data, LEN);
		qv_gf_double(sum + start, len);
		for (int i = 0; i < LEN; i++) {
			const bool inside = i >= start && i < start + (int)len;

			twice &= sum[i] == (inside ? slow_mul(2, data[i]) : data[i]);
		}
	}
	ktap_check(add, "sums of many bytes");
	ktap_check(twice, "doubles of many bytes");
}

int main(void)
{
	ktap_begin();
	test_products();
	test_powers();
	test_vectors();

	return ktap_end();
}
