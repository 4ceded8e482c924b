from __future__ import annotations

import pytest

from bot.eligibility import COUNSELLOR, LIKELY, OTHER_HELP, assess, load_programme
from bot.eligibility.table import TableRow, decision_table
from bot.settings import ROOT

PROGRAMME = load_programme(ROOT / "criteria")
TABLE = decision_table(PROGRAMME)
BY_CODE = {row.criterion.id: row for row in TABLE}


def test_every_criterion_stands_in_it_once() -> None:
    assert sorted(row.criterion.id for row in TABLE) == sorted(PROGRAMME.criteria)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.criterion.id)
def test_what_it_says_of_answers_is_what_is_decided(row: TableRow) -> None:
    for answers in row.answers:
        verdict = assess(PROGRAMME, answers)
        assert row.criterion.id in {*verdict.reasons, *verdict.routes}


def test_it_says_what_each_kind_leads_to() -> None:
    expected = {
        "fear": COUNSELLOR,
        "third_country": OTHER_HELP,
        "nationality": COUNSELLOR,
        "R1": LIKELY,
        "R4": None,
    }
    assert {code: BY_CODE[code].leads_to for code in expected} == expected
    assert BY_CODE["no_route"].leads_to == COUNSELLOR


def test_what_countries_and_situations_decide_is_marked() -> None:
    assert BY_CODE["outside_member_state"].by_country
    assert BY_CODE["mixed_status"].by_situation
    assert not BY_CODE["fear"].by_country
    assert {value["fear_of_return"] for value in BY_CODE["fear"].answers} == {"yes", "unsure", "declined"}
