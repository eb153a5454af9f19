// SPDX-License-Identifier: GPL-2.0-only
/* In place of qnapvol nbd, for where there is no nbdkit */

#include "cli.h"

static int run(struct cli *cli)
{
	(void)cli;
	cli_error("this was built without nbdkit: qnapvol mount --image and dump give an image");

	return QV_ERR_UNSUPPORTED;
}

const struct cli_command nbd_command = {
	.name = "nbd",
	.summary = "was not built in",
	.help = "Usage: build it with nbdkit to have qnapvol nbd\n",
	.run = run,
};
