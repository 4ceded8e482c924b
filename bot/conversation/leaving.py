"""Step 2, stored: leaving at once. Needs nothing but the database, so that it works when all else is down."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog
import yaml
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.conversation.means import Means
from bot.conversation.speaking import queue
from bot.conversation.stops import stop_on
from bot.conversation.wiping import on_screen, queue_wipe
from bot.language.english import ResponsesError
from bot.language.folding import fold
from bot.speech import Say
from bot.store.models import Incoming, Outgoing, Person
from bot.store.tally import count

log = structlog.get_logger(__name__)


def load_exit_words(locales: Path, languages: Sequence[str]) -> frozenset[str]:
    """The folded words under `exit:` in `locales/<language>/words.yml`, of all `languages` together."""
    words: set[str] = set()
    for language in languages:
        path = locales / language / "words.yml"
        if path.exists():
            listed = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("exit") or ()
            words.update(fold(str(word)) for word in listed)
    return frozenset(words - {""})


def leave(session: Session, means: Means, person: Person, at: datetime, *, farewell: bool = True) -> None:
    """Everything said between us goes, at once; an open referral stays, and the way back for its office.

    With `farewell`, a harmless last line in the person's language is queued, on a row that holds nothing else.
    """
    language, standing = person.language, on_screen(session, means, person, at)
    count(session, at, stop_on(means, person.screen))
    forget_messages(session, person)
    facts = means.referrals.open_referral_facts(session, person)
    if facts and facts["open"]:
        session.execute(
            update(Outgoing)
            .where(Outgoing.person_id == person.id)
            .values(content=None, provider_id=None)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(Outgoing)
            .where(Outgoing.person_id == person.id, Outgoing.status.in_(("waiting", "held")))
            .values(status="dropped")
            .execution_options(synchronize_session=False)
        )
        person.state = person.screen = person.lease = person.lease_until = None
        # A new one, so that a turn that is being taken now, and a page that is open, belong to what is over.
        person.conversation = new_conversation()
        session.flush()
    else:
        channel, key, address = person.channel, person.address_key, person.address
        session.flush()
        session.expunge(person)
        session.execute(delete(Person).where(Person.id == person.id))
        if not farewell:
            return
        person = bare_person(session, channel, key, address, at)
    queue_wipe(session, means, person, standing, at)
    if farewell:
        say_farewell(session, means, person, language, at)


def say_farewell(session: Session, means: Means, person: Person, language: str | None, at: datetime) -> None:
    """The last line, in `language`, onto the person's row, which keeps the language it has."""
    kept, person.language = person.language, language
    # Where what was said stays in the person's own hands, the last line says how to empty the chat.
    own = f"exit_{person.channel}"
    said = own if own in means.catalogue.responses() else "exit"
    try:
        queue(session, means, person, [Say(said)], at)
    except ResponsesError:
        log.exception("exit.unsaid")  # leaving matters more than its last line
    person.language, person.screen = kept, None


def forget_messages(session: Session, person: Person) -> None:
    """What the person wrote goes; that it was delivered stays known, so that a second delivery is not taken."""
    session.execute(
        update(Incoming)
        .where(Incoming.person_id == person.id)
        .values(content=None, status="done", person_id=None, provider_id=None)
        .execution_options(synchronize_session=False)
    )


def bare_person(session: Session, channel: str, key: str, address: bytes, at: datetime) -> Person:
    """A new row for an address: nothing known, nothing said."""
    person = Person(
        channel=channel,
        address_key=key,
        address=address,
        conversation=new_conversation(),
        created_at=at,
        last_seen_at=at,
    )
    session.add(person)
    session.flush()
    return person


def new_conversation() -> str:
    """A random name of a conversation: all that the turn engine is told of who is writing."""
    return secrets.token_hex(16)
