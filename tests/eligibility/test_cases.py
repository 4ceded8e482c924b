"""Step 5, checked: the hard cases, each a sentence that a caseworker can read."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.eligibility import assess, load_offices, load_programme, nearest_office

HERE = Path(__file__).parent
CRITERIA = HERE.parents[1] / "criteria"
FILE: dict[str, Any] = yaml.safe_load((HERE / "cases.yml").read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = FILE["cases"]
KEYS = {
    "case",
    "a person who",
    "but",
    "mixed_status",
    "people",
    "special_need",
    "suspended",
    "outcome",
    "reasons",
    "routes",
    "flags",
    "to_check",
    "office",
}


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case['case']}: a person who {case['a person who']}" for case in CASES]
)
def test_a_person_who(case: dict[str, Any], tmp_path: Path) -> None:
    assert case.keys() <= KEYS
    verdict = assess(
        load_programme(criteria_with(tmp_path, case.get("suspended", []))),
        {**FILE["base"], **case["but"]},
        mixed_status=case.get("mixed_status", False),
        people=case.get("people", 1),
        special_need=case.get("special_need", False),
    )
    found = (verdict.outcome, verdict.reasons, verdict.routes, verdict.flags, verdict.to_check, verdict.next)
    listed = (tuple(case.get(key, ())) for key in ("reasons", "routes", "flags", "to_check"))
    assert found == (case["outcome"], *listed, None)
    if "office" in case:
        choice = nearest_office(load_offices(CRITERIA), case["but"]["country_now"])
        assert {"id": choice.office.id, "why": choice.why, "remote": choice.remote} == case["office"]


def criteria_with(folder: Path, suspended: list[str]) -> Path:
    """The project's criteria, with other origins suspended when there are any."""
    if not suspended:
        return CRITERIA
    for path in CRITERIA.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    rows = "".join(f"{code},2026-11-22,a test\n" for code in suspended)
    (folder / "suspended_origins.csv").write_text(f"country,date,source\n{rows}", encoding="utf-8")
    return folder


def test_all_cases_of_the_list_are_here() -> None:
    numbers = {int(str(case["case"]).rstrip("abcd")) for case in CASES}
    assert numbers == set(range(1, 63)) - {61}
