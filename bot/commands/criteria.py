"""Beside the message's way: `bot criteria compare` says what other criteria would change, before they do."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.console.kept_settings import kept_settings
from bot.eligibility import CriteriaError
from bot.eligibility.changed_cases import Case, CaseChange
from bot.eligibility.comparing import Comparison, compare
from bot.eligibility.rows import RowChange
from bot.referrals.audit import append_audit
from bot.referrals.reweighing import MOST_WEIGHED, Counted, count_changes, reweigh
from bot.settings import ROOT, SettingsError
from bot.store.database import migrate, now, open_database, transaction

STANDS = {"now": "they are now in", "origin": "they would go back to", "both": "they are in and would go back to"}
KINDS = {"state": "open or closed", "country_now": "country where they are", "origin": "country of origin"}


def add_parser(subparsers: Any) -> None:
    """Adds `criteria` to the sub-commands of `bot`."""
    parser = subparsers.add_parser("criteria", help="what other criteria would change")
    what = parser.add_subparsers(dest="what", required=True)
    told = what.add_parser(
        "compare",
        help="lay another folder beside the criteria in force; changes nothing",
        description="Prints what is written otherwise in FOLDER, which cases of the decision table would come to "
        "another verdict or other reasons, and with --referrals how many referrals would: in codes.",
        epilog="exit: 0 compared, 2 one of the folders could not be put in force (the file and line are named).",
    )
    told.add_argument("folder", type=Path, metavar="FOLDER", help="a copy of criteria/, changed")
    told.add_argument(
        "--in-force",
        type=Path,
        default=ROOT / "criteria",
        metavar="FOLDER",
        help="what to compare with (default: the project's own, %(default)s)",
    )
    told.add_argument(
        "--referrals",
        action="store_true",
        help="weigh the referrals again; needs BOT_CONSOLE_KEY, is recorded, and hides small groups",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 2 when one of the folders does not load."""
    try:
        found = compare(args.in_force, args.folder)
    except CriteriaError as error:
        print(f"bot criteria: {error}", file=sys.stderr)
        return 2
    lines = [*_versions(found), *_rows(found.rows), *_cases(found.cases)]
    print("\n".join(lines))
    if args.referrals:
        print("\n".join(_weighed(found)))
    return 0


def _weighed(found: Comparison) -> Iterator[str]:
    settings = kept_settings(os.environ, console=True)
    if settings.console_key is None:
        raise SettingsError("BOT_CONSOLE_KEY is not set: referrals cannot be opened without it.")
    engine = open_database(settings.database_url)
    migrate(engine)
    with transaction(engine) as session:
        append_audit(session, "criteria_compared", "all", now())
    yield from _referrals(count_changes(reweigh(engine, settings.console_key, found.before, found.after)))


def _versions(found: Comparison) -> Iterator[str]:
    yield f"in force {found.before.version}, other {found.after.version}"
    if found.same_version:
        yield "Both have the same version: raise version.yml before the other comes into force."


def _rows(rows: tuple[RowChange, ...]) -> Iterator[str]:
    yield f"\nWritten otherwise: {len(rows)}"
    for one in rows:
        what = "added" if one.before is None else "taken out" if one.after is None else "changed"
        row = one.after or one.before
        yield f"  {one.file} line {row.line if row else '?'}: {one.key} {what}"
        for name, was, will in one.fields:
            yield f"    {name}: {was or '-'}  ->  {will or '-'}"


def _cases(changes: tuple[CaseChange, ...]) -> Iterator[str]:
    yield f"\nCases of the decision table that change: {sum(len(one.cases) for one in changes)}"
    for one in changes:
        yield f"  {STANDS[one.stands]} {' '.join(one.countries)}"
        moved = f"{one.difference.before or 'unfinished'}  ->  {one.difference.after or 'unfinished'}"
        reasons = [f"-{code}" for code in one.difference.gone] + [f"+{code}" for code in one.difference.new]
        yield f"    {moved}  {' '.join(reasons)}"
        for case in one.cases:
            yield f"      {_told(case)}"


def _told(case: Case) -> str:
    answers = ", ".join(f"{question}: {answer}" for question, answer in case.answers.items())
    return answers or ("mixed_status" if case.mixed else "nothing else")


def _referrals(counted: Counted) -> Iterator[str]:
    yield "\nReferrals, of those kept now, that would come to another verdict (small groups are hidden):"
    for group in counted.groups:
        yield f"  {group.before}  ->  {group.after}: {group.count}"
        for kind, rows in group.parts.items():
            shown = [f"{value} {count}" for value, count in rows] + ["hidden"] * (kind in group.hidden)
            yield f"    by {KINDS[kind]}: {', '.join(shown)}"
    if counted.hidden or not counted.groups:
        yield "  hidden" if counted.hidden else "  none"
    if counted.more:
        yield f"  Only the latest {MOST_WEIGHED} were weighed."
