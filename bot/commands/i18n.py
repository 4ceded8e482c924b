"""Beside the message's way: `bot i18n` keeps the template and the catalogues of step 9 in step with English."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from yaml import YAMLError

from bot.eligibility import CriteriaError
from bot.language.catalogue import load_catalogue
from bot.language.console_files import (
    check_console_file,
    check_consoles,
    is_console,
    update_consoles,
    write_console_template,
)
from bot.language.console_words import TEMPLATE as CONSOLE_TEMPLATE
from bot.language.english import ResponsesError
from bot.language.extract import ExtractError, as_po, entries, new_catalogue, template
from bot.language.gates.signature import sign
from bot.language.glossary import GlossaryError
from bot.language.inspection import (
    PO,
    TEMPLATE,
    CatalogueError,
    Sources,
    catalogues,
    check_all,
    check_file,
    known,
    load_sources,
    read_catalogue,
)
from bot.language.languages import LanguagesError
from bot.settings import ROOT

_WRONG_SOURCES = (ResponsesError, CriteriaError, ExtractError, LanguagesError, YAMLError, OSError)
_WRONG_FILES = (CatalogueError, GlossaryError)


def add_parser(subparsers: Any) -> None:
    """Adds `i18n` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "i18n",
        help="extract English for translators, update and check their translations",
        description="Keeps translations in step with domain.yml and criteria/. More: docs/translating.md",
    )
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    steps.add_parser("extract", help="write locales/messages.pot from domain.yml and criteria/, and console.pot")
    update = steps.add_parser(
        "update",
        help="bring the template's changes into every language's messages.po, and keep what is translated",
    )
    update.add_argument(
        "language", nargs="*", help="codes of languages.yml; a new one gets its file (default: all that have one)"
    )
    update.add_argument("--console", action="store_true", help="only the console's words, console.po")
    check = steps.add_parser(
        "check", help="say what is wrong with the template and the translations; exit 1 if anything is"
    )
    check.add_argument(
        "file", nargs="?", type=Path, help="only this .po file, whole, wherever it lies (default: all there are)"
    )
    signing = steps.add_parser("sign", help="put a reviewer's name under translations that the reviewer has read")
    signing.add_argument("language", help="the code of languages.yml")
    signing.add_argument("response", nargs="*", help="only these msgctxt, such as danger_card (default: all)")
    signing.add_argument("--by", required=True, metavar="NAME", help="the reviewer")
    signing.add_argument(
        "--date", type=date.fromisoformat, default=datetime.now(UTC).date(), help="YYYY-MM-DD (default: today)"
    )


def run(args: argparse.Namespace) -> int:
    """0 when all is well, 1 when `check` found something, 2 when the sources or a named file cannot be read."""
    try:
        if args.step == "extract":
            return _extract(args.root)
        if args.step == "update":
            return _update_console(args.root, args.language) if args.console else _update(args.root, args.language)
        if args.step == "sign":
            return _sign(args)
        return _check(args.root, args.file)
    except (*_WRONG_SOURCES, *_WRONG_FILES) as error:
        print(f"bot i18n {args.step}: {error}", file=sys.stderr)
        return 2


def _extract(root: Path) -> int:
    found = entries(root)
    (root / TEMPLATE).write_bytes(as_po(template(found)))
    print(f"{TEMPLATE}: {len(template(found))} strings")
    print(f"{CONSOLE_TEMPLATE}: {len(write_console_template(root))} strings")
    return 0


def _update(root: Path, codes: list[str]) -> int:
    sources = load_sources(root)
    fresh = template(sources.found)
    (root / TEMPLATE).write_bytes(as_po(fresh))
    for code in codes or [path.parts[-3] for path in catalogues(root)]:
        language = known(sources.catalogue, code, "locales/languages.yml")
        path = sources.locales / code / PO
        catalogue = read_catalogue(path) if path.exists() else new_catalogue(language)
        catalogue.update(fresh, update_creation_date=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalogue, language))
        ready = sum(bool(one.id and one.string and not one.fuzzy) for one in catalogue)
        print(f"{path.relative_to(root)}: {ready} of {len(catalogue)} strings translated")
    for line in update_consoles(root, sources.catalogue, codes, start=False):
        print(line)
    return 0


def _update_console(root: Path, codes: list[str]) -> int:
    for line in update_consoles(root, load_catalogue(root), codes, start=True):
        print(line)
    return 0


def _check(root: Path, file: Path | None) -> int:
    if file is None:
        findings = [*check_all(load_sources(root)), *check_consoles(root, load_catalogue(root))]
    elif is_console(file):
        findings = list(check_console_file(root, load_catalogue(root), file))
    else:
        findings = list(check_file(load_sources(root), file))
    for finding in findings:
        print(finding)
    print(f"{len(findings)} to put right" if findings else "All is well.")
    return 1 if findings else 0


def _sign(args: argparse.Namespace) -> int:
    sources: Sources = load_sources(args.root)
    language = known(sources.catalogue, args.language, "locales/languages.yml")
    path = sources.locales / language.code / PO
    catalogue = read_catalogue(path)
    here = {one.context for one in catalogue}
    strange = [name for name in args.response if name not in here]
    if strange or "," in args.by or not args.by.strip():
        what = f"«{strange[0]}» is no msgctxt of {path}" if strange else "the name must be a name without a comma"
        raise CatalogueError(f"{what}; nothing is signed.")
    signed = sign(catalogue, args.by.strip(), args.date.isoformat(), args.response)
    path.write_bytes(as_po(catalogue, language))
    print(f"{path.relative_to(args.root)}: {signed} strings signed by {args.by.strip()}")
    return 0
