// SPDX-License-Identifier: GPL-2.0-only
/* Fuzz target: LVM's texts */

#include <string.h>

#include "fuzz.h"
#include "lvm-text.h"

/* Touches all there is; sections are never deeper than the parser allows. */
static size_t walk(const struct qv_lvm_node *node, unsigned int depth)
{
	size_t num = 0;

	require(depth < 20);
	for (; node; node = node->next) {
		num += strlen(node->key);
		if (node->kind == QV_LVM_STRING || node->kind == QV_LVM_OTHER)
			num += strlen(node->string);
		if (node->kind == QV_LVM_SECTION || node->kind == QV_LVM_LIST)
			num += walk(node->child, depth + 1);
	}

	return num;
}

int fuzz_one(const u8 *data, size_t size)
{
	char error[QV_LVM_TEXT_ERROR_MAX] = "";
	struct qv_lvm_text *text = qv_lvm_text_parse((const char *)data, size, error);
	const struct qv_lvm_node *group;

	require(text || *error);
	if (!text)
		return 0;

	require(walk(qv_lvm_text_root(text), 0) <= size);
	group = qv_lvm_text_group(text);
	if (group)
		qv_lvm_list_has(group, "status", "READ");
	qv_lvm_text_free(text);

	return 0;
}
