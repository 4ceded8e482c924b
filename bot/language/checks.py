"""Beside step 9: what is wrong with a language's catalogue, before a person reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from bot.language.bidi import clean
from bot.language.english import Response
from bot.language.extract import BUTTON_LIMIT, CRITERION, Entry
from bot.language.folding import fold
from bot.language.languages import Language
from bot.language.translations import PLACEHOLDER, broken

# Addresses and telephone numbers, and the names that are the same in every language.
_UNCHANGED = re.compile(r"(?:[\w-]+\.)+(?:org|int|com|net)[\w/.-]*\b|\+\d[\d ]{6,}\d|\b(?:IOM|UNHCR|AVRR)\b")
_SHOWN = 50  # characters of English that name a string in a finding


@dataclass(frozen=True)
class Finding:
    """One thing wrong: `where` names the file and the string, `wrong` says what and what to do."""

    where: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.where}: {self.wrong}"


@dataclass(frozen=True)
class Banned:
    """Words that a language must not use on people, and the contexts in which each is allowed after all."""

    words: Mapping[str, frozenset[str]]

    def used(self, context: str, text: str) -> list[str]:
        """Those of the words that stand in `text`. Published words of criteria are quoted as they are."""
        if context == CRITERION:
            return []
        folded = f" {fold(text)} "
        return [
            word for word, allowed in self.words.items() if f" {fold(word)} " in folded and context not in allowed
        ]


def load_banned(path: Path) -> Banned:
    """The words of a `banned.txt`; none if the language has no such file."""
    words: dict[str, frozenset[str]] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            phrase, _, allowed = line.partition("#")[0].partition(":")
            if phrase.strip():
                words[phrase.strip()] = frozenset(name.strip() for name in allowed.split(",") if name.strip())
    return Banned(words)


def check_english(
    file: str, found: Iterable[Entry], responses: Mapping[str, Response], banned: Banned
) -> list[Finding]:
    """What is wrong with the English itself, in `file`."""
    findings: list[Finding] = []
    for entry in found:
        wrong = [*_of_words(entry, entry.english, banned), *_of_title(entry, entry.english)]
        findings.extend(Finding(_where(file, entry), one) for one in wrong)
    return [*findings, *_same_titles(file, responses, {})]


def check_catalogue(
    file: str,
    catalogue: Catalog,
    language: Language,
    found: Iterable[Entry],
    responses: Mapping[str, Response],
    banned: Banned,
    *,
    complete: bool,
) -> list[Finding]:
    """What is wrong with `catalogue`, the translation of `found`; `complete` if nothing may be missing."""
    findings = list(_of_header(file, catalogue, language))
    words: dict[tuple[str, str], str] = {}
    known = set()
    for entry in found:
        known.add((entry.english, entry.context))
        message = catalogue.get(entry.english, entry.context)
        text = message.string if message is not None and isinstance(message.string, str) else ""
        unready = _unready(message, text)
        if unready is None:
            words[(entry.context, entry.english)] = text
            findings.extend(Finding(_where(file, entry), wrong) for wrong in _of_text(entry, text, banned))
        elif complete:
            findings.append(Finding(_where(file, entry), unready))
    stale = [one for one in catalogue if one.id and (one.id, one.context) not in known]
    findings.extend(
        Finding(f"{file}: {one.context}", "English no longer has this string; run `bot i18n update`.")
        for one in stale
    )
    return [*findings, *_same_titles(file, responses, words)]


def _of_header(file: str, catalogue: Catalog, language: Language) -> Iterator[Finding]:
    if "".join(catalogue.plural_forms.split()) != "".join(language.plural.split()):
        yield Finding(
            file,
            f"its Plural-Forms are not those of {language.code} in languages.yml ({language.plural}); "
            "run `bot i18n update`.",
        )


def _unready(message: Message | None, text: str) -> str | None:
    if message is None:
        return "it is not in the file; run `bot i18n update`, then translate it."
    if not text.strip():
        return "it has no translation; write one."
    if message.fuzzy:
        return "it is marked fuzzy: the English changed. Put the translation right, then remove the mark."
    return None


def _of_text(entry: Entry, text: str, banned: Banned) -> Iterator[str]:
    if broken(entry.english, text):
        names = ", ".join(dict.fromkeys(PLACEHOLDER.findall(entry.english))) or "none"
        yield f"its placeholders must be those of the English ({names}), each in braces; put them right."
    before, after = set(_UNCHANGED.findall(entry.english)), set(_UNCHANGED.findall(text))
    if before != after:
        yield f"{', '.join(sorted(before ^ after))} must stand in both or in neither; write it as in English."
    if clean(text) != text:
        yield "it has a hidden control or direction character; remove it, the bot sets directions itself."
    yield from _of_title(entry, text)
    yield from _of_words(entry, text, banned)


def _of_title(entry: Entry, text: str) -> Iterator[str]:
    if entry.is_title and len(text) > BUTTON_LIMIT:
        yield f"the button has {len(text)} characters; shorten it to {BUTTON_LIMIT} or fewer."


def _of_words(entry: Entry, text: str, banned: Banned) -> Iterator[str]:
    for word in banned.used(entry.context, text):
        yield f"«{word}» is a word that harms; say it another way (banned.txt of this language)."


def _same_titles(
    file: str, responses: Mapping[str, Response], words: Mapping[tuple[str, str], str]
) -> Iterator[Finding]:
    """Buttons seen together, a response's own and those of its row, that read the same but mean different."""
    for response in responses.values():
        row = responses.get(response.controls or "")
        seen = [(one, button) for one in (response, row) if one is not None for button in one.buttons]
        for (first_of, first), (second_of, second) in combinations(seen, 2):
            one = words.get((first_of.name, first.title), first.title)
            other = words.get((second_of.name, second.title), second.title)
            if one == other and first.tap != second.tap:
                yield Finding(
                    f"{file}: {response.name}",
                    f"two of its buttons read «{one}» («{first.title}» and «{second.title}»); make them differ.",
                )


def _where(file: str, entry: Entry) -> str:
    line = entry.english.partition("\n")[0]
    return f"{file}: {entry.context} «{line if len(line) <= _SHOWN else line[:_SHOWN].rstrip() + '…'}»"
