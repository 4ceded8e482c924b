"""Beside the message's way: `bot assess` puts the self-assessment (step 5) on the command line.

Reads one JSON object of answers a line, writes one JSON object a line; nothing is kept.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from bot.eligibility import QUESTIONS, AnswerError, CriteriaError, Programme, assess, load_programme

_CRITERIA = Path(__file__).resolve().parents[2] / "criteria"
_MIXED_STATUS = "mixed_status"
_SHOWN = ("outcome", "reasons", "routes", "flags", "to_check", "next")


def add_parser(subparsers: Any) -> None:
    """Adds `assess` to the sub-commands of `bot` (what `ArgumentParser.add_subparsers` returned)."""
    parser = subparsers.add_parser("assess", help="decide on answers to the self-assessment, as JSON lines")
    _describe(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Runs the command on standard input and output; the exit code is as `main` says."""
    # A byte that is not UTF-8 spoils its own line, not the whole input.
    for stream in (sys.stdin, sys.stdout):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    return _answer_all(args.criteria, sys.stdin, sys.stdout)


def main(argv: list[str], stdin: Iterable[str], stdout: TextIO) -> int:
    """0 when every line was answered, 1 when some line was wrong, 2 when the criteria cannot be read."""
    parser = argparse.ArgumentParser(prog="bot assess")
    _describe(parser)
    return _answer_all(parser.parse_args(argv).criteria, stdin, stdout)


def _describe(parser: argparse.ArgumentParser) -> None:
    parser.description = "Reads one JSON object of answers per line and writes one JSON object per line."
    parser.epilog = _help()
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--criteria",
        type=Path,
        default=_CRITERIA,
        metavar="FOLDER",
        help="the folder of dated and sourced criteria (default: the project's own, %(default)s)",
    )


def _help() -> str:
    values = [
        f"  {question.id}: {', '.join(question.values)}{', or an ISO 3166 country code' * question.takes_country}"
        for question in QUESTIONS
    ]
    return "\n".join(
        [
            "in:   {question: value, ...}, and mixed_status: true or false. A missing key was not asked.",
            "out:  {outcome, reasons, routes, flags, to_check, next}. outcome is null while a missing answer can",
            "      still change it; next is the question to ask now, or null. A wrong line gives {error}.",
            "exit: 0 all lines answered, 1 some line was wrong (the others are still answered), 2 no criteria.",
            "",
            "questions and values:",
            *values,
        ]
    )


def _answer_all(criteria: Path, stdin: Iterable[str], stdout: TextIO) -> int:
    try:
        programme = load_programme(criteria)
    except CriteriaError as error:
        print(f"bot assess: {error}", file=sys.stderr)
        return 2
    wrong = 0
    for line in stdin:
        try:
            said = _answer(programme, line)
        except AnswerError as error:
            wrong = 1
            said = {"error": str(error)}
        # flushed so that a program at the other end of a pipe can wait for each answer
        print(json.dumps(said), file=stdout, flush=True)
    return wrong


def _answer(programme: Programme, line: str) -> dict[str, Any]:
    try:
        given = json.loads(line, object_pairs_hook=_without_doubles)
    except AnswerError:
        raise
    except (ValueError, RecursionError):
        raise AnswerError("the line is not JSON: write one JSON object of answers per line") from None
    if not isinstance(given, dict):
        raise AnswerError("the line is not a JSON object: write answers as {question: value, ...}")
    mixed_status = given.pop(_MIXED_STATUS, False)
    if not isinstance(mixed_status, bool):
        raise AnswerError("mixed_status must be true or false")
    verdict = assess(programme, given, mixed_status=mixed_status)
    return {key: getattr(verdict, key) for key in _SHOWN}


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(pairs)
    if len(given) != len(pairs):
        raise AnswerError("a question is answered twice: give each key once")
    return given
