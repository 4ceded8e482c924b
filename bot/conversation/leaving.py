"""Step 2, stored: leaving at once. Needs nothing but the database, so that it works when all else is down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog
import yaml
from sqlalchemy.orm import Session

from bot.conversation.erasing import erase_people, erase_talk, new_conversation
from bot.conversation.means import Means
from bot.conversation.speaking import queue
from bot.conversation.stops import stop_on
from bot.conversation.wiping import on_screen, queue_wipe
from bot.language.english import ResponsesError
from bot.language.folding import fold
from bot.referrals.takeover import talk_stopped
from bot.speech import Say
from bot.store.erased import ledger_of
from bot.store.models import Person
from bot.store.tally import count

log = structlog.get_logger(__name__)


def load_exit_words(locales: Path, languages: Sequence[str]) -> frozenset[str]:
    """The folded words under `exit:` in `locales/<language>/words.yml`, of all `languages` together."""
    words: set[str] = set()
    for language in languages:
        path = locales / language / "words.yml"
        if path.exists():
            listed = (yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}).get("exit") or ()
            words.update(fold(str(word)) for word in listed)
    return frozenset(words - {""})


def leave(session: Session, means: Means, person: Person, at: datetime, *, farewell: bool = True) -> None:
    """Everything said between us goes, at once; an open referral stays, and the way back for its office.

    With `farewell`, a harmless last line in the person's language is queued, on a row that holds nothing else.
    """
    language, standing = person.language, on_screen(session, means, person, at)
    count(session, at, stop_on(means, person.screen))
    facts = means.referrals.open_referral_facts(session, person.id)
    if facts and facts["open"]:
        talk_stopped(session, person, "talk_stopped", at)
        erase_talk(session, ledger_of(means.settings), person, at)
    else:
        channel, key, address = person.channel, person.address_key, person.address
        erase_people(session, ledger_of(means.settings), [person], at)
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
