"""The figures as a workbook: the same as the table, marked, with nothing in it that is run or opened."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from console_world import BANGKOK, World, add_roles, make_world
from sqlalchemy import select
from test_console_figures import NOW, SUMMER, add, saved

from bot.console.export import HEAD, Mark
from bot.console.figures_pages import MEDIA
from bot.console.workbook import as_xlsx
from bot.referrals.report import Figure, Quarter
from bot.store.database import transaction
from bot.store.models import Audit


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    add_roles(world)
    add(world, BANGKOK, SUMMER, sent={"": 47}, language={"fa": 30, "my": 14, "ta": 3}, origin={"AF": 47})
    return world


def workbook(content: bytes) -> tuple[list[list[str]], str]:
    """The rows of the workbook's sheet, a number as "n:5", and the sheet as it is written."""
    spaces = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        shared = ET.fromstring(packed.read("xl/sharedStrings.xml"))
        written = packed.read("xl/worksheets/sheet1.xml").decode()
    texts = ["".join(one.itertext()) for one in shared.iterfind("m:si", spaces)]

    def read(cell: ET.Element) -> str:
        value = cell.findtext("m:v", "", spaces)
        return texts[int(value)] if cell.get("t") == "s" else f"n:{value}" * bool(value)

    rows = ET.fromstring(written).iterfind(".//m:row", spaces)
    return [[read(cell) for cell in row.iterfind("m:c", spaces)] for row in rows], written


def test_the_workbook_holds_what_the_table_holds_and_says_first_who_took_it(world: World) -> None:
    browser = world.signed_in("programme")
    form = browser.fields("/figures") | {"quarter": "2026-Q3", "format": "xlsx", "office": BANGKOK}
    answer = browser.post("/figures", form)
    assert answer.headers["content-type"] == MEDIA["xlsx"]
    assert re.search(r'filename="figures-2026-Q3-TH-BKK-officer\d+-\d{8}T\d{6}Z\.xlsx"$', file_of(answer))
    (mark, head, *lines), written = workbook(answer.content)
    with transaction(world.engine) as session:
        last = session.scalars(select(Audit).where(Audit.act == "figures_exported")).one()
    assert last.subject == "2026-Q3 TH-BKK xlsx"
    at = f"{last.at:%Y-%m-%d %H:%M:%S}"
    told = f"quarter: 2026-Q3, office: TH-BKK, exported_by_officer: {last.officer_id}, exported_at_utc: {at}"
    assert mark == [told]
    assert f"<oddFooter>&amp;L{told}</oddFooter>" in written
    assert head == list(HEAD)
    table = [row | {"exported_at_utc": at} for row in saved(world, "programme", office=BANGKOK)]
    assert [[*line[:4], line[4].removeprefix("n:"), *line[5:]] for line in lines] == [
        list(row.values()) for row in table
    ]
    assert {line[4][:2] for line in lines} == {"n:", ""}
    assert "<f>" not in written
    assert "hyperlink" not in written


@pytest.mark.parametrize("value", ["=1+1", "+1", "@SUM(A1)", "{=1}", "https://example.org", "mailto:a@b.c", "1e5"])
def test_nothing_in_the_workbook_is_run_or_opened(value: str) -> None:
    figure = Figure("origin", [(value, 12)], hidden=False, whole=None)
    (*_, line), written = workbook(as_xlsx([figure], Quarter(2026, 3), None, Mark(5, NOW)))
    assert line[3] == value
    assert not re.search(r"<f\b|hyperlink|t=\"str\"", written)


def test_another_kind_of_file_is_not_made(world: World) -> None:
    browser = world.signed_in("programme")
    form = browser.fields("/figures") | {"quarter": "2026-Q3", "format": "exe"}
    assert browser.post("/figures", form).status_code == 400


def file_of(answer: httpx.Response) -> str:
    return answer.headers["content-disposition"]
