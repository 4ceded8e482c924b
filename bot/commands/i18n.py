"""Beside the message's way: `bot i18n` keeps the template and the catalogues of step 9 in step with English."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po
from yaml import YAMLError

from bot.eligibility import CriteriaError
from bot.language.catalogue import overlays
from bot.language.checks import Finding, check_catalogue, check_english, load_banned
from bot.language.english import ResponsesError, load_responses
from bot.language.extract import Entry, ExtractError, as_po, entries, new_catalogue, template
from bot.language.languages import SOURCE, Language, LanguagesError, load_languages
from bot.settings import ROOT

_TEMPLATE = Path("locales", "messages.pot")
_WRONG_SOURCES = (ResponsesError, CriteriaError, ExtractError, LanguagesError, YAMLError, OSError)


class CatalogueError(Exception):
    """A catalogue cannot be read or is of no known language; the message names the file and what to do."""


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
    steps.add_parser("extract", help="write locales/messages.pot from domain.yml and criteria/")
    update = steps.add_parser(
        "update",
        help="bring the template's changes into every language's messages.po, and keep what is translated",
    )
    update.add_argument(
        "language", nargs="*", help="codes of languages.yml; a new one gets its file (default: all that have one)"
    )
    check = steps.add_parser(
        "check", help="say what is wrong with the template and the translations; exit 1 if anything is"
    )
    check.add_argument(
        "file", nargs="?", type=Path, help="only this .po file, whole, wherever it lies (default: all there are)"
    )


def run(args: argparse.Namespace) -> int:
    """0 when all is well, 1 when `check` found something, 2 when the sources or a named file cannot be read."""
    try:
        if args.step == "extract":
            return _extract(args.root)
        if args.step == "update":
            return _update(args.root, args.language)
        return _check(args.root, args.file)
    except (*_WRONG_SOURCES, CatalogueError) as error:
        print(f"bot i18n {args.step}: {error}", file=sys.stderr)
        return 2


def _extract(root: Path) -> int:
    found = entries(root)
    (root / _TEMPLATE).write_bytes(as_po(template(found)))
    print(f"{_TEMPLATE}: {len(template(found))} strings")
    return 0


def _update(root: Path, codes: list[str]) -> int:
    languages = load_languages(root / "locales" / "languages.yml")
    fresh = template(entries(root))
    (root / _TEMPLATE).write_bytes(as_po(fresh))
    for code in codes or [path.parts[-3] for path in _catalogues(root)]:
        language = _known(languages, code, SOURCE)
        path = root / "locales" / code / "LC_MESSAGES" / "messages.po"
        catalogue = _read(path) if path.exists() else new_catalogue(language)
        catalogue.update(fresh, update_creation_date=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalogue, language))
        ready = sum(bool(one.id and one.string and not one.fuzzy) for one in catalogue)
        print(f"{path.relative_to(root)}: {ready} of {len(catalogue)} strings translated")
    return 0


def _check(root: Path, file: Path | None) -> int:
    found = entries(root)
    findings = list(_of_file(root, file, found) if file else _of_all(root, found))
    for finding in findings:
        print(finding)
    print(f"{len(findings)} to put right" if findings else "All is well.")
    return 1 if findings else 0


def _of_all(root: Path, found: list[Entry]) -> Iterator[Finding]:
    path = root / _TEMPLATE
    if not path.exists() or path.read_bytes() != as_po(template(found)):
        yield Finding(str(_TEMPLATE), "it is not what domain.yml and criteria/ say now; run `bot i18n update`.")
    banned = load_banned(root / "locales" / SOURCE / "banned.txt")
    yield from check_english("domain.yml", found, load_responses(root / "domain.yml"), banned)
    for catalogue in _catalogues(root):
        yield from _of_file(root, catalogue, found)


def _of_file(root: Path, path: Path, found: list[Entry]) -> Iterator[Finding]:
    languages = load_languages(root / "locales" / "languages.yml")
    catalogue = _read(path)
    in_place = path.resolve().is_relative_to((root / "locales").resolve())
    code = path.resolve().parts[-3] if in_place else (catalogue.locale_identifier or "")
    language = _known(languages, code, str(path))
    folder = root / "locales"
    # An overlay (`fa_AF` over `fa`) holds only what it says differently; a language that is off may be half done.
    overlaid = any((folder / base / "LC_MESSAGES").exists() for base in overlays(code)[1:])
    yield from check_catalogue(
        str(path.relative_to(root)) if path.is_relative_to(root) else str(path),
        catalogue,
        language,
        found,
        load_responses(root / "domain.yml"),
        load_banned(folder / code / "banned.txt"),
        complete=not overlaid and (language.state != "off" or not in_place),
    )


def _catalogues(root: Path) -> list[Path]:
    return sorted((root / "locales").glob("*/LC_MESSAGES/messages.po"))


def _known(languages: dict[str, Language], code: str, where: str) -> Language:
    if code not in languages or code == SOURCE:
        raise CatalogueError(
            f"{where}: «{code}» is not a language to translate into; its folder, or the Language line of its "
            f"header, must be one of {', '.join(one for one in languages if one != SOURCE)}."
        )
    return languages[code]


def _read(path: Path) -> Catalog:
    try:
        return read_po(io.BytesIO(path.read_bytes()), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise CatalogueError(
            f"{path}: it is not a whole .po file ({error}); open it in a .po editor and save it."
        ) from None
