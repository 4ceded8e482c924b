"""Passkeys that an officer adds: for a code, once, and their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from authenticator import HOST, Device, add, asked, begin, enter, keep, question_in, with_passkeys
from console_settings import START
from console_world import World, make_world
from passkey_world import WRONG, acts, kept
from sqlalchemy import select

from bot.console import passkeys
from bot.console.login import FREE_FAILURES
from bot.console.passkeys import LASTS, MOST_KEPT, Site, site_of
from bot.store.database import transaction
from bot.store.models import Passkey, PasskeyChallenge


@pytest.fixture
def world(tmp_path: Path) -> World:
    return with_passkeys(make_world(tmp_path))


def test_a_passkey_is_added_for_a_code_and_opens_the_door(world: World) -> None:
    device = Device()
    page = add(world, device).get("/me").text
    assert "My laptop" in page
    assert "not used yet" in page
    browser = world.browser()
    question = asked(browser)
    assert (question["rpId"], question["userVerification"]) == (HOST, "required")
    assert not question.get("allowCredentials")
    answer = enter(browser, device.sign(question))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/").status_code == 200
    assert "not used yet" not in browser.get("/me").text
    told = [act for act in acts(world) if act != "listed"]
    assert told[-3:] == ["passkey_added", "passkey_used", "signed_in"]


def test_what_the_browser_is_asked_for_names_nobody_else(world: World) -> None:
    browser = world.signed_in("anna")
    question = question_in(begin(world, browser).text)
    assert question["rp"]["id"] == HOST
    assert question["attestation"] == "none"
    assert question["authenticatorSelection"]["residentKey"] == "required"
    assert question["authenticatorSelection"]["userVerification"] == "required"
    assert question["user"]["name"] == "anna"
    assert question["excludeCredentials"] == []
    add(world, Device(), "anna")
    world.clock.on(seconds=30)
    again = question_in(begin(world, browser).text)
    assert len(again["excludeCredentials"]) == 1
    assert again["user"]["id"] == question["user"]["id"]


def test_without_a_code_or_a_name_nothing_is_asked(world: World) -> None:
    browser = world.signed_in("anna")
    for instead in ({"code": "000000"}, {"code": ""}, {"name": " "}, {"name": "x" * 61}):
        answer = begin(world, browser, **instead)
        assert answer.status_code == 400
        assert "data-question" not in answer.text
    with transaction(world.engine) as session:
        assert session.scalars(select(PasskeyChallenge)).all() == []


def test_guessing_the_code_is_slowed_down(world: World) -> None:
    browser = world.signed_in("anna")
    told = [begin(world, browser, code="000000").status_code for _ in range(FREE_FAILURES + 1)]
    assert told == [400] * FREE_FAILURES + [429]
    assert acts(world).count("passkey_refused") == FREE_FAILURES


def test_a_passkey_made_for_something_else_is_not_kept(world: World) -> None:
    browser = world.signed_in("anna")
    for what in ("origin", "site", "owner not verified", "nobody there"):
        world.clock.on(seconds=30)
        question = question_in(begin(world, browser).text)
        assert keep(browser, WRONG[what](Device()).make(question)).status_code == 400, what
        # The question is used up: a right answer comes too late.
        assert keep(browser, Device().make(question)).status_code == 400, what
    assert kept(world) == []


def test_a_question_is_for_the_officer_it_was_put_to(world: World) -> None:
    anna, ben = world.signed_in("anna"), world.signed_in("ben")
    annas = Device().make(question_in(begin(world, anna).text))
    assert keep(ben, annas).status_code == 400
    door = Device().make(question_in(begin(world, ben, "ben").text) | asked(world.browser()))
    assert keep(ben, door).status_code == 400
    assert keep(anna, annas).status_code == 303
    assert [one.officer_id for one in kept(world)] == [1]


def test_a_passkey_that_is_kept_is_not_kept_twice(world: World) -> None:
    device = Device()
    add(world, device)
    world.clock.on(seconds=30)
    ben = world.signed_in("ben")
    assert keep(ben, device.make(question_in(begin(world, ben, "ben").text))).status_code == 400
    assert len(kept(world)) == 1


def test_a_colleagues_passkey_is_not_mine_to_remove(world: World) -> None:
    add(world, Device())
    ben = world.signed_in("ben")
    for which in ("1", "", "x", "9" * 40, "²"):
        assert ben.post("/me/passkeys/remove", ben.fields("/me") | {"passkey": which}).status_code == 303
    assert len(kept(world)) == 1


def test_only_so_many_questions_wait_and_an_officer_has_only_so_many_passkeys(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passkeys, "MOST_ASKED", 2)
    assert [world.browser().post("/passkey", {}).status_code for _ in range(3)] == [200, 200, 429]
    world.clock.on(seconds=LASTS.total_seconds())
    assert world.browser().post("/passkey", {}).status_code == 200
    with transaction(world.engine) as session:
        for number in range(MOST_KEPT):
            held = {"credential": bytes([number]), "public_key": b"k", "sign_count": 0, "name": "x"}
            session.add(Passkey(officer_id=1, added_at=START, **held))
    assert "as many passkeys" in begin(world, world.signed_in("anna")).text


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://console.example.org", Site("https://console.example.org", "console.example.org")),
        ("https://Console.example.org:8443", Site("https://console.example.org:8443", "console.example.org")),
        ("https://console.example.org:443", Site("https://console.example.org", "console.example.org")),
        ("http://localhost:8001", Site("http://localhost:8001", "localhost")),
        ("http://console.example.org", None),
        ("http://127.0.0.1:8001", None),
        ("https://192.0.2.1", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_passkeys_belong_to_a_name_behind_tls_or_to_this_machine(url: str, site: Site | None) -> None:
    assert site_of(url) == site


def test_where_browsers_have_no_passkeys_none_are_offered(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    anna = world.signed_in("anna")
    assert "passkey" not in world.browser().get("/login").text
    assert "passkey" not in anna.get("/me").text
    assert [world.browser().post(path, {}).status_code for path in ("/passkey", "/passkey/enter")] == [404, 404]
    assert begin(world, anna).headers["location"] == "/me"
    assert keep(anna, "x").headers["location"] == "/me"
