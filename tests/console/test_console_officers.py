"""The page of officers: who sees, invites, resets and disables whom."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from console_world import BANGKOK, MAE_SOT, World, add_roles, make_world
from invited_officers import CODE, invite, link_in, officer, sign_in, take_up
from sqlalchemy import select

from bot.console.rights import Role
from bot.store.database import transaction
from bot.store.models import Audit, Officer


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    add_roles(world)
    return world


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


def test_roles_are_those_of_the_table(world: World) -> None:
    with transaction(world.engine) as session:
        assert {one.role for one in session.scalars(select(Officer))} == set(Role)
