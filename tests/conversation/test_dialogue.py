from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from gateway_rig import Gateway, new_gateway
from sqlalchemy import update
from turns import Answer, says

from bot.conversation import dialogue
from bot.conversation.apology import Apologies
from bot.conversation.claims import LEASE
from bot.conversation.turn_engine import EngineAwayError, EngineRefusedError, read_answer
from bot.store.database import transaction
from bot.store.models import Consent, Incoming, Office, Outgoing, Person, Referral

AWAY = EngineAwayError("ConnectError")
REFER = {
    "effect": "refer",
    "office": "TH-BKK",
    "reference": "K7PM-2QXD",
    "content": {
        "outcome": "LIKELY",
        "reasons": [],
        "routes": ["R1"],
        "flags": [],
        "to_check": [],
        "answers": {"age": "adult"},
        "adults": 1,
        "children": 0,
        "contact": {"way": "chat", "number": None, "time": None, "style": []},
        "criteria_version": "2026-11-22",
        "special_need": False,
    },
}


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with new_gateway(tmp_path) as made:
        yield made


def count_turns(request: Mapping[str, Any]) -> Answer:
    state = request["state"] or {"seen": []}
    return says("plain", state={"seen": [*state["seen"], request["message"].get("text")]})


def test_a_turn_says_and_remembers_what_the_engine_gave(gateway: Gateway) -> None:
    gateway.engine.answer = count_turns

    async def scene() -> list[str]:
        await gateway.talk("one")
        return await gateway.talk("two")

    assert asyncio.run(scene()) == ["All right."]
    assert gateway.state() == {"seen": ["one", "two"]}
    first, second = gateway.engine.asked
    assert (first["turn"], second["turn"]) == (1, 2)
    assert first["conversation"] == second["conversation"] == gateway.person().conversation
    inactive = first["facts"].pop("inactive_offices")
    assert "TH-MSO" in inactive  # switched off
    assert "MY-KUL" in inactive  # active in criteria/, but without keys here
    assert "TH-BKK" not in inactive
    assert first["facts"] == {
        "operator": gateway.means.settings.operator,
        "referral": None,
        "answer_days": {"TH-BKK": 3, "TH-MSO": 3},
        "moved_offices": {},
        "silent_minutes": None,
        "languages": ["en", "fa"],
        "keep_unclear": False,
    }


def test_an_office_that_was_moved_is_there_from_the_next_message_on(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("one")
        with transaction(gateway.means.database) as session:
            office = session.get_one(Office, "TH-MSO")
            office.latitude, office.longitude = 0.0, 98.5
        await gateway.talk("two")

    asyncio.run(scene())
    first, second = (asked["facts"]["moved_offices"] for asked in gateway.engine.asked)
    assert (first, second) == ({}, {"TH-MSO": [0.0, 98.5]})


def test_the_content_goes_when_the_message_is_done(gateway: Gateway) -> None:
    asyncio.run(gateway.talk("hello"))
    (message,) = gateway.rows(Incoming)
    assert (message.status, message.content) == ("done", None)


def test_messages_of_one_person_are_taken_in_order_by_many_workers(gateway: Gateway) -> None:
    gateway.engine.answer = count_turns

    async def scene() -> None:
        for number in range(10):
            await gateway.bring(f"a{number}", address="a")
            await gateway.bring(f"b{number}", address="b")
        for _ in range(30):
            await asyncio.gather(*(gateway.dialogue.take_one() for _ in range(4)))

    asyncio.run(scene())
    assert gateway.state("a") == {"seen": [f"a{n}" for n in range(10)]}
    assert gateway.state("b") == {"seen": [f"b{n}" for n in range(10)]}


def test_a_later_message_waits_for_an_earlier_one_that_is_tried_again(gateway: Gateway) -> None:
    gateway.engine.answer = AWAY

    async def scene() -> None:
        await gateway.bring("one")
        await gateway.bring("two")
        await gateway.take_all()
        gateway.engine.answer = count_turns
        await gateway.take_all()
        assert gateway.state() is None
        gateway.clock.forward(seconds=1)
        await gateway.take_all()

    asyncio.run(scene())
    assert gateway.state() == {"seen": ["one", "two"]}


def test_killed_between_the_answer_and_the_commit_the_turn_is_taken_again_once(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_consent")

    def kill() -> None:
        raise Killed

    async def scene() -> None:
        await gateway.talk("hello")
        gateway.engine.answer = says("sent", do=[REFER], state={"sent": True})
        gateway.engine.before_answer = kill
        await gateway.bring("yes, send it")
        with pytest.raises(Killed):
            await gateway.dialogue.take_one()
        gateway.engine.before_answer = lambda: None
        assert not await gateway.dialogue.take_one()  # the dead worker still holds the lease
        gateway.clock.at += LEASE + timedelta(seconds=1)
        await gateway.take_all()

    asyncio.run(scene())
    assert len(gateway.rows(Referral)) == len(gateway.rows(Consent)) == 1
    assert gateway.state() == {"sent": True}
    assert len(gateway.rows(Outgoing)) == 2


def test_a_worker_whose_lease_ran_out_changes_nothing(gateway: Gateway) -> None:
    gateway.engine.answer = count_turns

    def lose() -> None:
        with transaction(gateway.means.database) as session:
            session.execute(update(Person).values(lease="another"))

    async def scene() -> None:
        gateway.engine.before_answer = lose
        await gateway.bring("hello")
        assert await gateway.dialogue.take_one()

    asyncio.run(scene())
    assert gateway.state() is None
    assert gateway.rows(Outgoing) == []
    assert gateway.rows(Incoming)[0].status == "waiting"


def test_a_person_who_leaves_while_a_turn_is_taken_wins(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        gateway.engine.answer = says("plain", state={"late": True})
        gateway.engine.before_answer = lambda: gateway.inbox._leave("test", "a")
        await gateway.talk("my story")

    asyncio.run(scene())
    assert gateway.find() is None
    assert gateway.rows(Outgoing) == []
    assert all(row.content is None for row in gateway.rows(Incoming))


def test_backoff_doubles_up_to_half_a_minute() -> None:
    seconds = [dialogue.backoff(attempts).total_seconds() for attempts in range(1, 10)]
    assert seconds == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_after_ten_seconds_without_an_engine_one_apology_and_then_the_turn(gateway: Gateway) -> None:
    gateway.engine.answer = AWAY
    apologies = Apologies(gateway.means)

    async def scene() -> None:
        await gateway.bring("hello")
        await gateway.take_all()
        gateway.clock.forward(seconds=9)
        assert apologies.apologise() == 0
        gateway.clock.forward(seconds=1)
        assert [apologies.apologise() for _ in range(3)] == [1, 0, 0]
        await gateway.take_all()
        gateway.clock.forward(minutes=5)
        gateway.engine.answer = says("ask_age")
        await gateway.take_all()
        await gateway.send_all()

    asyncio.run(scene())
    assert [text for _, text in gateway.queued()] == ["Sorry. You can call +66 2 343 9300", "How old are you?"]


def test_a_person_waiting_for_a_hanging_engine_gets_the_apology_too(gateway: Gateway) -> None:
    apologies = Apologies(gateway.means)
    counted: list[int] = []

    def hang() -> None:
        gateway.clock.forward(seconds=12)
        counted.append(apologies.apologise())

    gateway.engine.before_answer = hang
    asyncio.run(gateway.talk("hello"))
    assert counted == [1]


def test_a_message_that_the_engine_refuses_five_times_is_given_up_and_the_person_goes_on(gateway: Gateway) -> None:
    def answer(request: Mapping[str, Any]) -> Answer | Exception:
        return (
            EngineRefusedError("status 422")
            if request["message"].get("text") == "poison"
            else count_turns(request)
        )

    gateway.engine.answer = answer

    async def scene() -> None:
        await gateway.bring("poison")
        await gateway.bring("hello")
        for _ in range(20):
            await gateway.take_all()
            gateway.clock.forward(seconds=30)

    asyncio.run(scene())
    assert gateway.engine.messages.count({"text": "poison"}) == 5
    assert [row.status for row in gateway.rows(Incoming)] == ["failed", "done"]
    assert all(row.content is None for row in gateway.rows(Incoming))
    texts = [text for _, text in gateway.queued()]
    assert texts == ["I could not read that. You can call +66 2 343 9300", "All right."]


def test_an_answer_that_is_no_turn_is_refused() -> None:
    broken: Any
    for broken in ([], {}, {"say": [], "do": [7], "state": None}, {"say": [{}], "do": [], "state": None}):
        with pytest.raises((KeyError, TypeError, AttributeError)):
            read_answer(broken)


def test_an_unknown_response_does_not_hold_up_the_person(gateway: Gateway) -> None:
    gateway.engine.answer = says("not_there", state={"half": True})

    async def scene() -> None:
        await gateway.bring("hello")
        for _ in range(10):
            await gateway.take_all()
            gateway.clock.forward(seconds=30)

    asyncio.run(scene())
    assert gateway.rows(Incoming)[0].status == "failed"
    assert gateway.state() is None


def test_a_language_is_chosen_and_spoken_at_once(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age", do=[{"effect": "language", "language": "fa"}])
    assert asyncio.run(gateway.talk("farsi")) == ["چند سال دارید؟"]
    assert gateway.person().language == "fa"


def test_a_language_that_is_not_offered_is_refused(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age", do=[{"effect": "language", "language": "ur"}])
    assert asyncio.run(gateway.talk("urdu")) == []
    assert gateway.person().language is None


def test_a_referral_needs_the_consent_on_the_screen(gateway: Gateway) -> None:
    async def scene() -> None:
        gateway.engine.answer = says("ask_age")
        await gateway.talk("hello")
        gateway.engine.answer = says("sent", do=[REFER])
        assert await gateway.talk("yes") == []

    asyncio.run(scene())
    assert gateway.rows(Referral) == gateway.rows(Consent) == []


def test_consent_keeps_the_words_that_were_on_the_screen_and_two_yeses_are_one_referral(gateway: Gateway) -> None:
    async def scene() -> str:
        gateway.engine.answer = says("ask_consent")
        await gateway.talk("hello")
        wording = gateway.screen().wording
        gateway.engine.answer = says("ask_consent", do=[REFER])
        await gateway.press("Yes, send it")
        await gateway.press("Yes, send it")
        return wording

    wording = asyncio.run(scene())
    assert [consent.wording for consent in gateway.rows(Consent)] == [wording]
    assert len(gateway.rows(Referral)) == 1
    assert gateway.engine.asked[-1]["facts"]["referral"]["reference"] == "K7PM-2QXD"


def test_erasing_takes_everything_and_the_last_line_still_arrives(gateway: Gateway) -> None:
    async def scene() -> list[str]:
        gateway.engine.answer = says("ask_consent", state={"slots": {}})
        await gateway.talk("hello")
        gateway.engine.answer = says("ask_consent", do=[REFER])
        await gateway.press("Yes, send it")
        gateway.engine.answer = says("erased", do=[{"effect": "erase"}], state={"left": True})
        return await gateway.talk("delete everything")

    assert asyncio.run(scene()) == ["Everything is erased."]
    assert gateway.rows(Referral) == gateway.rows(Consent) == []
    (person,) = gateway.rows(Person)
    assert (person.state, person.screen, person.turn) == (None, None, 0)
    assert len(gateway.rows(Outgoing)) == 1
