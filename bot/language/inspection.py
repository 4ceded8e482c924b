"""Beside step 9: the checks of whole files, those in their place and those that a translator sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog

from bot.language.catalogue import Catalogue, load_catalogue, overlays
from bot.language.checks import check_catalogue, check_english, load_material
from bot.language.console_words import CATALOGUE as CONSOLE
from bot.language.extract import Entry, as_po, entries, template
from bot.language.gates.fault import Fault, Finding
from bot.language.gates.header import plural_rule
from bot.language.glossary import GLOSSARY, load_glossary, same_terms
from bot.language.languages import PSEUDO, SOURCE, Language
from bot.language.officer_words import officers_read
from bot.language.translations import UNREADABLE, parsed

TEMPLATE = Path("locales", "messages.pot")
PO = Path("LC_MESSAGES", "messages.po")  # in `locales/<language>/`


class CatalogueError(Exception):
    """A catalogue cannot be read or is of no known language; the message names the file and what to do."""


@dataclass(frozen=True)
class Sources:
    """A project folder: its words, and all that is translated of them."""

    root: Path
    catalogue: Catalogue
    found: list[Entry]

    @property
    def locales(self) -> Path:
        """The folder of all languages."""
        return self.catalogue.locales


def load_sources(root: Path) -> Sources:
    """The sources in `root`; errors are those of the catalogue and of `entries`."""
    return Sources(root, load_catalogue(root), entries(root))


def read_catalogue(path: Path) -> Catalog:
    """The `.po` file at `path`; `CatalogueError` if it is not a whole one."""
    try:
        return parsed(path.read_bytes())
    except UNREADABLE as error:
        raise CatalogueError(
            f"{path}: it is not a whole .po file ({error}); open it in a .po editor and save it."
        ) from None


def catalogues(root: Path) -> list[Path]:
    """The files of all languages that have one, in the order of their codes."""
    return sorted((root / "locales").glob(f"*/{PO}"))


def known(catalogue: Catalogue, code: str, where: str) -> Language:
    """The language `code`, if it can be translated into; else `CatalogueError` with `where` it was asked for."""
    ours = [one.code for one in catalogue.languages.values() if one.code != SOURCE and one.state != PSEUDO]
    if code not in ours:
        raise CatalogueError(
            f"{where}: «{code}» is not a language to translate into; its folder, or the Language line of its "
            f"header, must be one of {', '.join(ours)}."
        )
    return catalogue.languages[code]


def check_all(sources: Sources) -> Iterator[Finding]:
    """What is wrong with the template, the English, the languages and every catalogue in its place."""
    path = sources.root / TEMPLATE
    if not path.exists() or path.read_bytes() != as_po(template(sources.found)):
        wrong = "it is not what domain.yml and criteria/ say now; run `bot i18n update`."
        yield Finding(str(TEMPLATE), Fault("template", wrong))
    for language in sources.catalogue.languages.values():
        yield from (Finding("locales/languages.yml", fault) for fault in plural_rule(language))
    yield from check_english("domain.yml", load_material(sources.catalogue, SOURCE, sources.found))
    for path in catalogues(sources.root):
        yield from check_file(sources, path)


def check_file(sources: Sources, path: Path) -> Iterator[Finding]:
    """What is wrong with the catalogue at `path` and its language's glossary; `CatalogueError`, `GlossaryError`.

    One that lies elsewhere is of the language of its header, and is checked whole.
    """
    catalogue = read_catalogue(path)
    in_place = path.resolve().is_relative_to(sources.locales.resolve())
    code = path.resolve().parts[-3] if in_place else (catalogue.locale_identifier or "")
    language = known(sources.catalogue, code, str(path))
    # An overlay (`fa_AF` over `fa`) holds only what it says differently; a language that is off may be half done,
    # but for what officers read of people's words where the console is in that language.
    overlaid = any((sources.locales / base / "LC_MESSAGES").exists() for base in overlays(code)[1:])
    for_officers = (sources.locales / code / CONSOLE).exists()
    yield from check_catalogue(
        _shown(path, sources.root),
        catalogue,
        load_material(sources.catalogue, code, sources.found),
        complete=not overlaid and (language.state != "off" or not in_place),
        needed={one.context for one in sources.found if officers_read(one.context)} if for_officers else (),
    )
    glossary = sources.locales / code / GLOSSARY
    if glossary.exists() and in_place:
        english = load_glossary(sources.locales / SOURCE / GLOSSARY)
        for fault in same_terms(load_glossary(glossary), english):
            yield Finding(_shown(glossary, sources.root), fault)


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
