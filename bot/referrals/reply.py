"""Step 8 to 9 of the message's way: an officer's words, put among the messages that wait to be sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import speech
from bot.speech import Worded
from bot.store.models import Outgoing, Person
from bot.store.sealing import seal

# Responses of domain.yml. The neutral one does not say that it is IOM who writes.
NAMED = "office_message"
NEUTRAL = "office_message_neutral"


def queue_reply(
    session: Session,
    field_key: bytes,
    person: Person,
    office_id: str,
    text: str | Worded,
    at: datetime,
    *,
    neutral: bool,
) -> Outgoing:
    """The reply as an outgoing message, as the officer wrote it or to be put into the person's language.

    `neutral`: the person asked that nobody should say IOM to them.
    """
    words = speech.text(text) if isinstance(text, str) else text
    said = speech.Say(NEUTRAL, {"text": words})
    if not neutral:
        said = speech.Say(NAMED, {"office": speech.office(office_id), "text": words})
    return queue_say(session, field_key, person, said, at)


def queue_say(
    session: Session, field_key: bytes, person: Person, said: speech.Say, at: datetime, *, status: str = "waiting"
) -> Outgoing:
    """An outgoing message, not yet put into the person's language (`bubble` is None).

    `status` «held»: it goes when the person next writes.
    """
    outgoing = Outgoing(
        person_id=person.id,
        content=seal(field_key, {"say": said.as_json(), "bubble": None}),
        status=status,
        written_at=at,
        next_try_at=at,
    )
    session.add(outgoing)
    session.flush()
    return outgoing
