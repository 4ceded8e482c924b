from __future__ import annotations

from dataclasses import replace

import pytest
from scenes import KNOWN, REACHED, asked, said, tapped, typed

from actions.assessment_form import HEARD, hear_and_ask
from actions.cards import danger
from actions.office_choice import choose_office
from actions.turn import Reply
from bot.language.cities import City, CityNames
from bot.speech import nested

AT = {
    "dubai": (City("AE", 3_790_000, 25.07, 55.17),),
    "hyderabad": (City("IN", 6_809_970, 17.38, 78.46), City("PK", 1_921_275, 25.39, 68.37)),
    "chiang mai": (City("TH", 127_240, 18.79, 98.98),),
}
TRAVELLED = replace(KNOWN, cities=CityNames(AT, frozenset(AT), tuple(AT)))


@pytest.mark.parametrize("question", ["country_now", "origin"])
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Chiang Mai", ["TH"]),
        ("i work in chiang mai", ["TH"]),
        ("chiang mei", ["TH"]),
        ("Hyderabad", ["IN", "PK"]),
    ],
)
def test_a_typed_city_is_read_back_as_its_country(question: str, text: str, codes: list[str]) -> None:
    reply = hear_and_ask(asked(typed("nlu_fallback", text, confidence=0.2), question), TRAVELLED)
    assert reply.slots[HEARD] == {"question": question, "values": codes}
    assert said(reply) == ["ask_heard" if len(codes) == 1 else "ask_heard_which"]
    assert question not in reply.slots


@pytest.mark.parametrize("intent", ["greet", "affirm", "danger", "faq", "deny"])
def test_a_city_in_what_means_something_else_is_no_answer(intent: str) -> None:
    assert hear_and_ask(asked(typed(intent, "Chiang Mai"), "origin"), TRAVELLED) == Reply()


def test_a_country_goes_before_a_city() -> None:
    reply = hear_and_ask(asked(typed("inform", "Hyderabad, Pakistan"), "origin"), TRAVELLED)
    assert reply.slots[HEARD] == {"question": "origin", "values": ["PK"]}


def test_a_city_at_the_office_question_is_where_the_office_is_looked_for() -> None:
    at_office = asked(typed("inform", "Chiang Mai", {**REACHED, "office": None}), "office", "referral_form")
    assert choose_office(at_office, "office", None, TRAVELLED) == Reply(slots={"near": [18.8, 99.0]})


@pytest.mark.parametrize("text", ["Dubai", "somewhere", ""])
def test_a_city_of_another_country_or_none_leaves_the_office_question_open(text: str) -> None:
    at_office = asked(typed("inform", text, {**REACHED, "office": None}), "office", "referral_form")
    assert choose_office(at_office, "office", None, TRAVELLED) == Reply()


def test_a_tap_at_the_office_question_stays_a_tap() -> None:
    at_office = asked(tapped("affirm", {**REACHED, "office": None}), "office", "referral_form")
    assert "near" not in choose_office(at_office, "office", "ok", TRAVELLED).slots


def test_a_city_on_the_danger_screen_brings_its_countrys_numbers() -> None:
    here = typed("nlu_fallback", "chiang mai", {"screen": "danger"})
    assert danger(here, TRAVELLED).say[0].variables["numbers"] != nested("danger_no_numbers")
