#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Sends commands to the control socket of the MCU emulator and prints what it answers."""

import socket
import sys


def ask(stream, command):
    """Returns the lines of the answer and whether the command was carried out."""
    stream.write(command + "\n")
    stream.flush()
    lines = []
    for line in stream:
        line = line.rstrip("\n")
        if line == "ok":
            return lines, True
        lines.append(line)
        if line.startswith("error:"):
            return lines, False
    return lines + ["error: the emulator hung up"], False


def main():
    """One argument is the socket, each other one a command."""
    if len(sys.argv) < 3:
        sys.exit("usage: mcu-ask.py SOCKET COMMAND...")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
        control.settimeout(10)
        control.connect(sys.argv[1])
        stream = control.makefile("rw")
        for command in sys.argv[2:]:
            lines, done = ask(stream, command)
            for line in lines:
                print(line)
            if not done:
                sys.exit(1)


if __name__ == "__main__":
    main()
