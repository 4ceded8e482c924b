"""Step 3, understood: «second», «the last one»: a choice on the screen named by its place in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from bot.language.folding import fold

LAST = "last"
# A word that also stands in one of these lists of words.yml means what it means there.
_FIRST_OF_ALL = (
    *("affirm", "deny", "not_sure", "prefer_not_to_say", "stop", "go_back", "talk_to_person", "help_menu"),
    *("erase_data", "danger", "exit"),
)

Places = Mapping[str, str]  # a folded word to the number of the choice it names, or to `LAST`


def load_choice_words(locales: Path, languages: Sequence[str]) -> dict[str, Places]:
    """By language, the words under `choices:` in `locales/<language>/words.yml`; a variety has its language's.

    A word under two numbers, or with another meaning of its own, names no choice.
    """
    return {code: _read(locales, code) for code in languages}


def place_named(text: str, places: Places, choices: int) -> int | None:
    """The index (from 0) that `text` names among so many `choices`; None if it names none of them."""
    place = places.get(fold(text))
    if place is None or not choices:
        return None
    number = choices if place == LAST else int(place)
    return number - 1 if number <= choices else None


def _read(locales: Path, language: str) -> Places:
    own = locales / language / "words.yml"
    path = own if own.exists() else locales / language.split("_", maxsplit=1)[0] / "words.yml"
    if not path.exists():
        return {}
    lists = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
    taken = {fold(str(word)) for name in _FIRST_OF_ALL for word in lists.get(name) or ()}
    found: dict[str, set[str]] = {}
    for number, words in (lists.get("choices") or {}).items():
        for word in words:
            found.setdefault(fold(str(word)), set()).add(str(number))
    # A bare number is read on the screen itself, in any digits.
    named = {word: numbers.pop() for word, numbers in found.items() if len(numbers) == 1 and word not in taken}
    return {word: number for word, number in named.items() if word and not word.isdecimal()}
