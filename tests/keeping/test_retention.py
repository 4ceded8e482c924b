"""Every table has a rule of how long its rows are kept, and each rule is seen to act as the clock goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from gateway_rig import START, Gateway
from keeping_world import Rigged, installed, refer
from sqlalchemy import select
from turns import says

from bot.console.login import WINDOW
from bot.console.sessions import IDLE, WHOLE
from bot.console.tidying import forget_stale
from bot.conversation.purge import KEPT, UNCLEAR_KEPT, Purge
from bot.referrals.audit import append_audit
from bot.referrals.offices import change_office
from bot.store.database import transaction
from bot.store.models import (
    Audit,
    Consent,
    Incoming,
    Invitation,
    LoginAttempt,
    Officer,
    OfficerSession,
    Outgoing,
    PasskeyChallenge,
    Person,
    Referral,
    ReferralEvent,
    Table,
    Tally,
    UnclearMessage,
)
from bot.store.unclear import keep_unclear

SECOND = timedelta(seconds=1)
OFFICE_DAYS = timedelta(days=7)  # as the office of these tests is set
Rule = Callable[[Gateway], None]


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with Rigged(installed(tmp_path / "home")) as made:
        with transaction(made.means.database) as session:
            change_office(session, "TH-BKK", active=None, answer_days=None, kept_days=OFFICE_DAYS.days)
            session.add(
                Officer(id=1, office_id="TH-BKK", login="a", display_name="A", password_hash="", totp_secret=b"")
            )
        yield made


def at(gateway: Gateway, when: datetime) -> None:
    """All that forgets, as the clock stands at `when`."""
    gateway.clock.at = when
    asyncio.run(Purge(gateway.means)._once())
    with transaction(gateway.means.database) as session:
        forget_stale(session, when)


def goes(gateway: Gateway, table: type[Table], kept: timedelta) -> None:
    """Rows of `table` made at START are there until `kept` is over, and then none."""
    found = select(table)
    at(gateway, START + kept - SECOND)
    with transaction(gateway.means.database) as session:
        assert session.scalars(found).first() is not None
    at(gateway, START + kept)
    with transaction(gateway.means.database) as session:
        assert session.scalars(found).first() is None


def talk(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age", state={"slots": {"age": "adult"}})
    asyncio.run(gateway.talk("hello"))


def unfinished_talk(gateway: Gateway) -> None:
    talk(gateway)
    goes(gateway, Person, KEPT)
    assert gateway.rows(Outgoing) == []


def what_was_delivered(gateway: Gateway) -> None:
    talk(gateway)
    asyncio.run(gateway.bring("not taken yet", address="b"))
    asyncio.run(gateway.inbox.set_aside("test", b"what could not be read"))
    at(gateway, START + KEPT - SECOND)
    assert [row.content is None for row in gateway.rows(Incoming)] == [True, False, False]
    at(gateway, START + KEPT)
    kept = gateway.rows(Incoming)
    # The keyed hash of the delivery stays for ever, so that a late second delivery is known.
    assert {(row.content, row.person_id, row.provider_id, len(row.delivery_key)) for row in kept} == {
        (None, None, None, 64)
    }


def said_beside_a_referral(gateway: Gateway) -> None:
    asyncio.run(refer(gateway))
    at(gateway, START + KEPT - SECOND)
    assert gateway.person().state is not None
    at(gateway, START + KEPT)
    assert (gateway.person().state, gateway.person().screen) == (None, None)
    assert {row.content for row in gateway.rows(Outgoing)} == {None}


def closed_referral(gateway: Gateway) -> None:
    asyncio.run(refer(gateway))
    gateway.engine.answer = says("plain", do=[{"effect": "withdraw"}])
    asyncio.run(gateway.talk("take it back"))
    goes(gateway, Referral, OFFICE_DAYS)
    assert gateway.rows(ReferralEvent) == gateway.rows(Consent) == []


def open_referral(gateway: Gateway) -> None:
    asyncio.run(refer(gateway))
    at(gateway, START + timedelta(days=400))
    assert len(gateway.rows(Referral)) == len(gateway.rows(Consent)) == 1


def witness(gateway: Gateway) -> None:
    with transaction(gateway.means.database) as session:
        append_audit(session, "signed_in", "1", START, 1)
    at(gateway, START + timedelta(days=400))
    assert len(gateway.rows(Audit)) == 1


def counter(gateway: Gateway) -> None:
    asyncio.run(refer(gateway))
    before = len(gateway.rows(Tally))
    at(gateway, START + timedelta(days=400))
    columns = {column.name for column in Tally.__table__.columns}
    assert len(gateway.rows(Tally)) >= before > 0
    assert columns == {"id", "month", "office", "kind", "value", "count"}  # nothing that leads to a person


def unclear(gateway: Gateway) -> None:
    with transaction(gateway.means.database) as session:
        keep_unclear(session, gateway.means.settings.field_key, "en", "<word> where", START)
    midnight = datetime.combine(date(START.year, START.month, START.day), datetime.min.time())
    at(gateway, midnight + UNCLEAR_KEPT - SECOND)
    assert len(gateway.rows(UnclearMessage)) == 1
    at(gateway, midnight + UNCLEAR_KEPT)
    assert gateway.rows(UnclearMessage) == []


def signed_in(gateway: Gateway) -> None:
    for seen in (timedelta(0), WHOLE - IDLE / 2):
        with transaction(gateway.means.database) as session:
            session.add(
                OfficerSession(key="k", officer_id=1, csrf="c", started_at=START, last_seen_at=START + seen)
            )
        goes(gateway, OfficerSession, IDLE if not seen else WHOLE)


def invitation(gateway: Gateway) -> None:
    with transaction(gateway.means.database) as session:
        session.add(Invitation(officer_id=1, key="k", expires_at=START + timedelta(days=7)))
    goes(gateway, Invitation, timedelta(days=7))


def challenge(gateway: Gateway) -> None:
    with transaction(gateway.means.database) as session:
        session.add(PasskeyChallenge(key="k", officer_id=None, expires_at=START + timedelta(minutes=5)))
    goes(gateway, PasskeyChallenge, timedelta(minutes=5))


def failed_login(gateway: Gateway) -> None:
    with transaction(gateway.means.database) as session:
        session.add(LoginAttempt(key="k", at=START))
    goes(gateway, LoginAttempt, WINDOW)


RULES: dict[str, tuple[Rule, ...]] = {
    "person": (unfinished_talk, said_beside_a_referral),
    "incoming": (what_was_delivered,),
    "outgoing": (unfinished_talk, said_beside_a_referral),
    "consent": (closed_referral, open_referral),
    "referral": (closed_referral, open_referral),
    "referral_event": (closed_referral,),
    "audit": (witness,),
    "tally": (counter,),
    "unclear_message": (unclear,),
    "officer_session": (signed_in,),
    "invitation": (invitation,),
    "passkey_challenge": (challenge,),
    "login_attempt": (failed_login,),
}
# No person's, and kept as long as there is an officer, an office or a key: they go by hand.
BY_HAND = {"office", "officer", "passkey", "recovery_code", "key_check", "purge_mark"}


def test_every_table_has_a_rule() -> None:
    assert set(Table.metadata.tables) == set(RULES) | BY_HAND


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rules in RULES.values() for rule in rules))
def test_the_rule_is_seen_to_act(gateway: Gateway, rule: Rule) -> None:
    rule(gateway)
