#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Finds what a kernel built to find mistakes says about them in its log.

Any splat is the drivers' fault until shown otherwise. EXCUSED lists what was shown: when there is
no memory for a port's line discipline, serdev gives the port back without the tty layer's lock.

The rest of the kernel has data races that are known and harmless. A race counts as the drivers'
own if a function of theirs is among the INNER innermost frames of one of the two accesses, i.e. if
it made the access itself or through a helper. Other races are listed, but do not count.
"""

import collections
import re
import sys

INNER = 3
OURS = re.compile(r"\[(qnap_mcu|leds_qnap_mcu|qnap_mcu_\w+|nvmem_qnap_mcu_eeprom)\]")
SPLAT = re.compile(
    r"WARNING: |BUG: |INFO: (task|rcu|possible|trying|inconsistent)|Oops|UBSAN: |ODEBUG: "
    r"|refcount_t: |general protection fault|unreferenced object|Kernel panic"
    r"|soft lockup|DEBUG_LOCKS_WARN_ON|turning off the locking|suspicious RCU")
RACE = re.compile(r"BUG: KCSAN: ([\w-]+) in (.*)")
FRAME = re.compile(r"^ (\?? ?\S+\+0x[0-9a-f]+/0x[0-9a-f]+.*)$")
STAMP = re.compile(r"^\[ *[0-9.]+\](\[[^]]*\])? ?")
RULE = "=" * 66
EXCUSED = [(re.compile(r"WARNING: .* at release_tty\+"), re.compile(r"ttyport_open\+"))]


def lines_of(path):
    """Lines of a console without their time stamps."""
    with open(path, encoding="utf-8", errors="replace") as console:
        return [STAMP.sub("", line.rstrip("\r\n")) for line in console]


def split_races(lines):
    """Returns the blocks that report races, and the other lines."""
    races, rest, block = [], [], None
    for line in lines:
        if block is None and RACE.search(line):
            block = [line]
        elif block is None:
            rest.append(line)
        elif line.startswith(RULE[:40]):
            races.append(block)
            block = None
        else:
            block.append(line)
    if block is not None:
        races.append(block)
    return races, rest


def stacks(race):
    """The call stacks of a report, innermost frame first."""
    found, current = [], []
    for line in race[1:]:
        if FRAME.match(line):
            current.append(line.strip())
        elif current:
            found.append(current)
            current = []
    return found + ([current] if current else [])


def is_ours(race):
    """A stack that cannot be read is ours, too."""
    if any(OURS.search(frame) for stack in stacks(race) for frame in stack[:INNER]):
        return True
    return not stacks(race) or bool(OURS.search(race[0]))


def show(block, limit=60):
    """Prints a report, or what fits of it."""
    print("\n".join(block[:limit]))
    print("-" * 20)


def show_foreign(races):
    """One line for each kind of race elsewhere."""
    counts = collections.Counter(" ".join(RACE.search(race[0]).groups()) for race in races)
    for what, count in counts.most_common():
        print(f"elsewhere, {count} times: {what}", file=sys.stderr)


def is_excused(lines):
    """Whether a splat is one of the known ones, from its first line and its stack."""
    return any(what.search(lines[0]) and any(caller.search(line) for line in lines)
               for what, caller in EXCUSED)


def show_splats(lines):
    """Prints the lines around each splat. Returns how many there were."""
    count, until = 0, 0
    for number, line in enumerate(lines):
        if not SPLAT.search(line) or is_excused(lines[number:number + 40]):
            continue
        count += 1
        if number >= until:
            until = number + 50
            show(lines[max(0, number - 2):until], 52)
    return count


def main():
    """The argument is the log; the exit code says whether it is clean."""
    if len(sys.argv) != 2:
        sys.exit("usage: stress-judge.py CONSOLE")
    lines = lines_of(sys.argv[1])
    if not any("Linux version" in line for line in lines):
        sys.exit("this is no kernel's log")
    races, rest = split_races(lines)
    ours = [race for race in races if is_ours(race)]
    show_foreign([race for race in races if not is_ours(race)])
    for race in ours:
        show(race)
    sys.exit(1 if show_splats(rest) + len(ours) else 0)


if __name__ == "__main__":
    main()
