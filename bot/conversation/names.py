"""Step 2, stored: a person who is known by two names on one channel is one person, by whichever they come.

The first name is the platform's own for the person, the second one may pass to another owner, as numbers do.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import Session

from bot.store.models import Person
from bot.store.sealing import seal

_keys: BindParameter[str] = bindparam("keys", expanding=True)
KNOWN_BY = (
    select(Person)
    .where(Person.channel == bindparam("channel"), or_(Person.address_key.in_(_keys), Person.other_key.in_(_keys)))
    .order_by(Person.id)
    .with_for_update()
)


def find_person(session: Session, channel: str, keys: Sequence[str]) -> Person | None:
    """The person known by one of `keys` (hashes of the names of one arrival, the first name first), locked.

    A row found by the second name is another person's if it already has a first name, which is not this one.
    """
    found = session.scalars(KNOWN_BY, {"channel": channel, "keys": keys}).all()
    by_first = [person for person in found if keys[0] in {person.address_key, person.other_key}]
    by_second = [person for person in found if person.address_key in keys[1:]]
    # Who has both names is known better than who has one of them.
    by_first.sort(key=lambda person: person.other_key is None)
    return next(iter(by_first + by_second), None)


def learn_names(session: Session, person: Person, address: str, keys: Sequence[str], field_key: bytes) -> None:
    """Keep what is new of a person's names: the first is where we write, the second is known by its hash alone."""
    if len(keys) < 2 or (person.address_key, person.other_key) == tuple(keys):
        return
    first, second = keys
    for other in session.scalars(KNOWN_BY, {"channel": person.channel, "keys": keys}):
        if other.id != person.id and other.other_key in keys:
            other.other_key = None  # the number has another owner now
    session.flush()
    if person.address_key != first:
        person.address_key, person.address = first, seal(field_key, address)
    person.other_key = second
    session.flush()
