"""What goes when a person or a talk is erased, what stays of others, and what the ledger of erasures is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from gateway_rig import START, Gateway
from sqlalchemy import select
from sqlalchemy.orm import Session
from turns import REFER

from bot.conversation.erasing import erase, erase_people, erase_talk, mark_of, new_conversation
from bot.conversation.leaving import bare_person
from bot.referrals.history import record
from bot.referrals.intake import apply_referral
from bot.store.erased import Kind, Ledger, ledger_of
from bot.store.models import Incoming, Outgoing, Person, Referral

AT = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - as the tables keep it


@pytest.fixture
def session(gateway: Gateway) -> Iterator[Session]:
    with Session(gateway.means.database) as session, session.begin():
        yield session


@pytest.fixture
def ledger(gateway: Gateway) -> Ledger:
    return ledger_of(gateway.means.settings)


def add_person(session: Session, name: str) -> Person:
    """A person of whom something is kept in every place."""
    person = bare_person(session, "test", name, b"sealed", START)
    person.state = person.screen = b"sealed"
    person.lease, person.lease_until = "l", START
    for status in ("waiting", "held", "sent", "failed"):
        sent: dict[str, Any] = {"written_at": START, "next_try_at": START, "provider_id": f"{name} {status}"}
        session.add(Outgoing(person_id=person.id, content=b"sealed", status=status, **sent))
    session.add(
        Incoming(
            channel="test",
            delivery_key=name,
            person_id=person.id,
            content=b"sealed",
            provider_id=name,
            received_at=START,
            next_try_at=START,
        )
    )
    session.flush()
    return person


def outgoing(session: Session, person: Person) -> list[tuple[str, bool, bool]]:
    """Status, and whether words and the platform's id are still there."""
    session.expire_all()
    rows = session.scalars(select(Outgoing).where(Outgoing.person_id == person.id).order_by(Outgoing.id))
    return [(row.status, row.content is not None, row.provider_id is not None) for row in rows]


def incoming(session: Session, name: str) -> tuple[str, bool, bool, bool]:
    session.expire_all()
    row = session.scalars(select(Incoming).where(Incoming.delivery_key == name)).one()
    return row.status, row.content is not None, row.person_id is not None, row.provider_id is not None


ALL = [("waiting", True, True), ("held", True, True), ("sent", True, True), ("failed", True, True)]
GONE = ("done", False, False, False)
THERE = ("waiting", True, True, True)


def refer(session: Session, gateway: Gateway, person: Person, reference: str, *, opened: bool) -> Referral:
    referral = apply_referral(
        session, gateway.means.settings, person, {**REFER, "reference": reference}, "ab" * 32, START
    )
    assert referral is not None
    if opened:
        record(session, referral, "opened", START)
        session.flush()
    return referral


def told(ledger: Ledger, kind: Kind, *marks: str) -> list[bool]:
    known = ledger.known()
    return [ledger.holds(known, kind, mark) for mark in marks]


def test_of_a_talk_the_words_go_and_what_was_not_sent_is_dropped(session: Session, ledger: Ledger) -> None:
    one, other = add_person(session, "one"), add_person(session, "other")
    before = one.conversation
    erase_talk(session, ledger, one, AT)
    gone = [(status, False, False) for status in ("dropped", "dropped", "sent", "failed")]
    assert outgoing(session, one) == gone
    assert incoming(session, "one") == GONE
    assert (one.state, one.screen, one.lease, one.lease_until) == (None,) * 4
    assert one.conversation != before
    assert len(one.conversation) == 32
    assert told(ledger, "talk", before, other.conversation) == [True, False]
    assert [file.name for file in ledger.folder.iterdir()] == ["2026-03.log"]
    assert outgoing(session, other) == ALL
    assert incoming(session, "other") == THERE
    assert other.state == b"sealed"


def test_of_people_every_row_goes_but_that_their_messages_were_delivered(session: Session, ledger: Ledger) -> None:
    one, two, other = (add_person(session, name) for name in ("one", "two", "other"))
    marks, id_of_one = (one.mark, two.mark), one.id
    erase_people(session, ledger, [one, two], AT)
    assert session.scalars(select(Person.id)).all() == [other.id]
    assert session.scalars(select(Outgoing.id).where(Outgoing.person_id == id_of_one)).all() == []
    assert [incoming(session, name) for name in ("one", "two", "other")] == [GONE, GONE, THERE]
    assert told(ledger, "person", *marks, other.mark) == [True, True, False]
    assert outgoing(session, other) == ALL
    assert one not in session


def test_a_person_goes_with_their_words_and_the_ledger_tells_which_referrals_are_gone(
    gateway: Gateway, session: Session, ledger: Ledger
) -> None:
    one, other = add_person(session, "one"), add_person(session, "other")
    mark = one.mark
    closed = refer(session, gateway, one, "AAAA-1111", opened=True)
    closed.status, closed.open = "closed", False  # by an officer: how to reach them is still there
    session.flush()
    refer(session, gateway, one, "BBBB-2222", opened=False)
    refer(session, gateway, other, "CCCC-3333", opened=False)
    erase(session, gateway.means, one, AT)
    assert session.scalars(select(Person.id)).all() == [other.id]
    assert session.scalars(select(Referral.reference).order_by(Referral.reference)).all() == [
        "AAAA-1111",
        "CCCC-3333",
    ]
    assert [incoming(session, name) for name in ("one", "other")] == [GONE, THERE]
    assert told(ledger, "person", mark, other.mark) == [True, False]
    assert told(ledger, "referral", "AAAA-1111", "BBBB-2222", "CCCC-3333") == [False, True, False]
    assert told(ledger, "contact", "AAAA-1111", "BBBB-2222", "CCCC-3333") == [True, False, False]
    assert [file.name for file in ledger.folder.iterdir()] == ["2026-03.log"]


def test_a_person_from_before_there_were_marks_is_known_by_the_conversation(
    gateway: Gateway, session: Session, ledger: Ledger
) -> None:
    assert (mark_of("mark", "talk"), mark_of("", "talk")) == ("mark", "talk")
    one = add_person(session, "one")
    one.mark = ""
    conversation = one.conversation
    erase_people(session, ledger, [one], AT)
    assert told(ledger, "person", conversation, "") == [True, False]
    two = add_person(session, "two")
    two.mark = ""
    conversation = two.conversation
    erase(session, gateway.means, two, AT)
    assert told(ledger, "person", conversation, "") == [True, False]


def test_no_two_conversations_have_one_name() -> None:
    names = {new_conversation() for _ in range(100)}
    assert len(names) == 100
    assert {len(name) for name in names} == {32}
