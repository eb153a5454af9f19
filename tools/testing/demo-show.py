#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Prints the demonstration while it goes on: the guest on the left, the MCU on the right.

demo-show.py RESULT FRAMES CONTROL PID

RESULT is what the guest's tour.sh prints, FRAMES the emulator's trace, CONTROL its control socket,
and PID that of QEMU: the demonstration is over when it has ended. Exits with 0 if all that was to
be seen was seen.
"""

import os
import re
import subprocess
import sys
import time

LEFT = 58
RIGHT = 60
# A guest that says nothing for so long has failed, seconds.
PATIENCE = 60
# Parts of the MCU's state that change by themselves, or only count.
NOT_SHOWN = re.compile(r"rpm|frames|errors|connected|.*checksums|failures|half_frames|beeping")


class Follower:
    """The lines that are appended to a file."""

    def __init__(self, path):
        self.file = open(path, encoding="utf-8", errors="replace", newline="\n")
        self.rest = ""

    def lines(self):
        """Return the complete lines that came since the last call."""
        self.rest += self.file.read()
        *lines, self.rest = self.rest.split("\n")
        return [line.rstrip("\r") for line in lines]


class Mcu:
    """What the MCU heard, said and did."""

    line = re.compile(r" *[\d.]+ ([<>]) ([0-9a-f ]+) \| (.*)")

    def __init__(self, frames, control):
        self.frames = Follower(frames)
        self.control = control
        self.request = None
        self.polled = {"power button": "power button not pressed"}
        self.state = self.ask()
        self.replies = []

    def ask(self):
        """Return the state as the emulator tells it."""
        tool = os.path.join(os.path.dirname(__file__), "mcu-ask.py")
        text = subprocess.run([tool, self.control, "state"], check=True, stdout=subprocess.PIPE,
                              universal_newlines=True).stdout
        return dict(line.split("=", 1) for line in text.splitlines())

    def forget(self):
        """Show the temperature again, even if it is what it was."""
        self.polled.pop("temperature", None)

    def is_known(self, words):
        """Return whether this is the answer to one of the polls, and the same as the last time."""
        for what in ("power button", "temperature"):
            if words.startswith(what):
                known = self.polled.get(what) == words
                self.polled[what] = words
                return known
        return False

    def exchanges(self):
        """Return a line for each request and its reply since the last call; equal ones once."""
        counts = {}
        for line in self.frames.lines():
            match = self.line.match(line)
            if not match:
                continue
            direction, data, words = match.groups()
            if direction == ">":
                self.request = data, words
                continue
            asked, what = self.request or ("", "")
            self.replies.append((what, words))
            if self.is_known(words):
                continue
            text = f"{what}: {words}" if words in ("done", "refused: failed") else words
            shown = f"{asked:<19}{text}"
            counts[shown] = counts.get(shown, 0) + 1
        return [line if count == 1 else f"{line} ({count} times)"
                for line, count in counts.items()]

    def changes(self):
        """Return what is different in its state since the last call."""
        before, self.state = self.state, self.ask()
        return [f"{'':<19}= {key}: {value}" for key, value in self.state.items()
                if before.get(key) != value and not NOT_SHOWN.fullmatch(key)]

    def acknowledged(self):
        """Return whether the last thing it was told was to switch off, and it said yes."""
        return self.replies[-1:] == [("power off", "done")] and self.state["power"] == "off"


class Transcript:
    """Two columns, and what was checked."""

    def __init__(self):
        self.tty = sys.stdout.isatty()
        self.left = []
        self.good = 0
        self.bad = []

    def paint(self, code, text):
        """Return the text in a colour, on a terminal."""
        return f"\033[{code}m{text}\033[0m" if self.tty else text

    def title(self, text):
        """Print the head of a step."""
        print("\n" + self.paint("1", f"{text:<{LEFT}} | frames that the MCU got, and its answers"))
        print("-" * (LEFT + 1) + "+" + "-" * RIGHT, flush=True)

    def columns(self, right):
        """Print what is to be said so far side by side."""
        left = [line[i:i + LEFT] for line in self.left for i in range(0, len(line) or 1, LEFT)]
        for i in range(max(len(left), len(right))):
            a = left[i] if i < len(left) else ""
            b = right[i] if i < len(right) else ""
            print(f"{a:<{LEFT}} | {b}".rstrip(), flush=True)
        self.left = []

    def check(self, passed, text):
        """Print the outcome of a check."""
        if passed:
            self.good += 1
            print(self.paint("32", f"  [ok] {text}"), flush=True)
        else:
            self.bad.append(text)
            print(self.paint("31", f"  [FAILED] {text}"), flush=True)

    def verdict(self):
        """Print the sum and return whether all was well."""
        print()
        for text in self.bad:
            print(self.paint("31", f"FAILED: {text}"))
        passed = not self.bad and self.good
        words = f"{self.good} of {self.good + len(self.bad)} checks passed"
        print(self.paint("1", f"Verdict: {'it works' if passed else 'it does NOT work'}, {words}"))
        return passed


def show(line, transcript, mcu):
    """Print, or keep for later, one line from the guest."""
    word, _, text = line[4:].partition(" ") if line.startswith("+++ ") else ("", "", line)
    if word == "":
        transcript.left.append(text)
    elif word == "run":
        transcript.left.append(f"# {text}")
    elif word == "happens":
        transcript.left.append(f"({text})")
    elif word == "title":
        # What the last step's checks have asked the MCU is of no interest.
        mcu.exchanges()
        mcu.forget()
        transcript.title(text)
    elif word == "mark":
        transcript.columns(mcu.exchanges() + mcu.changes())
    elif word in ("ok", "failed"):
        transcript.check(word == "ok", text)


def running(pid):
    """Return whether the process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def follow(result, pid, transcript, mcu):
    """Show all the guest says until its machine stops; return whether it did."""
    guest = Follower(result)
    said = time.monotonic()
    while True:
        alive = running(pid)
        for line in guest.lines():
            said = time.monotonic()
            show(line, transcript, mcu)
        if not alive:
            return True
        if time.monotonic() - said > PATIENCE:
            return False
        time.sleep(0.05)


def main():
    """Show it."""
    result, frames, control, pid = sys.argv[1:]
    transcript = Transcript()
    mcu = Mcu(frames, control)
    stopped = follow(result, int(pid), transcript, mcu)
    transcript.columns(mcu.exchanges() + mcu.changes())
    transcript.check(stopped, "the machine stopped")
    transcript.check(mcu.acknowledged(), "the MCU acknowledged power-off before that")
    return 0 if transcript.verdict() else 1


if __name__ == "__main__":
    sys.exit(main())
