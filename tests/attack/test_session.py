"""A session that someone prepared, or one of before, is never the one an officer signs in with."""

from __future__ import annotations

from pathlib import Path

import pytest
from console_world import World, make_world
from sqlalchemy import func, select

from bot.store.database import transaction
from bot.store.models import OfficerSession


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


@pytest.mark.parametrize("planted", ["k" * 43, "x", "", "é", "0" * 5000, "a; console=b"])
def test_a_cookie_that_was_planted_is_never_signed_in(world: World, planted: str) -> None:
    victim, attacker = world.browser(), world.browser()
    attacker.cookies["console"] = victim.cookies["console"] = planted if planted.isascii() else "%C3%A9"
    assert world.try_sign_in(victim, "anna").status_code == 303
    assert victim.cookies["console"] not in {planted, ""}
    assert victim.get("/").status_code == 200
    assert attacker.get("/").headers["location"] == "/login"


def test_a_session_of_the_attackers_own_does_not_become_the_victims(world: World) -> None:
    attacker = world.sign_in("ben")
    victim = world.browser()
    victim.cookies = dict(attacker.cookies)
    assert world.try_sign_in(victim, "anna").status_code == 303
    assert attacker.get("/").headers["location"] == "/login"
    with transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(OfficerSession)) == 1


def test_the_token_of_a_session_is_new_with_each(world: World) -> None:
    tokens = set()
    for _ in range(3):
        tokens.add(world.sign_in().fields("/")["csrf"])
        world.clock.on(seconds=30)
    assert len(tokens) == 3
    assert min(map(len, tokens)) >= 43


def test_no_cookie_is_named_in_an_address(world: World) -> None:
    cookie = world.sign_in().cookies["console"]
    assert world.browser().get(f"/?console={cookie}").headers["location"] == "/login"
