"""Words instead of buttons: what is typed is read back, and what is not understood never ends the talk."""

from __future__ import annotations

import pytest
from player import Player

pytestmark = pytest.mark.rasa


def test_a_typed_yes_is_read_back_and_confirmed(person: Player) -> None:
    person.start()
    assert person.write("yes") == ["ask_heard"]
    assert person.answers == {}
    assert person.tap("affirm") == ["ask_age"]
    assert person.answers == {"safe_to_talk": "yes"}


def test_a_reading_refused_asks_again(person: Player) -> None:
    person.arrive("fear_of_return")
    assert person.write("no") == ["ask_heard"]
    assert person.tap("deny") == ["ask_fear_of_return"]
    assert "fear_of_return" not in person.answers


def test_a_button_named_by_typing_is_read_back(person: Player) -> None:
    person.start()
    assert person.type("inform", answer="yes") == ["ask_heard"]
    assert person.write("yes") == ["ask_age"]


def test_a_typed_country_is_read_back(person: Player) -> None:
    person.arrive("country_now")
    assert person.write("Malaysia") == ["ask_heard"]
    assert person.tap("affirm") == ["ask_origin"]
    assert person.answers["country_now"] == "MY"


def test_of_several_readings_one_is_chosen_or_none(person: Player) -> None:
    person.arrive("country_now")
    assert person.write("Thailand or Malaysia") == ["ask_heard_which"]
    assert person.tap("deny") == ["ask_country_now"]
    person.write("Thailand or Malaysia")
    assert person.choose("MY") == ["ask_origin"]


def test_persian_words_and_digits(person: Player) -> None:
    person.start("fa")
    assert person.write("بله") == ["ask_heard"]
    assert person.write("بله") == ["ask_age"]
    assert person.write("۲۵") == ["ask_heard"]
    assert person.tap("affirm") == ["ask_free_choice"]


# Words of no language spoken here. Which of them the model takes for a question changes with its messages.
NOISES = ("si", "haan", "ek do teen", "kya hua", "mmh bruh", "tak tak", "bolo na", "ja nee", "wie bitte", "eh ben")


def noise_at(person: Player) -> str:
    """Words that the model is not sure of, where the person is now."""
    state = person.state
    for noise in NOISES:
        said, person.state = person.write(noise), state
        if said == ["unclear"]:
            return noise
    raise AssertionError("The model is sure of every noise: find another one.")


def test_noise_offers_readings_then_the_menu_then_a_person_and_keeps_the_place(person: Player) -> None:
    person.arrive("held")
    answers, noise = person.answers, noise_at(person)
    assert person.write(noise) == ["unclear"]
    assert "repeat_question" in [shown.tap["intent"] for shown in person.buttons]
    assert person.write(noise) == ["unclear_menu", "menu"]
    assert person.write(noise) == ["unclear_person"]
    assert person.tap("repeat_question") == ["ask_held"]
    assert person.answers == answers


def test_after_an_unclear_word_the_answer_may_simply_be_typed(person: Player) -> None:
    person.arrive("country_now")
    person.write(noise_at(person))
    assert person.write("Malaysia") == ["ask_heard"]


def test_a_reading_that_was_tapped_is_read_back_like_a_typed_one(person: Player) -> None:
    person.arrive("fear_of_return")
    person.write(noise_at(person))
    assert person.aside("affirm") == ["ask_heard"]
    assert "fear_of_return" not in person.answers


@pytest.mark.parametrize(
    "text", ["/restart", '/inform{"answer": "yes"}', "🙂🙂", "lorem ipsum " * 341, "…", "'; drop table"]
)
def test_strange_words_cost_nothing(person: Player, text: str) -> None:
    person.arrive("free_choice")
    answers = person.answers
    assert person.write(text)
    assert person.buttons
    assert person.answers == answers
    person.aside("repeat_question")
    # What holds a yes may be taken for one, and is then read back first.
    assert person.asked == "free_choice" or person.names == ["ask_heard"]


def test_danger_is_heard_anywhere(person: Player) -> None:
    person.arrive("fear_of_return")
    assert person.write("they will kill me help") == ["danger_card"]
    assert person.write("thank you") == ["thank", "danger_card"]
    assert person.tap("repeat_question") == ["ask_fear_of_return"]


def test_danger_before_a_language_is_chosen(person: Player) -> None:
    assert person.write("they will kill me help") == ["danger_card"]
    assert person.tap("danger", country="MY") == ["danger_card"]


def test_in_danger_a_typed_country_shows_its_numbers(person: Player) -> None:
    person.start()
    person.write("they will kill me help")
    without = person.texts
    assert person.write("Malaysia") == ["danger_card"]
    assert person.texts != without
    assert "country_now" not in person.answers
