"""Step 5, checked: what is another in a file of criteria, row by row, with its name, its line and its fields."""

import locale
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.eligibility.reading import CriteriaError
from bot.eligibility.rows import Row, RowChange, changed_rows

# A folder as small as it can be: one row or entry in each file.
CRITERION = """# read this first
- id: {id}
  kind: sign
  questions: [age, held]
  words: >-
    Two
    lines.
  source: {{file: a.txt, lines: 3-4, title: A page}}
  date: 2012-07-01
  note: A note
"""
FILES = {
    "signs.yml": CRITERION.format(id="child"),
    "exclusions.yml": CRITERION.format(id="already_home"),
    "doubts.yml": CRITERION.format(id="nationality"),
    "routes.yml": CRITERION.format(id="R1"),
    "members.csv": "code,name,note\nTH,Thailand,\n,A union,\n",
    "suspended_origins.csv": "country,date,source\nYE,2026-11-22,a letter\n",
    "offices.csv": "office_id,country,city\nTH-BKK,TH,Bangkok\n",
    "office_fallback.csv": "country,fallback_office_id,reason\n*,TH-BKK,\n",
    "emergency.csv": "country,kind,number,service\nTH,police,191,police\n",
    "countries.csv": "code,name\nTH,Thailand\n",
    "likely_countries.yml": "# buttons\ncountry_now: [TH, MY]\norigin: [AF]\n",
    "not_cities.txt": "# names\nabadan\n\nan hai\n",
    "version.yml": '# raise it\nversion: "1"\n',
}


def folder(path: Path, name: str = "", written: str = "") -> Path:
    path.mkdir()
    for file, text in FILES.items():
        (path / file).write_bytes((written if file == name else text).encode())
    return path


def found(tmp_path: Path, name: str, written: str) -> tuple[RowChange, ...]:
    return changed_rows(folder(tmp_path / "was"), folder(tmp_path / "will", name, written))


def test_every_file_is_read_and_in_its_order(tmp_path: Path) -> None:
    assert changed_rows(folder(tmp_path / "was"), folder(tmp_path / "same")) == ()
    empty = tmp_path / "empty"
    empty.mkdir()
    for file, text in FILES.items():
        names = "{}" if file in {"likely_countries.yml", "version.yml"} else ""
        (empty / file).write_text(text.splitlines()[0] if file.endswith(".csv") else names, encoding="utf-8")
    gone = changed_rows(tmp_path / "was", empty)
    assert list(dict.fromkeys(one.file for one in gone)) == list(FILES)
    assert {one.after for one in gone} == {None}


@pytest.mark.parametrize(
    ("name", "added", "key", "row"),
    [
        ("members.csv", "LA,Laos, new \n", "LA", Row(4, {"name": "Laos", "note": "new"})),
        ("members.csv", 'LA,Laos,"two\r\nlines"\n', "LA", Row(5, {"name": "Laos", "note": "two\r\nlines"})),
        ("members.csv", ",A bank,\n", "A bank", Row(4, {"name": "A bank"})),
        ("suspended_origins.csv", "SO,2026-12-01,\n", "SO", Row(3, {"date": "2026-12-01"})),
        ("offices.csv", "TH-MSO,TH,Mae Sot\n", "TH-MSO", Row(3, {"country": "TH", "city": "Mae Sot"})),
        (
            "office_fallback.csv",
            "LA,TH-BKK,near\n",
            "LA",
            Row(3, {"fallback_office_id": "TH-BKK", "reason": "near"}),
        ),
        ("emergency.csv", "TH, ambulance,1669 ,help\n", "TH ambulance 1669", Row(3, {"service": "help"})),
        ("countries.csv", "LA,Laos\n", "LA", Row(3, {"name": "Laos"})),
        ("not_cities.txt", "  aat\n", "aat", Row(5, {})),
        ("likely_countries.yml", "more: [LA, 1]\n", "more", Row(4, {"likely_countries": "LA 1"})),
        ("version.yml", "other: 2\n", "other", Row(3, {"version": "2"})),
    ],
)
def test_a_row_that_was_added_has_its_name_its_line_and_what_is_not_empty(
    tmp_path: Path, name: str, added: str, key: str, row: Row
) -> None:
    assert found(tmp_path, name, FILES[name] + added) == (RowChange(name, key, None, row),)


@pytest.mark.parametrize("name", ["signs.yml", "exclusions.yml", "doubts.yml", "routes.yml"])
def test_a_criterion_is_told_as_its_words_and_its_source(tmp_path: Path, name: str) -> None:
    row = Row(
        11,
        {
            "kind": "sign",
            "questions": "age held",
            "words": "Two lines.",
            "source": "A page, a.txt: 3-4",
            "date": "2012-07-01",
            "note": "A note",
        },
    )
    added = FILES[name] + CRITERION.format(id="fear").partition("\n")[2]
    assert found(tmp_path, name, added) == (RowChange(name, "fear", None, row),)


def test_a_criterion_that_no_answer_decides_names_no_questions(tmp_path: Path) -> None:
    (change,) = found(tmp_path, "doubts.yml", FILES["doubts.yml"].replace("[age, held]", "[]"))
    assert change.after is not None
    assert "questions" not in change.after.fields
    assert change.fields == (("questions", "age held", ""),)


def test_a_row_that_was_changed_names_the_fields_that_are_another_old_ones_first(tmp_path: Path) -> None:
    (change,) = found(tmp_path, "members.csv", "code,note,name\nTH,moved,\n,,A union\n")
    assert change.before == Row(2, {"name": "Thailand"})
    assert change.fields == (("name", "Thailand", ""), ("note", "", "moved"))


def test_a_row_that_only_moved_is_no_change(tmp_path: Path) -> None:
    assert found(tmp_path, "members.csv", "code,name,note\n,A union,\nTH,Thailand,\n") == ()


def test_rows_of_one_name_are_told_apart_by_a_number(tmp_path: Path) -> None:
    again = FILES["emergency.csv"] + "TH,police,191,border police\nTH,police,191,tourist police\n"
    assert [(one.key, one.after and one.after.line) for one in found(tmp_path, "emergency.csv", again)] == [
        ("TH police 191 (2)", 3),
        ("TH police 191 (3)", 4),
    ]


def test_comments_and_empty_lines_of_names_are_no_names(tmp_path: Path) -> None:
    again = FILES["not_cities.txt"] + "# more\n   \nXX\n"
    assert [one.key for one in found(tmp_path, "not_cities.txt", again)] == ["XX"]


def test_names_in_any_script_and_files_of_a_spreadsheet_are_read(tmp_path: Path) -> None:
    was = folder(tmp_path / "was")
    will = folder(tmp_path / "will", "not_cities.txt", FILES["not_cities.txt"] + "آبادان\n")
    (will / "countries.csv").write_bytes(b"\xef\xbb\xbf" + FILES["countries.csv"].replace("\n", "\r\n").encode())
    assert [one.key for one in changed_rows(was, will)] == ["آبادان"]


@pytest.fixture
def machine_of_ascii() -> Iterator[None]:
    """A machine whose own encoding knows English letters alone."""
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    yield
    locale.setlocale(locale.LC_CTYPE, before)


@pytest.mark.usefixtures("machine_of_ascii")
@pytest.mark.parametrize("name", ["countries.csv", "likely_countries.yml", "not_cities.txt", "signs.yml"])
def test_the_machines_own_encoding_does_not_matter(tmp_path: Path, name: str) -> None:
    added = {"countries.csv": "IR,ایران\n", "not_cities.txt": "آبادان\n"}.get(name, "# ایران\n")
    was, will = folder(tmp_path / "was"), folder(tmp_path / "will", name, FILES[name] + added)
    assert {one.file for one in changed_rows(was, will)} <= {name}


def test_what_stands_under_no_name_of_its_own_line_is_on_the_first(tmp_path: Path) -> None:
    (change,) = found(tmp_path, "version.yml", '{version: "2"}\n')
    assert (change.after, change.fields) == (Row(1, {"version": "2"}), (("version", "1", "2"),))


@pytest.mark.parametrize("name", ["likely_countries.yml", "version.yml"])
def test_a_list_where_names_belong_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CriteriaError, match=rf"^{name}: must hold names, each with its value after a colon"):
        found(tmp_path, name, "- TH\n")


def test_a_file_of_names_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    was, will = folder(tmp_path / "was"), folder(tmp_path / "will")
    (will / "not_cities.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(CriteriaError, match=r"^not_cities\.txt: cannot be read as text in UTF-8"):
        changed_rows(was, will)
    (will / "not_cities.txt").unlink()
    with pytest.raises(CriteriaError, match=r"^not_cities\.txt: cannot be read as text"):
        changed_rows(was, will)
