"""From the wish to be reached to a request at an office, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest
from plain_answers import PLAIN
from player import Player

pytestmark = pytest.mark.rasa


def to_the_form(person: Player) -> None:
    """At the verdict, and on to the first step of the request."""
    person.arrive("read_back")
    person.tap("affirm")
    person.tap("affirm")
    assert person.tap("affirm") == ["before_contact", "ask_office"]


def to_consent(person: Player) -> None:
    """All steps in the simplest way."""
    person.choose("ok")
    person.choose("me")
    person.choose("done")
    person.choose("chat")
    person.choose("any")
    assert person.choose("say_iom") == ["ask_consent"]


def sent(person: Player) -> dict[str, Any]:
    """What was sent; exactly once."""
    (effect,) = [effect for effect in person.done if effect["effect"] == "refer"]
    return effect


def test_a_family_with_needs_and_a_number_in_persian_digits(person: Player) -> None:
    to_the_form(person)
    person.choose("ok")
    assert person.choose("family") == ["ask_mixed_status"]
    person.tap("affirm")
    assert person.write("۲") == ["ask_children"]
    person.choose("3")
    person.choose("health")
    person.choose("woman")
    assert person.choose("health") == ["ask_needs_done"]
    person.choose("done")
    assert person.choose("text") == ["ask_contact_number"]
    assert person.write("next to the market") == ["number_not_clear", "ask_contact_number"]
    assert person.write("۰۸۱ ۲۳۴ ۵۶۷۸") == ["ask_contact_time"]
    person.choose("evening")
    assert person.choose("do_not_say_iom") == ["ask_consent"]
    assert person.done == []
    shown = person.texts[0]
    assert person.tap("affirm") == ["referral_sent"]
    content = sent(person)["content"]
    contact = {"way": "text", "number": "+66812345678", "time": "evening"}
    assert content["contact"] == {**contact, "style": ["text_only", "do_not_say_iom"]}
    assert (content["adults"], content["children"], content["needs"]) == (2, 3, ["woman"])
    assert content["answers"] == PLAIN
    assert all(part in shown for part in ("+66812345678", "Adults: 2. Children: 3.", "IOM Bangkok"))
    assert person.answers == {}, "what was sent is forgotten here"


def test_no_sends_nothing_and_the_answers_stay(person: Player) -> None:
    to_the_form(person)
    to_consent(person)
    assert person.tap("deny") == ["not_sent"]
    assert person.done == []
    assert person.answers == PLAIN


@pytest.mark.parametrize(
    "message", [{"attachment": "sticker"}, {"text": "?"}, {"text": "🙂"}, {"text": "hm let me think"}]
)
def test_only_a_clear_yes_is_consent(person: Player, message: dict[str, str]) -> None:
    to_the_form(person)
    to_consent(person)
    person.send(message)
    assert person.done == []
    person.aside("repeat_question")
    assert person.names == ["ask_consent"]


def test_consent_is_asked_again_after_an_answer_was_changed(person: Player) -> None:
    to_the_form(person)
    to_consent(person)
    person.aside("change_answer", question="stay_permit")
    assert person.choose("no") == ["read_back"]
    person.tap("affirm")
    person.tap("affirm")
    assert person.tap("affirm")[-1] == "ask_consent"
    person.tap("affirm")
    assert sent(person)


def test_back_through_the_whole_form_to_the_verdict(person: Player) -> None:
    to_the_form(person)
    to_consent(person)
    seen = []
    while not person.names[-1].startswith("verdict_"):
        seen.append(person.tap("go_back")[-1])
    steps = ["contact_name", "contact_time", "contact_way", "needs_done", "who", "office"]
    assert seen == [*(f"ask_{step}" for step in steps), "verdict_likely"]
    assert person.answers == PLAIN


def test_another_office_or_none(person: Player) -> None:
    to_the_form(person)
    assert person.tap("inform", page="1") == ["ask_office_which"]
    person.choose("TH-MSO")
    assert person.slots["office"] == "TH-MSO"
    assert person.tap("go_back") == ["ask_office"]
    assert person.choose("none") == ["no_office"]
    assert person.done == []


def test_a_country_without_an_office_has_one_that_writes_from_afar(person: Player) -> None:
    person.arrive("country_now")
    person.answer(country_now="SG")
    person.aside("talk_to_person")
    assert person.said[-1].variables["why"]["value"]["name"] == "why_fallback"


def test_a_child_alone_is_asked_and_sends_the_least(person: Player) -> None:
    person.arrive("age")
    person.answer(age="minor_without_parent")
    person.tap("affirm")
    person.tap("affirm")
    person.tap("affirm")
    assert person.choose("ok") == ["ask_contact_way"]
    person.choose("chat")
    person.choose("morning")
    person.choose("do_not_say_iom")
    assert person.tap("affirm") == ["referral_sent"]
    content = sent(person)["content"]
    assert (content["reasons"], content["answers"], content["flags"]) == (["child"], {}, ["child", "priority"])
    assert set(content) == {"outcome", "reasons", "flags", "answers", "contact", "criteria_version"}


def test_a_person_is_wished_for_in_the_middle_and_not_after_all(person: Player) -> None:
    person.arrive("free_choice")
    answers = person.answers
    assert person.tap("talk_to_person") == ["before_contact", "ask_country_now"]
    assert person.tap("go_back") == ["ask_free_choice"]
    assert person.answers == answers


def test_a_person_is_wished_for_in_the_middle(person: Player) -> None:
    person.arrive("free_choice")
    person.tap("talk_to_person")
    person.choose("MY")
    person.choose("BD")
    to_consent(person)
    person.tap("affirm")
    effect = sent(person)
    assert (effect["office"], effect["content"]["outcome"]) == ("MY-KUL", "COUNSELLOR")
    assert set(effect["content"]["answers"]) == {"safe_to_talk", "age", "country_now", "origin"}


@pytest.fixture
def referred(person: Player) -> Player:
    to_the_form(person)
    to_consent(person)
    person.tap("affirm")
    return person


def test_how_it_stands_and_no_second_request(referred: Player) -> None:
    assert referred.tap("ask_status")[0] == "status_new"
    assert referred.aside("talk_to_person") == ["referral_open_already"]


def test_writing_to_the_office(referred: Player) -> None:
    assert referred.tap("inform", write_to_office="yes") == ["ask_office_text"]
    assert referred.write("I have a new number, yes") == ["reply_sent"]
    assert referred.done[-1] == {"effect": "write_to_office", "text": "I have a new number, yes"}
    referred.aside("inform", write_to_office="yes")
    assert referred.tap("go_back") == ["referral_open_already"]
    assert len([effect for effect in referred.done if effect["effect"] == "write_to_office"]) == 1


def test_taking_it_back_is_asked_once(referred: Player) -> None:
    assert referred.tap("withdraw_referral") == ["withdraw_sure"]
    assert referred.tap("deny") == ["referral_open_already"]
    referred.tap("withdraw_referral")
    assert referred.tap("affirm") == ["withdrawn"]
    assert referred.done[-1] == {"effect": "withdraw"}
    assert referred.aside("ask_status")[0] == "status_withdrawn"


@pytest.mark.parametrize("sure", [True, False])
def test_erasing_everything(referred: Player, sure: bool) -> None:
    assert referred.tap("erase_data") == ["erase_sure"]
    assert referred.tap("affirm" if sure else "deny") == (["erased"] if sure else ["referral_open_already"])
    assert ({"effect": "erase"} in referred.done) is sure
