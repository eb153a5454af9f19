#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Save the state of a machine in QEMU: qemu-save.py MONITOR FILE

MONITOR is the socket of QEMU's monitor for programs (QMP). The machine stands still afterwards;
"-incoming 'exec:cat FILE'" starts another one from where it stood.
"""

import json
import socket
import sys
import time

TIME_LIMIT = 60


class Monitor:
    """Connection to QEMU's monitor."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(TIME_LIMIT)
        self.socket.connect(path)
        self.stream = self.socket.makefile("rw")
        self.stream.readline()
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        """Return what the command returns. Between its answers QEMU reports events."""
        print(json.dumps({"execute": command, "arguments": arguments}), file=self.stream,
              flush=True)
        for line in self.stream:
            answer = json.loads(line)
            if "error" in answer:
                sys.exit(f"qemu-save.py: {command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]
        return sys.exit(f"qemu-save.py: {command}: QEMU hung up")


def save(monitor, path):
    """Save the machine's state in a file."""
    monitor.ask("migrate-set-parameters", **{"max-bandwidth": 1 << 32})
    monitor.ask("migrate", uri=f"exec:cat > '{path}'")
    end = time.monotonic() + TIME_LIMIT
    while time.monotonic() < end:
        state = monitor.ask("query-migrate")
        if state["status"] == "completed":
            return
        if state["status"] in ("failed", "cancelled"):
            sys.exit(f"qemu-save.py: cannot save the state: {state.get('error-desc', '')}")
        time.sleep(0.1)
    sys.exit(f"qemu-save.py: the state was not saved within {TIME_LIMIT} s")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: qemu-save.py MONITOR FILE")
    save(Monitor(sys.argv[1]), sys.argv[2])
