#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Parses reStructuredText and prints what is wrong with it. Knows Sphinx's names, not their use."""

import sys

from docutils import core, nodes
from docutils.parsers.rst import Directive, directives, roles


class Anything(Directive):
    """A directive of Sphinx: any arguments, options and contents."""

    has_content = True
    optional_arguments = 100
    final_argument_whitespace = True

    def run(self):
        return []


def some_text(_name, rawtext, text, _line, _inliner, _options=None, _content=None):
    """A role of Sphinx: any text."""
    return [nodes.literal(rawtext, text)], []


def main():
    """Each argument is a file."""
    for name in ("kernel-doc", "toctree", "code-block", "c:function", "c:struct", "only"):
        directives.register_directive(name, Anything)
    for name in ("ref", "doc", "c:func", "c:type", "c:macro"):
        roles.register_local_role(name, some_text)
    settings = {"report_level": 2, "halt_level": 5, "warning_stream": sys.stdout}
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            core.publish_doctree(file.read(), source_path=path, settings_overrides=settings)


if __name__ == "__main__":
    main()
