"""Beside the message's way: becomes another program that ends when its parent does.

`python -m bot.processes.tied PARENT_PID PROGRAM ARGUMENT…`. A supervisor that is killed outright can stop nothing
itself, so each child asks the kernel, before it becomes the program, to be killed with its parent. Linux alone
has that; elsewhere children outlive a supervisor that was killed outright.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>; kept across exec


def main() -> None:
    """Ties this process to `PARENT_PID` and becomes `PROGRAM`."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have gone before the line above: then nobody is left to end this process.
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - the supervisor's own command line, no shell


if __name__ == "__main__":
    main()
