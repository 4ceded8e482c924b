from __future__ import annotations

from typing import Any

import pytest
from scenes import ABOUT_THEM, KNOWN, asked, said, tapped, taps, told

from actions.office_choice import office_info, others, suggested
from actions.referral_form import hear_and_ask
from actions.turn import Reply, Turn


def here(country: str, **entities: Any) -> Turn:
    return asked(tapped(slots={**ABOUT_THEM, "country_now": country}, **entities), "office", "referral_form")


def test_the_office_is_named_with_the_reason() -> None:
    turn = tapped(slots={**ABOUT_THEM, "taken": 7})
    reply = hear_and_ask(turn, KNOWN)
    variables = reply.say[0].variables
    assert (variables["office"]["value"], variables["why"]["value"]["name"]) == ("TH-BKK", "why_same_country")


@pytest.mark.parametrize("country", ["at_sea_or_unknown", "unsure", "declined", "LY"])
def test_without_a_known_country_it_is_the_programme_s_own(country: str) -> None:
    choice = suggested(here(country), KNOWN)
    assert (choice.office.id, choice.why) == ("TH-BKK", "default")


def test_a_country_without_an_office_has_its_fallback() -> None:
    choice = suggested(here("SG"), KNOWN)
    assert (choice.office.id, choice.why, choice.remote) == ("MY-KUL", "fallback", True)


def test_an_office_switched_off_is_neither_suggested_nor_offered() -> None:
    turn = told(here("PK"), inactive_offices=["PK-ISB", "PK-LHE"])
    ids = {suggested(turn, KNOWN).office.id, *(office.id for office in others(turn, KNOWN))}
    assert not ids & {"PK-ISB", "PK-LHE"}
    assert ids


def test_others_are_of_the_same_country_and_never_regional() -> None:
    for country in KNOWN.offices.by_country:
        for office in others(here(country), KNOWN):
            assert (office.country, office.kind) != (country, "regional")
            assert office.country == country


def test_another_office_is_chosen_from_a_list() -> None:
    listed = hear_and_ask(here("PK", page="1"), KNOWN)
    assert said(listed) == ["ask_office_which"]
    ids = [tap["entities"]["answer"] for tap in taps(listed)]
    assert ids[0] == "PK-ISB"
    reply = hear_and_ask(here("PK", answer=ids[1]), KNOWN)
    assert (reply.slots["office"], reply.slots["page"]) == (ids[1], None)


@pytest.mark.parametrize("office", ["MY-KUL", "TH-ROAP", "nowhere"])
def test_an_office_across_a_border_or_regional_cannot_be_chosen(office: str) -> None:
    assert hear_and_ask(here("PK", answer=office), KNOWN) == Reply()


def test_none_is_a_choice() -> None:
    reply = hear_and_ask(here("TH", answer="none"), KNOWN)
    assert (reply.slots["office"], said(reply)) == ("none", [])


def test_a_place_sent_suggests_the_nearest_in_the_country() -> None:
    nearest = others(here("PK"), KNOWN)[0]
    reply = hear_and_ask(here("PK", latitude=str(nearest.latitude), longitude=str(nearest.longitude)), KNOWN)
    assert reply.say[0].variables["office"]["value"] == nearest.id
    assert reply.say[0].variables["why"]["value"]["name"] == "why_nearest_in_country"


def test_an_office_that_was_moved_is_nearest_to_where_it_is_now() -> None:
    first, second = others(here("PK"), KNOWN)[:2]
    turn = here("PK", latitude=str(first.latitude), longitude=str(first.longitude))
    places = {second.id: [first.latitude, first.longitude], first.id: [second.latitude, second.longitude]}
    reply = hear_and_ask(told(turn, moved_offices=places), KNOWN)
    assert reply.say[0].variables["office"]["value"] == second.id


def test_an_office_is_told_at_any_time() -> None:
    known = office_info(tapped("ask_office", slots={"country_now": "TH"}), KNOWN)
    unknown = office_info(tapped("ask_office"), KNOWN)
    assert (said(known), known.follow) == (["office_info"], "action_resume")
    assert (said(unknown), unknown.follow) == (["office_info_unknown"], "action_resume")


def test_an_office_without_a_checked_number_says_so() -> None:
    country = next(o.country for o in KNOWN.offices.by_id.values() if not o.phone and o.kind == "country office")
    reply = office_info(tapped("ask_office", slots={"country_now": country}), KNOWN)
    assert reply.say[0].variables["phone"]["value"]["name"] == "office_no_phone"
