from __future__ import annotations

import re
from pathlib import Path

import pytest
from console_world import World, make_world
from sqlalchemy import select

from bot.console.login import FREE_FAILURES
from bot.console.sessions import IDLE
from bot.store.database import transaction
from bot.store.models import OfficerSession

KEY = re.compile(r'name="session" value="([0-9a-f]{64})"')
CODE = re.compile(r"\d{4}-\d{4}-\d{4}")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_my_sessions_are_listed_and_one_can_be_ended(world: World) -> None:
    first = world.signed_in("anna")
    world.clock.on(minutes=5)
    second = world.signed_in("anna")
    world.signed_in("ben")
    page = second.get("/me").text
    keys = KEY.findall(page)
    assert len(keys) == 2
    assert page.index("This browser") < page.index(keys[1])  # the one used last stands first
    fields = second.fields("/me")
    assert second.post("/me/sessions", fields | {"session": keys[1]}).headers["location"] == "/me"
    assert first.get("/").headers["location"] == "/login"
    assert second.get("/").status_code == 200
    assert second.post("/me/sessions", fields | {"session": keys[0]}).headers["location"] == "/login"
    assert second.get("/").status_code == 303


def test_all_my_sessions_end_at_once_and_nobody_elses(world: World) -> None:
    mine, other, bens = world.signed_in("anna"), world.signed_in("anna"), world.signed_in("ben")
    answer = mine.post("/me/sessions", mine.fields("/me") | {"session": "all"})
    assert answer.headers["location"] == "/login"
    assert [browser.get("/").status_code for browser in (mine, other, bens)] == [303, 303, 200]


def test_a_session_of_a_colleague_cannot_be_ended(world: World) -> None:
    mine, bens = world.signed_in("anna"), world.signed_in("ben")
    with transaction(world.engine) as session:
        keys = session.scalars(select(OfficerSession.key)).all()
    for key in (*keys, "", "x"):
        if key not in KEY.findall(mine.get("/me").text):
            mine.post("/me/sessions", mine.fields("/me") | {"session": key})
    assert bens.get("/").status_code == 200
    assert mine.get("/").status_code == 200


def test_a_session_that_has_ended_by_itself_is_not_listed(world: World) -> None:
    world.signed_in("anna")
    world.clock.on(seconds=IDLE.total_seconds())
    assert len(KEY.findall(world.signed_in("anna").get("/me").text)) == 1


def test_new_recovery_codes_take_the_place_of_the_old_ones(world: World) -> None:
    browser = world.signed_in("anna")
    assert "<strong>0</strong>" in browser.get("/me").text
    codes = CODE.findall(browser.post("/me/codes", browser.fields("/me") | {"code": world.code("anna")}).text)
    assert len(set(codes)) == 10
    world.clock.on(seconds=30)
    newer = CODE.findall(browser.post("/me/codes", browser.fields("/me") | {"code": world.code("anna")}).text)
    assert not set(codes) & set(newer)
    assert world.try_sign_in(world.browser(), "anna", code=codes[0]).status_code == 401
    assert world.try_sign_in(world.browser(), "anna", code=newer[0]).status_code == 303
    assert world.try_sign_in(world.browser(), "anna", code=newer[0]).status_code == 401
    assert world.try_sign_in(world.browser(), "ben", code=newer[1]).status_code == 401


def test_guessing_for_new_codes_is_slowed_down_and_the_door_is_not(world: World) -> None:
    browser = world.signed_in("anna")
    fields = browser.fields("/me")
    told = [browser.post("/me/codes", fields | {"code": "000000"}).status_code for _ in range(FREE_FAILURES + 1)]
    assert told == [400] * FREE_FAILURES + [429]
    assert world.try_sign_in(world.browser(), "anna").status_code == 303


def test_a_code_that_signed_in_makes_no_codes(world: World) -> None:
    browser = world.sign_in("anna")
    answer = browser.post("/me/codes", browser.fields("/me") | {"code": world.code("anna")})
    assert answer.status_code == 400
    assert not CODE.findall(answer.text)


def test_recovery_codes_are_slowed_down_like_any_other(world: World) -> None:
    browser = world.browser()
    for _ in range(FREE_FAILURES):
        assert world.try_sign_in(browser, "anna", code="1234-1234-1234").status_code == 401
    assert world.try_sign_in(browser, "anna").status_code == 429
