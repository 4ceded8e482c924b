"""The talk with a person on a referral's page: ready phrases, taking over from the bot, another country."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from console_settings import CONSOLE_KEY
from console_world import BANGKOK, REFERENCE, Browser, World, make_world, send, visible
from sqlalchemy import select

from bot.console.app import make_desk
from bot.console.crossing import Crossing
from bot.referrals.border import answer_border
from bot.referrals.offices import ensure_offices
from bot.store.database import transaction
from bot.store.models import Audit, Incoming, Office, Officer, Outgoing, Person, Referral, ReferralEvent
from bot.store.sealing import unseal, unseal_at_office

CHAT, ABROAD = "CHAT-2222", "MY-KUL"
PLACE = f"/referrals/{CHAT}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path)
    with transaction(made.engine) as session:
        session.scalars(select(Officer).where(Officer.login == "ben")).one().role = "lead"
        ensure_offices(session, [ABROAD], CONSOLE_KEY)
        send_to_chat(made, session)
    return made


def send_to_chat(world: World, session: Any, reference: str = CHAT, **contact: Any) -> None:
    contact = {"way": "chat", "number": None, "time": "any", "style": []} | contact
    send(session, world.settings, reference, contact=contact, flags=[])


def taken(world: World, who: str = "anna", reference: str = CHAT) -> Browser:
    browser = world.sign_in(who)
    assert browser.act("accept", reference).status_code == 303
    return browser


def said(world: World) -> list[dict[str, Any]]:
    with transaction(world.engine) as session:
        rows = session.scalars(select(Outgoing).order_by(Outgoing.id)).all()
        return [unseal(world.settings.field_key, row.content or b"")["say"] for row in rows]


def referral(world: World, reference: str = CHAT) -> Referral:
    with transaction(world.engine) as session:
        return session.scalars(select(Referral).where(Referral.reference == reference)).one()


def acts(world: World, table: Any = ReferralEvent) -> list[str]:
    with transaction(world.engine) as session:
        return list(session.scalars(select(table.act).order_by(table.id)))


def test_ready_phrases_stand_in_both_languages_before_own_words(world: World) -> None:
    page = taken(world).get(PLACE).text
    assert page.index('value="read"') < page.index('id="reply"')
    shown = visible(page)
    assert "We have read it. آن را خواندیم." in shown
    assert "We need 3 more days." in shown
    assert "Write in فارسی (Persian) or simple English." in shown


def test_a_phrase_goes_in_the_persons_language_counted_and_on_record(world: World) -> None:
    anna = taken(world)
    fields = anna.fields(PLACE) | {"phrase": "days", "days": "5"}
    assert [anna.post(f"{PLACE}/phrase", fields).status_code for _ in range(2)] == [303, 303]
    (say,) = said(world)
    phrase = {"name": "office_phrase_days", "variables": {"days": 5}}
    assert (say["name"], say["variables"]["text"]) == ("office_message", {"kind": "say", "value": phrase})
    assert referral(world).status == "contacted"
    with transaction(world.engine) as session:
        row = session.scalars(select(Audit).where(Audit.act == "phrase_days")).one()
        assert (row.subject, row.officer_id) == (CHAT, 1)
        event = session.scalars(select(ReferralEvent).where(ReferralEvent.act == "replied")).one()
        office = session.get_one(Office, BANGKOK)
        assert unseal_at_office(office.private_key, CONSOLE_KEY, event.words or b"") == {
            "phrase": "days",
            "days": 5,
        }
    assert "We need 5 more days." in visible(anna.get(PLACE).text).partition("History")[2]


def test_to_whom_iom_may_not_be_named_a_phrase_does_not_name_it(world: World) -> None:
    with transaction(world.engine) as session:
        send_to_chat(world, session, "NEUT-2222", style=["do_not_say_iom"])
    anna = taken(world, reference="NEUT-2222")
    assert anna.act("phrase", "NEUT-2222", phrase="read").status_code == 303
    assert said(world)[0]["name"] == "office_message_neutral"


@pytest.mark.parametrize("form", [{"phrase": "nonsense"}, {}, {"phrase": "days", "days": "0"}, {"phrase": "days"}])
def test_what_is_no_phrase_is_not_sent(world: World, form: dict[str, str]) -> None:
    answer = taken(world).act("phrase", CHAT, **form)
    assert (answer.status_code, said(world)) == (400, [])
    assert "press one of the phrases" in answer.text


@pytest.mark.parametrize("act", ["phrase", "take_over", "border"])
def test_against_the_plan_nothing_is_said_but_for_a_reason(world: World, act: str) -> None:
    ben = taken(world, "ben", REFERENCE)
    form = {"phrase": "read", "office": ABROAD, "text": "family"}
    assert ben.act(act, override="", **form).status_code == 409
    assert said(world) == []
    assert ben.act(act, override="agreed", **form).status_code == 303
    assert len(said(world)) == 1
    assert acts(world, Audit).count("overrode") == 1


def test_an_officer_takes_the_talk_over_and_it_is_shown(world: World) -> None:
    anna = taken(world)
    assert anna.act("take_over", CHAT).status_code == 303
    assert [one["name"] for one in said(world)] == ["talk_taken_over"]
    assert "Anna answers the person; the bot is silent." in visible(anna.get(PLACE).text)
    assert "In the chat: Anna" in visible(anna.get("/?tab=taken").text)
    answer = world.sign_in("ben").act("take_over", CHAT)
    assert answer.status_code == 409
    assert "<bdi>Anna</bdi> took this referral before you" in answer.text
    world.clock.on(hours=24)
    anna = world.signed_in("anna")
    assert "the bot is silent." not in visible(anna.get(PLACE).text)
    assert "In the chat" not in visible(anna.get("/?tab=taken").text)


@pytest.mark.parametrize("act", ["hand_back", "close", "return"])
def test_however_it_ends_the_person_is_told_and_asked_where_they_were(world: World, act: str) -> None:
    anna = taken(world)
    anna.act("take_over", CHAT)
    assert anna.act(act, CHAT, reason="helped", text="leave").status_code == 303
    assert (referral(world).talk_by, [one["name"] for one in said(world)]) == (
        None,
        ["talk_taken_over", "talk_given_back"],
    )
    with transaction(world.engine) as session:
        assert len(session.scalars(select(Incoming)).all()) == 1
    assert anna.act("hand_back", CHAT).status_code == 409


def test_at_a_time_that_is_not_safe_it_is_told_when_they_next_write(world: World) -> None:
    anna = taken(world, reference=REFERENCE)  # to be called, in the evening
    anna.act("take_over")
    assert anna.act("hand_back").status_code == 303
    with transaction(world.engine) as session:
        assert [row.status for row in session.scalars(select(Outgoing).order_by(Outgoing.id))] == [
            "waiting",
            "held",
        ]
        assert session.scalars(select(Incoming)).all() == []


def test_a_lead_asks_the_person_and_only_their_yes_moves_it(world: World) -> None:
    ben = taken(world, "ben")
    page = ben.get(PLACE).text
    assert f'<option value="{ABROAD}" ' in page
    assert "Malaysia: IOM Kuala Lumpur" in visible(page)
    assert ben.act("border", CHAT, office=ABROAD, text="family there").status_code == 303
    shown = visible(ben.get(PLACE).text)
    assert "Asked about another country IOM Kuala Lumpur" in shown
    assert "family there" in shown
    assert ben.act("border", CHAT, office=ABROAD, text="again").status_code == 409
    desk = make_desk(world.settings, world.engine, clock=world.clock)
    assert Crossing(desk).move() == 0
    with transaction(world.engine) as session:
        person = session.get_one(Person, referral(world).person_id)
        assert answer_border(session, person, ABROAD, "ab" * 32, world.clock())
    assert "The person said yes. It is being passed on." in visible(ben.get(PLACE).text)
    assert Crossing(desk).move() == 1
    assert ben.get(PLACE).status_code == 404
    assert referral(world).office_id == ABROAD


def test_a_question_is_taken_back(world: World) -> None:
    ben = taken(world, "ben")
    ben.act("border", CHAT, office=ABROAD, text="family there")
    assert ben.act("border_back", CHAT).status_code == 303
    assert referral(world).border_to is None
    assert ben.act("border_back", CHAT).status_code == 409


def test_the_other_office_sees_that_something_may_come_and_no_more(world: World) -> None:
    with transaction(world.engine) as session:
        send(session, world.settings, "FROM-2222", ABROAD)
        one = session.scalars(select(Referral).where(Referral.reference == "FROM-2222")).one()
        one.border_to, one.border_at, one.border_by = BANGKOK, world.clock(), 1
    page = world.sign_in().get("/").text
    assert "A referral may come to you from IOM Kuala Lumpur" in visible(page)
    assert "FROM-2222" not in page


@pytest.mark.parametrize("office", [BANGKOK, "TH-MSO", "", "XX"])
def test_nobody_is_asked_about_an_office_that_is_none_abroad(world: World, office: str) -> None:
    answer = taken(world, "ben").act("border", CHAT, office=office, text="my reason")
    assert (answer.status_code, said(world)) == (400, [])
    assert "my reason" in answer.text


def test_an_officer_who_is_no_lead_cannot_ask(world: World) -> None:
    anna = taken(world)
    assert "another country" not in anna.get(PLACE).text
    assert anna.act("border", CHAT, office=ABROAD, text="x").status_code == 404


def test_how_long_whatsapp_takes_words_is_said(world: World) -> None:
    with transaction(world.engine) as session:
        session.scalars(select(Person).where(Person.address_key == CHAT)).one().channel = "whatsapp"
    anna = taken(world)
    assert "for about 23 more hours" in visible(anna.get(PLACE).text)
