"""An invitation: from its link to the first sign-in, and what makes it void."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from console_world import World, add_roles, make_world
from invited_officers import CODE, FIELD, PASSWORD, invite, link_in, officer, sign_in, take_up

from bot.console.invitations import LASTS
from bot.console.passwords import code_at
from bot.store.database import transaction


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    add_roles(world)
    return world


def test_from_the_invitation_to_the_recovery_codes_and_in(world: World) -> None:
    link = link_in(invite(world))
    page = world.browser().get(link)
    assert "new@example.org" in page.text
    assert "<svg" in page.text
    codes = CODE.findall(take_up(world, world.browser(), link).text)
    assert len(set(codes)) == 10
    first = codes[0].translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")).replace("-", " ")
    browser = sign_in(world, "New@example.org", first)
    assert browser is not None
    assert browser.get("/").status_code == 200
    assert "<strong>9</strong>" in browser.get("/me").text
    assert sign_in(world, "new@example.org", codes[0]) is None
    assert sign_in(world, "new@example.org", codes[1], "wrong") is None
    assert sign_in(world, "new@example.org", codes[1]) is not None


def test_the_code_typed_to_join_the_telephone_is_used_up(world: World) -> None:
    link = link_in(invite(world))
    browser = world.browser()
    page = html.unescape(browser.get(link).text)
    secret = re.findall(r"secret=([A-Z2-7]+)", page)[0]
    code = code_at(secret, world.clock())
    form = dict(FIELD.findall(page)) | {"password": PASSWORD, "again": PASSWORD, "code": code}
    assert browser.post(link, form).status_code == 200
    assert sign_in(world, "new@example.org", code) is None
    world.clock.on(seconds=30)
    assert sign_in(world, "new@example.org", code_at(secret, world.clock())) is not None


def test_a_link_works_once_and_for_seven_days(world: World) -> None:
    link = link_in(invite(world))
    world.clock.on(seconds=LASTS.total_seconds() - 1)
    assert take_up(world, world.browser(), link).status_code == 200
    form = {"password": PASSWORD, "again": PASSWORD, "code": "000000", "secret": "x"}
    for answer in (world.browser().get(link), world.browser().post(link, form)):
        assert answer.status_code == 404
        assert "does not work any more" in answer.text
    late = link_in(invite(world, login="late"))
    world.clock.on(seconds=LASTS.total_seconds())
    assert world.browser().get(late).status_code == 404
    assert world.browser().get("/invitation/never").status_code == 404
    assert timedelta(days=7) == LASTS


@pytest.mark.parametrize(
    ("instead", "told"),
    [
        ({"password": "Password1!", "again": "Password1!"}, "too easy to guess"),
        ({"password": "", "again": ""}, "too easy to guess"),
        ({"password": "orbit NURI gravel sonnet"}, "contains your login"),
        ({"password": "orbit new@example.org"}, "contains your login"),
        ({"password": "orbit lantern " * 20}, "too long"),
        ({"again": "orbit lantern"}, "not the same"),
        ({"code": "000000"}, "did not fit"),
        ({"secret": "AAAA"}, "did not fit"),
    ],
)
def test_what_is_amiss_is_said_and_the_link_still_works(world: World, instead: dict[str, str], told: str) -> None:
    link = link_in(invite(world))
    browser = world.browser()
    answer = take_up(world, browser, link, **instead)
    assert answer.status_code == 400
    assert told in answer.text
    assert PASSWORD not in answer.text
    assert officer(world, "new@example.org").password_hash == ""
    assert take_up(world, browser, link).status_code == 200


def test_after_a_mistake_the_telephone_need_not_scan_again(world: World) -> None:
    link = link_in(invite(world))
    browser = world.browser()
    first = re.findall(r"secret=([A-Z2-7]+)", browser.get(link).text)[0]
    again = take_up(world, browser, link, again="else")
    assert len(re.findall(r"secret=([A-Z2-7]+)", again.text)) == 1
    assert first != re.findall(r"secret=([A-Z2-7]+)", again.text)[0]  # `take_up` loaded the page anew
    form = dict(FIELD.findall(again.text)) | {"password": "weak", "again": "weak", "code": ""}
    third = browser.post(link, form).text
    assert re.findall(r"secret=[A-Z2-7]+", third) == re.findall(r"secret=[A-Z2-7]+", again.text)


def test_the_secret_of_another_invitation_is_not_taken(world: World) -> None:
    mine, other = link_in(invite(world)), link_in(invite(world, login="other"))
    browser = world.browser()
    page = html.unescape(browser.get(other).text)
    secret = re.findall(r"secret=([A-Z2-7]+)", page)[0]
    form = dict(FIELD.findall(page)) | {"password": PASSWORD, "again": PASSWORD}
    answer = browser.post(mine, form | {"code": code_at(secret, world.clock())})
    assert answer.status_code == 400


def test_an_invited_officer_cannot_sign_in_before(world: World) -> None:
    invite(world)
    for password in ("", PASSWORD):
        assert sign_in(world, "new@example.org", "000000", password) is None


def test_a_new_link_shuts_every_way_in_that_there_was(world: World) -> None:
    codes = CODE.findall(take_up(world, world.browser(), link_in(invite(world))).text)
    inside = sign_in(world, "new@example.org", codes[0])
    assert inside
    lead, who = world.signed_in("lead"), officer(world, "new@example.org").id
    first = link_in(lead.post(f"/officers/{who}/reset", lead.fields("/officers")))
    second = link_in(lead.post(f"/officers/{who}/reset", lead.fields("/officers")))
    assert inside.get("/").headers["location"] == "/login"
    assert sign_in(world, "new@example.org", codes[1]) is None
    assert world.browser().get(first).status_code == 404
    assert take_up(world, world.browser(), second).status_code == 200


def test_a_disabled_officer_is_out_and_the_link_is_void_until_there_is_a_new_one(world: World) -> None:
    link = link_in(invite(world))
    lead, who = world.signed_in("lead"), officer(world, "new@example.org").id
    assert lead.post(f"/officers/{who}/disable", lead.fields("/officers")).status_code == 303
    assert world.browser().get(link).status_code == 404
    ben = world.signed_in("ben")
    lead.post(f"/officers/{officer(world, 'ben').id}/disable", lead.fields("/officers"))
    assert ben.get("/").headers["location"] == "/login"
    assert "Cannot sign in" in lead.get("/officers").text
    again = link_in(lead.post(f"/officers/{who}/reset", lead.fields("/officers")))
    assert take_up(world, world.browser(), again).status_code == 200


def test_neither_link_nor_password_nor_code_is_kept(world: World) -> None:
    link = link_in(invite(world))
    with transaction(world.engine) as session:
        session.flush()
    held = [link.rpartition("/")[2], PASSWORD]
    held += CODE.findall(take_up(world, world.browser(), link).text)
    files = b"".join(path.read_bytes() for path in world.folder.glob("bot.sqlite3*"))
    for secret in held:
        assert secret.encode() not in files
        assert secret.replace("-", "").encode() not in files


def test_an_invitation_is_read_in_the_language_of_the_invited_or_as_chosen_there(world: World) -> None:
    link = link_in(invite(world, language="en"))
    assert '<html lang="en"' in world.browser().get(link).text
    inside = world.signed_in("ben")
    page = inside.get(link).text
    assert "Sign out" not in page  # whoever else is signed in here is not the one who is invited
    assert inside.get("/").status_code == 200
