from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from console_world import BANGKOK, FOREIGN, REFERENCE, START, World, make_world, send
from sqlalchemy import select
from starlette.routing import Route
from structlog.testing import capture_logs

from bot.referrals.intake import erase, withdraw, write_to_office
from bot.referrals.queue import PAGE, TABS
from bot.store.database import transaction
from bot.store.models import Audit, Officer, Outgoing, Person, Referral, ReferralEvent
from bot.store.sealing import unseal

PLACE = f"/referrals/{REFERENCE}"
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


def person_of(world: World, reference: str = REFERENCE) -> int:
    with transaction(world.engine) as session:
        person_id = session.scalar(select(Referral.person_id).where(Referral.reference == reference))
    assert person_id is not None
    return person_id


def status_of(world: World) -> str | None:
    with transaction(world.engine) as session:
        return session.scalar(select(Referral.status).where(Referral.reference == REFERENCE))


def events(world: World) -> list[str]:
    with transaction(world.engine) as session:
        steps = select(ReferralEvent.act).join(Referral).where(Referral.reference == REFERENCE)
        return list(session.scalars(steps.order_by(ReferralEvent.id)))


def visible(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


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


def test_from_new_to_closed(world: World) -> None:
    anna = world.sign_in()
    assert anna.act("accept").headers["location"] == PLACE
    assert anna.act("note", text="Call the interpreter first").status_code == 303
    assert anna.act("reply", text="When can we call you?").status_code == 303
    assert anna.act("wait").status_code == 303
    assert "Waiting for the person · Anna" in visible(anna.get("/?tab=waiting").text)
    assert anna.act("close", reason="helped").status_code == 303
    assert events(world) == [
        *("sent", "opened", "accepted", "noted", "overrode", "replied", "contacted", "waiting", "closed")
    ]
    shown = visible(anna.get(PLACE).text)
    for words in ("Call the interpreter first", "When can we call you?", "The person was counselled or helped"):
        assert words in shown
    assert "Send reply" not in shown


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


def test_a_double_click_is_one_act(world: World) -> None:
    anna = world.sign_in()
    anna.act("accept")
    fields = anna.fields(PLACE) | {"text": "Hello", "override": "agreed"}
    answers = [anna.post(f"{PLACE}/reply", fields).status_code for _ in range(3)]
    assert answers == [303, 303, 303]
    assert events(world).count("replied") == 1
    with transaction(world.engine) as session:
        assert len(session.scalars(select(Outgoing)).all()) == 1


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "0" * 33, "0" * 31 + "\n"])
def test_a_form_without_its_key_does_nothing(world: World, key: str) -> None:
    anna = world.sign_in()
    assert anna.post(f"{PLACE}/accept", anna.fields(PLACE) | {"key": key}).status_code == 400
    assert status_of(world) == "new"


def test_of_two_officers_the_second_is_told_who_was_first(world: World) -> None:
    anna, ben = world.sign_in("anna"), world.sign_in("ben")
    fields = ben.fields(PLACE)
    anna.act("accept")
    answer = ben.post(f"{PLACE}/accept", fields)
    assert answer.status_code == 409
    assert "Anna took this referral before you." in visible(answer.text)
    with transaction(world.engine) as session:
        assert session.scalar(select(Referral.taken_by).where(Referral.reference == REFERENCE)) == 1


def test_what_no_longer_fits_is_said_and_what_was_typed_stays(world: World) -> None:
    anna = world.sign_in()
    anna.act("accept")
    fields = anna.fields(PLACE) | {"text": "My long reply"}
    with transaction(world.engine) as session:
        withdraw(session, world.settings, session.get_one(Person, person_of(world)), START)
    answer = anna.post(f"{PLACE}/reply", fields)
    assert answer.status_code == 409
    assert "This cannot be done now" in visible(answer.text)
    assert "how to reach them was deleted" in visible(answer.text)
    assert "9300" not in answer.text


def test_a_reply_too_long_is_given_back(world: World) -> None:
    anna = world.sign_in()
    anna.act("accept")
    answer = anna.act("reply", text="long " * 1000)
    assert answer.status_code == 400
    assert "long long long" in answer.text
    assert "replied" not in events(world)


def test_the_person_who_left_cannot_be_answered_and_the_page_says_so(world: World) -> None:
    anna = world.sign_in()
    anna.act("accept")
    fields = anna.fields(PLACE) | {"text": "Hello", "override": "agreed"}
    with transaction(world.engine) as session:
        session.delete(session.get_one(Person, person_of(world)))
    page = anna.get(PLACE).text
    assert "Nothing can be sent to them." in page
    assert f"{PLACE}/reply" not in page
    assert anna.post(f"{PLACE}/reply", fields).status_code == 409


def test_the_person_who_erased_everything_is_shown_as_withdrawn(world: World) -> None:
    anna = world.sign_in()
    anna.act("accept")
    anna.act("reply", text="Hello")
    with transaction(world.engine) as session:
        erase(session, session.get_one(Person, person_of(world)), START)
    shown = visible(anna.get(PLACE).text)
    assert "Withdrawn: the person deleted their talk" in shown
    assert "no longer known" in shown
    assert "9300" not in shown


@pytest.mark.parametrize(
    ("style", "name"), [(["do_not_say_iom"], "office_message_neutral"), ([], "office_message")]
)
def test_whoever_asked_for_it_gets_a_message_that_does_not_say_iom(
    world: World, style: list[str], name: str
) -> None:
    with transaction(world.engine) as session:
        send(session, world.settings, "AAAA-BBBB", contact={"way": "chat", "style": style})
    anna = world.sign_in()
    anna.act("accept", "AAAA-BBBB")
    anna.act("reply", "AAAA-BBBB", text="Hello")
    with transaction(world.engine) as session:
        content = session.scalars(select(Outgoing.content)).one()
        assert content is not None
        assert unseal(world.settings.field_key, content)["say"]["name"] == name
    warned = "will not say that it comes from IOM" in anna.get("/referrals/AAAA-BBBB").text
    assert warned is bool(style)


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
