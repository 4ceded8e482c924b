"""What administrators and auditors read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from console_settings import START
from console_world import BANGKOK, REFERENCE, World, add_roles, make_world
from sqlalchemy import select

from bot.console.audit_pages import PAGE
from bot.eligibility import load_programme
from bot.language.catalogue import load_catalogue
from bot.referrals.audit import append_audit, verify
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Audit, Office


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path, demo=True, catalogue=load_catalogue(ROOT))
    add_roles(world)
    return world


def test_offices_are_shown_as_they_are_offered(world: World) -> None:
    admin = world.signed_in("admin")
    before = admin.get("/offices").text.count("Takes new referrals")
    with transaction(world.engine) as session:
        session.get_one(Office, BANGKOK).active = False
    page = admin.get("/offices").text
    assert page.count("Takes new referrals") == before - 1
    assert "Not offered: its lead has switched it off" in page
    assert "Not offered: it has no keys yet" in page


def test_the_whole_decision_table_is_there_with_its_sources(world: World) -> None:
    page = world.signed_in("admin").get("/criteria").text
    programme = load_programme(ROOT / "criteria")
    for code, criterion in programme.criteria.items():
        assert f'id="criterion-{code}"' in page
        assert str(criterion.date) in page
    assert programme.version in page
    assert "Not sure</span></strong>" in page


def test_languages_and_times_are_shown_as_they_are_set(world: World) -> None:
    page = " ".join(world.signed_in("admin").get("/settings").text.split())
    assert "فارسی" in page
    assert "<td>Off</td> <td>No</td>" in page
    assert "<td>Draft</td> <td>Yes</td>" in page
    assert "after it was closed or withdrawn (days)</dt><dd>30</dd>" in page


def test_an_auditor_finds_rows_by_day_act_and_subject_and_is_seen_reading(world: World) -> None:
    world.sign_in().get(f"/referrals/{REFERENCE}")
    auditor = world.signed_in("auditor")
    page = auditor.get(f"/audit?act=READ&subject={REFERENCE.lower()}&day={START:%Y-%m-%d}").text
    assert page.count("<li><p>") == 1
    assert "Anna" in page
    assert "Nothing here." in auditor.get(f"/audit?day={START - timedelta(days=1):%Y-%m-%d}").text
    assert "Persian" not in auditor.get("/audit").text
    with transaction(world.engine) as session:
        assert len(session.scalars(select(Audit).where(Audit.act == "audit_read")).all()) == 3
        assert verify(session).broken_at is None


def test_the_log_is_read_page_by_page_without_a_gap(world: World) -> None:
    with transaction(world.engine) as session:
        for number in range(PAGE + 5):
            append_audit(session, "tried", f"subject-{number}", START)
    auditor = world.signed_in("auditor")
    first = auditor.get("/audit?act=tried").text
    following = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = auditor.get(following).text
    assert (first.count("<li><p>"), second.count("<li><p>")) == (PAGE, 5)
    assert "subject-4<" in second
    assert "subject-5<" in first


@pytest.mark.parametrize("query", ["day=yesterday", "before=-1", "before=x", f"before={'9' * 30}"])
def test_what_cannot_be_looked_for_is_no_page(world: World, query: str) -> None:
    assert world.signed_in("auditor").get(f"/audit?{query}").status_code == 404
