"""Beside step 8: the console's template and catalogues as files, kept in step and checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog

from bot.language.catalogue import Catalogue
from bot.language.console_words import (
    CATALOGUE,
    PROJECT,
    TEMPLATE,
    check_console,
    check_console_english,
    console_template,
    new_console_catalogue,
)
from bot.language.extract import as_po
from bot.language.gates.fault import Fault, Finding
from bot.language.inspection import known, read_catalogue


def write_console_template(root: Path) -> Catalog:
    """`locales/console.pot` in `root`, as the console's pages are now."""
    fresh = console_template()
    (root / TEMPLATE).write_bytes(as_po(fresh))
    return fresh


def update_consoles(root: Path, words: Catalogue, codes: Sequence[str], *, start: bool) -> Iterator[str]:
    """Bring the pages' words into the console's catalogues; a line on each. `codes`: none are all there are.

    `start`: languages of `codes` that have no such catalogue get one. `CatalogueError` for a code unknown.
    """
    fresh = write_console_template(root)
    for code in codes or [path.parts[-3] for path in _catalogues(words.locales)]:
        path = words.locales / code / CATALOGUE
        if not path.exists() and not start:
            continue
        language = known(words, code, "bot i18n update")
        catalogue = read_catalogue(path) if path.exists() else new_console_catalogue(language)
        catalogue.update(fresh, update_creation_date=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalogue, language))
        ready = sum(bool(one.id and one.string and not one.fuzzy) for one in catalogue)
        yield f"{path.relative_to(root)}: {ready} of {len(catalogue)} strings translated"


def check_consoles(root: Path, words: Catalogue) -> Iterator[Finding]:
    """What is wrong with the console's English, its template, and every catalogue of it in its place."""
    fresh, path = console_template(), root / TEMPLATE
    if not path.exists() or path.read_bytes() != as_po(fresh):
        told = "it is not what the console's pages say now; run `bot i18n update`."
        yield Finding(str(TEMPLATE), Fault("template", told))
    yield from check_console_english(str(TEMPLATE), fresh)
    for one in _catalogues(words.locales):
        yield from check_console_file(root, words, one)


def check_console_file(root: Path, words: Catalogue, path: Path) -> Iterator[Finding]:
    """What is wrong with the console's catalogue at `path`; elsewhere, its header says its language."""
    catalogue = read_catalogue(path)
    in_place = path.resolve().is_relative_to(words.locales.resolve())
    code = path.resolve().parts[-3] if in_place else str(catalogue.locale_identifier or "")
    file = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    yield from check_console(file, catalogue, known(words, code, str(path)), console_template(), words.locales)


def is_console(path: Path) -> bool:
    """Whether the `.po` file at `path` is one of the console's, by its header."""
    return bool(read_catalogue(path).project == PROJECT)


def _catalogues(locales: Path) -> list[Path]:
    return sorted(locales.glob(f"*/{CATALOGUE}"))
