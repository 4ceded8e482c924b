from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from console_world import BANGKOK, MAE_SOT, Browser, World, add_roles, make_world
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.console.invitations import LASTS
from bot.console.password_rules import JUDGED, LONGEST, problem_of
from bot.console.passwords import code_at
from bot.console.rights import Role
from bot.store.database import transaction
from bot.store.models import Audit, Officer

PASSWORD = "orbit lantern gravel sonnet"
LINK = re.compile(r'value="http://127\.0\.0\.1:8001(/invitation/[\w-]{43})"')
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')
CODE = re.compile(r"\d{4}-\d{4}-\d{4}")


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    add_roles(world)
    return world


def invite(world: World, by: str = "lead", login: str = "new@example.org", **form: str) -> httpx.Response:
    browser = world.signed_in(by)
    return browser.post("/officers", browser.fields("/officers") | {"login": login, "name": "Nuri"} | form)


def link_in(answer: httpx.Response) -> str:
    found = LINK.search(answer.text)
    assert found, answer.text
    return found[1]


def take_up(world: World, browser: Browser, link: str, **instead: str) -> httpx.Response:
    page = browser.get(link).text
    secret = re.search(r"secret=([A-Z2-7]+)", html.unescape(page))
    assert secret
    form = dict(FIELD.findall(page)) | {"password": PASSWORD, "again": PASSWORD}
    return browser.post(link, form | {"code": code_at(secret[1], world.clock())} | instead)


def sign_in(world: World, login: str, code: str, password: str = PASSWORD) -> Browser | None:
    browser = world.browser()
    answer = browser.post("/login", {"login": login, "password": password, "code": code})
    return browser if answer.status_code == 303 else None


def officer(world: World, login: str) -> Officer:
    with transaction(world.engine) as session:
        return session.scalars(select(Officer).where(Officer.login == login)).one()


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


@pytest.mark.parametrize(
    ("by", "whom", "may"),
    [
        ("lead", "ben", True),
        ("lead", "far", False),
        ("lead", "lead", False),
        ("lead", "admin", False),
        ("lead", "auditor", False),
        ("admin", "far", True),
        ("admin", "lead", True),
        ("admin", "admin", False),
        ("ben", "anna", False),
        ("auditor", "anna", False),
        ("programme", "anna", False),
    ],
)
def test_who_may_disable_and_reset_whom(world: World, by: str, whom: str, may: bool) -> None:
    browser, who = world.signed_in(by), officer(world, whom)
    fields = browser.fields("/me")
    for act, status in (("reset", 200), ("disable", 303)):
        assert browser.post(f"/officers/{who.id}/{act}", fields).status_code == (status if may else 404)
    after = officer(world, whom)
    assert (after.disabled, after.password_hash != who.password_hash) == (may, may)
    assert officer(world, by).disabled is False


def test_a_lead_sees_the_own_office_and_an_admin_all(world: World) -> None:
    for who, seen in (("lead", False), ("admin", True)):
        text = world.signed_in(who).get("/officers").text
        assert ("Far" in text) is seen
        assert "Ben" in text
        assert (MAE_SOT in text) is seen


def test_only_an_admin_gives_roles_and_offices(world: World) -> None:
    assert invite(world, "admin", "one", office=MAE_SOT, role="lead").status_code == 200
    one = officer(world, "one")
    assert (one.office_id, one.role) == (MAE_SOT, "lead")
    assert invite(world, "lead", "two", office=MAE_SOT, role="admin").status_code == 200
    two = officer(world, "two")
    assert (two.office_id, two.role) == (BANGKOK, "officer")
    admin = world.signed_in("admin")
    fields = admin.fields("/officers")
    assert admin.post(f"/officers/{two.id}/role", fields | {"role": "auditor"}).status_code == 303
    assert officer(world, "two").role == "auditor"
    for form, status in (({"role": "boss"}, 400), ({}, 400)):
        assert admin.post(f"/officers/{two.id}/role", fields | form).status_code == status
    mine = officer(world, "admin").id
    assert admin.post(f"/officers/{mine}/role", fields | {"role": "officer"}).status_code == 404
    assert invite(world, "admin", "three", office=BANGKOK, role="boss").status_code == 400


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"login": "Anna"}, "already"),
        ({"login": " "}, "254"),
        ({"login": "x" * 255}, "254"),
        ({"name": "  "}, "80"),
        ({"name": "x" * 81}, "80"),
        ({"name": "a\u202eb"}, "80"),
        ({"office": "XX-YYY"}, "keys"),
    ],
)
def test_a_form_amiss_says_so_and_keeps_what_was_typed(world: World, form: dict[str, str], told: str) -> None:
    whole = {"login": "fine", "name": "Fine & Sons", "office": BANGKOK, "role": "officer"} | form
    answer = invite(world, "admin", whole.pop("login"), **whole)
    assert answer.status_code == 400
    assert told in re.findall(r'role="alert">(.*?)</p>', answer.text, re.DOTALL)[0]
    assert html.escape(whole["name"]) in answer.text
    with transaction(world.engine) as session:
        assert not session.scalars(select(Officer).where(Officer.login == "fine")).all() or "login" in form


def test_every_act_on_an_officer_is_on_record_with_who_did_it(world: World) -> None:
    link = link_in(invite(world, "admin", "new", office=BANGKOK, role="lead"))
    codes = CODE.findall(take_up(world, world.browser(), link).text)
    sign_in(world, "new", codes[0])
    new, admin = officer(world, "new").id, officer(world, "admin").id
    browser = world.signed_in("admin")
    fields = browser.fields("/officers")
    browser.post(f"/officers/{new}/role", fields | {"role": "officer"})
    browser.post(f"/officers/{new}/role", fields | {"role": "officer"})
    browser.post(f"/officers/{new}/reset", fields)
    browser.post(f"/officers/{new}/disable", fields)
    with transaction(world.engine) as session:
        rows = [
            (row.act, row.officer_id) for row in session.scalars(select(Audit).where(Audit.subject == str(new)))
        ]
    assert rows == [
        ("officer_invited", admin),
        ("role_lead", admin),
        ("officer_enrolled", new),
        ("recovery_code_used", new),
        ("signed_in", new),
        ("role_officer", admin),
        ("officer_reset", admin),
        ("officer_disabled", admin),
    ]


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


@given(st.text(max_size=LONGEST + 10))
def test_every_password_is_judged(password: str) -> None:
    assert problem_of(password, "anna@example.org", "Anna Li") in {None, "long", "contains_name", "weak"}


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        (PASSWORD, None),
        ("กรุงเทพ ฝนตก รถติด สนุกดี", None),
        ("lift li orbit lantern gravel", None),  # two letters are chance
        ("anna orbit lantern gravel", "contains_name"),
        ("EXAMPLE orbit lantern gravel", "contains_name"),
        ("\uff21nna orbit lantern gravel", "contains_name"),  # A as wide as a Chinese sign
        ("qwertyuiop", "weak"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "weak"),
        ("letmein2026", "weak"),
        (PASSWORD + "x" * JUDGED, None),
        ("x" * (LONGEST + 1), "long"),
    ],
)
def test_a_password_is_hard_to_guess_and_holds_no_name(password: str, problem: str | None) -> None:
    assert problem_of(password, "anna@example.org", "Anna Li") == problem


def test_roles_are_those_of_the_table(world: World) -> None:
    with transaction(world.engine) as session:
        assert {one.role for one in session.scalars(select(Officer))} == set(Role)
