/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of text for a terminal or a file, indented and coloured */

#ifndef _QNAPVOL_TREE_H
#define _QNAPVOL_TREE_H

#include <stdio.h>

#include "cli.h"

#define TREE_INDENT	2

#define BOLD	"1"
#define RED	"31"
#define GREEN	"32"
#define YELLOW	"33"

typedef void (*words_fn)(FILE *out, const struct qv_item *item);

/**
 * struct tree - what is being printed
 * @out: where to
 * @cli: the command line
 * @colours: the terminal can have them
 * @width: of the column with the names
 * @begun: something was printed
 * @failed: there was no memory for a text
 */
struct tree {
	FILE *out;
	const struct cli *cli;
	bool colours;
	int width;
	bool begun;
	bool failed;
};

void tree_put(struct tree *tree, const char *text);
void tree_say(struct tree *tree, const char *format, ...) __printf(2, 3);
void tree_words(struct tree *tree, words_fn fn, const struct qv_item *item);
void tree_colour(struct tree *tree, const char *colour, const char *text);
void tree_begin_line(struct tree *tree, int depth);
void tree_end_line(struct tree *tree);
void tree_title(struct tree *tree, bool *begun, const char *text);
bool tree_wants_colours(FILE *out);

#endif /* _QNAPVOL_TREE_H */
