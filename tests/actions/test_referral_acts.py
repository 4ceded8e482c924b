from __future__ import annotations

import re
from typing import Any

import pytest
from scenes import ABOUT_THEM, CLOSED, FACTS, KNOWN, OPEN, REACHED, asked, said, tapped, told, typed

from actions import referral
from actions.consent import content_of
from actions.turn import ASKED, Reply, Turn

CONSENTED = {**REACHED, "consent": "yes"}
REFERENCE = re.compile("[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}")


def test_to_be_reached_leads_to_the_form_and_asks_consent_anew() -> None:
    reply = referral.contact(tapped("talk_to_person", slots={**ABOUT_THEM, "consent": "yes"}), KNOWN)
    assert (said(reply), reply.follow, reply.slots["consent"]) == (["before_contact"], "referral_form", None)
    assert reply.effects == ()


def test_from_the_middle_of_the_checklist_it_leaves_that() -> None:
    assert referral.contact(asked(tapped("talk_to_person"), "held"), KNOWN).leave_form


def test_who_has_a_request_is_told_so_and_makes_no_second() -> None:
    reply = referral.contact(told(tapped("talk_to_person"), referral=OPEN), KNOWN)
    assert (said(reply), reply.follow) == (["referral_open_already"], None)
    assert referral.contact(told(tapped("talk_to_person"), referral=CLOSED), KNOWN).follow == "referral_form"


def test_a_clear_yes_sends_exactly_what_was_shown_and_forgets_it_here() -> None:
    turn = tapped("affirm", slots=CONSENTED)
    reply = referral.send(turn, KNOWN)
    (effect,) = reply.effects
    assert (effect["effect"], effect["office"]) == ("refer", "TH-BKK")
    assert effect["content"] == content_of(turn, KNOWN)
    assert REFERENCE.fullmatch(effect["reference"])
    assert said(reply) == ["referral_sent"]
    assert reply.say[0].variables["reference"]["value"] == effect["reference"]
    assert reply.say[0].variables["days"] == 5
    assert all(reply.slots[slot] is None for slot in CONSENTED if slot != "noticed")


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"consent": "no"}, ["not_sent"]),
        ({"consent": None}, ["not_sent"]),
        ({"office": "none"}, ["no_office"]),
        ({"office": None}, ["not_sent"]),
        ({"consent": "later"}, []),
    ],
)
def test_without_consent_or_office_nothing_is_sent(changes: dict[str, Any], names: list[str]) -> None:
    reply = referral.send(tapped("affirm", slots={**CONSENTED, **changes}), KNOWN)
    assert said(reply) == names
    assert reply.effects == ()
    assert reply.slots.get("consent") is None


def test_references_differ_and_can_be_read_aloud() -> None:
    made = {referral.reference_code() for _ in range(200)}
    assert len(made) == 200
    assert all(REFERENCE.fullmatch(code) for code in made)


@pytest.mark.parametrize("status", ["new", "accepted", "waiting", "closed", "withdrawn"])
def test_every_status_has_its_words(status: str) -> None:
    reply = referral.status(told(tapped("ask_status"), referral={**OPEN, "status": status}), KNOWN)
    assert (said(reply), reply.follow) == ([f"status_{status}"], "action_resume")
    assert f"status_{status}" in KNOWN.responses


def test_without_a_request_status_says_so() -> None:
    assert said(referral.status(tapped("ask_status"), KNOWN)) == ["status_none"]


def test_a_request_is_taken_back_only_after_a_certain_yes() -> None:
    turn = told(tapped("withdraw_referral"), referral=OPEN)
    assert (said(referral.withdraw_sure(turn, KNOWN)), referral.withdraw_sure(turn, KNOWN).effects) == (
        ["withdraw_sure"],
        (),
    )
    unsure = told(typed("affirm", "ok but what then", confidence=0.6), referral=OPEN)
    assert said(referral.withdraw(unsure, KNOWN)) == ["withdraw_sure"]
    assert referral.withdraw(unsure, KNOWN).effects == ()
    sure = told(tapped("affirm"), referral=OPEN)
    assert referral.withdraw(sure, KNOWN).effects == ({"effect": "withdraw"},)


@pytest.mark.parametrize("facts", [None, CLOSED])
def test_what_is_not_open_cannot_be_taken_back_or_written_to(facts: dict[str, Any] | None) -> None:
    turn = told(tapped("withdraw_referral"), referral=facts)
    for act in (referral.withdraw_sure, referral.withdraw, referral.write):
        reply = act(turn, KNOWN)
        assert said(reply)[0].startswith("status_")
        assert reply.effects == ()


ASKED_ABROAD = {**OPEN, "border": "MY-KUL"}


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_whether_it_may_go_to_another_country_is_for_the_person_to_say(answer: str) -> None:
    reply = referral.border(told(tapped(border=answer), referral=ASKED_ABROAD), KNOWN)
    assert (said(reply), reply.follow, reply.leave_form) == ([f"border_{answer}"], "action_resume", False)
    assert reply.effects == ({"effect": "border", "office": "MY-KUL", "answer": answer},)
    assert f"border_{answer}" in KNOWN.responses


@pytest.mark.parametrize(
    "turn",
    [tapped(border="perhaps"), typed("inform", "yes"), Turn("inform", 0.7, {"border": "yes"}, "y", (), {}, None)],
)
def test_what_is_no_clear_answer_brings_the_question_again(turn: Turn) -> None:
    reply = referral.border(turn.having(facts={**FACTS, "referral": ASKED_ABROAD}), KNOWN)
    assert (said(reply), reply.effects) == (["border_ask"], ())
    assert reply.say[0].variables["country"] == {"kind": "country", "value": "MY"}


@pytest.mark.parametrize("facts", [None, OPEN, CLOSED, {**OPEN, "border": None}])
def test_a_question_that_is_over_is_answered_by_how_the_request_stands(facts: dict[str, Any] | None) -> None:
    reply = referral.border(told(tapped(border="yes"), referral=facts), KNOWN)
    assert (said(reply)[0], reply.effects) == ("border_over", ())
    assert said(reply)[1].startswith("status_")


@pytest.mark.parametrize(("act", "first"), [(referral.status, "status_new"), (referral.old_button, "old_button")])
def test_a_question_that_is_open_is_asked_again_where_it_may_be_looked_for(act: Any, first: str) -> None:
    asking = act(told(tapped(), referral=ASKED_ABROAD), KNOWN)
    assert (said(asking), asking.follow) == ([first, "border_ask"], "action_resume")
    assert said(act(told(tapped(), referral=OPEN), KNOWN)) == [first]


def writing(turn: Turn) -> Reply:
    return referral.hear_reply(told(asked(turn, "office_text", "reply_form"), referral=OPEN), KNOWN)


def test_the_words_for_the_office_are_asked_for_first() -> None:
    begun = referral.write(told(tapped(write_to_office="yes"), referral=OPEN), KNOWN)
    assert begun.follow == "reply_form"
    assert said(writing(tapped(slots={"taken": 7}))) == ["ask_office_text"]


@pytest.mark.parametrize("intent", ["faq", "affirm", "deny", "nlu_fallback", "out_of_scope", "stop"])
def test_any_words_are_the_message(intent: str) -> None:
    reply = writing(typed(intent, "please do not stop my case", confidence=0.7))
    assert reply.slots["office_text"] == "please do not stop my case"
    assert reply.slots[ASKED] is None


@pytest.mark.parametrize("intent", ["stop", "help_menu", "talk_to_person", "erase_data"])
def test_a_bare_command_is_no_message(intent: str) -> None:
    assert writing(typed(intent, "stop", confidence=1.0)) == Reply()


def test_a_cry_for_help_goes_to_the_office_and_brings_the_card() -> None:
    reply = writing(typed("danger", "they will kill me", {"country_now": "TH"}))
    assert said(reply) == ["danger_card"]
    assert reply.slots["office_text"] == "they will kill me"


def test_words_written_after_a_long_silence_are_not_sent() -> None:
    turn = tapped(returned="yes")
    silent = Turn(turn.intent, 1.0, turn.entities, "hello", (), turn.slots, None)
    assert writing(silent) == Reply()


def test_what_is_written_is_cut_to_its_length_and_sent_once() -> None:
    reply = writing(typed("inform", "x" * 4096))
    assert len(reply.slots["office_text"]) == referral.REPLY_LENGTH
    sent = referral.send_reply(told(typed("inform", "", {"office_text": "hello"}), referral=OPEN), KNOWN)
    assert sent.effects == ({"effect": "write_to_office", "text": "hello"},)
    assert sent.slots["office_text"] is None


def test_going_back_sends_no_message() -> None:
    reply = writing(tapped("go_back"))
    assert (reply.slots[ASKED], reply.slots["office_text"]) == (None, None)
    after = referral.send_reply(told(tapped("go_back"), referral=OPEN), KNOWN)
    assert (after.effects, after.follow) == ((), "action_resume")


def test_words_for_a_request_that_was_closed_meanwhile_are_answered_with_how_it_stands() -> None:
    reply = referral.send_reply(told(typed("inform", "", {"office_text": "hello"}), referral=CLOSED), KNOWN)
    assert (said(reply), reply.effects, reply.slots["office_text"]) == (["status_closed"], (), None)
