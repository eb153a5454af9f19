// SPDX-License-Identifier: GPL-2.0-only
/* Lines of text for a terminal or a file, indented and coloured */

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "tree.h"

/* All text goes through here: names from the disks must not talk to the terminal. */
void tree_put(struct tree *tree, const char *text)
{
	char *valid = text_valid(text, true);

	if (valid)
		fputs(valid, tree->out);
	else
		tree->failed = true;
	free(valid);
}

void tree_say(struct tree *tree, const char *format, ...)
{
	va_list arguments;
	char *text;
	int len;

	va_start(arguments, format);
	len = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (len < 0) {
		tree->failed = true;
		return;
	}
	tree_put(tree, text);
	free(text);
}

void tree_words(struct tree *tree, words_fn fn, const struct qv_item *item)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		tree->failed = true;
		return;
	}
	fn(out, item);
	if (fclose(out))
		tree->failed = true;
	else
		tree_put(tree, text);
	free(text);
}

void tree_colour(struct tree *tree, const char *colour, const char *text)
{
	if (tree->colours)
		fprintf(tree->out, "\033[%sm", colour);
	tree_put(tree, text);
	if (tree->colours)
		fputs("\033[0m", tree->out);
}

void tree_end_line(struct tree *tree)
{
	fputc('\n', tree->out);
}

void tree_begin_line(struct tree *tree, int depth)
{
	fprintf(tree->out, "%*s", TREE_INDENT * depth, "");
}

/* A title comes before the first of what it is for. */
void tree_title(struct tree *tree, bool *begun, const char *text)
{
	if (*begun)
		return;

	*begun = true;
	if (tree->begun)
		tree_end_line(tree);
	tree->begun = true;
	tree_colour(tree, BOLD, text);
	tree_end_line(tree);
}

/* Colours are for terminals, and for those who did not say no to them: no-color.org */
bool tree_wants_colours(FILE *out)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(fileno(out)) && !(no && *no) && terminal && strcmp(terminal, "dumb");
}
