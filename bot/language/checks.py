"""Beside step 9: what is wrong with a language's catalogue, before a person reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from bot.language.catalogue import Catalogue, overlays
from bot.language.english import Response
from bot.language.extract import CITY, Entry
from bot.language.gates.banned import Banned, harmful, load_banned
from bot.language.gates.fault import Fault, Finding
from bot.language.gates.header import header
from bot.language.gates.limits import limit_of, too_long
from bot.language.gates.plain import same_form, same_numbers, same_parts
from bot.language.gates.rendering import isolates, rendered
from bot.language.gates.script import LATIN_WORDS, load_latin_words, own_letters
from bot.language.gates.signature import unsigned
from bot.language.gates.titles import same_titles
from bot.language.glossary import GLOSSARY, Term, load_glossary, unlike_glossary
from bot.language.translations import broken
from bot.language.wording import Wording


@dataclass(frozen=True)
class Material:
    """What the checks of one language work with: its wording, what there is to translate, and its own lists."""

    wording: Wording
    found: Sequence[Entry]
    responses: Mapping[str, Response]
    banned: Banned
    latin: frozenset[str] = frozenset()
    terms: Sequence[Term] = ()


def load_material(catalogue: Catalogue, code: str, found: Sequence[Entry]) -> Material:
    """The material of language `code` from the lists in `locales/`; `GlossaryError` if its glossary is broken."""

    def own(name: str) -> Path:
        # An overlay (`fa_AF` over `fa`) takes the lists of the other language, unless it has its own.
        files = [catalogue.locales / one / name for one in overlays(code)]
        return next((file for file in files if file.exists()), files[0])

    return Material(
        wording=Wording(catalogue, code),
        found=found,
        responses=catalogue.responses(),
        banned=load_banned(own("banned.txt"), catalogue.language(code).script),
        latin=load_latin_words(catalogue.locales / LATIN_WORDS, code),
        terms=load_glossary(own(GLOSSARY)),
    )


def check_english(file: str, material: Material) -> list[Finding]:
    """What is wrong with the English itself, in `file`."""
    findings = [
        Finding(file, fault, entry.context, entry.english)
        for entry in material.found
        for fault in (
            *_of_reading(entry, entry.english, material),
            *harmful(entry.context, entry.english, material.banned),
        )
    ]
    return [*findings, *_titles(file, material, {})]


def check_catalogue(
    file: str,
    catalogue: Catalog,
    material: Material,
    *,
    complete: bool,
    needed: Collection[str] = (),
    only: Collection[str] | None = None,
) -> list[Finding]:
    """What is wrong with `catalogue`; `complete` if nothing may be missing, else nothing of the contexts `needed`.

    `only` names the contexts whose texts are looked at, for a quick answer about a few; None is all of them.
    """
    findings = [Finding(file, fault) for fault in header(catalogue, material.wording.language)]
    words: dict[tuple[str, str], str] = {}
    for entry in material.found:
        message = catalogue.get(entry.english, entry.context)
        text = message.string if message is not None and isinstance(message.string, str) else ""
        faults = list(_unready(message, text))
        if not faults:
            words[(entry.context, entry.english)] = text
        if only is not None and entry.context not in only:
            continue
        if message is not None and not faults:
            faults.extend(check_text(entry, text, material))
            if material.wording.language.state == "reviewed":
                faults.extend(unsigned(message, entry.english, text))
        elif not complete and entry.context not in needed:
            continue
        findings.extend(Finding(file, fault, entry.context, entry.english) for fault in faults)
    return [*findings, *_left_over(file, catalogue, material), *_titles(file, material, words)]


def check_text(entry: Entry, text: str, material: Material) -> Iterator[Fault]:
    """What is wrong with `text` as the translation of `entry`, looked at by itself."""
    language = material.wording.language
    yield from same_parts(entry.english, text)
    yield from same_form(entry.english, text)
    yield from same_numbers(entry.english, text, language)
    foreign = [*own_letters(entry.english, text, language, material.latin, name=entry.context == CITY)]
    yield from foreign
    for fault in _of_reading(entry, text, material):
        if fault.kind != "isolate" or not foreign:  # those letters would be said twice
            yield fault
    yield from harmful(entry.context, text, material.banned)
    yield from unlike_glossary(entry.context, entry.english, text, material.terms)


def _of_reading(entry: Entry, text: str, material: Material) -> Iterator[Fault]:
    if broken(entry.english, text):
        return  # it cannot be rendered, and that is said already
    shown = rendered(material.wording, entry.context, text)
    limit = limit_of(entry.context, material.responses.get(entry.context), is_title=entry.is_title)
    yield from too_long(shown, limit)
    yield from isolates(shown, material.wording.language)


def _unready(message: Message | None, text: str) -> Iterator[Fault]:
    if message is None:
        yield Fault("missing", "it is not in the file; run `bot i18n update`, then translate it.")
    elif not text.strip():
        yield Fault("missing", "it has no translation; write one.")
    elif message.fuzzy:
        yield Fault(
            "fuzzy", "it is marked fuzzy: the English changed. Put the translation right, then remove the mark."
        )


def _left_over(file: str, catalogue: Catalog, material: Material) -> Iterator[Finding]:
    known = {(entry.english, entry.context) for entry in material.found}
    for one in catalogue:
        if one.id and (one.id, one.context) not in known:
            fault = Fault("left over", "English no longer has this string; run `bot i18n update`.")
            yield Finding(file, fault, one.context or "no msgctxt", str(one.id))


def _titles(file: str, material: Material, words: Mapping[tuple[str, str], str]) -> Iterator[Finding]:
    for name, fault in same_titles(material.responses, words):
        yield Finding(file, fault, name)
