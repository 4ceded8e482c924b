"""Beside the message's way: looks whether the model is the one that was trained, then becomes what loads it.

`python -m bot.processes.vouched PROGRAM ARGUMENT…`. Rasa is started through it, every time.
"""

from __future__ import annotations

import os
import sys

from bot.processes.model import check_model
from bot.processes.start_error import StartError


def main() -> None:
    """Becomes `PROGRAM` if the model is whole; else ends, and says why as its last line."""
    try:
        check_model()
    except StartError as error:
        sys.exit(str(error))
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - the supervisor's own command line, no shell


if __name__ == "__main__":
    main()
