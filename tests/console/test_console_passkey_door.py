"""Passkeys at the door: what opens it, and everything that does not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from authenticator import Device, add, asked, enter, keep, question_in, with_passkeys
from console_settings import CONSOLE_KEY, START
from console_world import QUICK, World, make_world
from passkey_world import WRONG, acts, kept, opens

from bot.console.login import FREE_FAILURES
from bot.console.officers import disable_officer, reset_officer
from bot.console.passkeys import LASTS
from bot.language.catalogue import load_catalogue
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Officer


@pytest.fixture
def world(tmp_path: Path) -> World:
    return with_passkeys(make_world(tmp_path))


def test_an_answer_opens_once(world: World) -> None:
    device = Device()
    add(world, device)
    answer = device.sign(asked(world.browser()))
    assert [opens(world, answer) for _ in range(2)] == [303, 401]


def test_a_question_is_answered_soon_or_not_at_all(world: World) -> None:
    device = Device()
    add(world, device)
    answer = device.sign(asked(world.browser()))
    world.clock.on(seconds=LASTS.total_seconds())
    assert opens(world, answer) == 401
    assert opens(world, device.sign({"challenge": "AAAA"})) == 401


def test_an_answer_with_something_else_in_it_does_not_open(world: World) -> None:
    device = Device()
    add(world, device)
    for what, spoil in WRONG.items():
        assert opens(world, spoil(device).sign(asked(world.browser()))) == 401, what
        assert acts(world)[-1] == "sign_in_failed", what
        device.count += 1
        assert opens(world, device.sign(asked(world.browser()))) == 303, what


def test_a_copy_is_found_by_its_count(world: World) -> None:
    device = Device(count=7)
    add(world, device)
    copy = replace(device)
    assert opens(world, device.sign(asked(world.browser()))) == 303
    assert opens(world, copy.sign(asked(world.browser()))) == 401
    device.count = 2**32 - 2
    assert opens(world, device.sign(asked(world.browser()))) == 303


def test_a_device_that_does_not_count_opens_again_and_again(world: World) -> None:
    device = Device()
    add(world, device)
    for _ in range(2):
        device.count = -1
        assert opens(world, device.sign(asked(world.browser()))) == 303


def test_a_passkey_opens_for_its_own_officer_alone(world: World) -> None:
    annas, bens = Device(credential=b"a" * 32), Device(credential=b"b" * 32)
    add(world, annas)
    add(world, bens, "ben")
    forged = replace(annas, handle=bens.handle)
    assert opens(world, forged.sign(asked(world.browser()))) == 401
    browser = world.browser()
    enter(browser, bens.sign(asked(browser)))
    assert "<bdi>Ben</bdi>" in browser.get("/me").text
    assert "ben" not in json.dumps(asked(world.browser()))


@pytest.mark.parametrize("how", ["disabled", "disabled in the table", "reset", "removed"])
def test_what_shuts_an_officer_out_shuts_the_passkey_out(world: World, how: str) -> None:
    device = Device()
    browser = add(world, device)
    with transaction(world.engine) as session:
        if how == "disabled":
            disable_officer(session, "anna", START)
        elif how == "reset":
            reset_officer(session, CONSOLE_KEY, QUICK, "anna", START)
        elif how == "disabled in the table":
            session.get_one(Officer, 1).disabled = True
    if how == "removed":
        fields = browser.fields("/me")
        browser.post("/me/passkeys/remove", fields | {"passkey": "1"})
        assert kept(world) == []
        assert acts(world)[-1] == "passkey_removed"
    assert opens(world, device.sign(asked(world.browser()))) == 401


def test_wrong_answers_slow_that_officers_passkeys_down_and_no_others(world: World) -> None:
    annas, bens = Device(credential=b"a" * 32), Device(credential=b"b" * 32)
    add(world, annas)
    add(world, bens, "ben")
    wrong = replace(annas, host="example.com")
    assert [opens(world, wrong.sign(asked(world.browser()))) for _ in range(FREE_FAILURES)] == [
        401
    ] * FREE_FAILURES
    annas.count = 10
    assert opens(world, annas.sign(asked(world.browser()))) == 429
    assert opens(world, bens.sign(asked(world.browser()))) == 303
    world.clock.on(seconds=30)
    assert world.try_sign_in(world.browser(), "anna").status_code == 303


def test_signing_in_makes_a_new_cookie_and_ends_the_old_one(world: World) -> None:
    device = Device()
    browser = add(world, device)
    old = dict(browser.cookies)
    assert enter(browser, device.sign(asked(browser))).status_code == 303
    assert browser.cookies["console"] != old["console"]
    browser.cookies = old
    assert browser.get("/").status_code == 303


def test_what_is_no_answer_of_a_browser_is_refused(world: World) -> None:
    browser = world.signed_in("anna")
    for answer in ("", "x", "{}", "[]", '{"id": 1}', "{" * 100, "é", "x" * 20_000):
        assert opens(world, answer) == 401
        assert keep(browser, answer).status_code == 400


def test_the_chosen_language_goes_with_the_passkey(tmp_path: Path) -> None:
    world, device = with_passkeys(make_world(tmp_path), load_catalogue(ROOT)), Device()
    add(world, device)
    browser = world.browser()
    page = browser.post("/passkey", {"language": "ar"}).text
    assert 'dir="rtl"' in page
    answer = device.sign(question_in(page))
    assert browser.post("/passkey/enter", {"answer": answer, "language": "ar"}).status_code == 303
    assert 'dir="rtl"' in browser.get("/").text
