"""The page on which a lead keeps the office's hours and promise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from casework_world import audited, with_a_lead
from console_world import BANGKOK, MAE_SOT, Browser, World, visible

from bot.referrals.working_time import schedule_of
from bot.store.database import transaction
from bot.store.models import Office


@pytest.fixture
def world(tmp_path: Path) -> World:
    return with_a_lead(tmp_path)


SETTINGS = {
    "active": "1", "days": "5", "zone": "Asia/Bangkok", "holidays": "2026-12-31\n2027-01-01", "digest_to": "",
    **{f"from{day}": "08:30" for day in range(5)}, **{f"to{day}": "16:30" for day in range(5)},
}  # fmt: skip


def save(browser: Browser, **instead: str) -> Any:
    csrf = browser.fields("/office").get("csrf", "")
    return browser.post("/office", {"csrf": csrf} | SETTINGS | instead)


def test_a_lead_keeps_the_offices_hours_and_promise(world: World) -> None:
    ben = world.sign_in("ben")
    assert "By this zone it is now 16:00" in ben.get("/office").text
    assert save(ben, digest_to="team@office.example").headers["location"] == "/office?saved=1"
    with transaction(world.engine) as session:
        office = session.get_one(Office, BANGKOK)
        assert (office.answer_days, office.active, office.digest_to) == (5, True, "team@office.example")
        assert office.holidays == "2026-12-31 2027-01-01"
        assert schedule_of(office).week[0] is not None
        assert schedule_of(office).week[6] is None
        assert session.get_one(Office, MAE_SOT).answer_days == 3
    page = ben.get("/office?saved=1").text
    assert "Saved." in page
    assert page.count('value="08:30"') == 5
    assert audited(world, "office_changed") == [(BANGKOK, 2)]
    assert save(ben, active="").status_code == 303
    with transaction(world.engine) as session:
        assert not session.get_one(Office, BANGKOK).active


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"from0": "18:00"}, "The hours do not fit"),
        ({"to0": ""}, "The hours do not fit"),
        ({"holidays": "31.12."}, "A holiday could not be read"),
        ({"zone": "Asia/Nowhere"}, "This time zone is not known"),
        ({"days": "0"}, "a whole number from 1 to 60"),
        ({"days": "61"}, "a whole number from 1 to 60"),
        ({"days": "two"}, "a whole number from 1 to 60"),
        ({"digest_to": "team"}, "This e-mail address could not be read"),
        ({"digest_to": "a@b.example\r\nBcc: c@d.example"}, "This e-mail address could not be read"),
        ({"digest_to": "a@b, c@d"}, "This e-mail address could not be read"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_changed(world: World, instead: dict[str, str], said: str) -> None:
    ben = world.sign_in("ben")
    answer = save(ben, **instead)
    assert answer.status_code == 400
    assert said in visible(answer.text)
    assert 'value="16:30"' in answer.text
    with transaction(world.engine) as session:
        assert session.get_one(Office, BANGKOK).answer_days == 3
    assert audited(world, "office_changed") == []


def test_only_a_lead_has_the_offices_page(world: World) -> None:
    anna = world.sign_in("anna")
    assert anna.get("/office").status_code == 404
    assert anna.post("/office", anna.fields("/") | SETTINGS).status_code == 404
