"""What every request passes: a session, the headers, a form of ours that comes from here."""

from __future__ import annotations

from pathlib import Path

import pytest
from console_world import FOREIGN, REFERENCE, Browser, World, make_world
from starlette.routing import Route

from bot.console.gate import HEADERS


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def inside(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


def paths(world: World) -> list[tuple[str, str]]:
    return [
        (method, route.path.replace("{reference}", REFERENCE).replace("{officer:int}", "1"))
        for route in world.app.routes
        if isinstance(route, Route)
        for method in sorted(route.methods or ())
    ]


def test_every_route_but_the_listed_few_needs_a_login(world: World) -> None:
    walked = paths(world)
    assert len(walked) >= 12
    for method, path in [*walked, ("GET", "/anything"), ("GET", "/login/"), ("DELETE", "/"), ("POST", "/healthz")]:
        answer = world.browser().ask(method, path, {**ON_FORM} if method not in {"GET", "HEAD"} else {})
        if (method.replace("HEAD", "GET"), path) in AT_THE_DOOR:
            assert answer.status_code != 303, (method, path)
        else:
            assert (answer.status_code, answer.headers["location"]) == (303, "/login"), (method, path)
    assert {(method, path) for method, path in walked if method != "HEAD"} >= AT_THE_DOOR


# What needs no session. The form of the invitation answers for a link alone.
AT_THE_DOOR = {
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/static/console.css"),
    ("GET", "/static/icon.svg"),
    ("GET", "/static/passkey.js"),
    ("POST", "/passkey"),
    ("POST", "/passkey/enter"),
    ("GET", "/invitation/{token}"),
    ("POST", "/invitation/{token}"),
}
ON_FORM = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}


def test_every_answer_carries_every_header(world: World) -> None:
    browser = world.sign_in()
    for who in (world.browser(), browser):
        for method, path in [*paths(world), ("GET", "/nothing"), ("GET", f"/referrals/{FOREIGN}")]:
            answer = who.ask(method, path, {})
            for name, value in HEADERS.items():
                assert answer.headers[name] == value, (method, path)


def test_what_changes_anything_needs_the_token_and_to_come_from_here(world: World) -> None:
    browser = world.sign_in()
    for method, path in paths(world):
        if method != "POST":
            continue
        fields = browser.fields(f"/referrals/{REFERENCE}")
        for headers in (
            {},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "none"},
            {"origin": "null"},
            {"origin": "https://elsewhere.example"},
            {"sec-fetch-site": "cross-site", "origin": "http://console"},
        ):
            assert browser.post(path, fields, headers).status_code == 403, (path, headers)
        if ("POST", path) not in AT_THE_DOOR:
            for token in ({}, {"csrf": ""}, {"csrf": "x" + fields["csrf"]}, {"csrf": "é"}):
                form = {name: value for name, value in fields.items() if name != "csrf"} | token
                assert browser.post(path, form).status_code == 403, (path, token)
    assert inside(browser)


def test_another_officers_token_is_not_mine(world: World) -> None:
    anna, ben = world.sign_in("anna"), world.sign_in("ben")
    place = f"/referrals/{REFERENCE}"
    form = anna.fields(place) | {"csrf": ben.fields(place)["csrf"]}
    assert anna.post(f"{place}/accept", form).status_code == 403


def test_without_the_browsers_word_the_origin_decides(world: World) -> None:
    browser = world.sign_in()
    answer = browser.post("/logout", browser.fields("/"), {"origin": "http://console"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data", b"csrf=x", 415),
        ("application/json", b"{}", 415),
        ("application/x-www-form-urlencoded", b"csrf=" + b"x" * 70_000, 413),
        ("application/x-www-form-urlencoded", b"csrf=\xff", 400),
        ("application/x-www-form-urlencoded", b"a=1&" * 100, 400),
    ],
)
def test_what_is_no_form_of_ours_is_refused(world: World, kind: str, body: bytes, status: int) -> None:
    answer = world.sign_in().ask("POST", "/logout", {"sec-fetch-site": "same-origin", "content-type": kind}, body)
    assert answer.status_code == status
