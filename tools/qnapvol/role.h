/* SPDX-License-Identifier: GPL-2.0-only */
/* What a thing was for in the box */

#ifndef _QNAPVOL_ROLE_H
#define _QNAPVOL_ROLE_H

#include "qnapvol.h"

/**
 * enum role - what a thing was for in the box
 * @ROLE_VOLUME: it holds the files of the owner, or may hold them
 * @ROLE_SYSTEM: system of the box
 * @ROLE_SWAP: its memory on disk
 * @ROLE_RESERVE: space that the box keeps for itself
 * @ROLE_CACHE: cache on SSDs
 * @ROLE_INTERNAL: an inner part of something else
 * @ROLE_PART: part of an array or a group, or divided into such parts
 * @ROLE_CONTAINER: a group or a pool
 * @ROLE_ZFS: a part of a pool of QuTS hero
 * @ROLE_FOREIGN: something of another system
 * @ROLE_EMPTY: nothing is in it
 * @ROLE_UNKNOWN: not known
 */
enum role {
	ROLE_VOLUME,
	ROLE_SYSTEM,
	ROLE_SWAP,
	ROLE_RESERVE,
	ROLE_CACHE,
	ROLE_INTERNAL,
	ROLE_PART,
	ROLE_CONTAINER,
	ROLE_ZFS,
	ROLE_FOREIGN,
	ROLE_EMPTY,
	ROLE_UNKNOWN,
};

enum role role_of(const struct qv_item *item);
bool role_is_orphan(const struct qv_item *item);
const char *role_name(enum role role);

#endif /* _QNAPVOL_ROLE_H */
