"""An office's place, clicked or typed, its languages, and what both are good for."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from console_world import BANGKOK, MAE_SOT, Browser, World, add_roles, make_world
from httpx import Response
from sqlalchemy import select

from bot.console.office_places import HEIGHTS, WIDTHS
from bot.console.region.drawing import LAND, outline
from bot.console.region.from_natural_earth import land_svg
from bot.console.region.window import CLOSER, EAST, NORTH, SOUTH, WEST, WHOLE, drawn_at, near
from bot.store.database import transaction
from bot.store.models import Audit, Office

PLACE = f"/offices/{BANGKOK}/place"
FIELD = re.compile(r'<input [^>]*name="(\w+)" value="([^"]*)"')
HUA_HIN = (12.57, 99.96)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    add_roles(world)
    return world


def form_in(page: str) -> dict[str, str]:
    return {
        name: value for name, value in FIELD.findall(page) if name in {"csrf", "seen", "latitude", "longitude"}
    }


def click(browser: Browser, form: dict[str, str], across: int, down: int, picture: str = "wide") -> Response:
    return browser.post(PLACE, form | {f"{picture}.x": f"{across}", f"{picture}.y": f"{down}"})


def kept(world: World, office: str = BANGKOK) -> tuple[float | None, float | None]:
    with transaction(world.engine) as session:
        row = session.get_one(Office, office)
        return row.latitude, row.longitude


def test_a_place_is_typed_kept_and_given_back(world: World) -> None:
    admin = world.signed_in("admin")
    form = form_in(admin.get(f"/offices/{BANGKOK}").text)
    assert (form["latitude"], form["longitude"]) == ("13.7205", "100.529")
    answer = admin.post(PLACE, form | {"latitude": " 12,57 ", "longitude": "۹۹.۹۶"})
    assert answer.headers["location"] == f"/offices/{BANGKOK}?saved=1"
    assert (kept(world), kept(world, MAE_SOT)) == (HUA_HIN, (None, None))
    page = admin.get(f"/offices/{BANGKOK}?saved=1").text
    assert "Saved." in page
    assert form_in(page)["longitude"] == "99.96"
    with transaction(world.engine) as session:
        moved = session.scalars(select(Audit).where(Audit.act == "office_moved")).one()
        assert moved.subject == BANGKOK
    admin.post(PLACE, form | {"latitude": "", "longitude": " "})
    assert kept(world) == (None, None)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("91", "0"), ("0", "-180.5"), ("nan", "0"), ("inf", "0"), ("x", "0"), ("13", "")]
)
def test_what_is_no_place_is_said_and_not_kept(world: World, latitude: str, longitude: str) -> None:
    admin = world.signed_in("admin")
    form = form_in(admin.get(f"/offices/{BANGKOK}").text)
    answer = admin.post(PLACE, form | {"latitude": latitude, "longitude": longitude})
    assert answer.status_code == 400
    assert "This is no place" in answer.text
    assert form_in(answer.text)["latitude"] == latitude
    assert kept(world) == (None, None)


@pytest.mark.parametrize("picture", WIDTHS)
def test_a_click_goes_closer_the_next_is_exact_and_only_saving_keeps_it(world: World, picture: str) -> None:
    admin = world.signed_in("admin")
    whole = admin.post(PLACE, form_in(admin.get(f"/offices/{BANGKOK}").text) | {"whole": "1"}).text
    form = form_in(whole)
    assert "Show the whole region" not in whole
    width, height = WIDTHS[picture], HEIGHTS[picture]
    across = round((HUA_HIN[1] - WEST) / (EAST - WEST) * width)
    down = round((NORTH - HUA_HIN[0]) / (NORTH - SOUTH) * height)
    first = click(admin, form, across, down, picture).text
    assert "Not saved yet" in first
    assert "Show the whole region" in first
    form = form_in(first)
    assert float(form["latitude"]) == pytest.approx(HUA_HIN[0], abs=1)
    assert float(form["longitude"]) == pytest.approx(HUA_HIN[1], abs=1)
    view = near((float(form["latitude"]), float(form["longitude"])))
    across = round((HUA_HIN[1] - view.west) / view.width * width)
    down = round((view.north - HUA_HIN[0]) / view.height * height)
    form = form_in(click(admin, form, across, down, picture).text)
    assert kept(world) == (None, None)
    assert admin.post(PLACE, form).status_code == 303
    latitude, longitude = kept(world)
    assert latitude == pytest.approx(HUA_HIN[0], abs=0.1)
    assert longitude == pytest.approx(HUA_HIN[1], abs=0.1)


def test_the_keyboards_corner_and_nonsense_are_no_click(world: World) -> None:
    admin = world.signed_in("admin")
    form = form_in(admin.get(f"/offices/{BANGKOK}").text)
    for wrong in ({"wide.x": "0", "wide.y": "0"}, {"slim.x": "-4", "slim.y": "7"}, {"wide.x": "x"}):
        page = admin.post(PLACE, form | wrong).text
        assert form_in(page) == form
    assert kept(world) == (None, None)


def test_an_office_across_the_date_line_is_in_the_picture() -> None:
    nukualofa = (-21.14, -175.2)
    view = near(nukualofa)
    assert view.west < 184.8 < view.west + view.width
    assert view.at(1, 0)[1] == pytest.approx(view.west + view.width - 360, abs=0.01)
    assert drawn_at(nukualofa)[0] > drawn_at((0, 179))[0]
    assert near((48.86, 2.35)) == WHOLE


def test_the_picture_has_the_coasts_the_mark_and_names_when_near(world: World) -> None:
    admin = world.signed_in("admin")
    whole = admin.get("/map.svg")
    assert whole.headers["content-type"] == "image/svg+xml"
    assert "img-src 'self'" in whole.headers["content-security-policy"]
    svg = "{http://www.w3.org/2000/svg}"
    root = ET.fromstring(whole.content)
    assert len(root.findall(f"{svg}circle")) == 2  # this console's two offices
    assert root.findall(f"{svg}text") == []
    closer = ET.fromstring(admin.get("/map.svg?at=13.7205,100.529&seen=13.7205,100.529").content)
    assert [one.text for one in closer.findall(f"{svg}text")] == ["Mae Sot"]
    assert float(closer.attrib["viewBox"].split()[2]) == pytest.approx(
        float(root.attrib["viewBox"].split()[2]) / CLOSER
    )
    for query in ("at=x&seen=<", "at=999,1&seen=,", f"seen={'9' * 400}", "at=-21,-175.2&seen=48.86,2.35"):
        assert admin.get(f"/map.svg?{query}").status_code == 200


def test_the_outline_is_small_and_made_by_its_script() -> None:
    assert LAND.stat().st_size < 40_000
    assert "script" not in LAND.read_text(encoding="utf-8")
    assert len(outline()) > 10_000
    square = [[300, 300], [200, 0], [0, 200], [-200, 0], [0, -200]]
    topology = {
        "transform": {"scale": [0.1, 0.1], "translate": [30, -30]},
        "arcs": [square, [[9000, 300], [1, 0], [0, 1], [-1, -1]]],
        "objects": {"land": {"geometries": [{"type": "MultiPolygon", "arcs": [[[0]], [[~0]], [[1]]]}]}},
    }
    drawn = land_svg(topology)
    assert drawn.count("M") == 2
    assert "M720 1200l400 0 0-400-400 0z" in drawn


def test_an_admin_and_the_lead_keep_the_languages_that_staff_speak(world: World) -> None:
    admin, lead = world.signed_in("admin"), world.signed_in("lead")
    week = {f"from{day}": "09:00" for day in range(5)} | {f"to{day}": "17:00" for day in range(5)}
    rest = {"active": "1", "days": "4", "zone": "UTC", "holidays": "", "digest_to": ""}
    for browser, path in ((admin, f"/offices/{BANGKOK}"), (lead, "/office")):
        page = browser.get(path).text
        assert 'name="speaks_th" value="1" checked' in page
        assert 'name="speaks_fa" value="1">' in page
    form = {"csrf": form_in(admin.get("/offices/" + MAE_SOT).text)["csrf"]} | week | rest
    answer = admin.post(f"/offices/{MAE_SOT}", form | {"speaks_my": "1", "speaks_ksw": "1"})
    assert answer.headers["location"] == f"/offices/{MAE_SOT}?saved=1"
    with transaction(world.engine) as session:
        office = session.get_one(Office, MAE_SOT)
        assert (office.languages, office.answer_days, office.time_zone) == ("ksw my", 4, "UTC")
        assert session.get_one(Office, BANGKOK).answer_days == 3
    shown = admin.get("/offices").text
    assert "Burmese" in shown
    assert f'href="/offices/{MAE_SOT}"' in shown
    for wrong in ({"speaks_" + "x" * 300: "1"}, {'speaks_"><b>': "1"}, {"speaks_th my": "1"}):
        assert "could not be read" in admin.post(f"/offices/{MAE_SOT}", form | wrong).text


@pytest.mark.parametrize("office", ["ID-JKT", "XX-YYY", "th-bkk"])
def test_an_office_without_keys_has_no_page(world: World, office: str) -> None:
    admin = world.signed_in("admin")
    csrf = {"csrf": form_in(admin.get(f"/offices/{BANGKOK}").text)["csrf"]}
    assert admin.get(f"/offices/{office}").status_code == 404
    assert admin.post(f"/offices/{office}", csrf).status_code == 404
    assert admin.post(f"/offices/{office}/place", csrf).status_code == 404
