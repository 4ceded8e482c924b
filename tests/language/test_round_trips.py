"""A catalogue that went through a translator's editor comes back whole, whatever that did to its form."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from babel.messages.catalog import Catalog
from words_copy import copied_words

from bot.language.extract import as_po, template
from bot.language.gates.signature import is_signed, sign
from bot.language.inspection import PO, TEMPLATE, Sources, check_file, load_sources, read_catalogue
from bot.settings import ROOT

LANGUAGES = ("ar", "my")  # six plural forms and right to left; one, and long words without a blank
NOTE = "a translator's own note, which is longer than any editor leaves on one line without breaking it somewhere"


def by_polib(path: Path, _template: Path) -> None:
    """As Poedit and Weblate save: wrapped at 78."""
    file = polib.pofile(str(path), wrapwidth=78)
    file.save(str(path))


def by_msgmerge(path: Path, fresh: Path) -> None:
    """As GNU gettext brings a template's changes in."""
    tool = shutil.which("msgmerge")
    assert tool, "msgmerge is in the Debian package gettext: see .ci/packages.txt"
    subprocess.run([tool, "--quiet", "--update", "--backup=none", str(path), str(fresh)], check=True)


def by_pybabel(path: Path, fresh: Path) -> None:
    """As Babel's own command does it."""
    babel = (sys.executable, "-m", "babel.messages.frontend", "--quiet", "update")
    subprocess.run(
        [*babel, "-i", str(fresh), "-o", str(path), "-l", path.parts[-3], "--ignore-obsolete"],
        check=True,
        capture_output=True,
    )


def words(catalogue: Catalog) -> dict[tuple[str | None, str], tuple[object, ...]]:
    """All of a catalogue that is not form."""
    return {
        (one.context, str(one.id)): (
            one.string,
            " ".join(one.user_comments).split(),
            " ".join(one.auto_comments).split(),
            set(one.flags),
        )
        for one in catalogue
        if one.id
    }


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """A copy of all that is translated, its template up to date."""
    root = copied_words(tmp_path_factory.mktemp("words"))
    sources = load_sources(root)
    (root / TEMPLATE).write_bytes(as_po(template(sources.found)))
    return sources


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("editor", [by_polib, by_msgmerge, by_pybabel])
def test_an_editor_keeps_words_comments_and_signatures(
    sources: Sources, editor: Callable[[Path, Path], None], language: str
) -> None:
    path = sources.locales / language / PO
    catalogue = read_catalogue(ROOT / "locales" / language / PO)
    catalogue.update(template(sources.found), update_creation_date=False)
    menu = catalogue.get("Talk to a person", "menu")
    assert menu is not None
    menu.user_comments = [NOTE]
    assert sign(catalogue, "A. Reader", "2026-11-22", ("menu", "notice")) > 2
    before = as_po(catalogue, sources.catalogue.languages[language])
    path.write_bytes(before)
    kept = words(read_catalogue(path))
    found = [*check_file(sources, path)]

    editor(path, sources.root / TEMPLATE)

    after = read_catalogue(path)
    assert words(after) == kept
    again = after.get("Talk to a person", "menu")
    assert again is not None
    assert is_signed(again.user_comments, str(again.id), str(again.string))
    assert [one for one in check_file(sources, path) if one not in found] == []
    after.update(template(sources.found), update_creation_date=False)
    assert read_again(after, language, sources) == kept


def read_again(
    catalogue: Catalog, language: str, sources: Sources
) -> dict[tuple[str | None, str], tuple[object, ...]]:
    """What is left when `bot i18n update` has written the file in our form again."""
    path = sources.locales / language / PO
    path.write_bytes(as_po(catalogue, sources.catalogue.languages[language]))
    assert not [line for line in path.read_text(encoding="utf-8").splitlines() if "-Date:" in line]
    return words(read_catalogue(path))


def test_the_editors_do_break_lines(sources: Sources) -> None:
    path = sources.locales / "bn" / PO
    shutil.copy(ROOT / "locales" / "bn" / PO, path)
    one_line = path.read_text(encoding="utf-8")
    by_polib(path, sources.root / TEMPLATE)
    assert len(path.read_text(encoding="utf-8").splitlines()) > len(one_line.splitlines()) + 100
