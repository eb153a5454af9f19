// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the checksums, with the check values of their definitions */

#include <string.h>

#include "crc32.h"
#include "ktap.h"

int main(void)
{
	static const char check[] = "123456789";

	ktap_begin();
	ktap_check(qv_crc32(0, check, strlen(check)) == 0xcbf43926, "crc32");
	ktap_check(qv_crc32_raw(0xffffffff, check, strlen(check)) == ~0xcbf43926u, "crc32 raw");
	ktap_check(qv_crc32c_raw(0xffffffff, check, strlen(check)) == ~0xe3069283u, "crc32c raw");

	return ktap_end();
}
