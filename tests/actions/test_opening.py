from __future__ import annotations

import pytest
from scenes import ABOUT_THEM, KNOWN, asked, said, tapped, taps, told

from actions import opening
from actions.opening import FAQ_PAGE


def test_first_of_all_a_language_is_chosen() -> None:
    reply = opening.choose_language(told(tapped(arrived="yes"), language=None), KNOWN)
    assert said(reply) == ["choose_language"]
    assert [tap["entities"]["language"] for tap in taps(reply)] == ["en", "fa"]


def test_another_language_later_is_a_screen_of_its_own() -> None:
    reply = opening.choose_language(tapped("change_language", slots={"screen": "erase_sure"}), KNOWN)
    assert said(reply) == ["choose_language_again"]
    assert reply.slots["screen"] == "menu"


def test_a_language_chosen_is_an_effect_and_the_talk_goes_on() -> None:
    reply = opening.set_language(tapped("change_language", language="fa"), KNOWN)
    assert reply.effects == ({"effect": "language", "language": "fa"},)
    assert reply.follow == "action_resume"


@pytest.mark.parametrize("language", ["xx", "", "FA"])
def test_a_language_that_is_not_offered_is_not_chosen(language: str) -> None:
    reply = opening.set_language(tapped("change_language", language=language), KNOWN)
    assert (said(reply), reply.effects) == (["choose_language_again"], ())


def test_no_question_comes_before_the_notice() -> None:
    reply = opening.begin(tapped("start_assessment", slots={"noticed": False, "screen": "menu"}), KNOWN)
    assert (said(reply), reply.follow) == (["notice"], None)
    assert "noticed" not in reply.slots


def test_the_notice_accepted_begins_the_questions() -> None:
    reply = opening.begin(tapped("affirm", slots={"noticed": False, "screen": "notice"}), KNOWN)
    assert (reply.follow, reply.slots["noticed"], reply.slots["place"]) == ("assessment_form", True, "checklist")


def test_the_notice_names_who_runs_it() -> None:
    named = opening.notice(tapped("change_language"), KNOWN).say[0].variables["operator"]
    assert named == {"kind": "text", "value": "The test"}
    unnamed = opening.notice(told(tapped("change_language"), operator=None), KNOWN).say[0].variables["operator"]
    assert unnamed["value"]["name"] == "operator_demo"


def test_the_menu_keeps_the_place_to_come_back_to() -> None:
    reply = opening.menu(tapped("help_menu", slots={**ABOUT_THEM, "place": "verdict"}), KNOWN)
    assert reply.slots == {"screen": "menu", "place": "verdict"}
    before_notice = opening.menu(tapped("help_menu", slots={"noticed": False}), KNOWN)
    assert before_notice.slots["place"] == "notice"


def test_all_questions_and_answers_are_listed_once() -> None:
    seen: list[str] = []
    page = "1"
    while page:
        offered = taps(opening.browse(tapped(browse=page), KNOWN))
        seen += [tap["intent"] for tap in offered if tap["intent"].startswith("faq/")]
        assert len(offered) <= FAQ_PAGE + 1
        page = next((tap["entities"]["browse"] for tap in offered if "browse" in tap["entities"]), "")
    assert seen == [f"faq/{faq}" for faq in KNOWN.faq]
    assert len(seen) == len(set(seen)) == 41


def test_a_list_opened_in_a_form_leads_back_to_its_question() -> None:
    listed = opening.browse(asked(tapped(browse="1", slots=ABOUT_THEM), "held"), KNOWN)
    assert taps(listed)[-1]["intent"] == "repeat_question"


def test_advice_to_stay_is_there() -> None:
    assert said(opening.stay(tapped(stay="yes"), KNOWN)) == ["stay_advice"]
