"""The console's door: login, password and code, one mistake like the other, and who slows down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from console_settings import CONSOLE_KEY, START
from console_words import make_catalogue
from console_world import BANGKOK, QUICK, Browser, World, make_world
from sqlalchemy import select

from bot.console.app import create_app
from bot.console.login import FIRST_WAIT, FREE_FAILURES, LONGEST_WAIT
from bot.console.officers import DEMO_LOGIN, OfficerError, add_officer, disable_officer, list_officers
from bot.settings import SettingsError
from bot.store.database import transaction
from bot.store.models import Audit


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def inside(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


def wrong(world: World, browser: Browser, who: str = "anna") -> int:
    return world.try_sign_in(browser, who, password="wrong").status_code


def test_login_password_and_code_open_the_door_and_leaving_shuts_it(world: World) -> None:
    browser = world.sign_in()
    assert inside(browser)
    kept = dict(browser.cookies)
    assert browser.post("/logout", browser.fields("/")).headers["location"] == "/login"
    assert browser.cookies == {}
    browser.cookies = kept
    assert not inside(browser)


def test_a_login_is_the_same_in_capitals_and_a_code_in_persian_digits(world: World) -> None:
    digits = world.code("anna").translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    answer = world.try_sign_in(world.browser(), "anna", login=" ANNA ", code=f"{digits[:3]} {digits[3:]}")
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "instead",
    [
        {"password": "wrong"},
        {"code": "000000"},
        {"code": ""},
        {"login": "nobody"},
        {"password": ""},
        {"code": "²²²"},
    ],
)
def test_every_mistake_gets_the_same_answer(world: World, instead: dict[str, str]) -> None:
    first = world.try_sign_in(world.browser(), "anna", login="somebody else", password="else")
    answer = world.try_sign_in(world.browser(), "anna", **instead)
    assert (answer.status_code, answer.text) == (401, first.text)
    assert not answer.cookies


def test_a_code_works_once_and_an_older_one_no_more(world: World) -> None:
    before = world.code("anna")
    world.clock.on(seconds=30)
    world.sign_in()
    assert world.try_sign_in(world.browser(), "anna").status_code == 401
    assert world.try_sign_in(world.browser(), "anna", code=before).status_code == 401
    world.clock.on(seconds=30)
    assert world.try_sign_in(world.browser(), "anna").status_code == 303


@pytest.mark.parametrize(("off", "status"), [(-60, 401), (-30, 303), (30, 303), (60, 401)])
def test_a_telephones_clock_may_be_half_a_minute_off(world: World, off: int, status: int) -> None:
    world.clock.on(seconds=off)
    code = world.code("anna")
    world.clock.on(seconds=-off)
    assert world.try_sign_in(world.browser(), "anna", code=code).status_code == status


def test_failures_slow_down_that_login_more_and_more_and_no_other(world: World) -> None:
    browser = world.browser()
    assert [wrong(world, browser) for _ in range(FREE_FAILURES)] == [401] * FREE_FAILURES
    assert world.try_sign_in(browser, "anna").status_code == 429
    assert world.try_sign_in(world.browser(), "ben").status_code == 303
    wait = FIRST_WAIT
    for _ in range(3):
        world.clock.on(seconds=wait - 1)
        assert wrong(world, browser) == 429
        world.clock.on(seconds=1)
        assert wrong(world, browser) == 401
        wait = min(2 * wait, LONGEST_WAIT)
    world.clock.on(seconds=wait)
    assert world.try_sign_in(browser, "anna").status_code == 303
    world.clock.on(seconds=30)
    assert wrong(world, world.browser()) == 401


def test_a_guesser_gets_some_ten_guesses_an_hour_for_known_and_unknown_alike(world: World) -> None:
    browser, judged = world.browser(), {"anna": 0, "nobody": 0}
    for _ in range(3600 // 15):
        for login in judged:
            answer = world.try_sign_in(browser, "anna", login=login, password="wrong")
            judged[login] += answer.status_code == 401
        world.clock.on(seconds=15)
    assert judged["anna"] == judged["nobody"]
    assert 5 < judged["anna"] <= 11


def test_signing_in_and_failing_to_are_on_record_without_a_word_typed(world: World) -> None:
    wrong(world, world.browser())
    world.try_sign_in(world.browser(), "anna", login="canary@example.org")
    world.sign_in()
    with transaction(world.engine) as session:
        rows = [(row.act, row.subject) for row in session.scalars(select(Audit)) if row.act.startswith("sign")]
    assert rows == [("sign_in_failed", "1"), ("sign_in_failed", "unknown"), ("signed_in", "1")]
    files = b"".join(path.read_bytes() for path in world.folder.glob("bot.sqlite3*"))
    assert b"canary" not in files
    assert world.officers["anna"].password.encode() not in files
    assert world.officers["anna"].totp_secret.encode() not in files


def test_the_demo_officer_gets_in_in_a_demo_only(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    with transaction(world.engine) as session:
        made = add_officer(
            session,
            CONSOLE_KEY,
            QUICK,
            login=DEMO_LOGIN,
            display_name="Demo",
            office_id=BANGKOK,
            language="en",
            at=START,
        )
    for demo, status in ((False, 401), (True, 303)):
        settings = replace(world.settings, demo=demo)
        app = create_app(
            settings, world.engine, clock=world.clock, passwords=QUICK, catalogue=make_catalogue(world.folder)
        )
        again = replace(world, app=app, officers={DEMO_LOGIN: made})
        assert again.try_sign_in(again.browser(), DEMO_LOGIN).status_code == status
        assert ("real person" in again.browser().get("/login").text) is demo


def test_a_console_without_its_key_does_not_start(world: World) -> None:
    with pytest.raises(SettingsError, match="BOT_CONSOLE_KEY"):
        create_app(replace(world.settings, console_key=None), world.engine)


def test_officers_are_added_once_and_to_offices_that_have_keys(world: World) -> None:
    with transaction(world.engine) as session:
        assert [officer.login for officer in list_officers(session)] == ["anna", "ben", "parisa", "far"]
        for login, office, told in (
            ("Anna", BANGKOK, "already"),
            ("new", "XX-YYY", "XX-YYY"),
            (" ", BANGKOK, "254"),
        ):
            with pytest.raises(OfficerError, match=told):
                add_officer(
                    session,
                    CONSOLE_KEY,
                    QUICK,
                    login=login,
                    display_name="x",
                    office_id=office,
                    language="en",
                    at=START,
                )
        with pytest.raises(OfficerError, match="no officer"):
            disable_officer(session, "nobody", START)
