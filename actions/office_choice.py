"""Step 4: the office a request would go to, why, and another one or none if the person prefers."""

from __future__ import annotations

from typing import Any

from actions.knowledge import Knowledge
from actions.turn import Reply, Turn, say
from actions.typed import MAY_NAME_A_COUNTRY, ONLY_A_COUNTRY
from bot.eligibility.office import Office, OfficeChoice, nearest_office, offices_in
from bot.language.cities import City
from bot.speech import Button, Say, Tap, Worded, nested, office, phone


def suggested(turn: Turn, known: Knowledge) -> OfficeChoice:
    """The office by the routing rules, for the country the person is in."""
    where = turn.slots.get("country_now") or ""
    near = turn.slots.get("near")
    return nearest_office(
        known.offices,
        where,
        point=tuple(near) if near else None,
        inactive=turn.facts["inactive_offices"],
        moved={office: (place[0], place[1]) for office, place in turn.facts.get("moved_offices", {}).items()},
    )


def others(turn: Turn, known: Knowledge) -> tuple[Office, ...]:
    """The other offices in the same country; never one across a border."""
    first = suggested(turn, known).office.id
    here = offices_in(known.offices, turn.slots.get("country_now") or "", turn.facts["inactive_offices"])
    return tuple(candidate for candidate in here if candidate.id != first)


def ask_office(turn: Turn, known: Knowledge) -> Say:
    """The office with the reason for it; or the list, when another was wished for."""
    first = suggested(turn, known)
    if turn.slots.get("page"):
        listed = (first.office, *others(turn, known))
        return Say("ask_office_which", {}, tuple(office_button(one.id) for one in listed))
    buttons = (Button(nested("button_other_office"), Tap("inform", {"page": "1"})),) if others(turn, known) else ()
    return Say("ask_office", {"office": office(first.office.id), "why": nested(f"why_{first.why}")}, buttons)


def office_button(office_id: str) -> Button:
    """An office to choose."""
    return Button(office(office_id), Tap("inform", {"answer": office_id}))


def choose_office(turn: Turn, _asked: str, value: Any, known: Knowledge) -> Reply:
    """The suggested office, one of the others in the country, none, or the list of them."""
    if "page" in turn.entities:
        return Reply(slots={"page": 1})
    if "latitude" in turn.entities:
        return Reply(slots={"near": [float(turn.entities["latitude"]), float(turn.entities["longitude"])]})
    if value is None and (here := city_typed(turn, known)):
        return Reply(slots={"near": [round(here.latitude, 1), round(here.longitude, 1)]})
    first = suggested(turn, known).office.id
    if value == "ok":
        return Reply(slots={"office": first, "page": None})
    if value == "none" or value in {first, *(one.id for one in others(turn, known))}:
        return Reply(slots={"office": value, "page": None})
    return Reply()


def city_typed(turn: Turn, known: Knowledge) -> City | None:
    """The city of the person's own country that was typed: only to suggest the office nearest to it."""
    if turn.intent not in MAY_NAME_A_COUNTRY or turn.intent in ONLY_A_COUNTRY:
        return None
    where = turn.slots.get("country_now")
    return next((city for city in known.cities.named(turn.text) if city.code == where), None)


def office_phone(known: Knowledge, office_id: str) -> Worded:
    """An office's telephone number if one is known, else that of the programme's own team."""
    return phone(known.offices.by_id[office_id].phone or known.offices.default.phone)


def office_info(turn: Turn, known: Knowledge) -> Reply:
    """Where the office is, asked at any time: never "go there"."""
    resume = Reply(follow="action_resume", slots={"taken": turn.number})
    if not turn.slots.get("country_now"):
        return say("office_info_unknown", phone=phone(known.offices.default.phone)).then(resume)
    chosen = suggested(turn, known).office
    number = nested("office_phone", phone=phone(chosen.phone)) if chosen.phone else nested("office_no_phone")
    return say("office_info", office=office(chosen.id), phone=number).then(resume)
