"""A talk that an officer had is the bot's again: by stop, by leaving, after a day of silence, given back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from gateway_rig import Gateway
from officer_talk import (
    AGAIN,
    FORM,
    acts,
    give_back,
    heard,
    reply,
    taken_over,
    talk,
    talk_by,
    written,
)
from turns import Answer, says

from bot.store.models import ReferralEvent


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with taken_over(tmp_path) as made:
        yield made


def test_stop_stops_and_the_talk_is_the_bots_again(gateway: Gateway) -> None:
    gateway.engine.answer = heard("stop", "stopped")
    assert talk(gateway, "stop") == ["The program answers.", "Stopped."]
    assert (written(gateway), talk_by(gateway), acts(gateway)[-1]) == ([], None, "talk_stopped")
    assert gateway.rows(ReferralEvent)[-1].tell
    gateway.engine.answer = says("plain")
    assert talk(gateway, "hello") == ["All right."]


def test_leaving_at_once_ends_it(gateway: Gateway) -> None:
    assert talk(gateway, "quit") == ["OK. Have a good day."]
    assert (talk_by(gateway), acts(gateway)[-1]) == (None, "talk_stopped")


def test_after_a_day_without_a_word_the_bot_answers_and_the_office_has_the_message(gateway: Gateway) -> None:
    def answer(request: Mapping[str, Any]) -> Answer:
        resumed = request["message"] == AGAIN
        return heard("repeat_question", "ask_age", state=FORM) if resumed else heard("faq/cost", "plain")

    gateway.engine.answer = answer
    gateway.clock.forward(hours=23, minutes=59)
    assert talk(gateway, "still there?") == []
    gateway.clock.forward(minutes=1)
    assert talk(gateway, "hello?") == ["A day of silence. The program answers.", "How old are you?"]
    assert written(gateway) == ["still there?", "hello?"]
    assert (gateway.state(), talk_by(gateway), acts(gateway)[-1]) == (FORM, None, "talk_over")
    assert talk(gateway, "what does it cost?") == ["All right."]


def test_a_word_of_the_officer_begins_the_day_anew(gateway: Gateway) -> None:
    gateway.clock.forward(hours=23)
    reply(gateway, "Yes", neutral=False)
    gateway.clock.forward(hours=23)
    asyncio.run(gateway.send_all())
    gateway.engine.answer = heard("thank", "plain", sure=False)
    assert talk(gateway, "thank you") == []


@pytest.mark.parametrize("at_once", [True, False])
def test_given_back_the_bots_last_question_is_asked_again(gateway: Gateway, at_once: bool) -> None:
    gateway.engine.answer = heard("repeat_question", "ask_age", state=FORM)
    give_back(gateway, at_once=at_once)

    async def all_of_it() -> None:
        await gateway.take_all()
        await gateway.send_all()
        await gateway.take_all()

    asyncio.run(all_of_it())
    asyncio.run(gateway.send_all())
    texts = [bubble.text for _, bubble in gateway.channel.sent]
    assert texts == (["The program answers.", "How old are you?"] if at_once else [])
    assert gateway.engine.messages == ([AGAIN] if at_once else [])
    gateway.engine.answer = says("plain")
    assert talk(gateway, "hello") == (["All right."] if at_once else ["The program answers.", "All right."])


def test_out_of_danger_nobody_is_led_by_the_bot_alone(gateway: Gateway) -> None:
    gateway.engine.answer = heard("danger", "danger_card", state={"slots": {"screen": "danger"}})
    talk(gateway, "help")
    gateway.engine.asked.clear()
    give_back(gateway, at_once=True)
    gateway.channel.sent.clear()
    asyncio.run(gateway.take_all())
    asyncio.run(gateway.send_all())
    assert [bubble.text for _, bubble in gateway.channel.sent] == ["The program answers."]
    assert gateway.engine.asked == []
