// SPDX-License-Identifier: GPL-2.0-only
/* In place of qnapvol luks, for where there is no libcrypt */

#include "cli.h"

static int run(struct cli *cli)
{
	(void)cli;
	cli_error("this was built without libcrypt: try \"openssl passwd -1 -salt YCCaQNAP\"");

	return QV_ERR_UNSUPPORTED;
}

const struct cli_command luks_command = {
	.name = "luks",
	.summary = "was not built in",
	.help = "Usage: build it with libcrypt to have qnapvol luks\n",
	.run = run,
};
