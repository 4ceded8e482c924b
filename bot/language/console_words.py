"""Beside step 8: what officers read, from the console's pages to the template `locales/console.pot`, and checked.

A string is marked where it is written: `_("…")`, or `pgettext("sense", "…")`. What varies in it is `%(name)s`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from jinja2 import TemplateSyntaxError

from bot.language.extract import ExtractError
from bot.language.gates.banned import Banned, harmful, load_banned
from bot.language.gates.fault import Fault, Finding
from bot.language.gates.header import header
from bot.language.gates.plain import same_form, same_numbers, same_parts
from bot.language.gates.script import LATIN_WORDS, load_latin_words, own_letters
from bot.language.languages import Language
from bot.settings import ROOT

CONSOLE = ROOT / "bot" / "console"
TEMPLATE = Path("locales", "console.pot")
PROJECT = "avrr-bot-console"  # by its header, a file that comes by mail is known to be the console's
CATALOGUE = Path("LC_MESSAGES", "console.po")  # in the folder of its language
DRAFT = "DRAFT"  # in the header of a catalogue that no native reviewer has signed

_METHODS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    ".py": ("python", {}),
    ".html": ("jinja2", {"extensions": "jinja2.ext.i18n", "silent": "false"}),
}
_KEYWORDS = {"_": None, "gettext": None, "pgettext": ((1, "c"), 2)}
_CONTEXT = "console"  # of a string that has no msgctxt, in a finding
_NOTE = "Translators:"  # how a comment begins that is for them
_HEADER = """\
# Template of everything that officers read in the console. Made by `bot i18n extract`; do not edit it.
# How to translate: docs/translating.md
# An officer works at an IOM office. A person is a migrant who wrote to the chatbot. A referral is the person's
# request to be contacted, which an officer takes, works and closes. The words are for office staff: plain, polite,
# short, with no verdict on a person: IOM decides. What stands in %(…)s is filled in; keep it as it is."""
_DRAFT_HEADER = f"""\
# {{name}} ({{code}}), the console's words
# {DRAFT}: no native reviewer has signed this file yet. Take this line away when one has.
# How to translate: docs/translating.md"""
_PLACE = re.compile(r"%\((\w+)\)s")
_MARKUP = re.compile(r"[<>&]")  # a page takes its own words as they are


def same_places(english: str, text: str) -> bool:
    """Whether `text` has the `%(name)s` of `english` and can be filled in: a lone percent sign cannot."""
    rest = _PLACE.sub("", text).replace("%%", "")
    return set(_PLACE.findall(english)) == set(_PLACE.findall(text)) and "%" not in rest


def console_template(console: Path = CONSOLE) -> Catalog:
    """The catalogue without translations that `console.pot` holds: every marked string under `console`.

    `ExtractError` names the page that cannot be read.
    """
    catalogue = Catalog(header_comment=_HEADER, project=PROJECT, version="1", fuzzy=False)
    for path in sorted(one for one in console.rglob("*") if one.suffix in _METHODS):
        for english, notes, context in _marked(path):
            catalogue.add(english, context=context, auto_comments=[*notes, f"In {path.name}."])
    return catalogue


def _marked(path: Path) -> Iterator[tuple[str, list[str], str | None]]:
    method, options = _METHODS[path.suffix]
    try:
        found = extract_from_file(
            method, path, keywords=_KEYWORDS, comment_tags=(_NOTE,), options=options, strip_comment_tags=True
        )
    except TemplateSyntaxError as error:
        raise ExtractError(f"{path.name}, line {error.lineno}: {error.message}; put the page right.") from None
    for _, english, notes, context in found:
        if isinstance(english, str):
            yield english, notes, context


def new_console_catalogue(language: Language) -> Catalog:
    """An empty catalogue of `language`, marked as a draft."""
    comment = _DRAFT_HEADER.format(name=language.name, code=language.code)
    return Catalog(language.code, header_comment=comment, project=PROJECT, version="1", fuzzy=False)


def check_console_english(file: str, fresh: Catalog) -> Iterator[Finding]:
    """What is wrong with the English of the template `fresh`, which `file` holds."""
    for message in _messages(fresh):
        yield from _findings(file, message, _fillable(str(message.id), str(message.id)))


def check_console(
    file: str, catalogue: Catalog, language: Language, fresh: Catalog, locales: Path
) -> Iterator[Finding]:
    """What is wrong with `catalogue`, the translation of `fresh` into `language`. None is ever half done."""
    for fault in header(catalogue, language):
        yield Finding(file, fault)
    banned = load_banned(locales / language.code / "banned.txt", language.script)
    latin = load_latin_words(locales / LATIN_WORDS, language.code)
    for message in _messages(fresh):
        translated = catalogue.get(message.id, message.context)
        yield from _findings(file, message, _faults(str(message.id), translated, language, latin, banned))
    for message in _messages(catalogue):
        if fresh.get(message.id, message.context) is None:
            told = "the console no longer has this string; run `bot i18n update`."
            yield from _findings(file, message, [Fault("left over", told)])


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _findings(file: str, message: Message, faults: Iterable[Fault]) -> Iterator[Finding]:
    return (Finding(file, fault, message.context or _CONTEXT, str(message.id)) for fault in faults)


def _faults(
    english: str, translated: Message | None, language: Language, latin: frozenset[str], banned: Banned
) -> Iterator[Fault]:
    text = str(translated.string) if translated is not None else ""
    if translated is None or not text.strip():
        yield Fault("missing", "it has no translation; run `bot i18n update`, then write one.")
    elif translated.fuzzy:
        told = "it is marked fuzzy: the English changed. Put the translation right, then remove the mark."
        yield Fault("fuzzy", told)
    else:
        yield from _fillable(english, text)
        bare, own = _PLACE.sub("", english), _PLACE.sub("", text)
        yield from same_parts(bare, own)
        yield from same_form(english, text)
        yield from same_numbers(bare, own, language)
        yield from own_letters(bare, own, language, latin)
        yield from harmful(_CONTEXT, text, banned)


def _fillable(english: str, text: str) -> Iterator[Fault]:
    if not same_places(english, text):
        names = ", ".join(f"%({name})s" for name in dict.fromkeys(_PLACE.findall(english))) or "none"
        yield Fault("placeholder", f"its places must be those of the English ({names}); a percent sign is %%.")
    if _MARKUP.search(text):
        yield Fault("unchanged", "it has one of the signs < > &; write it without.")
