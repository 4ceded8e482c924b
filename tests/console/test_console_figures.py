"""The figures: who sees which, that small groups stay hidden, and what the file holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from console_world import BANGKOK, MAE_SOT, World, add_roles, make_world
from sqlalchemy import select

from bot.console.bars import LONGEST, bars
from bot.console.cell import Cell
from bot.console.export import harmless
from bot.language.catalogue import load_catalogue
from bot.language.translations import Translations
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Audit, Officer
from bot.store.tally import NO_OFFICE, count

SUMMER = datetime(2026, 8, 5)  # noqa: DTZ001 -- as the tables keep it
NOW = datetime(2026, 11, 5)  # noqa: DTZ001 -- as above
LEADS_OWN = BANGKOK


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    add_roles(world)
    add(world, BANGKOK, SUMMER, sent={"": 47}, language={"fa": 30, "my": 14, "ta": 3}, origin={"AF": 47})
    add(world, MAE_SOT, SUMMER, sent={"": 61}, language={"fa": 20, "my": 20, "ta": 21}, origin={"MM": 61})
    add(world, NO_OFFICE, SUMMER, stopped={"age": 12}, asked={"cost": 33, "scam": 4})
    add(world, BANGKOK, NOW, sent={"": 500}, language={"ne": 500})
    return world


def add(world: World, office: str, at: datetime, **counts: Mapping[str, int]) -> None:
    happened = [
        (kind, value) for kind, values in counts.items() for value, times in values.items() for _ in range(times)
    ]
    with transaction(world.engine) as session:
        count(session, at, happened, office)


def saved(world: World, who: str, **form: str) -> list[dict[str, str]]:
    browser = world.signed_in(who)
    answer = browser.post("/figures", browser.fields("/figures") | {"quarter": "2026-Q3"} | form)
    assert answer.status_code == 200, answer.status_code
    assert answer.headers["content-disposition"].startswith('attachment; filename="figures-2026-Q3-')
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def counts(rows: list[dict[str, str]], figure: str) -> dict[str, str]:
    return {row["value"]: row["count"] for row in rows if row["figure"] == figure}


def test_a_lead_sees_the_own_office_and_no_small_group(world: World) -> None:
    page = world.signed_in("lead").get("/figures").text
    assert "Burmese" not in page  # it would tell how many wrote in the language of a small group
    assert "Persian" in page
    assert "Tamil" not in page
    assert "Myanmar" not in page  # of the other office
    assert "Questions that people asked" not in page
    assert "Nepali" not in page  # a quarter that is not over


def test_what_one_office_hides_is_hidden_with_the_sums_that_would_tell_it(world: World) -> None:
    every, ours, theirs = (
        counts(saved(world, "programme", office=one), "language") for one in ("", BANGKOK, MAE_SOT)
    )
    assert ours == {"fa": "30", "hidden": "", "whole": "47"}
    assert every["whole"] == "108"
    # Tamil and Burmese of the two offices: none of the four is the difference of what is shown.
    for language in ("ta", "my"):
        assert not (language in every and language in theirs)


def test_whoever_sees_one_office_is_given_that_one_whatever_they_ask_for(world: World) -> None:
    rows = saved(world, "lead", office=MAE_SOT)
    assert {row["office"] for row in rows} == {LEADS_OWN}
    assert not counts(rows, "asked")


def test_the_programme_sees_what_people_asked_and_where_they_left(world: World) -> None:
    rows = saved(world, "programme")
    assert counts(rows, "office") == {MAE_SOT: "61", BANGKOK: "47", "whole": "108"}
    assert counts(rows, "asked") == {"cost": "33", "hidden": ""}
    assert counts(rows, "stopped") == {"age": "12", "whole": "12"}
    page = world.signed_in("programme").get("/figures").text
    assert "Questions that people asked" in page
    assert '<svg class="bars"' in page


def test_times_of_waiting_stand_in_their_order(world: World) -> None:
    waits = {"longer": 40, "week": 12, "three_days": 30, "day": 12}
    add(world, BANGKOK, SUMMER, first_contact=waits)
    shown = list(counts(saved(world, "lead"), "first_contact"))
    assert shown == ["day", "three_days", "week", "longer", "whole"]


def test_the_file_says_who_took_it_and_it_is_on_record(world: World) -> None:
    rows = saved(world, "programme")
    with transaction(world.engine) as session:
        last = session.scalars(select(Audit).where(Audit.act == "figures_exported")).one()
    assert {row["exported_by_officer"] for row in rows} == {str(last.officer_id)}
    assert {row["exported_at_utc"] for row in rows} == {f"{last.at:%Y-%m-%d %H:%M:%S}"}
    assert last.subject == "2026-Q3 all"


def test_a_question_that_people_asked_stands_there_as_they_see_it(tmp_path: Path) -> None:
    world = make_world(tmp_path, catalogue=load_catalogue(ROOT))
    add_roles(world)
    add(world, NO_OFFICE, SUMMER, asked={"cost": 33, "of_older_days": 12})
    with transaction(world.engine) as session:
        session.scalars(select(Officer).where(Officer.login == "lead")).one().role = "programme"
        session.scalars(select(Officer).where(Officer.login == "lead")).one().language = "ar"
    page = world.signed_in("programme").get("/figures").text
    assert "Is it free? Do I have to pay?" in page
    assert "of older days" in page
    title = Translations(ROOT / "locales" / "ar" / "LC_MESSAGES" / "messages.po").get(
        "label_faq/cost", "Is it free? Do I have to pay?"
    )
    assert title
    assert title in unescape(world.signed_in("lead").get("/figures").text)


@pytest.mark.parametrize("query", ["quarter=2026-Q4", "quarter=x", "office=XX-YYY"])
def test_a_quarter_or_office_without_figures_is_no_page(world: World, query: str) -> None:
    assert world.signed_in("programme").get(f"/figures?{query}").status_code == 404


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "|calc", "\u00a0=1"])
def test_nothing_in_the_file_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["47", "TH-BKK", "not_said", ""])
def test_what_is_no_formula_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


def test_bars_hold_no_markup_of_a_label_and_grow_from_the_reading_side() -> None:
    drawn = bars(
        [(Cell("<b>&", "en", "ltr"), 10), (Cell("x" * 99, "en", "ltr"), 5)], "T", "D", direction="rtl", number=str
    )
    assert "<b>" not in drawn
    assert "&lt;b&gt;&amp;<" in drawn
    assert "x" * (LONGEST - 1) + "…" in drawn
    assert '<rect x="160"' in drawn
    assert bars([], "T", "D", direction="ltr", number=str) == ""
