"""A referral's page: all that an officer needs, to each in their language, and to no other office."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from acted import PLACE, events
from console_world import BANGKOK, FOREIGN, REFERENCE, World, make_world, send, visible
from sqlalchemy import select
from starlette.routing import Route
from structlog.testing import capture_logs

from bot.referrals.queue import TABS
from bot.store.database import transaction
from bot.store.models import Audit, Outgoing, Referral


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_another_offices_referral_answers_like_one_that_is_not_there(world: World) -> None:
    anna = world.sign_in()
    fields = anna.fields(PLACE)
    walked = 0
    for route in world.app.routes:
        if not isinstance(route, Route) or "{reference}" not in route.path:
            continue
        for method in sorted(route.methods or ()):
            walked += 1
            foreign, nowhere = (
                anna.post(route.path.replace("{reference}", code), fields | {"text": "x", "reason": "helped"})
                if method == "POST"
                else anna.ask(method, route.path.replace("{reference}", code), {})
                for code in (FOREIGN, "AAAA-0000")
            )
            assert (foreign.status_code, foreign.text) == (404, nowhere.text)
    assert walked >= 7
    assert anna.get(f"/search?reference={FOREIGN}").status_code == 404
    for tab in TABS:
        assert FOREIGN not in anna.get(f"/?tab={tab}").text
    for narrowed in ("flag=child", "outcome=COUNSELLOR", "language=fa", "sort=due"):
        assert FOREIGN not in anna.get(f"/?{narrowed}").text
    far = world.sign_in("far")
    assert far.get(f"/referrals/{FOREIGN}").status_code == 200
    assert far.get(PLACE).status_code == 404
    with transaction(world.engine) as session:
        untouched = session.scalars(select(Referral).where(Referral.reference == FOREIGN)).one()
        assert untouched.status == "new"


def test_one_page_says_all_that_an_officer_needs(world: World) -> None:
    shown = visible(world.sign_in().get(PLACE).text)
    for words in (
        "K7PM-2QXD",
        "New",
        "Persian · فارسی",
        "A person at IOM should talk with them",
        "fear You may be afraid. Published words about fear",
        "How old are you? چند سال دارید؟ 18 or older",
        "Country now",
        "Thailand",
        "Not sure",
        "▲ Priority",
        "● Child: needs a protection worker",
        "Needs an interpreter",
        "Call this number",
        "In the evening · at your office it is now 16:00",
        "Answer due Nov 26, 2026, 10:00 UTC",
        "Adults 2",
        "Children 1",
        "2026-11-22",
        "abababababab",
        "Take this referral",
    ):
        assert words in shown, words


def test_each_cell_says_its_language_and_direction(world: World) -> None:
    page = world.sign_in().get(PLACE).text
    assert '<html lang="en" dir="ltr">' in page
    assert '<span class="theirs" lang="fa" dir="rtl">چند سال دارید؟</span>' in page
    assert '<span lang="en" dir="ltr">How old are you?</span>' in page


def test_an_officer_of_the_persons_language_reads_it_once(world: World) -> None:
    page = world.sign_in("parisa").get(PLACE).text
    assert '<span lang="fa" dir="rtl">چند سال دارید؟</span>' in page
    assert 'class="theirs"' not in page


def test_a_code_that_has_no_words_any_more_is_shown_as_it_is(world: World) -> None:
    with transaction(world.engine) as session:
        old: dict[str, Any]
        old = {"reasons": ["old_criterion"], "answers": {"old_question": "yes"}, "flags": ["old_flag"]}
        send(session, world.settings, "AAAA-BBBB", **old)
    shown = visible(world.sign_in().get("/referrals/AAAA-BBBB").text)
    for code in ("old_criterion", "old_question", "old_flag"):
        assert code in shown


def test_reading_is_on_record_and_the_first_time_is_a_step(world: World) -> None:
    anna = world.sign_in()
    anna.get(PLACE)
    world.sign_in("ben").get(PLACE)
    anna.get("/")
    assert events(world) == ["sent", "opened"]
    with transaction(world.engine) as session:
        rows = select(Audit).where(Audit.act.in_(["opened", "read", "listed"])).order_by(Audit.id)
        found = [(row.act, row.subject, row.officer_id) for row in session.scalars(rows)]
    assert found == [
        ("opened", REFERENCE, 1),
        ("read", REFERENCE, 1),
        ("read", REFERENCE, 2),
        ("listed", BANGKOK, 1),
    ]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("waiting", "waiting to be sent"),
        ("sent", "sent"),
        ("failed", "not delivered"),
        ("dropped", "not delivered"),
    ],
)
def test_what_became_of_a_reply_is_shown(world: World, status: str, words: str) -> None:
    anna = world.sign_in()
    anna.act("accept")
    anna.act("reply", text="Hello")
    with transaction(world.engine) as session:
        session.scalars(select(Outgoing)).one().status = status
    assert f'<span class="delivery">{words}</span>' in anna.get(PLACE).text


def test_an_error_says_where_and_never_what(world: World) -> None:
    anna = world.sign_in()
    with transaction(world.engine) as session:
        referral = session.scalars(select(Referral).where(Referral.reference == REFERENCE)).one()
        referral.sealed = b"canary spoilt"
    with capture_logs() as logs:
        answer = anna.get(PLACE)
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert [(line["event"], line["error"]) for line in logs] == [("console.error", "SealError")]
    assert "canary" not in str(logs)
    assert REFERENCE not in str(logs)


def test_health_is_answered_without_a_login(world: World) -> None:
    assert world.browser().get("/healthz").text == "ok"


def test_pages_follow_a_translation_where_there_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "fa" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "console.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Referrals"\nmsgstr "ثبت"\n\n#, fuzzy\nmsgid "Sign out"\nmsgstr "پست"\n',
        encoding="utf-8",
    )
    page = make_world(tmp_path).sign_in("parisa").get("/").text
    assert '<html lang="fa" dir="rtl">' in page
    assert "<h1>ثبت</h1>" in page
    assert "Sign out" in page
