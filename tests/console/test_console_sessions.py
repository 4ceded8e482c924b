"""How long an officer stays signed in, and what ends it at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from console_settings import CONSOLE_KEY, START
from console_world import QUICK, Browser, World, make_world
from sqlalchemy import select

from bot.console.officers import disable_officer, reset_officer
from bot.console.sessions import IDLE, WHOLE
from bot.store.database import transaction
from bot.store.models import Officer, OfficerSession


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def inside(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


@pytest.mark.parametrize(("away", "stays"), [(IDLE.seconds - 1, True), (IDLE.seconds, False)])
def test_a_browser_left_alone_is_out_after_half_an_hour(world: World, away: int, stays: bool) -> None:
    browser = world.sign_in()
    world.clock.on(seconds=away)
    assert inside(browser) is stays


def test_the_busiest_is_out_after_eight_hours(world: World) -> None:
    browser = world.sign_in()
    for _ in range(int(WHOLE.total_seconds()) // 1200 - 1):
        world.clock.on(seconds=1200)
        assert inside(browser)
    world.clock.on(seconds=1200)
    assert not inside(browser)


def test_signing_in_makes_a_new_cookie_and_ends_the_old_one(world: World) -> None:
    browser = world.sign_in()
    old = dict(browser.cookies)
    world.clock.on(seconds=30)
    world.try_sign_in(browser, "anna")
    assert browser.cookies != old
    assert inside(browser)
    browser.cookies = old
    assert not inside(browser)


def test_only_the_hash_of_a_cookie_is_kept(world: World) -> None:
    browser = world.sign_in()
    with transaction(world.engine) as session:
        kept = session.scalars(select(OfficerSession.key)).all()
    assert len(kept) == 1
    assert browser.cookies["console"] not in kept


@pytest.mark.parametrize("how", ["disabled", "reset"])
def test_disabled_or_reset_an_officer_is_out_at_once(world: World, how: str) -> None:
    browser = world.sign_in()
    with transaction(world.engine) as session:
        if how == "disabled":
            disable_officer(session, "anna", START)
        else:
            reset_officer(session, CONSOLE_KEY, QUICK, "anna", START)
    assert not inside(browser)
    world.clock.on(seconds=30)
    assert world.try_sign_in(world.browser(), "anna").status_code == 401


def test_disabled_in_the_table_alone_an_officer_is_out_too(world: World) -> None:
    browser = world.sign_in()
    with transaction(world.engine) as session:
        session.scalars(select(Officer).where(Officer.login == "anna")).one().disabled = True
    assert not inside(browser)


def test_over_tls_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    world = make_world(tmp_path, secure=True)
    cookie = world.try_sign_in(world.browser(), "anna").headers["set-cookie"]
    assert cookie.startswith("__Host-console=")
    for part in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
