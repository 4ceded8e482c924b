from __future__ import annotations

import pytest
from plain_answers import PLAIN
from scenes import ABOUT_THEM, KNOWN, asked, said, tapped, told, typed

from actions.assessment_form import hear_and_ask
from actions.cards import CARDS, danger
from actions.checking import tell_fear
from actions.screens import resume
from actions.turn import Reply
from actions.unclear import not_understood, unclear
from bot.eligibility.questions import QUESTIONS, UNSURE

SIGNS = [
    ("safe_to_talk", "someone_with_me", "card_safe_to_talk"),
    ("safe_to_talk", "no", "card_safe_to_talk"),
    ("age", "minor_without_parent", "card_child"),
    ("age", "minor_with_one_parent", "card_child"),
    ("free_choice", "pressured", "card_free_choice"),
    ("fear_of_return", "yes", "card_asylum"),
    ("exploitation", "papers_kept", "card_trafficking"),
    ("exploitation", "not_free", "card_trafficking"),
    ("protection_status", "wants_to_ask", "card_asylum"),
    ("held", "immigration_detention", "card_held"),
    ("held", "police_custody", "card_held"),
    ("private_talk", "yes", "card_private_talk"),
]


def answered(question: str, value: str, *cards: str) -> Reply:
    ids = [one.id for one in QUESTIONS]
    before = ids[: ids.index(question)]
    slots = {**{q: PLAIN[q] for q in before}, "trail": before, "cards": list(cards)}
    return hear_and_ask(asked(tapped(answer=value, slots=slots), question), KNOWN)


def test_every_protection_sign_has_its_card() -> None:
    signs = {sign for _, signs in CARDS.values() for sign in signs}
    kinds = {predicate.code for predicate in KNOWN.programme.predicates if predicate.kind == "sign"}
    assert signs == kinds


@pytest.mark.parametrize(("question", "value", "card"), SIGNS)
def test_a_sign_shows_its_card_before_the_next_question(question: str, value: str, card: str) -> None:
    reply = answered(question, value)
    assert said(reply)[0] == card
    assert all(name.startswith("ask_") for name in said(reply)[1:])
    assert reply.slots["cards"] == [card]


@pytest.mark.parametrize(("question", "value", "card"), SIGNS)
def test_a_card_is_shown_once(question: str, value: str, card: str) -> None:
    assert card not in said(answered(question, value, card))


@pytest.mark.parametrize("question", sorted(set(CARDS) - {"protection_status"}))
def test_not_knowing_is_a_sign_too(question: str) -> None:
    assert said(answered(question, UNSURE))[0] == CARDS[question][0]


@pytest.mark.parametrize("question", CARDS)
def test_a_plain_answer_shows_no_card(question: str) -> None:
    assert not [name for name in said(answered(question, PLAIN[question])) if name.startswith("card_")]


def test_fear_told_on_the_notice_shows_the_card_and_changes_the_result() -> None:
    reply = tell_fear(tapped(tell_fear="yes", slots=ABOUT_THEM), KNOWN)
    assert said(reply) == ["card_asylum", "verdict_counsellor"]
    assert reply.slots["fear_of_return"] == "yes"
    again = tell_fear(tapped(tell_fear="yes", slots={**ABOUT_THEM, **reply.slots}), KNOWN)
    assert said(again) == ["verdict_counsellor"]


@pytest.mark.parametrize("slots", [{}, {"country_now": "unsure"}, {"country_now": "at_sea_or_unknown"}])
def test_danger_without_a_country_offers_countries(slots: dict[str, str]) -> None:
    reply = danger(tapped("danger", slots=slots), KNOWN)
    assert reply.say[0].variables["numbers"]["value"]["name"] == "danger_no_numbers"
    assert [button.tap.intent for button in reply.say[0].buttons] == ["danger"] * 6
    assert reply.slots == {"screen": "danger"}


def test_danger_shows_the_numbers_of_the_country() -> None:
    here = danger(tapped("danger", slots={"country_now": "TH"}), KNOWN)
    tapped_here = danger(tapped("danger", country="TH"), KNOWN)
    assert here == tapped_here
    numbers = here.say[0].variables["numbers"]["value"]
    known = [number.number for number in KNOWN.numbers["TH"]]
    assert [one["value"]["variables"]["number"]["value"] for one in numbers] == known
    assert known


def test_a_country_without_known_numbers_says_so() -> None:
    without = min(KNOWN.programme.places.countries - set(KNOWN.numbers))
    reply = danger(tapped("danger", country=without), KNOWN)
    assert reply.say[0].variables["numbers"]["value"]["name"] == "danger_none_known"


@pytest.mark.parametrize("hearing", [unclear, not_understood])
def test_a_country_typed_in_danger_shows_its_numbers(hearing: object) -> None:
    turn = typed("nlu_fallback", "malaysia", {"screen": "danger"}, confidence=0.1)
    assert callable(hearing)
    assert hearing(turn, KNOWN) == danger(tapped("danger", country="MY"), KNOWN)


@pytest.mark.parametrize("intent", ["thank", "greet", "affirm", "faq", "ask_status", "nlu_fallback"])
def test_danger_does_not_go_back_to_the_questions_by_itself(intent: str) -> None:
    turn = asked(tapped(intent, slots={**ABOUT_THEM, "screen": "danger"}), "held")
    assert said(resume(turn, KNOWN)) == ["danger_card"]


@pytest.mark.parametrize("intent", ["repeat_question", "go_back"])
def test_danger_is_left_at_the_person_s_wish(intent: str) -> None:
    turn = asked(tapped(intent, slots={**ABOUT_THEM, "screen": "danger"}), "held")
    assert resume(turn, KNOWN).follow == "assessment_form"


def test_danger_needs_no_language_and_no_notice() -> None:
    turn = told(tapped("danger", slots={"noticed": False}), language=None)
    assert said(danger(turn, KNOWN)) == ["danger_card"]
