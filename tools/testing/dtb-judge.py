#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Says in what device trees differ from their references, and whether each difference has a reason.

usage: dtb-judge.py TABLE FOLDER [NAME...]

The folder has the canonical forms NAME.ours and NAME.stock of each pair; without names, all pairs
are judged. Exits with 1 if a difference has no reason, or a reason no difference.

The table is a document, with a section for each reason. A literal block in it lists, for the pairs
whose names match the patterns after "boards:" ("!" in front of one excludes), their differences:

    + LINE              only ours has it
    - LINE              only stock has it
    ~ LINE -> VALUE     both have it, and stock has the first value

An indented line goes on with the one before it. A line with {a,b} is two lines; there are no other
patterns, so that no difference hides behind the reason of another.
"""

import collections
import fnmatch
import os
import re
import sys

Reason = collections.namedtuple("Reason", "title boards difference")


class Broken(Exception):
    """A table that cannot be read."""


def read_lines(path):
    """Lines of a file."""
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def differences(stock, ours):
    """In what two canonical forms differ."""
    before, after = (dict(line.partition(" = ")[::2] for line in lines) for lines in (stock, ours))
    for key in sorted(before.keys() | after.keys()):
        if key not in after:
            yield "- " + with_value(key, before[key])
        elif key not in before:
            yield "+ " + with_value(key, after[key])
        elif before[key] != after[key]:
            yield f"~ {with_value(key, before[key])} -> {after[key]}"


def with_value(key, value):
    """A line of a canonical form."""
    return f"{key} = {value}" if value else key


def blocks(lines):
    """Lines of the literal blocks, joined, each with the title of its section."""
    title = None
    inside = False
    for line, after in zip(lines, lines[1:] + [""]):
        if re.fullmatch(r"([=~-])\1{2,}", after):
            title = line
        if line.startswith("  "):
            if inside:
                yield title, line
        elif line:
            inside = line.endswith("::")


def joined(lines):
    """Blocks with each continued line as one."""
    whole = []
    for title, line in lines:
        if re.match(r"  \S", line):
            whole.append([title, line.strip()])
        elif whole:
            whole[-1][1] += " " + line.strip()
    return whole


def expanded(line):
    """All lines that a line with {a,b} stands for."""
    found = re.search(r"\{([^{}]*)\}", line)
    if not found:
        return [line]
    return [whole for choice in found[1].split(",")
            for whole in expanded(line[:found.start()] + choice + line[found.end():])]


def chosen(patterns, names):
    """Those of the names that the patterns are about."""
    unwanted = [pattern[1:] for pattern in patterns if pattern[0] == "!"]
    wanted = [pattern for pattern in patterns if pattern[0] != "!"]
    for pattern in wanted + unwanted:
        if not fnmatch.filter(names, pattern):
            raise Broken(f"there is no board '{pattern}', but {' '.join(names)}")
    return [name for name in names
            if any(fnmatch.fnmatchcase(name, pattern) for pattern in wanted) and
            not any(fnmatch.fnmatchcase(name, pattern) for pattern in unwanted)]


def read_table(lines, names):
    """All reasons, each with its boards."""
    boards = []
    for title, line in joined(blocks(lines)):
        if line.startswith("boards: "):
            boards = chosen(line.split()[1:], names)
        elif re.match(r"[-+~] ", line):
            for difference in expanded(line):
                yield Reason(title, boards, difference)
        else:
            raise Broken(f"not a line of a table: {line}")


def judge(name, found, reasons):
    """Print all of one pair; return what is wrong with it."""
    known = {reason.difference: reason.title for reason in reasons if name in reason.boards}
    groups = collections.defaultdict(list)
    for difference in found:
        groups[known.get(difference)].append(difference)
    print(f"{name}: {len(found)} differences")
    for title, lines in groups.items():
        if title:
            print(f"  {title}")
            print("".join(f"    {line}\n" for line in lines), end="")
    return [f"{name}: no reason for: {line}" for line in groups[None]] + \
        [f"{name}: no such difference any more: {line}" for line in known if line not in found]


def twice(reasons):
    """Differences that have two reasons."""
    counts = collections.Counter((name, reason.difference)
                                 for reason in reasons for name in reason.boards)
    return [f"{name}: two reasons for: {difference}"
            for (name, difference), count in counts.items() if count > 1]


def main():
    """Judge the pairs, the bad news at the end."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    table, folder, *wanted = sys.argv[1:]
    names = sorted(file[:-5] for file in os.listdir(folder) if file.endswith(".ours"))
    reasons = list(read_table(read_lines(table), names))
    wrong = twice(reasons)
    for name in chosen(wanted, names) if wanted else names:
        stock, ours = (read_lines(f"{folder}/{name}.{which}") for which in ("stock", "ours"))
        wrong += judge(name, list(differences(stock, ours)), reasons)
    print("\n".join(wrong) or "Each difference has its reason.")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Broken, OSError) as error:
        sys.exit(f"dtb-judge.py: {error}")
