"""What an officer does on a referral's way: its steps, another office."""

from __future__ import annotations

from pathlib import Path

import pytest
from casework_world import CHAT, audited, sent, state, taken, with_a_lead
from console_world import BANGKOK, MAE_SOT, World, visible
from sqlalchemy import select

from bot.store.database import transaction
from bot.store.models import Referral, ReferralEvent


@pytest.fixture
def world(tmp_path: Path) -> World:
    return with_a_lead(tmp_path)


def test_the_way_of_a_referral(world: World) -> None:
    anna = taken(world)
    for act, name in (("contacted", "contacted"), ("counselling", "counselling"), ("wait", "waiting")):
        assert anna.act(act, CHAT).status_code == 303
        assert state(world, CHAT)[0] == name
    assert anna.act("return", CHAT, text="on leave").status_code == 303
    assert state(world, CHAT)[0] == "new"
    assert anna.act("accept", CHAT).status_code == 303
    assert anna.act("close", CHAT, reason="applied").status_code == 303
    assert state(world, CHAT)[0] == "applied"
    shown = visible(anna.get(f"/referrals/{CHAT}").text)
    assert "Closed: applied for return" in shown
    assert "Given back to the queue · Anna" in shown
    assert "Close the referral" not in shown


def test_giving_back_needs_a_reason(world: World) -> None:
    anna = taken(world)
    assert anna.act("return", CHAT, text=" ").status_code == 400
    assert state(world, CHAT)[0] == "accepted"


def test_a_lead_passes_it_to_an_office_of_the_country_and_sees_it_no_more(world: World) -> None:
    ben = taken(world, "ben")
    page = ben.get(f"/referrals/{CHAT}").text
    assert f'<option value="{MAE_SOT}" ' in page
    assert 'value="MY-' not in page
    fields = ben.fields(f"/referrals/{CHAT}") | {"office": MAE_SOT, "text": "nearer"}
    answers = [ben.post(f"/referrals/{CHAT}/transfer", fields) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == ["/?passed=1"] * 2
    assert "was passed on" in ben.get("/?passed=1").text
    assert state(world, CHAT) == ("new", MAE_SOT)
    assert ben.get(f"/referrals/{CHAT}").status_code == 404
    shown = visible(world.sign_in("far").get(f"/referrals/{CHAT}").text)
    assert "Passed to another office · Ben" in shown
    assert "nearer" in shown
    assert (sent(world), audited(world, "transferred")) == (1, [(CHAT, 2)])


def test_an_officer_who_is_no_lead_cannot_pass_it_on(world: World) -> None:
    anna = taken(world)
    assert "Pass it to another office" not in anna.get(f"/referrals/{CHAT}").text
    assert anna.act("transfer", CHAT, office=MAE_SOT, text="nearer").status_code == 404
    assert state(world, CHAT) == ("accepted", BANGKOK)


@pytest.mark.parametrize(("office", "status"), [("MY-KUL", 400), ("", 400), (BANGKOK, 400)])
def test_it_does_not_go_where_it_cannot(world: World, office: str, status: int) -> None:
    ben = taken(world, "ben")
    answer = ben.act("transfer", CHAT, office=office, text="my reason")
    assert answer.status_code == status
    assert "my reason" in answer.text
    assert state(world, CHAT) == ("accepted", BANGKOK)


def test_no_step_is_without_its_event(world: World) -> None:
    anna = taken(world)
    anna.act("counselling", CHAT)
    with transaction(world.engine) as session:
        acts = session.scalars(select(ReferralEvent.act).join(Referral).where(Referral.reference == CHAT))
        assert list(acts) == ["sent", "opened", "accepted", "counselling"]
