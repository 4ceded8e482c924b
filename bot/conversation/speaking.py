"""Step 9, said: what is to be said goes into the outbox, worded, inside the transaction that decided it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.channels.channel import Bubble, Choice, Limits
from bot.conversation.listening import audio_of, read_aloud
from bot.conversation.means import Means
from bot.conversation.paging import PLACE_ASKED, completed
from bot.conversation.screen import ASK_PLACE, LISTEN, Screen, Shown
from bot.conversation.voice import Rendered, lay_out, render, together
from bot.language.wording import Wording
from bot.speech import Say
from bot.store.models import Outgoing, Person
from bot.store.sealing import seal, unseal

QUEUED = insert(Outgoing)  # past the session, which would do much for a row that nobody looks at again


def queue(session: Session, means: Means, person: Person, says: Sequence[Say], at: datetime) -> None:
    """Every one of `says` in the person's language among the messages to send; their buttons on the screen.

    All as one message where the channel wants that. `ResponsesError` if `domain.yml` does not have what one names.
    """
    rendered = [worded(means, person, say) for say in says]
    choices = _put_on_screen(means, person, rendered)
    spoken = [(say.as_json(), one.bubbles) for say, one in zip(says, rendered, strict=True)]
    limits = means.limits[person.channel]
    if limits.one_message_per_turn and len(rendered) > 1:
        one = together(rendered, choices, _wording(means, person), limits)
        spoken = [(says[-1].as_json(), one.bubbles)]
    for said, bubbles in spoken:
        for number, bubble in enumerate(bubbles):
            _add(session, means, person, {"say": said if number == 0 else None, "bubble": asdict(bubble)}, at)


def queue_more(session: Session, means: Means, person: Person, tap: Mapping[str, Any], at: datetime) -> None:
    """What the gateway says by itself: the next page of buttons, a question for a place, or recordings."""
    wording, limits = _wording(means, person), means.limits[person.channel]
    screen = read_screen(means, person.screen)
    if tap["intent"] == ASK_PLACE:
        bubbles = lay_out(wording.text(PLACE_ASKED), {}, wording, limits, place=True)
    elif tap["intent"] == LISTEN:
        bubbles = read_aloud(means, tap, wording, limits) or _without(screen, tap, wording, limits)
        keep_screen(means, person, replace(screen, heard=tap["entities"]["audio"], heard_at=at))
    else:
        screen = replace(screen, page=screen.page + 1)
        keep_screen(means, person, screen)
        bubbles = lay_out(screen.text, screen.choices, wording, limits, page=screen.page)[-1:]
    for bubble in bubbles:
        _add(session, means, person, {"say": None, "bubble": asdict(bubble)}, at)


def worded(means: Means, person: Person, say: Say) -> Rendered:
    """`say` in the person's language and within the limits of the person's channel."""
    limits = means.limits[person.channel]
    return render(say, _wording(means, person), limits, audio_of(means, person.language, say.name, limits))


def _without(screen: Screen, tap: Mapping[str, Any], wording: Wording, limits: Limits) -> tuple[Bubble, ...]:
    # The words were changed since, and what was recorded of them is gone: they are there to be read again.
    left = {key: shown for key, shown in screen.choices.items() if shown.tap != tap}
    return lay_out(screen.text, left, wording, limits)


def _wording(means: Means, person: Person) -> Wording:
    return Wording(means.catalogue, person.language)


def _add(session: Session, means: Means, person: Person, content: Mapping[str, Any], at: datetime) -> None:
    sealed = seal(means.settings.field_key, content)
    values = {"person_id": person.id, "content": sealed, "written_at": at, "next_try_at": at}
    session.connection().execute(QUEUED, values)


def _put_on_screen(means: Means, person: Person, rendered: Sequence[Rendered]) -> Mapping[str, Shown]:
    """The buttons that can be pressed now, those of the message that asks something first."""
    current, choices = choices_of(rendered, _wording(means, person), means.limits[person.channel])
    if current is None:
        return {}
    before = read_screen(means, person.screen)
    screen = Screen(
        current.name, current.wording, choices, before.used, before.used_at, before.old_at, current.text
    )
    keep_screen(means, person, screen)
    return choices


def choices_of(
    rendered: Sequence[Rendered], wording: Wording, limits: Limits
) -> tuple[Rendered | None, Mapping[str, Shown]]:
    """Of what one turn says: the message that is the screen, if any has buttons, and all that can be pressed."""
    with_buttons = [one for one in rendered if one.choices]
    if not with_buttons:
        return None, {}
    # The screen is what asks something; buttons of what was said around it can be pressed as well.
    asking = [one for one in with_buttons if one.asks] or with_buttons
    current = asking[-1]
    others = [one.choices for one in with_buttons if one is not current]
    choices = dict(current.choices)
    for other in others:
        choices |= {key: replace(shown, group="control") for key, shown in other.items()}
    if limits.one_message_per_turn and len(rendered) > 1:
        place, audio = any(one.place for one in rendered), [name for one in rendered for name in one.audio]
        once = _each_once(choices) if others else choices
        choices = completed(once, wording, limits, place=place, audio=audio)
    return current, choices


def _each_once(choices: Mapping[str, Shown]) -> dict[str, Shown]:
    # Two messages made into one often end with the same controls.
    seen, once = [], {}
    for key, shown in choices.items():
        if shown.tap not in seen:
            seen.append(shown.tap)
            once[key] = shown
    return once


def read_screen(means: Means, sealed: bytes | None) -> Screen:
    """The screen as kept on a person's row."""
    return Screen.from_json(unseal(means.settings.field_key, sealed) if sealed else None)


def keep_screen(means: Means, person: Person, screen: Screen) -> None:
    """`screen` onto the person's row."""
    person.screen = seal(means.settings.field_key, screen.as_json())


def bubble_from(raw: Mapping[str, Any]) -> Bubble:
    """A bubble from the form in which it is kept."""
    choices = tuple(Choice(**choice) for choice in raw["choices"])
    return Bubble(
        raw["text"], raw["language"], raw["direction"], choices, raw.get("place", False), raw.get("audio")
    )
