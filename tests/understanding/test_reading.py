"""Step 3, checked: a message is read in its context, harm first and doubt admitted."""

from typing import Any

import pytest

from nlu.engine.reading import Context, Heard, Limits, as_parsed, read, read_tap
from nlu.engine.words import Words

LIMITS = Limits(unclear=0.3, danger=0.15, fear=0.5)
WORDS = {
    "en": Words({"no": "deny", "yes": "affirm", "stop": "stop"}, ("he has a gun", "kill me"), {"second": "2"}),
    "fa": Words({"نه": "deny", "na": "deny", "بله": "affirm"}, ("کمک فوری",), {"دوم": "2"}),
    "ne": Words({"ho": "affirm"}, (), {}),
}
SURE = [("faq/cost", 0.8), ("faq/money_amount", 0.1), ("danger", 0.01)]
TORN = [("faq/cost", 0.2), ("faq/money_amount", 0.1), ("danger", 0.01)]


def heard(
    text: str, ranking: list[tuple[str, float]] = SURE, language: str | None = "en", **context: Any
) -> Heard:
    return read(text, ranking, Context(language, **context), WORDS, LIMITS)


def test_a_sure_reading_is_taken() -> None:
    assert heard("how much does it cost") == Heard("faq/cost", 0.8, tuple(SURE))


@pytest.mark.parametrize(
    ("text", "language", "intent"),
    [
        ("No.", "en", "deny"),
        ("نه!", "fa", "deny"),
        ("NA", "fa", "deny"),
        ("Ho", "ne", "affirm"),
        ("بله", "fa_AF", "affirm"),
    ],
)
def test_a_short_answer_by_the_chosen_language(text: str, language: str, intent: str) -> None:
    answer = heard(text, language=language)
    assert (answer.intent, answer.confidence) == (intent, 1.0)
    assert answer.ranking == ((intent, 1.0), *SURE)


@pytest.mark.parametrize(("text", "language"), [("na", "en"), ("no", "fa"), ("ho", "fa"), ("yes", None)])
def test_a_short_answer_of_another_language_is_not_taken(text: str, language: str | None) -> None:
    assert heard(text, language=language).intent == "faq/cost"


def test_a_short_answer_is_a_whole_message() -> None:
    assert heard("no money for the ticket").intent == "faq/cost"


@pytest.mark.parametrize("text", ["2", "۲", "2.", "2️⃣"])
def test_a_bare_number_is_a_choice(text: str) -> None:
    answer = heard(text, language="fa")
    assert (answer.intent, dict(answer.entities)) == ("inform", {"choice": "2"})


def test_a_word_for_a_choice_counts_where_something_is_asked() -> None:
    assert heard("second", asked="age").entities == {"choice": "2"}
    assert heard("second").intent == "faq/cost"


def test_below_the_limit_is_unclear_and_keeps_the_readings() -> None:
    answer = heard("hmm", TORN)
    assert answer.intent == "nlu_fallback"
    assert answer.ranking == tuple(TORN)


@pytest.mark.parametrize("language", ["en", "fa", None])
def test_an_english_danger_phrase_counts_in_every_language(language: str | None) -> None:
    answer = heard("help he has a gun!!", language=language)
    assert (answer.intent, answer.confidence) == ("danger", 1.0)
    assert answer.ranking == (("danger", 1.0), *SURE[:2])


def test_a_danger_phrase_of_another_language_does_not_count() -> None:
    assert heard("کمک فوری", language="fa").intent == "danger"
    assert heard("کمک فوری", language="en").intent == "faq/cost"


def test_a_low_danger_score_is_enough() -> None:
    answer = heard("come quick", [("help_menu", 0.7), ("danger", 0.15), ("greet", 0.1)])
    assert answer.intent == "danger"
    assert answer.ranking == (("danger", 0.15), ("help_menu", 0.7), ("greet", 0.1))


def test_a_short_answer_is_no_danger_whatever_its_score() -> None:
    assert heard("no", [("danger", 0.4), ("deny", 0.3), ("greet", 0.1)]).intent == "deny"
    assert heard("2", [("danger", 0.4), ("deny", 0.3), ("greet", 0.1)]).intent == "inform"


def test_below_the_danger_limit_is_no_danger() -> None:
    assert heard("come quick", [("help_menu", 0.7), ("danger", 0.14), ("greet", 0.1)]).intent == "help_menu"


@pytest.mark.parametrize("fear", ["faq/afraid", "faq/home_safe", "faq/trafficking"])
def test_fear_of_return_wins_a_tie(fear: str) -> None:
    assert heard("the war at home", [(fear, 0.4), ("danger", 0.39), ("greet", 0.1)]).intent == fear


def test_danger_as_the_best_reading_is_never_unclear() -> None:
    assert heard("they", [("danger", 0.11), ("faq/afraid", 0.1), ("greet", 0.1)]).intent == "danger"


def test_a_sure_fear_outweighs_a_danger_phrase() -> None:
    words = "if i go home they kill me"
    assert heard(words, [("faq/afraid", 0.8), ("danger", 0.15), ("greet", 0.01)]).intent == "faq/afraid"
    assert heard(words, [("faq/afraid", 0.4), ("danger", 0.15), ("greet", 0.01)]).intent == "danger"


@pytest.mark.parametrize(
    ("minutes", "has_answers", "returned"),
    [(15, True, True), (14, True, False), (15, False, False), (None, True, False)],
)
def test_after_a_silence(minutes: int | None, has_answers: bool, returned: bool) -> None:
    answer = heard("cost", silent_minutes=minutes, has_answers=has_answers)
    assert answer.entities == ({"returned": "yes"} if returned else {})
    assert answer.ranking == tuple(SURE)


@pytest.mark.parametrize("intent", ["danger", "stop", "erase_data", "change_language"])
def test_what_is_never_delayed_by_a_silence(intent: str) -> None:
    ranking = [(intent, 0.9), ("greet", 0.05), ("thank", 0.01)]
    assert heard("…", ranking, silent_minutes=60, has_answers=True).intent == intent


def test_an_unclear_message_after_a_silence_is_a_return() -> None:
    assert heard("hmm", TORN, silent_minutes=60, has_answers=True).entities == {"returned": "yes"}


def test_a_question_names_the_response_that_answers_it() -> None:
    assert as_parsed(heard("cost")) == {
        "intent": {"name": "faq", "confidence": 0.8, "full_retrieval_intent_name": "faq/cost"},
        "intent_ranking": [{"name": name, "confidence": chance} for name, chance in SURE],
        "entities": [],
        "response_selector": {
            "all_retrieval_intents": ["faq"],
            "faq": {
                "response": {
                    "intent_response_key": "faq/cost",
                    "utter_action": "utter_faq/cost",
                    "confidence": 0.8,
                }
            },
        },
    }


def test_any_other_intent_names_no_response() -> None:
    parsed = as_parsed(heard("no"))
    assert parsed["intent"] == {"name": "deny", "confidence": 1.0}
    assert parsed["response_selector"] == {"all_retrieval_intents": []}


def test_a_tap_is_certain() -> None:
    parsed = read_tap({"intent": "inform", "entities": {"answer": "adult"}}, {"language": "fa"})
    assert parsed["text"] == ""
    assert parsed["intent"] == {"name": "inform", "confidence": 1.0}
    assert parsed["entities"] == [{"entity": "answer", "value": "adult"}]
    assert parsed["intent_ranking"] == [{"name": "inform", "confidence": 1.0}]


def test_a_tapped_question_names_its_response() -> None:
    parsed = read_tap({"intent": "faq/cost"}, None)
    assert parsed["intent"]["full_retrieval_intent_name"] == "faq/cost"
    assert parsed["response_selector"]["faq"]["response"]["utter_action"] == "utter_faq/cost"


def test_a_tap_keeps_numbers_as_numbers() -> None:
    entities = read_tap({"intent": "share_location", "entities": {"latitude": 13.7}}, {})["entities"]
    assert entities == [{"entity": "latitude", "value": 13.7}]


def test_a_tap_after_a_silence_is_a_return_and_leaves_nothing_behind() -> None:
    silence = {"language": "en", "silent_minutes": 20, "has_answers": True}
    parsed = read_tap({"intent": "inform", "entities": {"answer": "adult"}}, silence)
    assert (parsed["intent"]["name"], parsed["entities"]) == ("inform", [{"entity": "returned", "value": "yes"}])
    assert parsed["intent_ranking"] == [{"name": "inform", "confidence": 1.0}]
    assert read_tap({"intent": "erase_data"}, silence)["intent"]["name"] == "erase_data"
