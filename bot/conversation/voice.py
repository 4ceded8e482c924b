"""Step 9, said: a `Say` becomes bubbles in the person's language, within what the channel allows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.channels.channel import Bubble, Limits
from bot.conversation.paging import completed, new_id, shown_at
from bot.conversation.screen import Shown
from bot.language.wording import Wording
from bot.speech import Say

_PARAGRAPHS = re.compile(r"(?<=\n)")
_SENTENCES = re.compile("(?<=[.!?…\u061f\u06d4\u0964\u104b])\\s+|(?<=\n)")
_WORDS = re.compile(r"(?<=\s)")


@dataclass(frozen=True)
class Rendered:
    """Bubbles in order, and what each of their buttons means; `wording` is the SHA-256 of all their words."""

    name: str
    text: str
    bubbles: tuple[Bubble, ...]
    choices: Mapping[str, Shown]
    wording: str
    place: bool = False
    audio: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether there are answers to choose from, not controls alone."""
        return any(shown.group == "answer" for shown in self.choices.values())


def render(say: Say, wording: Wording, limits: Limits, audio: tuple[str, ...] = ()) -> Rendered:
    """`say` in words. Each button has a new opaque id; a title is never cut.

    Where the channel cannot show the buttons (too many, or a title too long), answers stand in the text as a
    numbered list, and are typed. `audio` are the recordings that can be heard instead. `ResponsesError` if
    `domain.yml` does not have what `say` names.
    """
    text = wording.text(say.name, say.variables)
    own = {new_id(): shown for shown in _buttons(say, wording)}
    place = wording.catalogue.response(say.name).place
    choices = completed(own, wording, limits, place=place, audio=audio)
    words = "\n".join((text, *(one.title for one in own.values())))
    digest = hashlib.sha256(words.encode()).hexdigest()
    bubbles = lay_out(text, choices, wording, limits, place=place)
    return Rendered(say.name, text, bubbles, choices, digest, place, audio)


def together(
    rendered: Sequence[Rendered], choices: Mapping[str, Shown], wording: Wording, limits: Limits
) -> Rendered:
    """What one turn says as one message, with `choices` under it; `rendered` is not empty."""
    text = "\n\n".join(one.text for one in rendered if one.text)
    place = any(one.place for one in rendered)
    last = rendered[-1]
    bubbles = lay_out(text, choices, wording, limits, place=place)
    return Rendered(last.name, text, bubbles, choices, last.wording, place)


def lay_out(
    text: str,
    choices: Mapping[str, Shown],
    wording: Wording,
    limits: Limits,
    *,
    page: int = 0,
    place: bool = False,
) -> tuple[Bubble, ...]:
    """`text` in as few bubbles as `limits` allow, one page of the buttons under the last."""
    fits = len(choices) <= limits.choices and all(len(one.title) <= limits.title for one in choices.values())
    if not fits:
        text = "\n".join((text, "", *_listed(choices, wording)))
    pieces = split(text, limits.text)
    shown = shown_at(choices, wording, limits, page) if fits else ()
    if shown and limits.text_with_choices is not None:
        pieces[-1:] = with_short_end(pieces[-1], limits.text_with_choices)
    language, last = wording.language, len(pieces) - 1
    return tuple(
        Bubble(
            piece,
            language.tag,
            language.direction,
            shown if number == last else (),
            place=place and number == last,
        )
        for number, piece in enumerate(pieces)
    )


def _buttons(say: Say, wording: Wording) -> Iterator[Shown]:
    response = wording.catalogue.response(say.name)
    for own in response.buttons:
        yield Shown(own.tap.as_json(), wording.title(say.name, own.title), "answer")
    for added in say.buttons:
        yield Shown(added.tap.as_json(), wording.words(added.title), "answer")
    if response.controls:
        for control in wording.catalogue.response(response.controls).buttons:
            yield Shown(control.tap.as_json(), wording.title(response.controls, control.title), "control")


def _listed(choices: Mapping[str, Shown], wording: Wording) -> Iterator[str]:
    answers = [shown.title for shown in choices.values() if shown.group == "answer"]
    for number, title in enumerate(answers, start=1):
        yield f"{wording.language.number(number)}. {title}"
    for shown in choices.values():
        if shown.group != "answer":
            yield f"· {shown.title}"


def split(text: str, limit: int) -> list[str]:
    """`text` in pieces of at most `limit` characters, parted between paragraphs, else sentences, else words."""
    if len(text) <= limit:
        return [text]
    for boundary in (_PARAGRAPHS, _SENTENCES, _WORDS):
        parts = [part for part in boundary.split(text) if part]
        if len(parts) > 1:
            return _packed(parts, limit)
    return [text[start : start + limit] for start in range(0, len(text), limit)]


def with_short_end(text: str, limit: int) -> list[str]:
    """`text` in one piece or two, of which the last has at most `limit` characters."""
    end = split(text, limit)[-1]
    # Splitting may have changed the blanks between, so the end is found by what it has of other characters.
    left, at = len("".join(end.split())), len(text)
    while left:
        at -= 1
        left -= not text[at].isspace()
    before = text[:at].strip()
    return [before, end] if before else [end]


def _packed(parts: list[str], limit: int) -> list[str]:
    pieces: list[str] = []
    current = ""
    for part in parts:
        # A sentence lost the blank behind it when the text was parted.
        joined = current + part if not current or current[-1].isspace() else f"{current} {part}"
        if len(joined.strip()) <= limit:
            current = joined
            continue
        if current.strip():
            pieces.append(current.strip())
        *whole, current = split(part, limit)
        pieces.extend(whole)
    return [*pieces, current.strip()] if current.strip() else pieces
