"""However many referrals go at once, no statement names more rows than a database takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from gateway_rig import START, Gateway, new_gateway
from sqlalchemy import event

from bot.conversation import erasing_again
from bot.conversation.erasing_again import erase_again
from bot.referrals import retention
from bot.referrals.retention import KEPT_DAYS, delete_old_referrals
from bot.store.database import transaction
from bot.store.erased import ledger_of
from bot.store.models import Consent, Person, Referral

MANY, AT_ONCE = 75, 20
MOST = AT_ONCE + 5  # what is written into the rows counts too


@pytest.fixture
def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    for module in (retention, erasing_again):
        monkeypatch.setattr(module, "AT_ONCE", AT_ONCE)
    with new_gateway(tmp_path) as made:
        yield made


@pytest.fixture
def named(gateway: Gateway) -> list[int]:
    """How many values each statement has; those of many rows, each with its own, are not meant."""
    counts: list[int] = []

    def note(*args: object) -> None:
        parameters, many = args[3], args[5]
        if not many:
            assert isinstance(parameters, tuple | dict)
            counts.append(len(parameters))

    event.listen(gateway.means.database, "before_cursor_execute", note)
    return counts


def close_many(gateway: Gateway) -> None:
    with transaction(gateway.means.database) as session:
        for number in range(MANY):
            name = f"{number:04}"
            consent = Consent(conversation=name, language="en", wording="", given_at=START)
            person = Person(
                channel="test", address_key=name, address=b"", conversation=name,
                created_at=START, last_seen_at=START,
            )  # fmt: skip
            session.add_all((consent, person))
            session.flush()
            session.add(
                Referral(
                    reference=name, person_id=person.id, office_id="TH-BKK", consent_id=consent.id, language="en",
                    status="closed", open=False, sealed=b"", contact=b"", created_at=START, changed_at=START,
                )
            )  # fmt: skip


def test_many_referrals_that_are_over_go_with_their_consents(gateway: Gateway, named: list[int]) -> None:
    close_many(gateway)
    del named[:]
    with transaction(gateway.means.database) as session:
        ledger = ledger_of(gateway.means.settings)
        assert delete_old_referrals(session, ledger, START + timedelta(days=KEPT_DAYS)) == MANY
    assert gateway.rows(Referral) == gateway.rows(Consent) == []
    assert max(named) <= MOST


def test_many_that_a_backup_brought_back_are_erased_again(gateway: Gateway, named: list[int]) -> None:
    close_many(gateway)
    ledger = ledger_of(gateway.means.settings)
    names = [f"{number:04}" for number in range(MANY)]
    ledger.add("referral", names, START)
    ledger.add("person", [person.mark for person in gateway.rows(Person)], START)
    del named[:]
    with transaction(gateway.means.database) as session:
        erased = erase_again(session, ledger, START)
    assert (erased.people, erased.referrals) == (MANY, MANY)
    assert gateway.rows(Person) == gateway.rows(Referral) == gateway.rows(Consent) == []
    assert max(named) <= MOST
