"""Beside the message's way: `python -m bot` is the console script `bot`."""

import sys

from bot.commands.main import main

sys.exit(main())
