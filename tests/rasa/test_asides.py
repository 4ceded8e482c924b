"""What lies over a question: erasing, danger, silence, old buttons, things that are no text. None is an answer."""

from __future__ import annotations

import pytest
from player import Player

pytestmark = pytest.mark.rasa


def at_a_question(person: Player) -> None:
    """A question to which yes and no are answers."""
    person.arrive("fear_of_return")


@pytest.mark.parametrize(("aside", "screen"), [("erase_data", "erase_sure"), ("start_over", "start_over_sure")])
def test_no_to_a_screen_is_not_taken_for_an_answer_to_the_question_below(
    person: Player, aside: str, screen: str
) -> None:
    at_a_question(person)
    answers = person.answers
    assert person.aside(aside) == [screen]
    assert person.write("no") == ["ask_fear_of_return"]
    assert person.answers == answers


def test_yes_to_erasing_erases_and_is_no_answer(person: Player) -> None:
    at_a_question(person)
    person.aside("erase_data")
    assert person.tap("affirm") == ["erased"]
    assert person.done[-1] == {"effect": "erase"}


def test_yes_to_a_screen_that_asks_nothing_is_no_answer(person: Player) -> None:
    at_a_question(person)
    answers = person.answers
    assert person.aside("help_menu") == ["menu"]
    person.write("yes")
    assert person.answers == answers


def test_danger_with_and_without_a_country_and_back(person: Player) -> None:
    person.start()
    assert person.aside("danger") == ["danger_card"]
    assert person.tap("danger", country="TH") == ["danger_card"]
    assert person.tap("repeat_question") == ["ask_safe_to_talk"]
    person.answer(until="origin")
    assert person.aside("danger") == ["danger_card"]
    assert not [shown for shown in person.buttons if "country" in shown.tap["entities"]]
    assert person.tap("repeat_question") == ["ask_origin"]


def test_an_old_button_brings_the_question_again(person: Player) -> None:
    at_a_question(person)
    assert person.press_old() == ["old_button", "ask_fear_of_return"]


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "file", "contact", "other"])
def test_what_is_no_text_is_refused_kindly(person: Player, kind: str) -> None:
    at_a_question(person)
    assert person.send({"attachment": kind}) == ["not_text", "ask_fear_of_return"]


def test_a_place_is_not_kept_unless_it_helps_to_choose_the_office(person: Player) -> None:
    at_a_question(person)
    assert person.send({"location": [13.7, 100.5]}) == ["place_not_needed", "ask_fear_of_return"]
    assert "near" not in person.slots
    person.answer()
    person.aside("talk_to_person")
    assert person.send({"location": [16.7, 98.6]}) == ["ask_office"]
    assert person.said[0].variables["why"]["value"]["name"] == "why_nearest_in_country"


def test_after_a_silence_it_is_first_asked_who_it_is(person: Player) -> None:
    at_a_question(person)
    answers = person.answers
    person.facts = {"silent_minutes": 16}
    assert person.choose("yes") == ["same_person"]
    person.facts = {}
    assert person.answers == answers
    assert person.tap("affirm") == ["ask_fear_of_return"]


def test_somebody_else_finds_nothing(person: Player) -> None:
    at_a_question(person)
    person.facts = {"silent_minutes": 16}
    assert person.write("hello") == ["same_person"]
    person.facts = {}
    assert person.tap("deny") == ["notice"]
    assert person.answers == {}
    assert person.tap("affirm") == ["ask_safe_to_talk"]


@pytest.mark.parametrize(
    "way_round", ["help_menu", "talk_to_person", "change_answer", "ask_status", "go_back", "thank"]
)
def test_nobody_gets_round_that_question(person: Player, way_round: str) -> None:
    at_a_question(person)
    person.facts = {"silent_minutes": 16}
    person.aside("repeat_question")
    person.facts = {}
    assert person.aside(way_round)[-1] == "same_person"
    person.aside("erase_data")
    assert person.tap("deny") == ["same_person"]
    person.aside("danger")
    assert person.tap("repeat_question") == ["same_person"]
    assert person.tap("affirm") == ["ask_fear_of_return"]


@pytest.mark.parametrize(("first", "then"), [("stop", "start_assessment"), ("danger", "repeat_question")])
def test_what_is_never_delayed_does_not_get_round_it_either(person: Player, first: str, then: str) -> None:
    at_a_question(person)
    person.facts = {"silent_minutes": 16}
    assert person.aside(first) == [{"stop": "stopped", "danger": "danger_card"}[first]]
    person.facts = {}
    assert person.tap(then) == ["same_person"]


def test_a_language_chosen_after_a_silence_is_taken_and_the_question_asked_in_it(person: Player) -> None:
    at_a_question(person)
    person.aside("change_language")
    person.facts = {"silent_minutes": 16}
    assert person.tap("change_language", language="fa") == ["same_person"]
    assert person.language == "fa"


@pytest.mark.parametrize("minutes", [None, 0, 14])
def test_a_short_silence_is_none(person: Player, minutes: int | None) -> None:
    at_a_question(person)
    person.facts = {"silent_minutes": minutes}
    assert person.choose("no") == ["ask_exploitation"]
