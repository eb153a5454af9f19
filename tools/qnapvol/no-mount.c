// SPDX-License-Identifier: GPL-2.0-only
/* In place of qnapvol mount, for where there is no libfuse */

#include "cli.h"

static int run(struct cli *cli)
{
	(void)cli;
	cli_error("this was built without FUSE: qnapvol dump makes an image that can be mounted");

	return QV_ERR_UNSUPPORTED;
}

const struct cli_command mount_command = {
	.name = "mount",
	.summary = "was not built in",
	.help = "Usage: build it with libfuse 3 to have qnapvol mount\n",
	.run = run,
};
