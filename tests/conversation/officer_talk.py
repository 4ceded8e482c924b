"""A talk that an officer has taken over: what is set up for its tests, and what they ask."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gateway_rig import Gateway, new_gateway
from nacl.public import PrivateKey, SealedBox
from sqlalchemy import select
from sqlalchemy.orm import Session
from test_leaving import refer
from turns import Answer, says

from bot.referrals import lifecycle
from bot.referrals.takeover import hand_back, take_over, tell_given_back
from bot.store.database import transaction
from bot.store.models import Office, Officer, Person, Referral, ReferralEvent

ISOLATES = "\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"
OFFICE_KEY = PrivateKey.generate()
FORM = {"slots": {"age": "adult"}, "loop": "assessment_form"}
MOVED: dict[str, Any] = {"slots": {}, "loop": None}
AGAIN = {"tap": {"intent": "repeat_question", "entities": {}}, "typed": False}


def heard(intent: str, *names: str, sure: bool = True, **rest: Any) -> Answer:
    return {**says(*names, **{"state": MOVED, **rest}), "heard": {"intent": intent, "confidence": sure * 1.0}}


@contextmanager
def taken_over(home: Path) -> Iterator[Gateway]:
    """A gateway of which one person's talk was taken over by an officer."""
    with new_gateway(home) as made:
        asyncio.run(refer(made))
        with transaction(made.means.database) as session:
            session.get_one(Office, "TH-BKK").public_key = bytes(OFFICE_KEY.public_key)
            session.add(
                Officer(id=1, office_id="TH-BKK", login="o", display_name="O", password_hash="", totp_secret=b"")
            )
            referral, officer = parties(session)
            lifecycle.accept(session, referral.id, officer, "accept", made.clock())
            take_over(session, made.means.settings.field_key, referral.id, officer, "take", made.clock())
        made.engine.answer = says("ask_age", state=FORM)
        asyncio.run(made.send_all())
        with transaction(made.means.database) as session:
            person = session.scalars(select(Person)).one()
            person.state = None
        made.engine.asked.clear()
        made.channel.sent.clear()
        yield made


def written(gateway: Gateway) -> list[str]:
    """What the office can read of the person's words."""
    rows = [row for row in gateway.rows(ReferralEvent) if row.act == "person_wrote"]
    return [json.loads(SealedBox(OFFICE_KEY).decrypt(row.words))["text"] for row in rows]


def acts(gateway: Gateway) -> list[str]:
    return [row.act for row in gateway.rows(ReferralEvent)]


def talk_by(gateway: Gateway) -> int | None:
    (referral,) = gateway.rows(Referral)
    by: int | None = referral.talk_by
    return by


def talk(gateway: Gateway, *contents: Any) -> list[str]:
    async def scene() -> list[str]:
        return [text for content in contents for text in await gateway.talk(content)]

    return asyncio.run(scene())


def parties(session: Session) -> tuple[Referral, Officer]:
    return session.scalars(select(Referral)).one(), session.get_one(Officer, 1)


def reply(gateway: Gateway, words: str, *, neutral: bool) -> None:
    key, at = gateway.means.settings.field_key, gateway.clock()
    with transaction(gateway.means.database) as session:
        referral, officer = parties(session)
        lifecycle.reply(session, key, referral.id, officer, words, "r", at, neutral=neutral, override=None)


def give_back(gateway: Gateway, *, at_once: bool) -> None:
    key, at = gateway.means.settings.field_key, gateway.clock()
    with transaction(gateway.means.database) as session:
        referral, officer = parties(session)
        hand_back(session, referral.id, officer, "back", at)
        tell_given_back(session, key, referral, at, at_once=at_once)
