"""Beside the message's way: `bot parse` puts the understanding of messages (step 3) on the command line.

The model needs Rasa's environment, so a child process there reads and writes; nothing is kept.
"""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path
from typing import Any

from bot.processes.model import check_model, model_path
from bot.settings import ROOT
from bot.understanding.readings import reader_command, reader_environment

_HELP = """\
in:   {"lang": "fa", "text": "...", "asked": "<question id>"}; leave `asked` out when nothing was asked.
      `lang` is the language the person chose: its short answers and danger phrases apply.
out:  {"intent": "faq/cost", "confidence": 0.93, "ranking": [{"intent": ..., "confidence": ...}, ...]}
      with at least three readings, best first. The bot itself offers the best three as buttons when the
      confidence is below `unclear` in config.yml. A wrong line gives {"error": ...}.
exit: 0 all lines answered, 1 some line was wrong (the others are still answered), 2 no model or no environment.
"""


def add_parser(subparsers: Any) -> None:
    """Adds `parse` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "parse",
        help="read messages with the trained model, as JSON lines",
        description="Reads one message per line from standard input and writes how the trained model reads it, "
        "with the same pipeline as in service. Each line is answered as it comes.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--models",
        type=Path,
        default=model_path(),
        metavar="PATH",
        help="a trained model, or a folder whose newest is taken; the default one must be as it was trained "
        "(default: %(default)s)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """The child's exit code; `StartError` when Rasa's environment is not there, or the model is another."""
    command = reader_command(args.models)
    if args.models == model_path() and args.models.exists():
        check_model()
    return subprocess.run(command, cwd=ROOT, env=reader_environment(), check=False).returncode  # noqa: S603  # ours
