"""An officer answers in the bot's place: what goes to them, and what the bot still does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from gateway_rig import Gateway
from nacl.public import SealedBox
from officer_talk import (
    FORM,
    ISOLATES,
    OFFICE_KEY,
    acts,
    heard,
    reply,
    taken_over,
    talk,
    talk_by,
    written,
)
from sqlalchemy import select

from bot.channels.channel import Attachment
from bot.conversation.apology import Apologies
from bot.conversation.claims import claim
from bot.conversation.dialogue import GIVEN_UP_AT
from bot.conversation.turn_engine import EngineAwayError, EngineRefusedError
from bot.referrals.border import ask_border
from bot.referrals.transfer import Passing
from bot.store.database import transaction
from bot.store.models import Incoming, Office, Officer, Referral, ReferralEvent


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with taken_over(tmp_path) as made:
        yield made


@pytest.mark.parametrize("intent", ["faq/cost", "affirm", "nlu_fallback", "out_of_scope"])
def test_words_go_to_the_officer_and_the_bot_is_silent_and_stays_where_it_was(
    gateway: Gateway, intent: str
) -> None:
    before = gateway.screen()
    gateway.engine.answer = heard(intent, "ask_age", sure=False)
    assert talk(gateway, "I have a question", "yes") == []
    assert written(gateway) == ["I have a question", "yes"]
    assert (gateway.state(), gateway.screen()) == (None, before)
    assert {row.status for row in gateway.rows(Incoming)} == {"done"}
    assert len(gateway.engine.asked) == 2


def test_who_talks_with_an_officer_is_not_asked_by_the_bot_who_they_are(gateway: Gateway) -> None:
    gateway.clock.forward(hours=1)
    asyncio.run(gateway.bring("are you there?"))
    with transaction(gateway.means.database) as session:
        (held,) = claim(session, gateway.means, gateway.clock(), 1)
    assert (held.kept["silent_minutes"], held.request["facts"]["silent_minutes"]) == (60, None)


def test_a_word_that_stands_on_an_old_button_and_a_number_are_words(gateway: Gateway) -> None:
    gateway.engine.answer = heard("inform", "ask_age", sure=False)
    assert talk(gateway, "18 or older", "1") == []
    assert gateway.engine.messages == [{"text": "18 or older"}, {"text": "1"}]
    assert written(gateway) == ["18 or older", "1"]


def test_a_press_on_an_old_button_tells_once_more_who_reads(gateway: Gateway) -> None:
    gateway.engine.answer = heard("inform", "ask_adults")
    assert asyncio.run(gateway.press("18 or older")) == ["A person answers."]
    assert (written(gateway), gateway.state()) == ([], None)


def test_a_picture_is_refused_as_ever_and_not_lost_in_silence(gateway: Gateway) -> None:
    gateway.engine.answer = heard("inform", "not_text", "ask_age")
    assert talk(gateway, Attachment("photo")) == ["No pictures."]
    assert written(gateway) == []


@pytest.mark.parametrize("sure", [True, False])
def test_danger_brings_the_card_and_goes_to_the_officer_too(gateway: Gateway, sure: bool) -> None:
    gateway.engine.answer = heard("danger", "danger_card", sure=sure, state={"slots": {"screen": "danger"}})
    assert talk(gateway, "they will kill me") == ["Numbers."]
    assert written(gateway) == ["they will kill me"]
    assert talk_by(gateway) == 1


def test_stop_in_a_sentence_is_a_sentence(gateway: Gateway) -> None:
    gateway.engine.answer = heard("stop", "stopped", sure=False)
    assert talk(gateway, "please do not stop my case") == []
    assert written(gateway) == ["please do not stop my case"]
    assert talk_by(gateway) == 1


def test_another_language_is_taken_and_the_bots_own_question_is_not_asked(gateway: Gateway) -> None:
    do = [{"effect": "language", "language": "fa"}]
    gateway.engine.answer = heard("change_language", "ask_age", do=do, state=FORM)
    (said,) = talk(gateway, "language")
    assert "A person answers" in said
    assert (gateway.person().language, gateway.state()) == ("fa", FORM)


def test_erasing_is_asked_about_and_done(gateway: Gateway) -> None:
    gateway.engine.answer = heard("erase_data", "erase_sure")
    assert talk(gateway, "delete") == ["Erase?"]
    gateway.engine.answer = heard("affirm", "erased", do=[{"effect": "erase"}], state=None)
    assert talk(gateway, "yes") == ["Everything is erased."]
    assert written(gateway) == []
    assert gateway.rows(Referral)[0:1] == []


def test_yes_is_for_whoever_asked_last(gateway: Gateway) -> None:
    gateway.engine.answer = heard("erase_data", "erase_sure")
    talk(gateway, "delete")
    reply(gateway, "Can we call?", neutral=True)
    asyncio.run(gateway.send_all())
    gateway.engine.answer = heard("affirm", "erased", do=[{"effect": "erase"}], state=None)
    assert talk(gateway, "yes") == []
    assert written(gateway) == ["yes"]
    assert asyncio.run(gateway.press("Yes, erase")) == ["Everything is erased."]


def test_what_the_engine_cannot_read_reaches_the_officer(gateway: Gateway) -> None:
    gateway.engine.answer = EngineRefusedError("no")

    async def scene() -> None:
        await gateway.bring("🙂 my words")
        for _ in range(GIVEN_UP_AT):
            await gateway.take_all()
            gateway.clock.forward(seconds=40)
        await gateway.send_all()

    asyncio.run(scene())
    assert written(gateway) == ["🙂 my words"]
    assert gateway.channel.sent == []


def test_while_an_officer_answers_nobody_apologises_for_the_wait(gateway: Gateway) -> None:
    gateway.engine.answer = EngineAwayError("ConnectError")
    asyncio.run(gateway.bring("hello"))
    asyncio.run(gateway.take_all())
    gateway.clock.forward(minutes=1)
    Apologies(gateway.means).apologise()
    asyncio.run(gateway.send_all())
    assert gateway.channel.sent == []


@pytest.mark.parametrize(
    ("answer", "title", "said"), [("yes", "Yes, there", "It goes to "), ("no", "No, here", "It stays.")]
)
def test_a_question_about_another_country_is_answered_by_its_button(
    gateway: Gateway, answer: str, title: str, said: str
) -> None:
    with transaction(gateway.means.database) as session:
        session.add(Office(id="MY-KUL", public_key=bytes(OFFICE_KEY.public_key), private_key=b"sealed"))
        referral, officer = session.scalars(select(Referral)).one(), session.get_one(Officer, 1)
        passing = Passing(b"", gateway.means.settings.field_key, gateway.means.catalogue.offices)
        ask_border(session, passing, referral.id, officer, "MY-KUL", "family", "b", gateway.clock())
    asyncio.run(gateway.send_all())
    asked = gateway.channel.sent[-1][1].text
    assert asked.translate(dict.fromkeys(map(ord, ISOLATES))) == "May it go to Kuala Lumpur, Malaysia?"
    do = [{"effect": "border", "office": "MY-KUL", "answer": answer}]
    spoken = {"name": f"border_{answer}", "variables": {"city": "Kuala Lumpur"}, "buttons": []}
    gateway.engine.answer = {**heard("inform", "ask_age", do=do), "say": [spoken]}
    assert talk(gateway, "Yes") == []  # no answer to it: the officer's to read
    (text,) = asyncio.run(gateway.press(title))
    assert text.startswith(said)
    assert gateway.engine.asked[-1]["facts"]["referral"]["border"] == "MY-KUL"
    (referral,) = gateway.rows(Referral)
    assert (referral.office_id, referral.border_yes_at is not None) == ("TH-BKK", answer == "yes")
    assert acts(gateway)[-1] == f"border_{answer}"
    kept = gateway.rows(ReferralEvent)[-1].words
    if answer == "yes":
        agreed = json.loads(SealedBox(OFFICE_KEY).decrypt(kept))
        assert (agreed["to"], len(agreed["wording"])) == ("MY-KUL", 64)
    talk(gateway, "once more")
    assert gateway.engine.asked[-1]["facts"]["referral"]["border"] is None
