"""Meta's 24 hours: what waits for a person to write, and the set message that asks them to."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from fake_graph_api import text_of
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from turns import says
from whatsapp_rig import NADIA, Rig

from bot.channels.channel import Delivered, Knock
from bot.conversation.purge import Purge
from bot.referrals.reply import queue_reply
from bot.store.database import transaction
from bot.store.models import Outgoing, Person

REFERENCE = "K7PM-2QXD"


def refer(rig: Rig, language: str | None = "fa") -> None:
    """A person whose referral is open at Bangkok."""
    content = {"outcome": "LIKELY", "answers": {}, "criteria_version": "1"}
    effect = {"effect": "refer", "office": "TH-BKK", "reference": REFERENCE, "content": content}
    rig.engine.answer = says("ask_consent")
    rig.says("Hello")
    speaks = [{"effect": "language", "language": language}] if language else []
    rig.engine.answer = says("plain", do=[effect, *speaks])
    rig.presses("Yes, send it")
    rig.engine.answer = says("plain")


def reply(rig: Rig, words: str) -> None:
    """An officer writes, as the console has it written."""
    with transaction(rig.means.database) as session:
        person = session.scalars(select(Person)).one()
        queue_reply(session, rig.means.settings.field_key, person, "TH-BKK", words, rig.clock.at, neutral=False)


def replies(rig: Rig) -> list[str]:
    statuses = [row.status for row in rig.rows(Outgoing)]
    return statuses[2:]


def test_within_a_day_words_go_as_they_are(rig: Rig) -> None:
    refer(rig)
    rig.clock.forward(hours=23, minutes=54)
    reply(rig, "Come on Monday")
    rig.send()
    assert "Come on Monday" in text_of(rig.graph.sent[-1])


def test_after_a_day_one_set_message_asks_and_the_words_follow_when_the_person_writes(rig: Rig) -> None:
    refer(rig)
    rig.clock.forward(hours=24)
    reply(rig, "First words")
    rig.send()
    knock = rig.graph.sent[-1]
    assert knock["template"] == {
        "name": "message_waiting",
        "language": {"code": "fa"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": REFERENCE}]}],
    }
    reply(rig, "Second words")
    rig.send()
    assert rig.graph.sent[-1] is knock
    assert replies(rig) == ["held", "held"]
    sent = rig.says("ok")
    assert ["First words" in text_of(sent[0]), "Second words" in text_of(sent[1])] == [True, True]
    assert replies(rig)[:2] == ["sent", "sent"]
    assert rig.graph.refused == []


def test_what_is_held_outlives_the_forgetting_of_the_talk(rig: Rig) -> None:
    refer(rig)
    rig.clock.forward(hours=24)
    reply(rig, "Words to keep")
    rig.send()
    rig.clock.forward(days=3)
    Purge(rig.means).forget(rig.clock.at)
    assert "Words to keep" in text_of(rig.says("ok")[0])


def test_a_window_that_meta_says_is_closed_is_closed(rig: Rig) -> None:
    refer(rig)
    reply(rig, "Words")
    rig.graph.refuse.append(131047)
    rig.send()
    assert rig.graph.sent[-1]["type"] == "template"
    assert replies(rig) == ["held"]
    rig.clock.forward(seconds=1)
    assert "Words" in text_of(rig.says("ok")[0])


def test_a_window_that_was_closed_when_the_message_got_there(rig: Rig) -> None:
    refer(rig)
    reply(rig, "Words")
    rig.send()
    rig.notes(rig.graph.status(rig.graph.sent[-1], "failed", 131047))
    rig.send()
    assert rig.graph.sent[-1]["type"] == "template"
    rig.notes(rig.graph.status(rig.graph.sent[-1], "delivered"))
    assert [row.reached for row in rig.rows(Outgoing)][-1] == "delivered"
    rig.clock.forward(seconds=1)
    assert "Words" in text_of(rig.says("ok")[0])
    assert [row.reached for row in rig.rows(Outgoing)][2] is None


def test_a_language_that_meta_has_not_gets_the_english_message(rig: Rig) -> None:
    refer(rig)
    rig.graph.templates = {("message_waiting", "en"): 1}
    rig.clock.forward(hours=24)
    reply(rig, "Words")
    rig.send()
    assert rig.graph.sent[-1]["template"]["language"] == {"code": "en"}
    assert rig.graph.refused == [(132001, "Template name does not exist in the translation")]


def test_without_any_approved_message_the_reply_is_known_not_to_have_gone(rig: Rig) -> None:
    refer(rig, None)
    rig.graph.templates = {}
    rig.clock.forward(hours=24)
    reply(rig, "Words")
    rig.send()
    assert replies(rig) == ["failed"]


def test_nobody_without_an_open_referral_is_written_to_after_a_day(rig: Rig) -> None:
    rig.engine.answer = says("plain")
    rig.bring(rig.graph.says(NADIA, body="Hello"))
    with transaction(rig.means.database) as session:
        session.execute(update(Outgoing).values(status="waiting"))
    rig.clock.forward(hours=24)
    before = len(rig.graph.sent)
    rig.send()
    assert len(rig.graph.sent) == before
    assert [row.status for row in rig.rows(Outgoing)] == ["failed"]


def test_a_person_who_writes_while_the_set_message_is_on_its_way_is_not_kept_waiting(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    refer(rig)
    rig.clock.forward(hours=24)
    reply(rig, "Words")
    knock = rig.channel.knock

    async def and_meanwhile(address: str, asked: Knock) -> Delivered:
        delivered = await knock(address, asked)
        assert (await rig.post(rig.graph.batch([rig.graph.says(NADIA, body="hi")]))).status_code == 200
        return delivered

    monkeypatch.setattr(rig.channel, "knock", and_meanwhile)
    rig.send()
    assert "Words" in text_of(rig.graph.sent[-2])


def test_leaving_drops_what_was_held(rig: Rig) -> None:
    refer(rig)
    rig.clock.forward(hours=24)
    reply(rig, "Words")
    rig.send()

    async def scene() -> None:
        await rig.channel._inbox.leave("whatsapp", str(NADIA.user_id))
        await rig.work()

    asyncio.run(scene())
    assert replies(rig) == ["dropped"]
    with Session(rig.means.database) as session:
        assert session.scalars(select(Outgoing.content).where(Outgoing.status == "dropped")).all() == [None]


def test_a_message_that_comes_days_late_is_answered_by_what_meta_then_allows(rig: Rig) -> None:
    refer(rig)
    late = rig.graph.says(NADIA, body="Hello")
    rig.clock.forward(days=2)
    sent = rig.bring(late)
    assert [one["type"] for one in sent] == ["template"]
    assert rig.graph.wrote_at[str(NADIA.user_id)] < rig.clock.at.timestamp() - timedelta(days=1).total_seconds()
