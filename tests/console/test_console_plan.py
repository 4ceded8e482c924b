"""The safe-contact plan: what keeps to it goes, what does not needs a reason; the number on request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from casework_world import CHAT, NUMBER, audited, send_to_chat, sent, state, taken, with_a_lead
from console_world import BANGKOK, FOREIGN, MAE_SOT, REFERENCE, World, visible

from bot.store.database import transaction

PLACE = f"/referrals/{REFERENCE}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return with_a_lead(tmp_path)


def test_what_keeps_to_the_plan_is_sent_without_a_reason(world: World) -> None:
    anna = taken(world)
    assert "Not as the safe-contact plan says" not in anna.get(f"/referrals/{CHAT}").text
    assert anna.act("reply", CHAT, text="When can we talk?", override="").status_code == 303
    assert (sent(world), audited(world, "overrode")) == (1, [])


@pytest.mark.parametrize(
    ("contact", "hours", "said"),
    [
        ({"time": "evening"}, 0, "not the time of day that they named"),
        ({"time": "morning"}, 0, "not the time of day that they named"),
        ({"way": "call", "number": NUMBER}, 0, "not in the chat"),
        ({"way": "text", "number": NUMBER, "style": ["text_only"]}, 0, "not in the chat"),
        ({"style": ["do_not_say_iom"]}, 0, "Your words name IOM"),
    ],
)
def test_against_the_plan_nothing_goes_but_for_a_reason_and_that_is_on_record(
    world: World, contact: dict[str, Any], hours: int, said: str
) -> None:
    with transaction(world.engine) as session:
        send_to_chat(world, session, "PLAN-2222", **contact)
    world.clock.on(hours=hours)
    anna = taken(world, reference="PLAN-2222")
    for override in ("", "because"):
        answer = anna.act("reply", "PLAN-2222", text="IOM writes", override=override)
        assert answer.status_code == 409
        assert "would not keep to the safe-contact plan" in answer.text
        assert said in visible(answer.text)
        assert "IOM writes" in answer.text
    assert sent(world) == 0
    assert anna.act("reply", "PLAN-2222", text="IOM writes", override="danger").status_code == 303
    assert sent(world) == 1
    assert audited(world, "overrode") == [("PLAN-2222", 1)]
    history = visible(anna.get("/referrals/PLAN-2222").text).partition("History")[2]
    assert "Wrote although the safe-contact plan says otherwise · Anna" in history
    assert "The person may be in danger" in history


def test_the_time_of_day_is_that_of_the_office(world: World) -> None:
    with transaction(world.engine) as session:
        send_to_chat(world, session, "EVEN-2222", time="evening")
    anna = taken(world, reference="EVEN-2222")
    assert "it is now 16:00" in anna.get("/referrals/EVEN-2222").text
    world.clock.on(hours=2, minutes=1)
    anna = world.sign_in()
    assert "it is now 18:01" in anna.get("/referrals/EVEN-2222").text
    assert anna.act("reply", "EVEN-2222", text="Hello", override="").status_code == 303


def test_the_number_is_shown_on_request_and_each_time_is_on_record(world: World) -> None:
    anna = world.sign_in()
    assert NUMBER not in anna.get(PLACE).text
    for times in (1, 2):
        assert NUMBER in anna.act("reveal").text
        assert audited(world, "revealed") == [(REFERENCE, 1)] * times
    assert NUMBER not in anna.get(PLACE).text
    assert anna.act("reveal", FOREIGN).status_code in {403, 404}
    assert audited(world, "revealed") == [(REFERENCE, 1)] * 2


def test_telling_of_the_passing_on_keeps_to_the_plan_too(world: World) -> None:
    ben = taken(world, "ben", REFERENCE)
    answer = ben.act("transfer", office=MAE_SOT, text="nearer", override="")
    assert answer.status_code == 409
    assert state(world, REFERENCE) == ("accepted", BANGKOK)
    assert ben.act("transfer", office=MAE_SOT, text="nearer", override="agreed").status_code == 303
    assert audited(world, "overrode") == [(REFERENCE, 2)]
