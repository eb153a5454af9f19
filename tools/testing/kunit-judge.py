#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Judge the logs of KUnit runs.

kunit-judge.py TREE LOG...

Prints the KTAP of each log, then the sum. Fails if a test failed or crashed, if there were none,
if the kernel did not come to its end, or if it complained about anything. The kernel's own KTAP
parser, from the source in TREE, does the counting.
"""

import contextlib
import io
import re
import sys

COMPLAINT = re.compile(
    r"WARNING|BUG|Oops|Kernel panic|UBSAN|KASAN|ODEBUG|INFO: |refcount_t|Call Trace"
    r"|memory leak|Segfault|duplicate filename|The kernel ended with")
END = "reboot: System halted"


def kernel_parser(tree):
    """Return the kernel's KTAP parser, which writes its own report to the stdout of its birth."""
    sys.path.insert(0, f"{tree}/tools/testing/kunit")
    sys.dont_write_bytecode = True
    with contextlib.redirect_stdout(io.StringIO()):
        import kunit_parser  # pylint: disable=import-error,import-outside-toplevel
    return kunit_parser


def count(parser, lines):
    """Return numbers of passed, failed and skipped tests, as the kernel's parser sees them."""
    counts = parser.parse_run_tests(iter(lines)).counts
    return counts.passed, counts.failed + counts.crashed + counts.errors, counts.skipped


def print_ktap(parser, lines):
    """Print the KTAP part of a log."""
    for line in parser.extract_tap_lines(iter(lines)):
        if re.match(r"\s*(KTAP|1\.\.|ok |not ok |#|Expected )|\s{8}", line):
            print(line)


def complaints(name, lines):
    """Return what the kernel complained about in a run."""
    found = [line for line in lines if COMPLAINT.search(line)]
    if not any(END in line for line in lines):
        found.append("The kernel did not come to its end")
    return [f"# {name}: {line.strip()}" for line in found]


def main():
    """Judge all logs."""
    parser = kernel_parser(sys.argv[1])
    total = [0, 0, 0]
    found = []
    for name in sys.argv[2:]:
        with open(name, encoding="utf-8", errors="replace") as log:
            lines = log.read().replace("\r", "").splitlines()
        print_ktap(parser, lines)
        total = [a + b for a, b in zip(total, count(parser, lines))]
        found += complaints(name, lines)
    print(*found, sep="\n", end="\n" if found else "")
    passed, failed, skipped = total
    failed += len(found)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
