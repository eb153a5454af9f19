#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes a table of what bench.sh has measured, and says whether it meets the targets.

usage: bench-judge.py table|rst|ktap FOLDER

Exits with 1 if a target is missed, or if a measure is missing.
"""

import collections
import glob
import math
import os
import statistics
import sys

BYTE_MS = 10 / 115.2
LATENCY_MS = 0.2

# A tick of a kernel with HZ=250: what a boot that waits for nothing may seem to take longer.
TICK_MS = 4.0

# What two windows of the same length may differ by: a poll more or less at either end.
WINDOW = 1.05


class Missing(Exception):
    """A measure that was not taken."""


class Samples:
    """All samples of the run: by driver, who measured ("floor" or "driver") and measure, a list for
    each boot."""

    def __init__(self, folder):
        self.lists = collections.defaultdict(list)
        for path in sorted(glob.glob(os.path.join(folder, "*-*-*"))):
            self.read_boot(path, os.path.basename(path).split("-")[0])
        with open(os.path.join(folder, "sizes")) as sizes:
            for line in sizes:
                driver, measure, value = line.split()
                self.lists[driver, "driver", measure].append([float(value)])

    def read_boot(self, path, driver):
        boot = collections.defaultdict(list)
        with open(path) as lines:
            for line in lines:
                words = line.split()
                if len(words) == 3 and words[0] in ("floor", "driver"):
                    boot[words[0], words[1]].append(float(words[2]))
        for (subject, measure), values in boot.items():
            self.lists[driver, subject, measure].append(values)

    def boots(self, who, measure):
        """The floor was measured in the boots of both drivers."""
        if who == "floor":
            found = self.lists["stock", who, measure] + self.lists["ours", who, measure]
        else:
            found = self.lists[who, "driver", measure]
        if not found:
            raise Missing(f"{measure} of {who} was not measured")
        return found

    def pooled(self, who, measure):
        return sorted(value for boot in self.boots(who, measure) for value in boot)

    def median(self, who, measure):
        return statistics.median(statistics.median(boot) for boot in self.boots(who, measure))

    def p99(self, who, measure):
        values = self.pooled(who, measure)
        return values[math.ceil(0.99 * len(values)) - 1]

    def worst(self, who, measure):
        return self.pooled(who, measure)[-1]


class Row:
    """A line of the table. What has no target is neither good nor bad, but None."""

    def __init__(self, name, unit, values, target, good, limit=None):
        self.name = f"{name}, {unit}" if unit else name
        self.limit = limit
        self.floor, self.stock, self.ours = values
        self.target = target
        self.good = good

    def cells(self):
        return [self.name, number(self.limit), number(self.floor), number(self.stock),
                number(self.ours), ratio(self.ours, self.floor), ratio(self.stock, self.ours),
                self.target, {True: "met", False: "MISSED", None: ""}[self.good]]


def number(value):
    if value is None or isinstance(value, str):
        return value or ""
    if value >= 1000 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 20 else f"{value:.2f}"


def ratio(value, base):
    if isinstance(value, str) or isinstance(base, str) or value is None or not base:
        return ""
    return f"{value / base:.2f}"


def wire_ms(size, frames=1):
    """Request and reply, and what the emulator takes to answer."""
    return size * BYTE_MS + frames * LATENCY_MS


def round_trip(samples, name, measure, size):
    """Median and 99th percentile."""
    everybody = ("floor", "stock", "ours")
    floor, stock, ours = medians = [samples.median(who, measure) / 1000 for who in everybody]
    p99s = [samples.p99(who, measure) / 1000 for who in everybody]
    limit = wire_ms(size)
    return [
        Row(name, "ms", medians, "floor x 1.1, stock / 4",
            ours <= 1.1 * floor and 4 * ours <= stock, limit),
        Row(f"{name}, 99th percentile", "ms", p99s, "floor x 1.5", p99s[2] <= 1.5 * p99s[0],
            limit),
    ]


def eeprom(samples):
    values = [samples.median(who, "eeprom") / 1000 for who in ("floor", "stock", "ours")]
    floor, stock, ours = values
    return [Row("whole EEPROM", "ms", values, "floor x 1.1, stock / 1.5",
                ours <= 1.1 * floor and 1.5 * ours <= stock, wire_ms(8 * (5 + 37), 8))]


def both(samples, measure, scale=1.0, take=Samples.median):
    return [take(samples, who, measure) / scale for who in ("stock", "ours")]


def probe(samples):
    stock, ours = both(samples, "probe", 1000)
    return [Row("probe to last device", "ms", (None, stock, ours), "stock / 2", 2 * ours <= stock)]


def dead(samples):
    """What a silent MCU adds to the time that the probe of the core takes."""
    delays = [max(0.0, dead - alive) for dead, alive in
              zip(both(samples, "dead-probe", 1000), both(samples, "alive-probe", 1000))]
    counts = [sum(samples.median(who, f"works-{what}") for what in
                  ("leds", "fan", "temp", "button", "eeprom", "poweroff"))
              for who in ("stock", "ours")]
    return [Row("dead MCU: delay of the boot", "ms", (None, *delays), "0 (less than a tick)",
                delays[1] < TICK_MS),
            Row("dead MCU: works after its return", "", (None, *(f"{n:.0f} of 6" for n in counts)),
                "all", counts[1] == 6)]


def storm(samples):
    waits = both(samples, "poll-wait", 1000, Samples.worst)
    wrong = [sum(samples.pooled(who, "wrong-leds")) for who in ("stock", "ours")]
    return [Row("four busy LEDs: longest wait of a button poll", "ms", (None, *waits), "5 ms",
                waits[1] <= 5),
            Row("four busy LEDs: wrong in the end", "", (None, *wrong), "0", wrong[1] == 0)]


def idle(samples):
    rows = []
    for name, measure in (("idle: context switches a minute", "idle-switches"),
                          ("idle: bytes a minute", "idle-bytes")):
        stock, ours = both(samples, measure)
        rows.append(Row(name, "", (None, stock, ours), "stock", ours <= WINDOW * stock))
    return rows


def processor(samples):
    """Scaled to 10,000 writes."""
    def seconds(measure):
        return [1e4 * samples.median(who, measure) / 1e6 / samples.median(who, "writes")
                for who in ("stock", "ours")]

    values = seconds("busy")
    return [Row("processor time, 10,000 LED writes", "s", (None, *values), "stock",
                values[1] <= values[0]),
            Row("the same without interrupts", "s", (None, *seconds("busy-tasks")), "", None)]


def size(samples, times=1.5):
    values = both(samples, "size")
    return [Row("text and data of the modules", "bytes", (None, *values), f"stock x {times}",
                values[1] <= times * values[0])]


def all_rows(samples):
    return [
        *round_trip(samples, "LED write", "led", 5 + 3),
        *round_trip(samples, "pwm write", "pwm-write", 6 + 3),
        *round_trip(samples, "pwm read", "pwm-read", 5 + 5),
        *round_trip(samples, "temperature read", "temp", 4 + 5),
        *eeprom(samples), *probe(samples), *dead(samples), *storm(samples), *idle(samples),
        *processor(samples), *size(samples),
    ]


def short_rows(samples):
    """What one boot is enough for: medians of many, against stock only. The size may be some
    percent more with another compiler than that of the reference."""
    rows = []
    for name, measure in (("LED write", "led"), ("pwm write", "pwm-write"),
                          ("pwm read", "pwm-read")):
        stock, ours = both(samples, measure, 1000)
        rows.append(Row(name, "ms", (None, stock, ours), "stock / 4", 4 * ours <= stock))
    stock, ours = both(samples, "eeprom", 1000)
    rows.append(Row("whole EEPROM", "ms", (None, stock, ours), "stock / 1.5", 1.5 * ours <= stock))
    return rows + probe(samples) + size(samples, 1.55)


HEAD = ["measure", "limit", "floor", "stock", "ours", "ours/floor", "stock/ours", "target",
        "verdict"]


def print_table(rows, rule):
    lines = [HEAD] + [row.cells() for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    border = "  ".join(rule * width for width in widths)
    print(border)
    for line in lines:
        # An empty first cell would continue the line before; others may be empty.
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
        if line is HEAD:
            print(border)
    print(border)


def print_ktap(rows):
    print("KTAP version 1")
    for i, row in enumerate(rows, 1):
        print(f"# stock {number(row.stock)}, ours {number(row.ours)}, target {row.target}")
        print(f"{'ok' if row.good else 'not ok'} {i} {row.name}")
    print(f"1..{len(rows)}")
    good = sum(row.good for row in rows)
    print(f"{good} passed, {len(rows) - good} failed")


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("table", "rst", "ktap"):
        sys.exit(__doc__)
    form, folder = sys.argv[1:]
    samples = Samples(folder)
    try:
        rows = short_rows(samples) if form == "ktap" else all_rows(samples)
    except Missing as missing:
        sys.exit(f"bench: {missing}")
    if form == "ktap":
        print_ktap(rows)
    else:
        print_table(rows, "=" if form == "rst" else "-")
    missed = [row.name for row in rows if row.good is False]
    if missed:
        sys.exit(f"bench: missed: {'; '.join(missed)}")


if __name__ == "__main__":
    main()
