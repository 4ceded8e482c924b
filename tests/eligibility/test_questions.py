"""Step 5, checked: every question can be left open, and the plain answer is one of its own."""

from bot.eligibility.questions import QUESTION_BY_ID, QUESTIONS, Question, _question


def test_a_question_takes_its_own_answers_then_unsure_then_declined() -> None:
    asked = _question("colour", "red", "blue", plain="blue")
    assert asked == Question("colour", ("red", "blue", "unsure", "declined"), "blue")
    assert _question("colour", "red").plain is None


def test_every_question_can_be_left_open_and_its_plain_answer_is_its_own() -> None:
    for question in QUESTIONS:
        assert question.values[-2:] == ("unsure", "declined")
        assert question.plain is None or question.plain in question.values[:-2]
        assert QUESTION_BY_ID[question.id] is question


def test_only_where_a_person_is_and_where_home_is_are_countries_and_are_needed_for_an_office() -> None:
    assert [question.id for question in QUESTIONS if question.takes_country] == ["country_now", "origin"]
    assert [question.id for question in QUESTIONS if question.needed_to_route] == ["country_now", "origin"]
