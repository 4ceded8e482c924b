"""Step 5, checked: the data of `criteria/` is dated, sourced and letter for letter, or it does not load."""

import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from changed_criteria import IN_FORCE, changed, copied

from bot.eligibility import CriteriaError, load_emergency_numbers, load_offices, load_programme

HERE = Path(__file__).parent
PROGRAMME = load_programme(IN_FORCE)
PUBLISHED: dict[str, Any] = yaml.safe_load((HERE / "published.yml").read_text(encoding="utf-8"))

CODES = {
    "sign": "unsafe_to_talk wants_protection child child_one_parent not_free_choice fear exploitation detained "
    "private_talk",
    "exclusion": "outside_member_state already_home third_country prison_sentence helped_before other_programme "
    "unhcr_programme",
    "doubt": "location_unknown location_disputed origin_unknown nationality unhcr_first file_may_reopen "
    "status_unknown unhcr_programme_unclear helped_before_other helped_before_unknown mixed_status "
    "origin_suspended",
    "route": "R1 R2 R3 R4 R5 no_route",
}


@pytest.mark.parametrize("code", sorted(PROGRAMME.criteria))
def test_the_words_are_published_where_the_source_says(code: str) -> None:
    criterion = PROGRAMME.criteria[code]
    document = PUBLISHED[criterion.source.file]
    first, _, last = criterion.source.lines.partition("-")
    lines = [document["lines"].get(number, "") for number in range(int(first), int(last or first) + 1)]
    assert criterion.words in " ".join(" ".join(lines).split())
    assert criterion.source.title == document["title"]
    assert criterion.date == document["date"]


def test_every_code_has_its_kind() -> None:
    assert {code: criterion.kind for code, criterion in PROGRAMME.criteria.items()} == {
        code: kind for kind, codes in CODES.items() for code in codes.split()
    }


def test_members() -> None:
    places = PROGRAMME.places
    assert len(places.countries) == 249
    # 45 members, of which France is disputed, and New Caledonia, which counts as one
    assert len(places.members) == 45
    assert places.disputed == {"FR"}
    assert {"NC", "HK", "MO", "TH", "IR"} <= places.members
    assert places.members.isdisjoint({"FR", "CA", "GB", "LY"})
    assert places.suspended == frozenset()
    assert PROGRAMME.version


def test_every_row_of_the_tables_has_its_source() -> None:
    for name in ("members.csv", "offices.csv"):
        with (IN_FORCE / name).open(encoding="utf-8", newline="") as lines:
            assert all(row["source"] and row["confidence"] for row in csv.DictReader(lines))


def spoiled(folder: Path, name: str, old: str, new: str) -> Path:
    return changed(folder, ((name, re.escape(old), new),))


def test_a_copy_loads(tmp_path: Path) -> None:
    assert load_programme(copied(tmp_path)).criteria == PROGRAMME.criteria


@pytest.mark.parametrize("key", ["id", "kind", "questions", "words", "source", "date"])
def test_an_entry_without_one_of_its_parts_does_not_load(key: str, tmp_path: Path) -> None:
    entries = yaml.safe_load((copied(tmp_path) / "doubts.yml").read_text(encoding="utf-8"))
    del entries[2][key]
    (tmp_path / "doubts.yml").write_text(yaml.safe_dump(entries), encoding="utf-8")
    with pytest.raises(
        CriteriaError, match=r"doubts\.yml line \d+: entry 3" if key == "id" else "origin_unknown"
    ) as caught:
        load_programme(tmp_path)
    assert key in str(caught.value)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("signs.yml", "date: 2012-07-01", "date: summer 2012", "unsafe_to_talk: date must"),
        ("signs.yml", "date: 2012-07-01", "date:", "unsafe_to_talk has no date"),
        ("signs.yml", "date: 2012-07-01", "date: 2012-07-01 10:00:00", "unsafe_to_talk: date must"),
        ("signs.yml", "kind: sign", "kind: doubt", "unsafe_to_talk: kind must be sign"),
        ("signs.yml", "kind: sign", "kind: hunch", "unsafe_to_talk: kind must be one of"),
        ("signs.yml", "[safe_to_talk]", "[age]", r"unsafe_to_talk: questions must be \[safe_to_talk\]"),
        ("signs.yml", "[safe_to_talk]", "safe_to_talk", "unsafe_to_talk: questions must be a list"),
        ("signs.yml", 'lines: "34"', 'page: "34"', "unsafe_to_talk: source must have"),
        ("signs.yml", 'lines: "34"', "lines:", "unsafe_to_talk has no source lines"),
        ("signs.yml", "kind: sign", "kind: sign\n  colour: red", "unsafe_to_talk: colour is not known"),
        ("signs.yml", "- id: child\n", "- id: chld\n", "chld: no predicate"),
        ("signs.yml", "- id: private_talk\n", "- id: fear\n", "fear stands there twice"),
        ("routes.yml", "- id: no_route", "- id: R6", "R6: no predicate"),
        ("signs.yml", "- id: unsafe_to_talk", "- id: [", "cannot be read as YAML"),
        (
            "signs.yml",
            "- id: wants_protection\n  kind: sign",
            "- id: wants_protection\n  kind: hunch",
            "line 17: ",
        ),
        ("signs.yml", "date: 2012-07-01", "date: 2012-02-31", "cannot be read as YAML"),
        ("version.yml", '"2026-11-22"', "2026-11-22", r"version\.yml"),
        (
            "members.csv",
            "\nAU,Australia,member_state,yes",
            "\nAU,Australia,member_state,often",
            "line 3.*counts_as",
        ),
        ("members.csv", "\nAU,", "\nAF,", "line 3: AF stands there twice"),
        ("members.csv", "\nAU,", "\nXQ,", "line 3.*countries.csv"),
        ("members.csv", "code,name", "name,code", "line 1: the columns must be code,name"),
        ("countries.csv", "\nAE,", "\nUAE,", "line 3.*two capital letters"),
        ("suspended_origins.csv", "source\n", "source\nYE,soon,IOM\n", "line 2: date"),
        ("suspended_origins.csv", "source\n", "source\nYE,2026-11-22,\n", "line 2: source"),
        ("suspended_origins.csv", "source\n", "source\nQQ,2026-11-22,IOM\n", "line 2.*countries.csv"),
        ("suspended_origins.csv", "source\n", "source\nYE,2026-11-22,IOM, Sana\n", "line 2: 4 fields where 3"),
    ],
)
def test_what_is_wrong_is_named(name: str, old: str, new: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CriteriaError, match=says):
        load_programme(spoiled(tmp_path, name, old, new))


def test_a_missing_entry_and_a_missing_file_are_named(tmp_path: Path) -> None:
    entries = yaml.safe_load((copied(tmp_path) / "routes.yml").read_text(encoding="utf-8"))
    (tmp_path / "routes.yml").write_text(
        yaml.safe_dump([entry for entry in entries if entry["id"] != "R2"]), encoding="utf-8"
    )
    with pytest.raises(CriteriaError, match="no entry for criterion R2"):
        load_programme(tmp_path)
    (tmp_path / "members.csv").unlink()
    with pytest.raises(CriteriaError, match=r"members\.csv"):
        load_programme(tmp_path)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("offices.csv", "low,false", "low,true", "low confidence cannot be active"),
        ("offices.csv", "high,true", "high,yes", "line 2: active must be one of"),
        ("offices.csv", "TH-MSO,TH", "TH-BKK,TH", "line 4: TH-BKK stands there twice"),
        ("offices.csv", "13.7205", "137.205", "line 2: latitude"),
        ("offices.csv", "100.529", "east", "line 2: longitude"),
        ("offices.csv", "TH-BKK,TH,", "TH-BKK,XQ,", "line 2.*countries.csv"),
        ("offices.csv", ",country office,", ",embassy,", "line 2: kind"),
        ("office_fallback.csv", "BT,IN-DEL", "BT,IN-BOM", "line 2: fallback_office_id"),
        ("office_fallback.csv", "BT,IN-DEL", "BT,TH-ROAP", "line 2: fallback_office_id"),
        ("office_fallback.csv", "BN,", "BT,", "line 3: BT stands there twice"),
        ("office_fallback.csv", "*,TH-BKK", "*,TH-KAN", r"row for \*"),
        ("office_fallback.csv", "*,TH-BKK", "LA,TH-BKK", r"row for \*"),
    ],
)
def test_what_is_wrong_with_offices_is_named(name: str, old: str, new: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CriteriaError, match=says):
        load_offices(spoiled(tmp_path, name, old, new))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("AU,all,all,000,high", "AU,all,all,,high", "number must not be empty"),
        ("AU,all,all,000,high", "AU,fire,all,000,high", "kind must be one of"),
        ("AU,all,all,000,high", "AU,all,all,000,sure", "confidence must be one of"),
    ],
)
def test_what_is_wrong_with_emergency_numbers_is_named(old: str, new: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CriteriaError, match=says):
        load_emergency_numbers(spoiled(tmp_path, "emergency.csv", old, new))


def test_a_file_saved_by_a_spreadsheet_loads(tmp_path: Path) -> None:
    copied(tmp_path)
    for path in tmp_path.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load_programme(tmp_path).places == PROGRAMME.places
    assert load_offices(tmp_path).by_id == load_offices(IN_FORCE).by_id


def test_dates_are_days() -> None:
    assert {type(criterion.date) for criterion in PROGRAMME.criteria.values()} == {date}
