// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the writer of JSON. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "ktap.h"

static void expect(const char *name, void (*write)(struct json *json), const char *wanted)
{
	char *text = NULL;
	size_t len;
	struct json json = { .out = open_memstream(&text, &len) };

	write(&json);
	fclose(json.out);
	if (strcmp(text, wanted))
		ktap_remark("got", text);
	ktap_check(!strcmp(text, wanted), name);
	free(text);
}

static void write_empty(struct json *json)
{
	json_begin(json, NULL, '{');
	json_end(json, '}');
}

static void write_nested(struct json *json)
{
	json_begin(json, NULL, '{');
	json_begin(json, "a", '[');
	json_end(json, ']');
	json_begin(json, "b", '[');
	json_number(json, NULL, -1);
	json_begin(json, NULL, '{');
	json_bool(json, "c", true);
	json_null(json, "d");
	json_end(json, '}');
	json_end(json, ']');
	json_text(json, "e", NULL);
	json_end(json, '}');
}

static void write_hostile(struct json *json)
{
	json_begin(json, NULL, '[');
	json_text(json, NULL, "\"\\/\n\x01\x1f\x7f\x80\xff\xc3\xa4");
	json_text(json, NULL, "");
	json_end(json, ']');
}

static void write_key(struct json *json)
{
	json_begin(json, NULL, '{');
	json_number(json, "a\"b", 0);
	json_end(json, '}');
}

int main(void)
{
	ktap_begin();
	expect("an empty object", write_empty, "{}\n");
	expect("objects and arrays in others", write_nested,
	       "{\n  \"a\": [],\n  \"b\": [\n    -1,\n    {\n      \"c\": true,\n      \"d\": null\n"
	       "    }\n  ],\n  \"e\": null\n}\n");
	expect("any bytes in a string", write_hostile,
	       "[\n  \"\\\"\\\\/\\u000a\\u0001\\u001f\\u007f\\u0080\\u00ff\\u00c3\\u00a4\",\n"
	       "  \"\"\n]\n");
	expect("a key with a quotation mark", write_key, "{\n  \"a\\\"b\": 0\n}\n");

	return ktap_end();
}
