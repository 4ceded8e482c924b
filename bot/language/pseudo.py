"""Step 9, said: two made-up languages that show what breaks before a translator has worked; made from English.

They are never written down. Only where an operator lists them in `BOT_LANGUAGES` of a demonstration are they seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.language.languages import PSEUDO, SOURCE, Language
from bot.language.translations import PLACEHOLDER

LONG, MIRRORED = "en_XA", "ar_XB"  # the names CLDR gives to such languages
_GROWTH = 0.4  # how much longer than English a translation may well be
_ACCENTS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž"
)
# What every language keeps as it is: placeholders, addresses, telephone numbers, our names.
_KEPT = re.compile(
    rf"({PLACEHOLDER.pattern}|(?:[\w-]+\.)+(?:org|int|com|net)\b|\+\d[\d ]+\d|\b(?:IOM|UNHCR|AVRR)\b)"
)
_FILLER = "~"
_RLI, _PDI, _RLO, _PDF = "\u2067", "\u2069", "\u202e", "\u202c"


def pseudo_languages(languages: Mapping[str, Language]) -> dict[str, Language]:
    """Both of them by code, made from the source language."""
    source = languages[SOURCE]
    return {
        LONG: replace(source, code=LONG, name=lengthened(source.name), state=PSEUDO),
        MIRRORED: replace(
            source, code=MIRRORED, name=mirrored(source.name), script="Arab", direction="rtl", state=PSEUDO
        ),
    }


def pseudo(code: str) -> Callable[[str], str] | None:
    """What turns English into the made-up language `code`; None for a real one."""
    return {LONG: lengthened, MIRRORED: mirrored}.get(code)


def lengthened(english: str) -> str:
    """`english` with an accent on every letter, 40 % longer, between brackets that show where it was cut."""
    if not english.strip():
        return english
    more = round(len(english) * _GROWTH) - 2  # the brackets count too
    return f"[{_each(english, lambda part: part.translate(_ACCENTS))}{_FILLER * max(0, more)}]"


def mirrored(english: str) -> str:
    """`english` that runs from right to left, in isolates as the bot's own; what is kept does not."""
    return _each(english, _turned)


def _turned(part: str) -> str:
    lines = (
        re.sub(r"\S(?:.*\S)?", lambda words: f"{_RLI}{_RLO}{words[0]}{_PDF}{_PDI}", line)
        for line in part.split("\n")
    )
    return "\n".join(lines)


def _each(text: str, change: Callable[[str], str]) -> str:
    kept, end = [], 0
    for match in _KEPT.finditer(text):
        kept += [change(text[end : match.start()]), match[0]]
        end = match.end()
    return "".join((*kept, change(text[end:])))
