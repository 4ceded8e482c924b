from __future__ import annotations

from typing import Any

import pytest
from scenes import ABOUT_THEM, KNOWN, REACHED, asked, said, tapped, typed

from actions.referral_form import MOST_PEOPLE, NEEDS, hear_and_ask, steps
from actions.turn import ASKED, Reply, Turn

FORM = "referral_form"


def reply_to(turn: Turn, slot: str) -> Reply:
    return hear_and_ask(asked(turn, slot, FORM), KNOWN)


def chosen(slot: str, value: str, slots: dict[str, Any]) -> Reply:
    return reply_to(tapped(answer=value, slots=slots), slot)


def given(*steps_taken: str, **changes: Any) -> dict[str, Any]:
    """The plain answers, and of the referral what was given so far."""
    return {**ABOUT_THEM, **{step: REACHED[step] for step in steps_taken}, **changes}


def test_the_way_of_a_plain_request() -> None:
    assert steps(tapped(slots=REACHED), KNOWN) == [
        "country_now",
        "origin",
        "office",
        "who",
        "needs_done",
        "contact_way",
        "contact_number",
        "contact_time",
        "contact_name",
        "consent",
    ]


def test_a_family_is_counted() -> None:
    asked_for = steps(tapped(slots={**REACHED, "who": "family"}), KNOWN)
    assert asked_for[3:7] == ["who", "mixed_status", "adults", "children"]


def test_a_child_is_asked_the_least() -> None:
    slots = {**REACHED, "age": "minor_without_parent", "contact_way": "chat"}
    asked_for = steps(tapped(slots=slots), KNOWN)
    assert asked_for == [
        "country_now",
        "origin",
        "office",
        "contact_way",
        "contact_time",
        "contact_name",
        "consent",
    ]


def test_from_the_middle_of_the_checklist_only_what_routes_is_asked_before() -> None:
    reply = hear_and_ask(
        asked(tapped("talk_to_person", slots={"safe_to_talk": "yes", "taken": 7}), "", FORM), KNOWN
    )
    assert said(reply) == ["ask_country_now"]
    slots = {"safe_to_talk": "yes", "trail": ["safe_to_talk"]}
    reply = chosen("country_now", "TH", slots)
    assert (said(reply), reply.slots["country_now"]) == (["ask_origin"], "TH")


@pytest.mark.parametrize("slot", ["country_now", "origin"])
def test_back_from_a_country_asked_for_the_office_leaves_and_takes_no_answer(slot: str) -> None:
    slots = {"safe_to_talk": "yes", "age": "adult", "trail": ["safe_to_talk", "age"]}
    reply = reply_to(tapped("go_back", slots=slots), slot)
    assert (reply.slots[ASKED], reply.slots["consent"]) == (None, "later")
    assert not {"safe_to_talk", "age"} & set(reply.slots)


def test_back_from_the_second_country_goes_to_the_first() -> None:
    slots = {"safe_to_talk": "yes", "country_now": "TH", "trail": ["safe_to_talk", "country_now"]}
    reply = reply_to(tapped("go_back", slots=slots), "origin")
    assert (said(reply), reply.slots["country_now"]) == (["ask_country_now"], None)


def test_a_country_typed_for_the_office_is_read_back_too() -> None:
    reply = reply_to(typed("inform", "malaysia", {"safe_to_talk": "yes"}), "country_now")
    assert said(reply) == ["ask_heard"]
    confirmed = reply_to(tapped("affirm", slots=dict(reply.slots)), "heard")
    assert confirmed.slots["country_now"] == "MY"


@pytest.mark.parametrize(
    ("slot", "before"),
    [("contact_way", "needs_done"), ("needs_done", "who"), ("who", "office"), ("consent", "contact_name")],
)
def test_back_takes_the_last_step_back(slot: str, before: str) -> None:
    order = steps(tapped(slots=REACHED), KNOWN)
    slots = given(*order[2 : order.index(slot)])
    reply = reply_to(tapped("go_back", slots=slots), slot)
    assert (said(reply), reply.slots[before]) == ([f"ask_{before}"], None)


def test_back_from_the_first_step_leaves_the_form() -> None:
    reply = reply_to(tapped("go_back", slots=ABOUT_THEM), "office")
    assert (said(reply), reply.slots[ASKED], reply.slots["consent"]) == ([], None, "later")


def test_back_from_the_list_of_offices_goes_to_the_one_suggested() -> None:
    reply = reply_to(tapped("go_back", slots={**ABOUT_THEM, "page": 1}), "office")
    assert said(reply) == ["ask_office"]


@pytest.mark.parametrize(
    ("slot", "intent", "value"),
    [
        ("who", "affirm", "me"),
        ("who", "deny", "family"),
        ("mixed_status", "affirm", False),
        ("mixed_status", "deny", True),
        ("contact_name", "affirm", "say_iom"),
        ("contact_name", "deny", "do_not_say_iom"),
        ("office", "affirm", "TH-BKK"),
        ("office", "deny", "none"),
    ],
)
def test_yes_and_no_where_they_mean_one_thing(slot: str, intent: str, value: object) -> None:
    assert reply_to(tapped(intent, slots=given("office", who="family")), slot).slots[slot] == value


@pytest.mark.parametrize("slot", ["who", "mixed_status", "contact_way", "contact_time", "contact_name"])
def test_a_value_that_is_none_of_the_choices_is_no_answer(slot: str) -> None:
    assert chosen(slot, "anything", given("office")) == Reply()


def test_one_person_alone_has_no_others_left_from_before() -> None:
    slots = given("office", mixed_status=True, adults=3, children=2)
    reply = chosen("who", "me", slots)
    assert [reply.slots[slot] for slot in ("mixed_status", "adults", "children")] == [None, None, None]


def test_a_number_given_before_is_dropped_when_this_chat_is_chosen() -> None:
    slots = given("office", "who", "needs_done", "needs", "contact_number")
    assert chosen("contact_way", "chat", slots).slots["contact_number"] is None


@pytest.mark.parametrize(("text", "count"), [("2", 2), ("۳", 3), ("we are 4", 4), (str(MOST_PEOPLE), MOST_PEOPLE)])
def test_people_are_counted_in_any_digits(text: str, count: int) -> None:
    slots = given("office", who="family", mixed_status=False)
    assert reply_to(typed("inform", text, slots), "adults").slots["adults"] == count


@pytest.mark.parametrize("text", ["0", "-", "99", "many", "2 and 3"])
def test_a_count_that_cannot_be_is_asked_again(text: str) -> None:
    assert reply_to(typed("inform", text, given("office", who="family")), "adults") == Reply()


def test_there_may_be_no_children() -> None:
    slots = given("office", who="family", mixed_status=False, adults=1)
    assert chosen("children", "0", slots).slots["children"] == 0


def test_needs_are_toggled_until_done() -> None:
    slots = given("office", "who")
    for need, kept in [("woman", ["woman"]), ("health", ["health", "woman"]), ("woman", ["health"])]:
        reply = chosen("needs_done", need, slots)
        assert (said(reply), reply.slots["needs"]) == (["ask_needs_done"], kept)
        slots |= reply.slots
    reply = chosen("needs_done", "done", slots)
    assert (said(reply), reply.slots["needs"]) == (["ask_contact_way"], ["health"])
    assert set(NEEDS) == {"health", "interpreter", "woman", "man"}


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("081 234 5678", "TH", "+66812345678"),
        ("۰۸۱ ۲۳۴ ۵۶۷۸", "TH", "+66812345678"),
        ("+60 12-345 6789", "TH", "+60123456789"),
        ("my number is 0812345678", "TH", "+66812345678"),
        ("۰۰۹۸۹۱۲۳۴۵۶۷۸۹", "IR", "+989123456789"),
        ("+66812345678", "at_sea_or_unknown", "+66812345678"),
    ],
)
def test_a_number_in_any_digits(text: str, country: str, number: str) -> None:
    slots = given("office", "who", "needs_done", contact_way="call", country_now=country)
    reply = reply_to(typed("inform", text, slots), "contact_number")
    assert reply.slots["contact_number"] == number
    assert said(reply) == ["ask_contact_time"]


@pytest.mark.parametrize("intent", ["inform", "nlu_fallback", "out_of_scope", "affirm"])
def test_what_is_no_number_is_asked_again(intent: str) -> None:
    slots = given("office", "who", "needs_done", contact_way="call")
    reply = reply_to(typed(intent, "hello", slots), "contact_number")
    assert said(reply) == ["number_not_clear", "ask_contact_number"]
    assert "contact_number" not in reply.slots


@pytest.mark.parametrize("intent", ["stop", "danger", "faq", "go_back", "talk_to_person"])
def test_a_command_in_the_place_of_a_number_is_a_command(intent: str) -> None:
    slots = given("office", "who", "needs_done", contact_way="call")
    reply = reply_to(typed(intent, "no number here", slots), "contact_number")
    assert "number_not_clear" not in said(reply)


@pytest.mark.parametrize(
    "turn", [tapped("affirm", slots=REACHED), typed("affirm", "yes", REACHED, confidence=1.0)]
)
def test_a_clear_yes_is_consent(turn: Turn) -> None:
    reply = reply_to(turn, "consent")
    assert (reply.slots["consent"], reply.slots[ASKED]) == ("yes", None)


@pytest.mark.parametrize(
    "turn",
    [
        typed("affirm", "hm ok i think", REACHED, confidence=0.8),
        typed("nlu_fallback", "?", REACHED, confidence=0.1),
        typed("out_of_scope", "who won the match", REACHED),
        tapped(answer="anything", slots=REACHED),
    ],
)
def test_anything_less_sends_nothing_and_asks_again(turn: Turn) -> None:
    reply = reply_to(turn, "consent")
    assert said(reply) == ["consent_not_clear", "ask_consent"]
    assert "consent" not in reply.slots


@pytest.mark.parametrize("entity", ["returned", "not_text", "old_button"])
def test_what_is_not_meant_for_consent_goes_to_the_rules(entity: str) -> None:
    assert reply_to(tapped(slots=REACHED, **{entity: "yes"}), "consent") == Reply()


@pytest.mark.parametrize("confidence", [1.0, 0.4])
def test_any_no_is_a_no(confidence: float) -> None:
    reply = reply_to(typed("deny", "no", REACHED, confidence=confidence), "consent")
    assert reply.slots["consent"] == "no"


@pytest.mark.parametrize("slot", steps(tapped(slots=REACHED), KNOWN))
@pytest.mark.parametrize("screen", ["erase_sure", "withdraw_sure", "danger", "menu"])
def test_under_another_screen_no_step_is_taken(slot: str, screen: str) -> None:
    turn = tapped("affirm", slots={**REACHED, "screen": screen})
    assert reply_to(turn, slot) == Reply()
