"""Step 5, checked: countries, members and suspended origins, as their files say."""

from pathlib import Path

import pytest

from bot.eligibility.places import Places, load_countries, load_places
from bot.eligibility.reading import CriteriaError

FILES = {
    "countries.csv": "code,name\nTH,Thailand\nFR,France\nCA,Canada\nSO,Somalia\n",
    "members.csv": "code,name,kind,counts_as_member,aliases,seed_files,confidence,note,source\n"
    "TH,Thailand,member_state,yes,,,,,\nFR,France,territory,unclear,,,,,\n"
    ",A union,organisation,no,,,,,\nCA,Canada,observer,no,,,,,\n",
    "suspended_origins.csv": "country,date,source\nSO,2026-11-22,a letter\n",
}


def folder(path: Path, name: str = "", added: str = "") -> Path:
    for file, text in FILES.items():
        (path / file).write_text(text + (added if file == name else ""), encoding="utf-8")
    return path


def test_a_country_is_a_member_or_disputed_or_neither(tmp_path: Path) -> None:
    assert load_places(folder(tmp_path)) == Places(
        countries=frozenset({"TH", "FR", "CA", "SO"}),
        members=frozenset({"TH"}),
        disputed=frozenset({"FR"}),
        suspended=frozenset({"SO"}),
    )


@pytest.mark.parametrize("code", ["T", "THA", "Th", "T1", "ÄÖ", ""])
def test_a_code_is_two_capital_letters(tmp_path: Path, code: str) -> None:
    says = r"^countries\.csv line 6: code must be two capital letters \(ISO 3166 alpha-2\)$"
    with pytest.raises(CriteriaError, match=says):
        load_countries(folder(tmp_path, "countries.csv", f"{code},Somewhere\n"))


@pytest.mark.parametrize(
    ("name", "added", "says"),
    [
        ("countries.csv", "TH,Siam\n", "line 6: TH stands there twice; keep one row"),
        ("members.csv", "TH,Siam,,no,,,,,\n", "line 6: TH stands there twice; keep one row"),
        ("members.csv", "XX,X,,yes,,,,,\n", r"line 6: the country code is not in countries\.csv"),
        ("members.csv", ",A bank,,yes,,,,,\n", r"line 6: the country code is not in countries\.csv"),
        ("members.csv", "SO,,,often,,,,,\n", "line 6: counts_as_member must be one of yes, unclear, no"),
        ("suspended_origins.csv", "XX,2026-11-22,x\n", r"line 3: the country code is not in countries\.csv"),
        ("suspended_origins.csv", "TH,soon,x\n", "line 3: date must be written as 2026-11-22"),
        (
            "suspended_origins.csv",
            "TH,2026-11-22,\n",
            "line 3: source must say who decided it and where it is written",
        ),
        ("suspended_origins.csv", "SO,2026-11-22,x\n", "line 3: SO stands there twice; keep one row"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, name: str, added: str, says: str) -> None:
    with pytest.raises(CriteriaError, match=rf"^{name} {says}$"):
        load_places(folder(tmp_path, name, added))


@pytest.mark.parametrize(("name", "columns"), [(name, text.splitlines()[0]) for name, text in FILES.items()])
def test_columns_are_as_they_must_be(tmp_path: Path, name: str, columns: str) -> None:
    folder(tmp_path)
    (tmp_path / name).write_text("x\n", encoding="utf-8")
    with pytest.raises(CriteriaError, match=f"^{name} line 1: the columns must be {columns}$"):
        load_places(tmp_path)
