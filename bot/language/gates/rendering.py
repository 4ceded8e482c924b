"""Beside step 9: a translation as a person reads it, with its placeholders filled and its directions set."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from bot import speech
from bot.language.gates.fault import Fault
from bot.language.languages import Language
from bot.language.translations import PLACEHOLDER
from bot.language.wording import Wording

_OPENERS, _PDI = frozenset("\u2066\u2067\u2068"), "\u2069"
_PHONE = re.compile(r"\+\d[\d ]*\d")
# What placeholders hold, by name; all others hold words. Codes and numbers are hard in right-to-left text.
_EXAMPLES: Mapping[str, Any] = {
    "adults": 12,
    "children": 12,
    "days": 12,
    "number": speech.phone("+66 2 343 9300"),
    "office": speech.code("IOM Bangkok"),
    "phone": speech.phone("+66 2 343 9300"),
    "reference": speech.code("K7PM-2QXD"),
}
_WORDS = speech.text("K7PM, +66 2 343 9300")


def rendered(wording: Wording, context: str, text: str) -> str:
    """`text` of response `context` with examples in its placeholders, as it is sent."""
    variables = {name: _EXAMPLES.get(name, _WORDS) for name in PLACEHOLDER.findall(text)}
    return wording.fill(context, text, variables)


def isolates(shown: str, language: Language) -> Iterator[Fault]:
    """Isolates that do not close in their line, and letters or telephone numbers that stand in none.

    Judged by Unicode's own directions of characters, not by the rules that put the isolates there.
    """
    against = {"L"} if language.direction == "rtl" else {"R", "AL"}
    for line in shown.split("\n"):
        depth, outside = 0, ""
        for one in line:
            if one in _OPENERS:
                depth += 1
            elif one == _PDI:
                depth -= 1
            elif depth == 0:
                outside += one
            if depth < 0:
                break
        loose = [one for one in outside if unicodedata.bidirectional(one) in against]
        phone = _PHONE.search(outside) if language.direction == "rtl" else None
        if depth:
            yield Fault("isolate", "its direction marks do not close in their line; remove those you put in.")
        elif loose or phone:
            what = phone[0] if phone else "".join(dict.fromkeys(loose))
            yield Fault(
                "isolate", f"«{what}» runs against the direction of this language unprotected; write it otherwise."
            )
