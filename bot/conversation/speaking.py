"""Step 9, said: what is to be said goes into the outbox, worded, inside the transaction that decided it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.channels.channel import Bubble, Choice
from bot.conversation.means import Means
from bot.conversation.screen import Screen
from bot.conversation.voice import Rendered, render
from bot.language.wording import Wording
from bot.speech import Say
from bot.store.models import Outgoing, Person
from bot.store.sealing import seal, unseal


def queue(session: Session, means: Means, person: Person, says: Sequence[Say], at: datetime) -> None:
    """Every one of `says` in the person's language among the messages to send; their buttons on the screen.

    `ResponsesError` if `domain.yml` does not have what one of them names.
    """
    rendered = [worded(means, person, say) for say in says]
    for say, one in zip(says, rendered, strict=True):
        for number, bubble in enumerate(one.bubbles):
            content = {"say": say.as_json() if number == 0 else None, "bubble": asdict(bubble)}
            session.add(
                Outgoing(
                    person_id=person.id,
                    content=seal(means.settings.field_key, content),
                    written_at=at,
                    next_try_at=at,
                )
            )
        session.flush()
    _put_on_screen(means, person, rendered)


def worded(means: Means, person: Person, say: Say) -> Rendered:
    """`say` in the person's language and within the limits of the person's channel."""
    return render(say, Wording(means.catalogue, person.language), means.limits[person.channel])


def _put_on_screen(means: Means, person: Person, rendered: Sequence[Rendered]) -> None:
    with_buttons = [one for one in rendered if one.choices]
    if not with_buttons:
        return
    # The screen is what asks something; buttons of what was said around it can be pressed as well.
    asking = [one for one in with_buttons if one.asks] or with_buttons
    current = asking[-1]
    choices = dict(current.choices)
    for one in with_buttons:
        if one is not current:
            choices |= {key: replace(shown, group="control") for key, shown in one.choices.items()}
    before = read_screen(means, person.screen)
    screen = Screen(current.name, current.wording, choices, before.used, before.used_at, before.old_at)
    keep_screen(means, person, screen)


def read_screen(means: Means, sealed: bytes | None) -> Screen:
    """The screen as kept on a person's row."""
    return Screen.from_json(unseal(means.settings.field_key, sealed) if sealed else None)


def keep_screen(means: Means, person: Person, screen: Screen) -> None:
    """`screen` onto the person's row."""
    person.screen = seal(means.settings.field_key, screen.as_json())


def bubble_from(raw: Mapping[str, Any]) -> Bubble:
    """A bubble from the form in which it is kept."""
    choices = tuple(Choice(**choice) for choice in raw["choices"])
    return Bubble(raw["text"], raw["language"], raw["direction"], choices)
