"""The list of referrals: narrowed, overdue, told of what is new, cleared of what is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from casework_world import CHAT, audited, send_to_chat, state, taken, with_a_lead
from console_world import FOREIGN, MAE_SOT, REFERENCE, Browser, World, send, visible

from bot.store.database import transaction


@pytest.fixture
def world(tmp_path: Path) -> World:
    return with_a_lead(tmp_path)


def test_an_answer_overdue_alarms_on_the_queue(world: World) -> None:
    world.clock.on(days=4)
    anna = world.sign_in()
    page = anna.get("/?tab=overdue").text
    assert '<span class="count alarm">' in page
    assert "Later than promised" in page
    assert page.index(REFERENCE) < page.index(CHAT)  # a child comes first
    anna.act("accept", CHAT)
    anna.act("contacted", CHAT)
    assert CHAT not in anna.get("/?tab=overdue").text


def test_the_list_is_narrowed_by_what_is_sealed(world: World) -> None:
    anna = world.sign_in()
    assert CHAT not in anna.get("/?flag=child").text
    assert REFERENCE in anna.get("/?flag=child").text
    assert "Nothing here." in anna.get("/?outcome=LIKELY").text
    assert REFERENCE in anna.get("/?outcome=COUNSELLOR&flag=&language=").text
    assert REFERENCE not in anna.get("/?language=ar").text
    for query in ("flag=x", "outcome=x", "language=x", "sort=x"):
        assert anna.get(f"/?{query}").status_code == 404


def test_what_came_since_is_said_and_does_not_keep_an_idle_officer_signed_in(world: World) -> None:
    anna = world.sign_in()
    page = anna.get("/").text
    since = re.search(r'data-changes="(/queue/changes\?since=\d+)"', page)
    assert since is not None
    assert anna.get(since[1]).text.strip() == ""
    with transaction(world.engine) as session:
        send_to_chat(world, session, "LATE-2222")
        send(session, world.settings, "LATE-3333", MAE_SOT)
    assert anna.get(since[1]).text.strip() == "New since you opened this list: 1. Show them"
    for _ in range(6):
        world.clock.on(minutes=5)
        last = anna.get(since[1])
    assert last.headers["location"] == "/login"
    assert world.sign_in("ben").get("/queue/changes?since=x").status_code == 404


def clear(browser: Browser, *references: str, **form: str) -> Any:
    picked = {f"pick_{reference}": "1" for reference in references}
    return browser.post("/queue/dismiss", browser.fields("/") | {"reason": "spam"} | picked | form)


def test_several_are_closed_unread_each_on_record_and_the_others_told_of(world: World) -> None:
    with transaction(world.engine) as session:
        for number in range(3):
            send_to_chat(world, session, f"SPAM-000{number}")
    taken(world, "ben", "SPAM-0002")
    anna = world.sign_in()
    page = anna.get("/").text
    assert f'name="pick_{CHAT}"' in page
    assert f'name="pick_{REFERENCE}"' not in page  # a child: somebody reads it
    answer = clear(anna, "SPAM-0000", "SPAM-0001", "SPAM-0002", REFERENCE, FOREIGN, "nothing")
    assert answer.headers["location"] == "/?tab=new&closed=2&left=4"
    shown = visible(anna.get(answer.headers["location"]).text)
    assert "Closed: 2. Not closed: 4" in shown
    assert audited(world, "dismissed") == [("SPAM-0000", 1), ("SPAM-0001", 1)]
    assert state(world, REFERENCE)[0] == "new"
    assert state(world, FOREIGN)[0] == "new"
    assert state(world, "SPAM-0002")[0] == "accepted"
    assert "Not a real request" in anna.get("/referrals/SPAM-0000").text


@pytest.mark.parametrize("form", [{"reason": ""}, {"reason": "helped"}, {"key": "x"}])
def test_nothing_is_closed_without_a_reason_or_key(world: World, form: dict[str, str]) -> None:
    anna = world.sign_in()
    assert clear(anna, CHAT, **form).status_code == 400
    assert state(world, CHAT)[0] == "new"
