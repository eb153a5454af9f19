/* SPDX-License-Identifier: GPL-2.0-only */
/* The text that LVM describes a volume group with, as a tree of sections and values */

#ifndef _QNAPVOL_LVM_TEXT_H
#define _QNAPVOL_LVM_TEXT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define QV_LVM_TEXT_ERROR_MAX	120

/**
 * enum qv_lvm_kind - what a node of the tree is
 * @QV_LVM_SECTION: a section, with nodes in it
 * @QV_LVM_NUMBER: an integer
 * @QV_LVM_STRING: a string
 * @QV_LVM_LIST: a list of values, which have no keys
 * @QV_LVM_OTHER: a value of another kind, such as a fraction, as it is written
 */
enum qv_lvm_kind {
	QV_LVM_SECTION,
	QV_LVM_NUMBER,
	QV_LVM_STRING,
	QV_LVM_LIST,
	QV_LVM_OTHER,
};

/**
 * struct qv_lvm_node - a section or a value
 * @next: what follows in the same section or list, or NULL
 * @child: for sections and lists: the first that is in it, or NULL
 * @key: its name, "" in lists
 * @kind: what it is
 * @line: where it is in the text
 * @string: for strings and others
 * @number: for integers
 */
struct qv_lvm_node {
	struct qv_lvm_node *next;
	struct qv_lvm_node *child;
	const char *key;
	enum qv_lvm_kind kind;
	u32 line;
	union {
		const char *string;
		s64 number;
	};
};

struct qv_lvm_text;

struct qv_lvm_text *qv_lvm_text_parse(const char *text, size_t len,
				      char error[QV_LVM_TEXT_ERROR_MAX]);
void qv_lvm_text_free(struct qv_lvm_text *text);
const struct qv_lvm_node *qv_lvm_text_root(const struct qv_lvm_text *text);
const struct qv_lvm_node *qv_lvm_text_group(const struct qv_lvm_text *text);

const struct qv_lvm_node *qv_lvm_section(const struct qv_lvm_node *parent, const char *key);
const struct qv_lvm_node *qv_lvm_list(const struct qv_lvm_node *section, const char *key);
const char *qv_lvm_string(const struct qv_lvm_node *section, const char *key);
bool qv_lvm_number(const struct qv_lvm_node *section, const char *key, u64 max, u64 *number);
bool qv_lvm_list_has(const struct qv_lvm_node *section, const char *key, const char *word);

#endif /* _QNAPVOL_LVM_TEXT_H */
