from __future__ import annotations

from typing import Any

import pytest
from scenes import ABOUT_THEM, KNOWN, asked, said, tapped, taps, typed

from actions import checking
from actions.turn import ASKED

EXCLUDED = {
    "outside_member_state": {"country_now": "LY"},
    "already_home": {"country_now": "BD"},
    "third_country": {"destination": "other_country"},
    "prison_sentence": {"held": "prison_sentence"},
    "helped_before": {"helped_before": "this_project"},
    "other_programme": {"other_programme": "return_programme"},
    "unhcr_programme": {"other_programme": "unhcr_return", "protection_status": "refugee"},
}


def with_answers(**answers: str) -> dict[str, Any]:
    return {**ABOUT_THEM, **answers}


def test_the_read_back_lists_every_answer() -> None:
    reply = checking.read_back(tapped(slots=ABOUT_THEM), KNOWN)
    listed = reply.say[0].variables["answers"]["value"]
    shown = {tuple(one["value"]["variables"]["answer"]["value"]) for one in listed}
    assert shown == {(q, ABOUT_THEM[q]) for q in ABOUT_THEM["trail"]}
    assert reply.slots == {"screen": "read_back", "place": "read_back"}


def test_a_read_back_with_a_question_open_asks_it_instead() -> None:
    reply = checking.read_back(tapped(slots={**ABOUT_THEM, "held": None}), KNOWN)
    assert (reply.say, reply.follow) == ((), "assessment_form")


@pytest.mark.parametrize(("act", "differs"), [(checking.group_same, False), (checking.group_differs, True)])
def test_others_are_noted_and_read_back(act: Any, differs: bool) -> None:
    reply = act(tapped("affirm", slots={**ABOUT_THEM, "screen": "group"}), KNOWN)
    assert said(reply) == ["read_back"]
    assert (reply.slots["who"], reply.slots["mixed_status"]) == ("family", differs)
    last = reply.say[0].variables["answers"]["value"][-1]["value"]["name"]
    assert last == ("with_others_differ" if differs else "with_others_same")


def test_a_group_that_differs_is_for_a_counsellor() -> None:
    slots = {**ABOUT_THEM, "who": "family", "mixed_status": True}
    assert said(checking.verdict(tapped(slots=slots), KNOWN)) == ["verdict_counsellor"]


def test_the_notice_says_only_the_notice() -> None:
    assert said(checking.asylum_notice(tapped("affirm", slots=ABOUT_THEM), KNOWN)) == ["asylum_notice"]


def test_a_plain_case_is_likely_with_the_reason_words_and_own_answers() -> None:
    reply = checking.verdict(tapped("affirm", slots=ABOUT_THEM), KNOWN)
    assert said(reply) == ["verdict_likely"]
    (reason,) = reply.say[0].variables["reasons"]["value"]
    assert reason["value"]["variables"]["reason"]["value"]["name"] == "reason_R1"
    assert reason["value"]["variables"]["words"] == {"kind": "criterion", "value": "R1"}
    assert [tap["entities"]["question"] for tap in taps(reply)] == ["protection_status", "stay_permit"]


@pytest.mark.parametrize("code", EXCLUDED)
def test_every_exclusion_ends_in_a_next_step(code: str) -> None:
    reply = checking.verdict(tapped("affirm", slots=with_answers(**EXCLUDED[code])), KNOWN)
    assert said(reply) == ["verdict_other_help"]
    steps = [step["value"]["name"] for step in reply.say[0].variables["next_step"]["value"]]
    assert steps == [f"next_{code}"]
    assert steps[0] in KNOWN.responses


def test_all_exclusions_are_tried() -> None:
    assert set(EXCLUDED) == {p.code for p in KNOWN.programme.predicates if p.kind == "exclusion"}


def test_with_a_sign_exclusions_are_not_shown() -> None:
    slots = with_answers(fear_of_return="yes", helped_before="this_project")
    reply = checking.verdict(tapped("affirm", slots=slots), KNOWN)
    assert said(reply) == ["verdict_counsellor"]
    assert [tap["entities"]["question"] for tap in taps(reply)] == ["fear_of_return"]


def test_a_child_sees_no_result() -> None:
    slots = with_answers(age="minor_without_parent", held="prison_sentence")
    reply = checking.verdict(tapped("affirm", slots=slots), KNOWN)
    assert said(reply) == ["verdict_child"]
    assert reply.say[0].variables == {}


def test_every_criterion_has_its_sentence() -> None:
    assert {f"reason_{code}" for code in KNOWN.programme.criteria} <= KNOWN.responses


def test_one_answer_is_changed_and_the_others_kept() -> None:
    reply = checking.change_answer(tapped("change_answer", question="held", slots=ABOUT_THEM), KNOWN)
    assert reply.slots["held"] is None
    assert not (set(ABOUT_THEM["trail"]) - {"held"}) & set(reply.slots)
    assert reply.follow == "assessment_form"
    assert reply.slots["trail"] == [q for q in ABOUT_THEM["trail"] if q != "held"]


def test_changing_an_answer_asks_for_consent_again_and_no_longer_stands_at_the_verdict() -> None:
    slots = {**ABOUT_THEM, "consent": "yes", "place": "verdict", "heard": {"question": "held", "values": ["no"]}}
    reply = checking.change_answer(tapped("change_answer", question="held", slots=slots), KNOWN)
    assert (reply.slots["consent"], reply.slots["heard"]) == (None, None)
    assert reply.slots["place"] == "checklist"


def test_without_a_name_the_answers_are_listed_to_choose_from() -> None:
    reply = checking.change_answer(tapped("change_answer", slots=ABOUT_THEM), KNOWN)
    assert [tap["entities"]["question"] for tap in taps(reply)] == ABOUT_THEM["trail"]


def test_with_nothing_answered_there_is_nothing_to_change() -> None:
    reply = checking.change_answer(tapped("change_answer", slots={"noticed": True}), KNOWN)
    assert (said(reply), reply.follow) == (["change_nothing"], "action_resume")


def test_an_answer_changed_from_the_referral_leaves_it() -> None:
    turn = asked(tapped("change_answer", question="held", slots=ABOUT_THEM), "contact_way", "referral_form")
    assert checking.change_answer(turn, KNOWN).leave_form


def test_starting_again_is_asked_first_then_forgets() -> None:
    assert said(checking.start_over_sure(tapped("start_over", slots=ABOUT_THEM), KNOWN)) == ["start_over_sure"]
    reply = checking.start_over(tapped("affirm", slots=ABOUT_THEM), KNOWN)
    assert all(reply.slots[q] is None for q in ABOUT_THEM["trail"])
    assert reply.follow == "assessment_form"
    assert ASKED not in reply.slots


def test_a_yes_that_is_not_certain_forgets_nothing() -> None:
    reply = checking.start_over(typed("affirm", "well ok what", ABOUT_THEM, confidence=0.5), KNOWN)
    assert said(reply) == ["start_over_sure"]
    assert set(reply.slots) == {"screen"}
