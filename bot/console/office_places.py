"""Step 8 of the message's way, prepared: an office's place, typed or clicked on a drawing, kept by an admin.

A click is a form with the place of the pointer in the picture, so it needs no script: the first one goes closer,
the next are more exact. Nothing is kept before the place is saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.console.desk import Desk
from bot.console.region.drawing import drawing, outline
from bot.console.region.window import EAST, NORTH, SOUTH, WEST, WHOLE, View, inside, near
from bot.console.sessions import Signed
from bot.eligibility.office import Point
from bot.referrals.audit import append_audit
from bot.referrals.office_state import PlaceError, place_of, read_place
from bot.referrals.offices import list_offices
from bot.store.database import transaction
from bot.store.models import Office

# The picture on a wide and on a small page: its width in pixels, which says what a click in it means.
WIDTHS: Mapping[str, int] = {"wide": 504, "slim": 252}
HEIGHTS: Mapping[str, int] = {
    name: round(width * (NORTH - SOUTH) / (EAST - WEST)) for name, width in WIDTHS.items()
}


@dataclass(frozen=True)
class PlaceForm:
    """The form as it stands: what is typed, what the picture shows, and whether it is kept already."""

    latitude: str
    longitude: str
    seen: str
    unsaved: bool = False
    problem: bool = False

    @property
    def picture(self) -> str:
        """The picture's address."""
        return f"/map.svg?at={self.latitude},{self.longitude}&seen={self.seen}"

    @property
    def is_near(self) -> bool:
        """Whether the picture shows a part of the region only."""
        return not view_of(self.seen).is_whole


def as_kept(desk: Desk, office: Office) -> PlaceForm:
    """The form for the place where the office is now."""
    latitude, longitude = place_of(desk.offices.by_id[office.id], office)
    return PlaceForm(f"{latitude}", f"{longitude}", f"{latitude},{longitude}")


def as_asked(form: Mapping[str, str]) -> PlaceForm:
    """The form after a click in the picture, or after the whole region was asked for."""
    latitude, longitude, seen = (form.get(name, "").strip() for name in ("latitude", "longitude", "seen"))
    if "whole" in form:
        return PlaceForm(latitude, longitude, "", unsaved=True)
    clicked = _clicked(form, view_of(seen))
    if clicked is None:
        return PlaceForm(latitude, longitude, seen, unsaved=True)
    text = f"{clicked[0]}", f"{clicked[1]}"
    return PlaceForm(*text, ",".join(text), unsaved=True)


def is_save(form: Mapping[str, str]) -> bool:
    """Whether the form was sent to be kept, and not by a click in the picture."""
    return "whole" not in form and not any(f"{name}.x" in form for name in WIDTHS)


def keep_place(desk: Desk, signed: Signed, office_id: str, form: Mapping[str, str]) -> None:
    """Keep what was typed; people are shown the nearest office by it from their next message on. `PlaceError`."""
    place = read_place(form.get("latitude", ""), form.get("longitude", ""))
    with transaction(desk.engine) as session:
        office = session.get_one(Office, office_id)
        office.latitude, office.longitude = place or (None, None)
        append_audit(session, "office_moved", office_id, desk.clock(), signed.officer.id)


def show_map(desk: Desk, request: Request) -> Response:
    """The picture: `at` has a mark, `seen` is what it is drawn around; the whole region when that is nowhere."""
    with transaction(desk.engine) as session:
        kept = {office.id: office for office in list_offices(session)}
    others = [(place_of(one, kept.get(one.id)), one.city) for one in desk.offices.by_id.values() if one.id in kept]
    place, view = _place_in(request.query_params.get("at", "")), view_of(request.query_params.get("seen", ""))
    others = [(at, city) for at, city in others if at != place]
    return Response(drawing(outline(), view, place, others), media_type="image/svg+xml")


def view_of(seen: str) -> View:
    """The view around the place that stands in this text; the whole region when none does."""
    place = _place_in(seen)
    return near(place) if place is not None and inside(place) else WHOLE


def _place_in(text: str) -> Point | None:
    latitude, _, longitude = text.partition(",")
    try:
        return read_place(latitude, longitude)
    except PlaceError:
        return None


def _clicked(form: Mapping[str, str], view: View) -> Point | None:
    """The place that was clicked. None without a click: the keyboard sends the corner, 0 and 0."""
    for name, width in WIDTHS.items():
        across, down = form.get(f"{name}.x", ""), form.get(f"{name}.y", "")
        if across.isdecimal() and down.isdecimal() and (int(across) or int(down)):
            return view.at(min(int(across) / width, 1.0), min(int(down) / HEIGHTS[name], 1.0))
    return None
