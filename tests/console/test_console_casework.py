"""What an officer does on a referral's way: the safe-contact plan, the number, steps, another office."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from console_world import BANGKOK, FOREIGN, MAE_SOT, REFERENCE, Browser, World, make_world, send
from sqlalchemy import select

from bot.referrals.working_time import schedule_of
from bot.store.database import transaction
from bot.store.models import Audit, Office, Officer, Outgoing, Referral, ReferralEvent

PLACE = f"/referrals/{REFERENCE}"
CHAT = "CHAT-2222"
NUMBER = "+66 2 343 9300"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path)
    with transaction(made.engine) as session:
        session.scalars(select(Officer).where(Officer.login == "ben")).one().role = "lead"
        send_to_chat(made, session)
    return made


def send_to_chat(world: World, session: Any, reference: str = CHAT, **contact: Any) -> None:
    contact = {"way": "chat", "number": None, "time": "any", "style": []} | contact
    send(session, world.settings, reference, contact=contact, flags=[])


def visible(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def sent(world: World) -> int:
    with transaction(world.engine) as session:
        return len(session.scalars(select(Outgoing.id)).all())


def audited(world: World, act: str) -> list[tuple[str, int | None]]:
    with transaction(world.engine) as session:
        rows = session.scalars(select(Audit).where(Audit.act == act).order_by(Audit.id))
        return [(row.subject, row.officer_id) for row in rows]


def state(world: World, reference: str) -> tuple[str, str]:
    with transaction(world.engine) as session:
        referral = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        return referral.status, referral.office_id


def taken(world: World, who: str = "anna", reference: str = CHAT) -> Browser:
    browser = world.sign_in(who)
    assert browser.act("accept", reference).status_code == 303
    return browser


def test_what_keeps_to_the_plan_is_sent_without_a_reason(world: World) -> None:
    anna = taken(world)
    assert "Not as the safe-contact plan says" not in anna.get(f"/referrals/{CHAT}").text
    assert anna.act("reply", CHAT, text="When can we talk?", override="").status_code == 303
    assert (sent(world), audited(world, "overrode")) == (1, [])


@pytest.mark.parametrize(
    ("contact", "hours", "said"),
    [
        ({"time": "evening"}, 0, "not the time of day that they named"),
        ({"time": "morning"}, 0, "not the time of day that they named"),
        ({"way": "call", "number": NUMBER}, 0, "not in the chat"),
        ({"way": "text", "number": NUMBER, "style": ["text_only"]}, 0, "not in the chat"),
        ({"style": ["do_not_say_iom"]}, 0, "Your words name IOM"),
    ],
)
def test_against_the_plan_nothing_goes_but_for_a_reason_and_that_is_on_record(
    world: World, contact: dict[str, Any], hours: int, said: str
) -> None:
    with transaction(world.engine) as session:
        send_to_chat(world, session, "PLAN-2222", **contact)
    world.clock.on(hours=hours)
    anna = taken(world, reference="PLAN-2222")
    for override in ("", "because"):
        answer = anna.act("reply", "PLAN-2222", text="IOM writes", override=override)
        assert answer.status_code == 409
        assert "would not keep to the safe-contact plan" in answer.text
        assert said in visible(answer.text)
        assert "IOM writes" in answer.text
    assert sent(world) == 0
    assert anna.act("reply", "PLAN-2222", text="IOM writes", override="danger").status_code == 303
    assert sent(world) == 1
    assert audited(world, "overrode") == [("PLAN-2222", 1)]
    history = visible(anna.get("/referrals/PLAN-2222").text).partition("History")[2]
    assert "Wrote although the safe-contact plan says otherwise · Anna" in history
    assert "The person may be in danger" in history


def test_the_time_of_day_is_that_of_the_office(world: World) -> None:
    with transaction(world.engine) as session:
        send_to_chat(world, session, "EVEN-2222", time="evening")
    anna = taken(world, reference="EVEN-2222")
    assert "it is now 16:00" in anna.get("/referrals/EVEN-2222").text
    world.clock.on(hours=2, minutes=1)
    anna = world.sign_in()
    assert "it is now 18:01" in anna.get("/referrals/EVEN-2222").text
    assert anna.act("reply", "EVEN-2222", text="Hello", override="").status_code == 303


def test_the_number_is_shown_on_request_and_each_time_is_on_record(world: World) -> None:
    anna = world.sign_in()
    assert NUMBER not in anna.get(PLACE).text
    for times in (1, 2):
        assert NUMBER in anna.act("reveal").text
        assert audited(world, "revealed") == [(REFERENCE, 1)] * times
    assert NUMBER not in anna.get(PLACE).text
    assert anna.act("reveal", FOREIGN).status_code in {403, 404}
    assert audited(world, "revealed") == [(REFERENCE, 1)] * 2


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


def test_telling_of_the_passing_on_keeps_to_the_plan_too(world: World) -> None:
    ben = taken(world, "ben", REFERENCE)
    answer = ben.act("transfer", office=MAE_SOT, text="nearer", override="")
    assert answer.status_code == 409
    assert state(world, REFERENCE) == ("accepted", BANGKOK)
    assert ben.act("transfer", office=MAE_SOT, text="nearer", override="agreed").status_code == 303
    assert audited(world, "overrode") == [(REFERENCE, 2)]


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


def test_no_step_is_without_its_event(world: World) -> None:
    anna = taken(world)
    anna.act("counselling", CHAT)
    with transaction(world.engine) as session:
        acts = session.scalars(select(ReferralEvent.act).join(Referral).where(Referral.reference == CHAT))
        assert list(acts) == ["sent", "opened", "accepted", "counselling"]
