#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Looks whether a JSON document is as its schema says: conforms.py SCHEMA DOCUMENT"""

import json
import sys

import jsonschema


def no_duplicates(pairs):
    """An object with a member twice is valid to most parsers, but one of the values is lost."""
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a member is there twice: %s" % keys)
    return dict(pairs)


def load(path):
    with open(path, encoding="ascii") as file:
        return json.load(file, object_pairs_hook=no_duplicates)


def main():
    schema = load(sys.argv[1])
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(load(sys.argv[2]), schema, jsonschema.Draft7Validator)


main()
