"""Beside the message's way: `bot`, the one console script; each module beside this one is a sub-command."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

import bot.commands
from bot.processes.start_error import StartError
from bot.settings import SettingsError

NOT_COMMANDS = {"main"}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one sub-command; its exit code, or 2 after one sentence on what must be put right first."""
    words = sys.argv[1:] if argv is None else list(argv)
    args = _parser(words).parse_args(words)
    try:
        return int(_module(args.command).run(args))
    except (SettingsError, StartError) as error:
        print(f"bot {args.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def command_names() -> list[str]:
    """Every sub-command, by name."""
    found = (module.name for module in pkgutil.iter_modules(bot.commands.__path__))
    return sorted(set(found) - NOT_COMMANDS)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot", description="The AVRR bot: each command has its own --help.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    names = command_names()
    # Only the command that was asked for is loaded: `bot parse` should not wait for the console's libraries.
    for name in [words[0]] if words and words[0] in names else names:
        _module(name).add_parser(subparsers)
    return parser


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"bot.commands.{name}")
