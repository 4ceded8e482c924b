"""Step 2, stored, undone: the one way in which a person's row goes, and the one in which a talk goes.

Every way of erasing comes here: the word, the button, the quick exit, a day of silence, a ledger applied anew.
Each is written into the ledger of erasures, so that a backup restored later does not bring it back.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.conversation.means import Means
from bot.store.erased import Ledger, ledger_of
from bot.store.models import Incoming, Outgoing, Person, Referral


def mark_of(mark: str, conversation: str) -> str:
    """A person's mark. A gateway from before there were marks writes none while others are upgraded."""
    return mark or conversation


def erase(session: Session, means: Means, person: Person, at: datetime) -> None:
    """Everything of the person, with their referrals, as `Referrals.erase` says; `person` is of no use after."""
    ledger = ledger_of(means.settings)
    theirs = session.scalars(select(Referral.reference).where(Referral.person_id == person.id)).all()
    ledger.add("person", [mark_of(person.mark, person.conversation)], at)
    forget_messages(session, [person.id])
    means.referrals.erase(session, person, at)
    left = set(session.scalars(select(Referral.reference).where(Referral.reference.in_(theirs))))
    ledger.add("referral", [one for one in theirs if one not in left], at)
    ledger.add("contact", sorted(left), at)


def erase_people(session: Session, ledger: Ledger, people: Sequence[Person], at: datetime) -> None:
    """Every row that hangs on `people`, and theirs; a referral of theirs, closed, keeps its own time."""
    ledger.add("person", [mark_of(person.mark, person.conversation) for person in people], at)
    ids = [person.id for person in people]
    forget_messages(session, ids)
    session.flush()
    for person in people:
        session.expunge(person)
    session.execute(delete(Person).where(Person.id.in_(ids)).execution_options(synchronize_session=False))


def erase_talk(session: Session, ledger: Ledger, person: Person, at: datetime) -> None:
    """Everything said, whereas the row stays for the office that has an open referral of it."""
    ledger.add("talk", [person.conversation], at)
    forget_messages(session, [person.id])
    said = update(Outgoing).where(Outgoing.person_id == person.id)
    unsent = said.where(Outgoing.status.in_(("waiting", "held")))
    for statement in (said.values(content=None, provider_id=None), unsent.values(status="dropped")):
        session.execute(statement.execution_options(synchronize_session=False))
    person.state = person.screen = person.lease = person.lease_until = None
    # A new one, so that a turn that is being taken now, and a page that is open, belong to what is over.
    person.conversation = new_conversation()
    session.flush()


def forget_messages(session: Session, people: Sequence[int]) -> None:
    """What they wrote goes; that it was delivered stays known, so that a second delivery is not taken."""
    session.execute(
        update(Incoming)
        .where(Incoming.person_id.in_(people))
        .values(content=None, status="done", person_id=None, provider_id=None)
        .execution_options(synchronize_session=False)
    )


def new_conversation() -> str:
    """A random name of a conversation: all that the turn engine is told of who is writing."""
    return secrets.token_hex(16)
