"""Beside step 9: buttons that are seen together and read the same but mean different things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from bot.language.english import Response
from bot.language.folding import fold
from bot.language.gates.fault import Fault
from bot.language.gates.limits import ROW_DESCRIPTION, ROW_TITLE, length
from bot.speech import Tap

_QUESTIONS = "label_faq/"  # the menu of questions is buttons with these labels
Words = Mapping[tuple[str, str], str]  # (context, English) -> the translation


@dataclass(frozen=True)
class _Seen:
    title: str
    english: str
    means: Tap
    typed: str  # as `bot.conversation.screen` compares what somebody types with the buttons
    cut: str  # what is left of it where the channel has but `most` UTF-16 units
    most: int


def same_titles(responses: Mapping[str, Response], words: Words) -> Iterator[tuple[str, Fault]]:
    """Faults by the name of the response under which the buttons stand; `words` that are missing are English."""
    for response in responses.values():
        row = responses.get(response.controls or "")
        seen = [
            _seen(words.get((one.name, button.title), button.title), button.title, button.tap, ROW_TITLE)
            for one in (response, row)
            if one is not None
            for button in one.buttons
        ]
        for fault in _alike(seen):
            yield response.name, fault
    labels = [one for one in responses.values() if one.name.startswith(_QUESTIONS)]
    asked = [
        _seen(words.get((one.name, one.text), one.text), one.text, Tap(one.name), ROW_DESCRIPTION)
        for one in labels
    ]
    for fault in _alike(asked):
        yield _QUESTIONS, fault


def _seen(title: str, english: str, means: Tap, most: int) -> _Seen:
    typed = fold(title)
    cut = typed or title
    while length(cut) > most:
        cut = cut[:-1]
    return _Seen(title, english, means, typed, cut, most)


def _alike(seen: Iterable[_Seen]) -> Iterator[Fault]:
    for one, other in combinations(seen, 2):
        if one.means == other.means:
            continue
        if one.title == other.title:
            how = f"two of its buttons read «{one.title}»"
        elif one.typed and one.typed == other.typed:
            how = f"«{one.title}» and «{other.title}» are the same when somebody types them"
        elif one.cut == other.cut:
            how = f"two of its buttons read «{one.cut}» where a phone shows but {one.most} characters"
        else:
            continue
        yield Fault("same titles", f"{how} («{one.english}» and «{other.english}»); make them differ.")
