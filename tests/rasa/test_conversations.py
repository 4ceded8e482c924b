"""The checklist as a person lives it, with the trained model and the real rules: from hello to a verdict."""

from __future__ import annotations

import pytest
from plain_answers import PLAIN
from player import Player

pytestmark = pytest.mark.rasa


def to_the_verdict(person: Player, **answers: str) -> list[str]:
    """From hello to the verdict card. The read-back and the notice stand between, each on a screen alone."""
    person.arrive(next((question for question in PLAIN if question in answers), "read_back"))
    assert person.answer(**answers)[-1] == "read_back"
    assert person.tap("affirm") == ["asylum_notice"]
    return person.tap("affirm")


def test_first_a_language_then_the_notice_then_the_first_question(person: Player) -> None:
    assert person.write("hello") == ["choose_language"]
    assert person.tap("change_language", language="en") == ["notice"]
    assert person.language == "en"
    assert person.answers == {}
    assert person.tap("affirm") == ["ask_safe_to_talk"]


@pytest.mark.parametrize("words", ["I want to go home", "talk to a person", "start"])
def test_nothing_is_asked_before_language_and_notice(person: Player, words: str) -> None:
    assert person.write(words) == ["choose_language"]
    assert person.tap("change_language", language="fa") == ["notice"]


def test_no_to_the_notice_costs_nothing(person: Player) -> None:
    person.write("hello")
    person.tap("change_language", language="en")
    assert person.tap("deny") == ["menu"]
    assert person.tap("inform", browse="1") == ["browse"]
    assert person.tap("faq/what_is_avrr") == ["utter_faq/what_is_avrr", "notice"]


def test_plain_answers_are_likely_after_read_back_and_notice(person: Player) -> None:
    assert to_the_verdict(person) == ["verdict_likely"]
    assert person.answers == PLAIN


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("origin", "TH"),
        ("destination", "other_country"),
        ("held", "prison_sentence"),
        ("helped_before", "this_project"),
        ("other_programme", "return_programme"),
    ],
)
def test_an_exclusion_is_other_help_with_a_next_step_and_a_call_back(
    person: Player, question: str, value: str
) -> None:
    assert to_the_verdict(person, **{question: value}) == ["verdict_other_help"]
    assert person.said[0].variables["next_step"]["value"]
    assert person.tap("affirm")[0] == "before_contact"


@pytest.mark.parametrize(
    ("question", "value", "card"),
    [
        ("safe_to_talk", "someone_with_me", "card_safe_to_talk"),
        ("age", "minor_with_one_parent", "card_child"),
        ("free_choice", "pressured", "card_free_choice"),
        ("fear_of_return", "yes", "card_asylum"),
        ("exploitation", "papers_kept", "card_trafficking"),
        ("protection_status", "wants_to_ask", "card_asylum"),
        ("held", "immigration_detention", "card_held"),
        ("private_talk", "yes", "card_private_talk"),
    ],
)
def test_a_sign_shows_its_card_shortens_the_path_and_ends_with_a_person(
    person: Player, question: str, value: str, card: str
) -> None:
    person.arrive(question)
    assert person.choose(value)[0] == card
    left = {"country_now", "origin"} - set(person.answers)
    while person.asked:
        assert person.asked in left
        person.choose(PLAIN[person.asked])
    assert person.names[-1] == "read_back"
    person.tap("affirm")
    assert person.tap("affirm") == ["verdict_counsellor"]


def test_a_child_alone_gets_no_result(person: Player) -> None:
    assert to_the_verdict(person, age="minor_without_parent") == ["verdict_child"]
    assert set(person.answers) == {"safe_to_talk", "age", "country_now", "origin"}


def test_back_and_answer_again_from_every_question(person: Player) -> None:
    person.start()
    before: str | None = None
    while question := person.asked:
        if before:
            assert person.tap("go_back")[-1] == f"ask_{before}"
            person.choose(PLAIN[before])
        assert person.asked == question
        person.choose(PLAIN[question])
        before = question
    assert person.names == ["read_back"]
    assert person.answers == PLAIN


def test_back_at_the_first_question(person: Player) -> None:
    person.start()
    assert person.tap("go_back") == ["first_question", "ask_safe_to_talk"]


@pytest.mark.parametrize("intent", ["not_sure", "prefer_not_to_say"])
def test_whatever_is_left_open_the_talk_comes_to_an_end(person: Player, intent: str) -> None:
    person.start()
    for question in PLAIN:
        if question != person.asked:
            continue
        person.aside(intent)
        assert question in person.answers
    assert person.names[-1] == "read_back"
    person.tap("affirm")
    assert person.tap("affirm")[0] in {"verdict_counsellor", "verdict_child"}


@pytest.mark.parametrize("question", list(PLAIN))
def test_a_question_in_the_middle_is_answered_and_the_same_question_comes_again(
    person: Player, question: str
) -> None:
    person.arrive(question)
    answers = person.answers
    assert person.aside("faq/cost") == ["utter_faq/cost", f"ask_{question}"]
    assert person.aside("explain_question") == [f"explain_{question}", f"ask_{question}"]
    assert person.answers == answers


def test_one_answer_is_changed_and_the_others_are_kept(person: Player) -> None:
    to_the_verdict(person)
    person.tap("go_back")
    assert person.tap("deny") == ["change_which"]
    assert person.tap("change_answer", question="stay_permit") == ["ask_stay_permit"]
    assert person.choose("yes") == ["read_back"]
    assert person.answers == {**PLAIN, "stay_permit": "yes"}
    person.tap("affirm")
    assert person.tap("affirm") == ["verdict_counsellor"]


def test_an_answer_that_decided_is_fixed_from_the_verdict_itself(person: Player) -> None:
    to_the_verdict(person, helped_before="this_project")
    assert person.tap("change_answer", question="helped_before") == ["ask_helped_before"]
    person.choose("no")
    person.answer()
    assert person.names == ["read_back"]
    person.tap("affirm")
    assert person.tap("affirm") == ["verdict_likely"]


def test_fear_told_on_the_notice_is_heard(person: Player) -> None:
    person.arrive("read_back")
    person.tap("affirm")
    assert person.tap("inform", tell_fear="yes") == ["card_asylum", "verdict_counsellor"]
    assert person.answers["fear_of_return"] == "yes"


@pytest.mark.parametrize(("intent", "name"), [("affirm", "verdict_likely"), ("deny", "verdict_counsellor")])
def test_more_people_the_same_or_not(person: Player, intent: str, name: str) -> None:
    person.arrive("read_back")
    assert person.tap("inform", together="yes") == ["group"]
    assert person.tap(intent) == ["read_back"]
    person.tap("affirm")
    assert person.tap("affirm") == [name]


def test_start_again_forgets_only_after_a_yes(person: Player) -> None:
    person.arrive("held")
    answers = person.answers
    assert person.aside("start_over") == ["start_over_sure"]
    assert person.tap("deny") == ["ask_held"]
    assert person.answers == answers
    person.aside("start_over")
    assert person.tap("affirm") == ["ask_safe_to_talk"]
    assert person.answers == {}


def test_stopping_and_going_on(person: Player) -> None:
    person.arrive("held")
    answers = person.answers
    assert person.tap("stop") == ["stopped"]
    assert person.tap("start_assessment") == ["ask_held"]
    assert person.answers == answers


def test_another_language_in_the_middle_of_a_question(person: Player) -> None:
    person.arrive("fear_of_return")
    assert person.aside("change_language") == ["choose_language_again"]
    assert person.tap("change_language", language="fa") == ["ask_fear_of_return"]
    assert person.language == "fa"
    assert person.choose("yes")[0] == "card_asylum"
