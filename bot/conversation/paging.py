"""Step 9, said: more buttons than a platform shows at once, page by page, without asking the turn engine."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from bot.channels.channel import Choice, Limits
from bot.conversation.listening import listen_control
from bot.conversation.screen import ASK_PLACE, LOCAL, MORE, QUICK_EXIT, Shown
from bot.language.wording import Wording

# Responses of domain.yml: what the two buttons say that the gateway adds, and what asks for a place.
MORE_CHOICES, SEND_PLACE, PLACE_ASKED = "button_more_choices", "button_send_place", "place_asked"


def new_id() -> str:
    """An opaque id for a button: eight characters that no other button has."""
    return secrets.token_urlsafe(6)


def completed(
    choices: Mapping[str, Shown],
    wording: Wording,
    limits: Limits,
    *,
    place: bool = False,
    audio: Sequence[str] = (),
) -> dict[str, Shown]:
    """`choices`, and the buttons needed besides: to send a place, to hear recordings, and to see more choices."""
    asked = {key: shown for key, shown in choices.items() if shown.tap["intent"] not in LOCAL}
    if not asked:
        return asked
    added = [_own(ASK_PLACE, wording.text(SEND_PLACE))] if place and limits.place_apart else []
    if audio:
        added.append(listen_control(audio, wording))
    answers = {key: shown for key, shown in asked.items() if shown.group == "answer"}
    asked = {**answers, **{new_id(): shown for shown in added}, **asked}
    if any(len(shown.title) > limits.title for shown in asked.values()):
        return asked  # they will be numbered lines, which need no pages
    if limits.choices_at_once is not None and len(asked) > limits.choices_at_once:
        asked[new_id()] = _own(MORE, wording.text(MORE_CHOICES))
    return asked


def shown_at(choices: Mapping[str, Shown], wording: Wording, limits: Limits, page: int = 0) -> tuple[Choice, ...]:
    """The buttons of one page, counted from 0; after the last comes the first. The way out is on every page."""
    all_of_them = _numbered(choices, wording)
    if limits.choices_at_once is None or len(choices) <= limits.choices_at_once:
        return tuple(all_of_them.values())
    more = [key for key, shown in choices.items() if shown.tap["intent"] == MORE]
    out = [key for key, shown in choices.items() if shown.tap["intent"] == QUICK_EXIT]
    pinned = [*more, *out]
    turned = [key for key in choices if key not in pinned]
    size = limits.choices_at_once - len(pinned)
    start = page % -(-len(turned) // size) * size
    return tuple(all_of_them[key] for key in (*turned[start : start + size], *pinned))


def _own(intent: str, title: str) -> Shown:
    return Shown({"intent": intent, "entities": {}}, title, "control")


def _numbered(choices: Mapping[str, Shown], wording: Wording) -> dict[str, Choice]:
    numbered, number = {}, 0
    for key, shown in choices.items():
        is_answer = shown.group == "answer"
        number += is_answer
        numbered[key] = Choice(
            key,
            shown.title,
            "answer" if is_answer else "control",
            wording.language.number(number) if is_answer else "",
        )
    return numbered
