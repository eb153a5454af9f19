// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arithmetic in the field of 256 elements that RAID level 6 uses: polynomials with bits for
 * coefficients, modulo x^8 + x^4 + x^3 + x^2 + 1. The element 2 generates all others but 0.
 */

#include <pthread.h>
#include <string.h>

#include "raid.h"

#define GF_POLYNOMIAL	0x11d
#define GF_ORDER	255

/* In each byte of a word: the highest bit, and what is subtracted on overflow. */
#define HIGH_BITS	0x8080808080808080ull
#define REDUCTION	0x1d1d1d1d1d1d1d1dull

/* Sums are made of as many bytes at once as the compiler has registers for. */
typedef u64 block_t __attribute__((__vector_size__(32)));

static u8 power[2 * GF_ORDER];
static u8 logarithm[GF_ORDER + 1];

static void fill(void)
{
	unsigned int element = 1;

	for (unsigned int i = 0; i < GF_ORDER; i++) {
		power[i] = element;
		power[i + GF_ORDER] = element;
		logarithm[element] = i;
		element <<= 1;
		if (element > GF_ORDER)
			element ^= GF_POLYNOMIAL;
	}
}

static void fill_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, fill);
}

u8 qv_gf_mul(u8 a, u8 b)
{
	fill_once();

	return a && b ? power[logarithm[a] + logarithm[b]] : 0;
}

/* The divisor is not 0. */
u8 qv_gf_div(u8 a, u8 b)
{
	fill_once();

	return a ? power[logarithm[a] + GF_ORDER - logarithm[b]] : 0;
}

u8 qv_gf_pow2(unsigned int exponent)
{
	fill_once();

	return power[exponent % GF_ORDER];
}

void qv_gf_table(struct qv_gf_table *table, u8 factor)
{
	for (unsigned int i = 0; i <= GF_ORDER; i++)
		table->product[i] = qv_gf_mul(factor, i);
}

/* Adds the data to the sum. */
void qv_gf_add(u8 *sum, const u8 *data, size_t len)
{
	block_t a, b;
	size_t i;

	for (i = 0; i + sizeof(a) <= len; i += sizeof(a)) {
		memcpy(&a, sum + i, sizeof(a));
		memcpy(&b, data + i, sizeof(b));
		a ^= b;
		memcpy(sum + i, &a, sizeof(a));
	}
	for (; i < len; i++)
		sum[i] ^= data[i];
}

/* Multiplies the data by two. */
void qv_gf_double(u8 *data, size_t len)
{
	block_t a, overflow;
	size_t i;

	for (i = 0; i + sizeof(a) <= len; i += sizeof(a)) {
		memcpy(&a, data + i, sizeof(a));
		overflow = (a & HIGH_BITS) >> 7;
		/* Ones become bytes of ones. */
		overflow = (overflow << 8) - overflow;
		a = ((a & ~HIGH_BITS) << 1) ^ (overflow & REDUCTION);
		memcpy(data + i, &a, sizeof(a));
	}
	for (; i < len; i++)
		data[i] = data[i] << 1 ^ (data[i] >> 7) * (GF_POLYNOMIAL & 0xff);
}
