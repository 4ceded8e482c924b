"""Beside the message's way: a talk as it looks on each channel, worded and laid out by the product itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.channels.channel import Bubble, Choice, Limits
from bot.channels.telegram.keyboard import rows
from bot.channels.whatsapp.chat import OPENER
from bot.channels.whatsapp.messages import message
from bot.conversation.listening import LISTEN_TITLE
from bot.conversation.paging import MORE_CHOICES, SEND_PLACE
from bot.conversation.speaking import choices_of
from bot.conversation.voice import Rendered, render, together
from bot.language.audio import of_response
from bot.language.catalogue import Catalogue
from bot.language.languages import Direction
from bot.language.wording import Wording
from bot.speech import Say, country
from bot.workshop.marking import Piece, bare, has_mark, marked_in, marking
from bot.workshop.paths import Scene
from bot.workshop.seen import CHANNELS, Key
from bot.workshop.steps import Step

WEB, TELEGRAM, WHATSAPP = "web", "telegram", "whatsapp"
_SIGNS = {"photo": "▧", "place": "◎", "old": "↩", "unclear": "…"}  # what a person did that is no words


@dataclass(frozen=True)
class Button:
    """A button as the channel shows it; `more` is the second line of a row in a WhatsApp list."""

    title: str
    is_marked: bool
    is_control: bool = False
    more: str = ""


@dataclass(frozen=True)
class Shown:
    """A message on the screen: its text in pieces, its rows of buttons, and what opens them if they are a list."""

    pieces: tuple[Piece, ...]
    language: str
    direction: Direction
    rows: tuple[tuple[Button, ...], ...]
    opener: Button | None = None


@dataclass(frozen=True)
class Exchange:
    """What the person did (or, `by_office`, the office), and what was said to it."""

    did: str
    by_office: bool
    shown: tuple[Shown, ...]


@dataclass(frozen=True)
class Eye:
    """Whose screen is looked at: the words, those with the marked string, and a channel with its limits."""

    plain: Wording
    marked: Wording
    channel: str

    @property
    def limits(self) -> Limits:
        """The limits of the channel."""
        return CHANNELS[self.channel]


def look(catalogue: Catalogue, language: str, wanted: Key | None, channel: str) -> Eye:
    """An eye on `channel` for `language`, on which the string `wanted` is marked."""
    return Eye(Wording(catalogue, language), Wording(marking(catalogue, wanted), language), channel)


def exchanges(eye: Eye, scenes: Sequence[Scene]) -> tuple[Exchange, ...]:
    """The whole talk, as the eye sees it."""
    seen: list[Exchange] = []
    before: tuple[Say, ...] = ()
    for scene in scenes:
        step = scene.moment.step
        seen.append(Exchange(_did(eye, step, before), step.kind == "office", shown(eye, scene.says)))
        before = scene.says or before
    return tuple(seen)


def shown(eye: Eye, says: Sequence[Say]) -> tuple[Shown, ...]:
    """What one turn says, as messages of the channel."""
    heard = [_heard(eye, say) for say in says]
    plain = [render(say, eye.plain, eye.limits, audio) for say, audio in zip(says, heard, strict=True)]
    marked = [render(say, eye.marked, eye.limits, audio) for say, audio in zip(says, heard, strict=True)]
    titles = _marked_titles(eye, marked)
    if eye.limits.one_message_per_turn and len(plain) > 1:
        _, choices = choices_of(plain, eye.plain, eye.limits)
        plain = [together(plain, choices, eye.plain, eye.limits)]
        text = "\n\n".join(one.text for one in marked if one.text)
    else:
        text = "\n".join(one.text for one in marked)
    bubbles = [bubble for one in plain for bubble in one.bubbles]
    texts = marked_in([bubble.text for bubble in bubbles], text)
    laid = partial(_laid_out, eye, titles)
    return tuple(laid(bubble, pieces) for bubble, pieces in zip(bubbles, texts, strict=True))


def alone(eye: Eye, key: Key) -> tuple[Shown, ...]:
    """A string by itself, for one to which no talk leads."""
    text = eye.plain.catalogue.translate(eye.plain.language.code, *key)
    language = eye.plain.language
    return (Shown((Piece(text, marked=True),), language.tag, language.direction, ()),)


def _heard(eye: Eye, say: Say) -> tuple[str, ...]:
    """The recording that can be heard in the place of what is said, if there is one."""
    catalogue, language = eye.plain.catalogue, eye.plain.language.code
    found = of_response(catalogue, language, say.name, synthetic=True) if eye.limits.sound != "none" else None
    return (found.name,) if found else ()


def _marked_titles(eye: Eye, marked: Sequence[Rendered]) -> frozenset[str]:
    titles = [one.title for rendered in marked for one in rendered.choices.values()]
    titles += [eye.marked.text(name) for name in (OPENER, MORE_CHOICES, SEND_PLACE, LISTEN_TITLE)]
    return frozenset(bare(title) for title in titles if has_mark(title))


def _laid_out(eye: Eye, titles: frozenset[str], bubble: Bubble, pieces: tuple[Piece, ...]) -> Shown:
    button = partial(_button, titles)
    look_of = partial(Shown, pieces, bubble.language, bubble.direction)
    if not bubble.choices:
        return look_of(())
    if eye.channel == TELEGRAM:
        return look_of(tuple(tuple(button(one) for one in row) for row in rows(bubble.choices)))
    if eye.channel == WEB:
        groups = [[one for one in bubble.choices if one.group == group] for group in ("answer", "control")]
        return look_of(tuple(tuple(button(one) for one in group) for group in groups if group))
    opener = eye.plain.text(OPENER)
    action = message("", bubble, opener)["interactive"]["action"]
    if "buttons" in action:
        return look_of(tuple((button(one),) for one in bubble.choices))
    by_id = {choice.id: choice for choice in bubble.choices}
    listed = [
        (button(by_id[row["id"]], row["title"], row.get("description", "")),)
        for row in action["sections"][0]["rows"]
    ]
    return look_of(tuple(listed), Button(opener, opener in titles))


def _button(titles: frozenset[str], choice: Choice, title: str | None = None, more: str = "") -> Button:
    return Button(title or choice.title, choice.title in titles, choice.group == "control", more)


def _did(eye: Eye, step: Step, before: Sequence[Say]) -> str:
    """What the person's own message reads, in the person's words where there are any."""
    if step.kind in {"tap", "type"}:
        for say in before:
            for choice in render(say, eye.plain, CHANNELS[WEB]).choices.values():
                entities = {k: eye.plain.language.code if v == "*" else v for k, v in step.entities.items()}
                if choice.tap == {"intent": step.words[0], "entities": entities}:
                    return choice.title
    named = step.entities.get("country") or step.entities.get("answer", "")
    if step.kind == "means" and named.isupper():
        return eye.plain.words(country(named))
    if step.kind == "means" and f"label_{step.words[0]}" in eye.plain.catalogue.responses():
        return eye.plain.text(f"label_{step.words[0]}")
    if step.kind == "gateway":
        return ""
    return _SIGNS.get(step.kind) or " ".join((*step.words, *step.entities.values()))
