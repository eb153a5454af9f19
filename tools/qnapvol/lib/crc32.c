// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checksums of partition tables, LVM and device mapper
 *
 * Eight bytes at a time by tables, and CRC-32C by the processor's own instruction where there is
 * one: each block of a pool's metadata is checked when it is read.
 */

#include <pthread.h>
#include <string.h>

#include "crc32.h"

/* Bits are reflected: the lowest comes first. */
#define POLYNOMIAL_CRC32	0xedb88320
#define POLYNOMIAL_CRC32C	0x82f63b78

#define SLICES	8

struct crc_tables {
	u32 slice[SLICES][256];
};

static struct crc_tables crc32_tables, crc32c_tables;
static u32 (*crc32c_fast)(u32 crc, const u8 *data, size_t len);

static void fill(struct crc_tables *tables, u32 polynomial)
{
	u32 crc;

	for (unsigned int byte = 0; byte < 256; byte++) {
		crc = byte;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
		tables->slice[0][byte] = crc;
	}
	for (unsigned int slice = 1; slice < SLICES; slice++) {
		for (unsigned int byte = 0; byte < 256; byte++) {
			crc = tables->slice[slice - 1][byte];
			tables->slice[slice][byte] = crc >> 8 ^ tables->slice[0][crc & 0xff];
		}
	}
}

static u32 by_tables(const struct crc_tables *tables, u32 crc, const u8 *data, size_t len)
{
	for (; len >= SLICES; len -= SLICES, data += SLICES) {
		crc ^= data[0] | data[1] << 8 | data[2] << 16 | (u32)data[3] << 24;
		crc = tables->slice[7][crc & 0xff] ^ tables->slice[6][crc >> 8 & 0xff] ^
		      tables->slice[5][crc >> 16 & 0xff] ^ tables->slice[4][crc >> 24] ^
		      tables->slice[3][data[4]] ^ tables->slice[2][data[5]] ^
		      tables->slice[1][data[6]] ^ tables->slice[0][data[7]];
	}
	while (len--)
		crc = crc >> 8 ^ tables->slice[0][(crc ^ *data++) & 0xff];

	return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2")))
static u32 crc32c_by_processor(u32 crc, const u8 *data, size_t len)
{
	u64 sum = crc, word;

	for (; len >= sizeof(word); len -= sizeof(word), data += sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		sum = __builtin_ia32_crc32di(sum, word);
	}
	while (len--)
		sum = __builtin_ia32_crc32qi(sum, *data++);

	return sum;
}

static bool processor_has_crc32c(void)
{
	return __builtin_cpu_supports("sse4.2");
}
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>

#ifndef HWCAP_CRC32
#define HWCAP_CRC32	0x80
#endif

__attribute__((target("+crc")))
static u32 crc32c_by_processor(u32 crc, const u8 *data, size_t len)
{
	u64 word;

	for (; len >= sizeof(word); len -= sizeof(word), data += sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		crc = __crc32cd(crc, word);
	}
	while (len--)
		crc = __crc32cb(crc, *data++);

	return crc;
}

static bool processor_has_crc32c(void)
{
	return getauxval(AT_HWCAP) & HWCAP_CRC32;
}
#else
static u32 crc32c_by_processor(u32 crc, const u8 *data, size_t len)
{
	return by_tables(&crc32c_tables, crc, data, len);
}

static bool processor_has_crc32c(void)
{
	return false;
}
#endif

static void prepare(void)
{
	fill(&crc32_tables, POLYNOMIAL_CRC32);
	fill(&crc32c_tables, POLYNOMIAL_CRC32C);
	if (processor_has_crc32c())
		crc32c_fast = crc32c_by_processor;
}

static void prepare_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, prepare);
}

/* CRC-32 without inversions, as LVM has it, and as a step of the other one. */
u32 qv_crc32_raw(u32 crc, const void *data, size_t len)
{
	prepare_once();

	return by_tables(&crc32_tables, crc, data, len);
}

/* CRC-32 as of zlib: begins with 0. */
u32 qv_crc32(u32 crc, const void *data, size_t len)
{
	return ~qv_crc32_raw(~crc, data, len);
}

/* CRC-32C without inversions, as device mapper has it. */
u32 qv_crc32c_raw(u32 crc, const void *data, size_t len)
{
	prepare_once();

	return crc32c_fast ? crc32c_fast(crc, data, len) :
			     by_tables(&crc32c_tables, crc, data, len);
}
