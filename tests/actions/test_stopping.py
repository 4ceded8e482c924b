from __future__ import annotations

import pytest
from scenes import ABOUT_THEM, KNOWN, asked, said, tapped, told, typed

from actions import leaving
from actions.registry import ACTIONS
from actions.screens import resume
from actions.turn import Reply

BACK_AFTER_SILENCE = {**ABOUT_THEM, "screen": "same_person", "returned": True, "place": "read_back"}


def test_stopping_keeps_the_answers_and_leaves_the_form() -> None:
    reply = leaving.stop(asked(tapped("stop", slots=ABOUT_THEM), "held"), KNOWN)
    assert said(reply) == ["stopped"]
    assert not set(ABOUT_THEM["trail"]) & set(reply.slots)
    assert reply.leave_form


def test_erasing_is_asked_once_then_done_with_a_last_word() -> None:
    asking = leaving.erase_sure(tapped("erase_data", slots=ABOUT_THEM), KNOWN)
    assert (said(asking), asking.effects) == (["erase_sure"], ())
    reply = leaving.erase(tapped("affirm", slots={**ABOUT_THEM, "screen": "erase_sure"}), KNOWN)
    assert (said(reply), reply.effects) == (["erased"], ({"effect": "erase"},))
    assert all(reply.slots[question] is None for question in ABOUT_THEM["trail"])
    assert reply.slots["noticed"] is False


def test_a_yes_that_is_not_certain_erases_nothing() -> None:
    reply = leaving.erase(typed("affirm", "ok and then what happens", ABOUT_THEM, confidence=0.5), KNOWN)
    assert (said(reply), reply.effects, reply.slots) == (["erase_sure"], (), {"screen": "erase_sure"})


def test_after_a_silence_it_is_asked_who_it_is_before_anything_is_shown() -> None:
    reply = leaving.same_person(tapped(returned="yes", slots=ABOUT_THEM), KNOWN)
    assert said(reply) == ["same_person"]
    assert reply.slots == {"screen": "same_person", "returned": True}


def act(name: str, intent: str, screen: str = "same_person") -> Reply:
    doubted = tapped(intent, slots={**BACK_AFTER_SILENCE, "screen": screen})
    return leaving.in_known_hands(name, ACTIONS[name])(doubted, KNOWN)


@pytest.mark.parametrize(
    ("name", "intent"),
    [
        ("action_menu", "help_menu"),
        ("action_begin", "start_assessment"),
        ("action_change_answer", "change_answer"),
        ("action_contact", "talk_to_person"),
        ("action_status", "ask_status"),
        ("action_greet", "greet"),
        ("action_resume", "repeat_question"),
        ("action_resume", "faq"),
        ("action_resume", "change_language"),
        ("action_back", "go_back"),
        ("action_not_understood", "not_sure"),
        ("action_read_back", "inform"),
    ],
)
@pytest.mark.parametrize("screen", ["same_person", "erase_sure", "danger", "menu"])
def test_until_that_is_answered_no_old_answer_is_shown_by_any_way(name: str, intent: str, screen: str) -> None:
    assert said(act(name, intent, screen)) == ["same_person"]


def test_a_yes_to_another_question_does_not_answer_it() -> None:
    assert said(act("action_resume", "affirm", "erase_sure")) == ["same_person"]


@pytest.mark.parametrize(
    ("name", "intent", "names"),
    [
        ("action_danger", "danger", ["danger_card"]),
        ("action_stop", "stop", ["stopped"]),
        ("action_erase_sure", "erase_data", ["erase_sure"]),
        ("action_set_language", "change_language", ["choose_language_again"]),
    ],
)
def test_help_stopping_erasing_and_another_language_are_never_delayed(
    name: str, intent: str, names: list[str]
) -> None:
    assert said(act(name, intent)) == names


def after(minutes: int, name: str, intent: str) -> Reply:
    turn = told(tapped(intent, slots={**ABOUT_THEM, "place": "read_back"}, language="fa"), silent_minutes=minutes)
    return leaving.in_known_hands(name, ACTIONS[name])(turn, KNOWN)


@pytest.mark.parametrize(
    ("name", "intent"),
    [("action_stop", "stop"), ("action_danger", "danger"), ("action_set_language", "change_language")],
)
def test_what_is_never_delayed_leaves_the_doubt_for_the_next_message(name: str, intent: str) -> None:
    assert after(15, name, intent).slots["returned"] is True
    assert "returned" not in after(14, name, intent).slots


def test_the_language_chosen_after_a_silence_shows_no_old_answer() -> None:
    assert said(after(15, "action_resume", "change_language")) == ["same_person"]
    assert said(after(14, "action_resume", "change_language")) == ["read_back"]


def test_erasing_after_a_silence_leaves_nothing_to_doubt() -> None:
    assert after(15, "action_erase", "affirm").slots["returned"] is None


def test_the_same_person_goes_on_where_they_were() -> None:
    reply = act("action_resume", "affirm")
    assert said(reply) == ["read_back"]
    assert reply.slots["returned"] is None
    assert resume(tapped("affirm", slots=BACK_AFTER_SILENCE), KNOWN) == reply


def test_somebody_else_begins_anew_and_finds_nothing() -> None:
    reply = leaving.same_person_no(asked(tapped("deny", slots=BACK_AFTER_SILENCE), "held"), KNOWN)
    assert all(reply.slots[question] is None for question in (*ABOUT_THEM["trail"], "returned", "trail"))
    assert reply.slots["noticed"] is False
    assert (reply.follow, reply.leave_form) == ("action_notice", True)
