"""Step 9 in a browser: the words of the page around the messages."""

from __future__ import annotations

from collections.abc import Sequence

from bot import speech
from bot.language.catalogue import Catalogue
from bot.language.languages import SOURCE, Language
from bot.language.wording import Wording

_PREFIX = "page_"


def page_words(catalogue: Catalogue, language: Language) -> dict[str, str]:
    """Every response named `page_…` in `language`, by the rest of its name."""
    wording = Wording(catalogue, language.code)
    phone = speech.phone(catalogue.offices.default.phone)
    return {
        name.removeprefix(_PREFIX): wording.text(name, {"phone": phone})
        for name in catalogue.responses()
        if name.startswith(_PREFIX)
    }


def page_language(catalogue: Catalogue, offered: Sequence[str], accept: str) -> Language:
    """The first of `offered` that the browser's Accept-Language asks for, before a person has chosen one."""
    for part in accept.split(","):
        asked = part.partition(";")[0].strip().casefold()
        for code in offered:
            if asked and (asked == catalogue.language(code).tag.casefold() or asked.partition("-")[0] == code):
                return catalogue.language(code)
    return catalogue.language(SOURCE)
