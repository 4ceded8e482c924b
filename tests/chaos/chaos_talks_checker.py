"""What is wrong after whole talks, told from the database and from the platforms' own records alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chaos_checker import REFERENCE, Found, check_all, texts_by_person
from chaos_people import ERASES, STAYS, Delivery, Platforms
from chaos_talks import SORRY, TAKES_BACK, Talker
from plain_answers import PLAIN
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.referrals.content import open_content
from bot.store.models import Audit, Office, Person, Referral, ReferralEvent
from bot.store.sealing import unseal, unseal_at_office

REPLY = "A message for you"
STOOD = {
    STAYS: Counter(sent=1, opened=1, accepted=1, replied=1, contacted=1, person_wrote=1),
    TAKES_BACK: Counter(sent=1, withdrawn=1),
}


@dataclass(frozen=True)
class Keys:
    """By which what is kept can be read."""

    field: bytes
    console: bytes


def check_talks(
    database: Engine, keys: Keys, platforms: Platforms, people: Sequence[Talker], acknowledged: Sequence[Delivery]
) -> Found:
    """Everything that a run may not have done. All talks are over, and nothing waits any more."""
    found, texts = Found(), texts_by_person(platforms)
    with Session(database) as session:
        check_all(session, found, len({(one.who, one.step) for one in acknowledged}))
        shared = session.scalars(
            select(Referral.consent_id).group_by(Referral.consent_id).having(func.count() > 1)
        )
        found.unless(not shared.all(), "referrals share a consent")
        by_address = {unseal(keys.field, one.address): one for one in session.scalars(select(Person))}
        for talker in people:
            read = texts[talker.channel, talker.address]
            _check_reading(found, talker, read)
            told = {one for text in read for one in REFERENCE.findall(text)}
            found.unless(len(told) == 1, f"{talker.name}: was told {len(told)} codes")
            person = by_address.get(talker.address)
            if talker.ends == ERASES:
                _check_gone(session, found, talker, person, told)
            elif person is None:
                found.wrong.append(f"{talker.name}: is gone")
            else:
                _check_kept(session, found, keys, talker, person, told)
    return found


def _check_reading(found: Found, talker: Talker, read: Sequence[str]) -> None:
    """All came, in order, nothing else, and once but for what came twice running."""
    # Two messages may each have had to wait, and the person is told so of each.
    twice = [after for before, after in pairwise(read) if before == after and SORRY not in after]
    found.doubles += len(twice)
    found.most_doubles = max(found.most_doubles, len(twice))
    found.doubled += [f"{talker.name}: {text[:40]!r}" for text in twice]
    once = [text for number, text in enumerate(read) if number == 0 or read[number - 1] != text]
    marks = [one for step in talker.steps for one in step.reads.split(".*") if one]
    places = [mark for text in once for mark in sorted(filter(text.__contains__, set(marks)), key=text.index)]
    found.unless(places == marks, f"{talker.name}: read in this order: {places}")
    replies = sum(REPLY in text for text in once)
    found.unless(replies == (talker.ends == STAYS), f"{talker.name}: read {replies} replies")
    other = [
        text for text in once if SORRY not in text and REPLY not in text and not any(m in text for m in marks)
    ]
    found.unless(not other, f"{talker.name}: read also {other}")


def _check_gone(session: Session, found: Found, talker: Talker, person: Person | None, told: set[str]) -> None:
    left = session.scalar(select(func.count()).where(Referral.reference.in_(told)))
    acts = Counter(session.scalars(select(Audit.act).where(Audit.subject.in_(told))))
    found.unless(left == 0, f"{talker.name}: {left} referrals outlive the erasure")
    found.unless(acts["sent"] == acts["erased"] == 1, f"{talker.name}: audited {dict(acts)}")
    found.unless(person is None or not person.state, f"{talker.name}: is still there")


def _check_kept(
    session: Session, found: Found, keys: Keys, talker: Talker, person: Person, told: set[str]
) -> None:
    found.unless(person.turn == talker.writes, f"{talker.name}: {person.turn} turns of {talker.writes}")
    referrals = session.scalars(select(Referral).where(Referral.person_id == person.id)).all()
    found.unless({one.reference for one in referrals} == told, f"{talker.name}: has not the code that was told")
    for referral in referrals:
        office = session.get_one(Office, referral.office_id)
        answers = open_content(office, keys.console, referral).answers
        found.unless(dict(answers) == PLAIN, f"{talker.name}: was understood as {dict(answers)}")
        events = session.scalars(select(ReferralEvent).where(ReferralEvent.referral_id == referral.id)).all()
        acts = Counter(one.act for one in events)
        found.unless(acts == STOOD[talker.ends], f"{talker.name}: acts {dict(acts)}")
        wrote = [one.words for one in events if one.act == "person_wrote" and one.words is not None]
        words = [unseal_at_office(office.private_key, keys.console, one)["text"] for one in wrote]
        said = [step.does for step in talker.steps if step.reads.startswith("Write your message")]
        found.unless(words == said, f"{talker.name}: wrote {words}")
