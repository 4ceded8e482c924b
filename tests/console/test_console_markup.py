"""Words that want to be markup, or to turn and hide others, wherever they stand on a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from console_settings import START
from console_world import World, make_world, send, visible
from sqlalchemy import select

from bot.referrals.intake import write_to_office
from bot.store.database import transaction
from bot.store.models import Officer

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE referral; --",
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_shown_as_text_wherever_they_stand(world: World, words: str) -> None:
    with transaction(world.engine) as session:
        session.scalars(select(Officer).where(Officer.login == "anna")).one().display_name = words
        contact = {"way": words, "number": words, "time": words, "style": [words]}
        given: dict[str, Any] = {
            "reasons": [words],
            "flags": [words],
            "answers": {words: words},
            "contact": contact,
            "needs": [words],
            "outcome": words,
            "criteria_version": words,
        }
        person = send(session, world.settings, "AAAA-BBBB", **given)
        write_to_office(session, world.settings, person, words, START)
    anna = world.sign_in()
    anna.act("accept", "AAAA-BBBB")
    anna.act("note", "AAAA-BBBB", text=words)
    for page in (
        anna.get("/referrals/AAAA-BBBB").text,
        anna.act("reveal", "AAAA-BBBB").text,
        anna.act("reply", "AAAA-BBBB", text=words, override="").text,
        anna.act("wait", "AAAA-BBBB", text=words).text,
        anna.act("wait", "AAAA-BBBB", text=words).text,
        anna.get("/?tab=mine").text,
    ):
        for tag in ("<script>", "<img", "alert(1)>", 'onmouseover="'):
            assert tag not in page
        assert "onmouseover='" not in page
        assert "49" not in visible(page).replace("2490", "")
    shown = anna.get("/referrals/AAAA-BBBB").text
    assert shown.count("<textarea") == shown.count("</textarea>") == 3


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b"])
def test_marks_that_turn_or_hide_words_are_taken_out(world: World, mark: str) -> None:
    with transaction(world.engine) as session:
        person = send(
            session, world.settings, "AAAA-BBBB", contact={"number": f"+66{mark}123", "time": f"a{mark}b"}
        )
        write_to_office(session, world.settings, person, f"turn{mark}ed", START)
    page = world.sign_in().act("reveal", "AAAA-BBBB").text
    assert "+66123" in page
    assert "ab</bdi>" in page
    assert "turned" in page
    assert f"turn{mark}" not in page
