"""What an officer does on a referral's page: once, in order, and to a person who is still there."""

from __future__ import annotations

from pathlib import Path

import pytest
from acted import PLACE, events, person_of, status_of
from console_settings import START
from console_world import REFERENCE, World, make_world, send, visible
from sqlalchemy import select

from bot.referrals.intake import erase, withdraw
from bot.store.database import transaction
from bot.store.models import Outgoing, Person, Referral
from bot.store.sealing import unseal


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


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
