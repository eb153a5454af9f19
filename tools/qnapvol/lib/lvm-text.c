// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text that LVM describes a volume group with, as a tree of sections and values
 *
 *	vg1 {
 *		extent_size = 8192		# 4 Megabytes
 *		status = ["READ", "WRITE"]
 *	}
 *
 * Keys that nobody asks for do no harm. What is not of this grammar is refused: a text that was
 * partly written over must not be taken for a whole one.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lvm-text.h"

/* Four times what a metadata area of the usual size could hold. */
#define TEXT_MAX	(4 * 1024 * 1024)

/* A volume takes about 25 nodes: enough for 10,000 of them, in 16 MiB of memory. */
#define NODES_MAX	(256 * 1024)
#define NODES_IN_BLOCK	1024

/* A message in a segment of a volume in a group is at depth 5. */
#define DEPTH_MAX	12

struct node_block {
	struct node_block *next;
	struct qv_lvm_node nodes[NODES_IN_BLOCK];
};

/**
 * struct qv_lvm_text - a text that was parsed
 * @blocks: memory of the nodes, the latest first
 * @num_nodes: how many nodes there are
 * @strings: memory of keys and strings: together they are no longer than the text
 * @root: a section with all that is at the top
 */
struct qv_lvm_text {
	struct node_block *blocks;
	size_t num_nodes;
	char *strings;
	struct qv_lvm_node root;
};

struct parser {
	struct qv_lvm_text *text;
	const char *at;
	const char *end;
	char *string;
	u32 line;
	unsigned int depth;
	char *error;
};

static bool fail(struct parser *parser, const char *what)
{
	snprintf(parser->error, QV_LVM_TEXT_ERROR_MAX, "line %u: %s", parser->line, what);

	return false;
}

static struct qv_lvm_node *new_node(struct parser *parser)
{
	struct qv_lvm_text *text = parser->text;
	const size_t used = text->num_nodes % NODES_IN_BLOCK;
	struct node_block *block = text->blocks;
	struct qv_lvm_node *node;

	if (text->num_nodes == NODES_MAX) {
		fail(parser, "too many values");
		return NULL;
	}
	if (!used) {
		block = calloc(1, sizeof(*block));
		if (!block) {
			fail(parser, "no memory");
			return NULL;
		}
		block->next = text->blocks;
		text->blocks = block;
	}
	text->num_nodes++;
	node = &block->nodes[used];
	node->key = "";
	node->line = parser->line;

	return node;
}

/* Characters */

static bool at_end(const struct parser *parser)
{
	return parser->at == parser->end;
}

static bool is_at(const struct parser *parser, char c)
{
	return !at_end(parser) && *parser->at == c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("_.+-/@:", c));
}

static void skip_comment(struct parser *parser)
{
	while (!at_end(parser) && *parser->at != '\n')
		parser->at++;
}

static void skip_space(struct parser *parser)
{
	for (; !at_end(parser); parser->at++) {
		if (*parser->at == '#')
			skip_comment(parser);
		if (is_at(parser, '\n'))
			parser->line++;
		else if (at_end(parser) || !strchr(" \t\r", *parser->at))
			return;
	}
}

/* Skips what may be in front of the character, and the character. */
static bool take(struct parser *parser, char c)
{
	skip_space(parser);
	if (!is_at(parser, c))
		return false;

	parser->at++;

	return true;
}

/* Strings */

static const char *end_string(struct parser *parser, const char *string)
{
	*parser->string++ = '\0';

	return string;
}

static const char *parse_word(struct parser *parser)
{
	const char *word = parser->string;

	while (!at_end(parser) && is_word(*parser->at))
		*parser->string++ = *parser->at++;

	return end_string(parser, word);
}

static const char *parse_quoted(struct parser *parser)
{
	const char *string = parser->string;
	const char quote = *parser->at++;

	for (; !at_end(parser) && *parser->at != quote; parser->at++) {
		if (quote == '"' && *parser->at == '\\' && parser->end - parser->at > 1)
			parser->at++;
		if (*parser->at == '\n')
			parser->line++;
		*parser->string++ = *parser->at;
	}
	if (at_end(parser)) {
		fail(parser, "a string has no end");
		return NULL;
	}
	parser->at++;

	return end_string(parser, string);
}

static bool is_quote(const struct parser *parser)
{
	return is_at(parser, '"') || is_at(parser, '\'');
}

/* Values */

static bool parse_number(struct parser *parser, struct qv_lvm_node *node)
{
	const char *word = parse_word(parser);
	long long number;
	char *end;

	number = strtoll(word, &end, 10);
	if (*end) {
		node->kind = QV_LVM_OTHER;
		node->string = word;
		return true;
	}
	if (number == INT64_MAX || number == INT64_MIN)
		return fail(parser, "a number is too large");
	node->kind = QV_LVM_NUMBER;
	node->number = number;

	return true;
}

static bool parse_scalar(struct parser *parser, struct qv_lvm_node *node)
{
	if (is_quote(parser)) {
		node->kind = QV_LVM_STRING;
		node->string = parse_quoted(parser);
		return node->string;
	}
	if (is_at(parser, '-') || is_at(parser, '+') ||
	    (!at_end(parser) && is_digit(*parser->at)))
		return parse_number(parser, node);
	if (at_end(parser) || !is_word(*parser->at))
		return fail(parser, "a value is missing");

	node->kind = QV_LVM_OTHER;
	node->string = parse_word(parser);

	return true;
}

static bool parse_list(struct parser *parser, struct qv_lvm_node *list)
{
	struct qv_lvm_node **last = &list->child;

	list->kind = QV_LVM_LIST;
	while (!take(parser, ']')) {
		*last = new_node(parser);
		if (!*last || !parse_scalar(parser, *last))
			return false;
		last = &(*last)->next;
		if (!take(parser, ',') && !is_at(parser, ']'))
			return fail(parser, "a list has no end");
	}

	return true;
}

static bool parse_value(struct parser *parser, struct qv_lvm_node *node)
{
	if (take(parser, '['))
		return parse_list(parser, node);

	return parse_scalar(parser, node);
}

static bool parse_key(struct parser *parser, struct qv_lvm_node *node)
{
	node->line = parser->line;
	if (is_quote(parser)) {
		node->key = parse_quoted(parser);
		return node->key;
	}
	if (!is_word(*parser->at))
		return fail(parser, "this is no key");

	node->key = parse_word(parser);

	return true;
}

static bool parse_section(struct parser *parser, struct qv_lvm_node *section);

static bool parse_entry(struct parser *parser, struct qv_lvm_node *node)
{
	if (!parse_key(parser, node))
		return false;
	if (take(parser, '='))
		return parse_value(parser, node);
	if (!take(parser, '{'))
		return fail(parser, "neither a value nor a section follows the key");
	if (!parse_section(parser, node))
		return false;
	if (!take(parser, '}'))
		return fail(parser, "a section has no end");

	return true;
}

/* Ends in front of the closing brace, or at the end of the text. */
static bool parse_section(struct parser *parser, struct qv_lvm_node *section)
{
	struct qv_lvm_node **last = &section->child;

	if (parser->depth == DEPTH_MAX)
		return fail(parser, "sections are too deep");

	parser->depth++;
	section->kind = QV_LVM_SECTION;
	skip_space(parser);
	while (!at_end(parser) && *parser->at != '}') {
		*last = new_node(parser);
		if (!*last || !parse_entry(parser, *last))
			return false;
		last = &(*last)->next;
		skip_space(parser);
	}
	parser->depth--;

	return true;
}

static bool parse(struct parser *parser)
{
	parser->text->root.key = "";
	if (!parse_section(parser, &parser->text->root))
		return false;
	if (!at_end(parser))
		return fail(parser, "a brace closes nothing");

	return true;
}

/**
 * qv_lvm_text_parse() - make a tree of a text
 * @bytes: the text; it ends at the first NUL
 * @len: its length at most
 * @error: where to say what is wrong with it, and in which line
 *
 * Return: the tree, to be freed with qv_lvm_text_free(), or NULL: the text is not of the grammar,
 * too long, too deep, or there is no memory.
 */
struct qv_lvm_text *qv_lvm_text_parse(const char *bytes, size_t len,
				      char error[QV_LVM_TEXT_ERROR_MAX])
{
	struct parser parser = { .at = bytes, .line = 1, .error = error };

	len = strnlen(bytes, len);
	if (len > TEXT_MAX) {
		fail(&parser, "the text is longer than 4 MiB");
		return NULL;
	}
	parser.end = bytes + len;
	parser.text = calloc(1, sizeof(*parser.text));
	if (parser.text)
		parser.text->strings = malloc(len + 1);
	if (!parser.text || !parser.text->strings) {
		fail(&parser, "no memory");
		free(parser.text);
		return NULL;
	}
	parser.string = parser.text->strings;
	if (parse(&parser))
		return parser.text;
	qv_lvm_text_free(parser.text);

	return NULL;
}

/**
 * qv_lvm_text_free() - free a tree
 * @text: tree, or NULL
 */
void qv_lvm_text_free(struct qv_lvm_text *text)
{
	struct node_block *block, *next;

	if (!text)
		return;

	for (block = text->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	free(text->strings);
	free(text);
}

/**
 * qv_lvm_text_root() - what is at the top of a text
 * @text: tree
 *
 * Return: a section that the text itself does not have: it holds all that is at the top.
 */
const struct qv_lvm_node *qv_lvm_text_root(const struct qv_lvm_text *text)
{
	return &text->root;
}

/**
 * qv_lvm_text_group() - the volume group that a text describes
 * @text: tree
 *
 * Return: the section of the group, with all that a group must have, or NULL if there is none.
 */
const struct qv_lvm_node *qv_lvm_text_group(const struct qv_lvm_text *text)
{
	const struct qv_lvm_node *node;
	u64 number;

	for (node = text->root.child; node; node = node->next) {
		if (node->kind == QV_LVM_SECTION && qv_lvm_string(node, "id") &&
		    qv_lvm_number(node, "seqno", UINT32_MAX, &number) &&
		    qv_lvm_number(node, "extent_size", UINT32_MAX, &number) &&
		    qv_lvm_section(node, "physical_volumes"))
			return node;
	}

	return NULL;
}

/* What is there twice is not there: which one counts cannot be told. */
static const struct qv_lvm_node *find(const struct qv_lvm_node *section, const char *key,
				      enum qv_lvm_kind kind)
{
	const struct qv_lvm_node *node, *found = NULL;

	for (node = section->child; node; node = node->next) {
		if (strcmp(node->key, key))
			continue;
		if (found)
			return NULL;
		found = node;
	}

	return found && found->kind == kind ? found : NULL;
}

/* Returns the section of that name in @parent, or NULL. */
const struct qv_lvm_node *qv_lvm_section(const struct qv_lvm_node *parent, const char *key)
{
	return find(parent, key, QV_LVM_SECTION);
}

/* Returns the list of that name in @section, or NULL. */
const struct qv_lvm_node *qv_lvm_list(const struct qv_lvm_node *section, const char *key)
{
	return find(section, key, QV_LVM_LIST);
}

/* Returns the string of that name in @section, or NULL; valid as long as the tree. */
const char *qv_lvm_string(const struct qv_lvm_node *section, const char *key)
{
	const struct qv_lvm_node *node = find(section, key, QV_LVM_STRING);

	return node ? node->string : NULL;
}

/**
 * qv_lvm_number() - a number in a section
 * @section: section
 * @key: its name
 * @max: how large it may be
 * @number: where to put it
 *
 * Return: is there such a number, and is it from 0 to @max? If not, @number was not changed.
 */
bool qv_lvm_number(const struct qv_lvm_node *section, const char *key, u64 max, u64 *number)
{
	const struct qv_lvm_node *node = find(section, key, QV_LVM_NUMBER);

	if (!node || node->number < 0 || (u64)node->number > max)
		return false;

	*number = node->number;

	return true;
}

/* Is there a list of that name in @section, and does it have the word? */
bool qv_lvm_list_has(const struct qv_lvm_node *section, const char *key, const char *word)
{
	const struct qv_lvm_node *node = qv_lvm_list(section, key);

	for (node = node ? node->child : NULL; node; node = node->next) {
		if (node->kind == QV_LVM_STRING && !strcmp(node->string, word))
			return true;
	}

	return false;
}
