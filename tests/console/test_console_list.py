"""The list of referrals: over pages, by tab, and straight to a code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from acted import PLACE
from console_world import World, make_world, send, visible
from sqlalchemy import select

from bot.referrals.queue import PAGE
from bot.store.database import transaction
from bot.store.models import Referral


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_search_goes_straight_to_a_code(world: World) -> None:
    anna = world.sign_in()
    assert anna.get("/search?reference=+k7pm-2qxd+").headers["location"] == PLACE
    for code in ("", "nothing", "%00", "' OR '1'='1"):
        answer = anna.get(f"/search?reference={code}")
        assert answer.status_code == 404
        assert "No referral with this code" in answer.text


@pytest.mark.parametrize("query", ["tab=other", "after=x", "tab=new&after=1_2_3", "tab="])
def test_a_tab_or_place_that_is_not_ours_is_not_there(world: World, query: str) -> None:
    assert world.sign_in().get(f"/?{query}").status_code == 404


def test_the_list_goes_on_over_pages(world: World) -> None:
    with transaction(world.engine) as session:
        for number in range(PAGE + 5):
            send(session, world.settings, f"AAAA-{number:04}")
    anna = world.sign_in()
    first = anna.get("/").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = anna.get(following[1].replace("&amp;", "&")).text
    codes = re.compile(r'href="/referrals/([^"]+)"')
    assert len(codes.findall(first)) == PAGE
    assert len(set(codes.findall(first) + codes.findall(second))) == PAGE + 6
    assert 'rel="next"' not in second
    assert "First page" in second


def test_the_list_shows_each_ones_flags_and_one_that_is_spoilt_hides_no_other(world: World) -> None:
    with transaction(world.engine) as session:
        send(session, world.settings, "AAAA-BBBB", flags=["unhcr"])
        send(session, world.settings, "CCCC-DDDD")
        spoilt = session.scalars(select(Referral).where(Referral.reference == "CCCC-DDDD")).one()
        spoilt.sealed = b"spoilt"
    shown = visible(world.sign_in().get("/").text)
    assert re.search(r"K7PM-2QXD New ▲ Priority ● Child: needs a protection worker Persian", shown)
    assert re.search(r"AAAA-BBBB New ◇ UNHCR first Persian", shown)
    assert re.search(r"CCCC-DDDD New Persian", shown)


def test_a_referral_left_too_long_is_marked(world: World) -> None:
    anna = world.sign_in()
    assert "Later than promised" not in anna.get("/").text
    world.clock.on(days=4)
    assert "Later than promised" in world.sign_in().get("/").text
