"""Step 5, checked: how the files of criteria are read, and that a fault names its file and its line."""

from datetime import date
from pathlib import Path

import pytest

from bot.eligibility.reading import CriteriaError, one_of, read_entries, read_rows, read_yaml

COLUMNS = ("code", "name")


def written(folder: Path, content: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("code,name\n", []),
        ("code,name\nTH, Thailand \n", [(2, {"code": "TH", "name": "Thailand"})]),
        ('code,name\n\n"TH","a, b"\n', [(3, {"code": "TH", "name": "a, b"})]),
        (
            'code,name\nTH,"two\nlines"\nLA,\n',
            [(3, {"code": "TH", "name": "two\nlines"}), (4, {"code": "LA", "name": ""})],
        ),
        ("\ufeffcode,name\r\nTH,ไทย\r\n", [(2, {"code": "TH", "name": "ไทย"})]),
        ('code,name\r\nTH,"a\r\nb"\r\n', [(3, {"code": "TH", "name": "a\r\nb"})]),
    ],
)
def test_rows_have_the_line_they_end_on_and_no_spaces_around(
    tmp_path: Path, content: str, rows: list[tuple[int, dict[str, str]]]
) -> None:
    assert read_rows(written(tmp_path, content), COLUMNS) == rows


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", r"a\.csv line 1: the columns must be code,name"),
        ("name,code\n", r"a\.csv line 1: the columns must be code,name"),
        (
            "code,name\nTH,a,b\n",
            r"a\.csv line 2: 3 fields where 2 belong; put a field that holds a comma in double quotes",
        ),
        ("code,name\nTH\n", r"a\.csv line 2: 1 fields where 2 belong; .*"),
        ('code,name\n"TH"x,a\n', r"a\.csv: cannot be read as a CSV file in UTF-8: .+"),
        (b"code,name\nTH,\xff\n", r"a\.csv: cannot be read as a CSV file in UTF-8: .+"),
    ],
)
def test_a_table_that_cannot_be_used_is_named(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(CriteriaError, match=f"^{says}$"):
        read_rows(written(tmp_path, content), COLUMNS)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CriteriaError, match=r"^a\.csv: cannot be read as a CSV file in UTF-8: "):
        read_rows(tmp_path / "a.csv", COLUMNS)
    for read in (read_yaml, read_entries):
        with pytest.raises(CriteriaError, match=r"^a\.yml: cannot be read as YAML in UTF-8: "):
            read(tmp_path / "a.yml")


def test_entries_have_the_line_they_begin_on(tmp_path: Path) -> None:
    path = written(tmp_path, "# first\n- id: ไทย\n  date: 2012-07-01\n\n- two\n", "a.yml")
    entries = [{"id": "ไทย", "date": date(2012, 7, 1)}, "two"]
    assert read_yaml(path) == entries
    assert read_entries(path) == [(2, entries[0]), (5, "two")]
    again = written(tmp_path, "- source: &page {file: a.txt}\n- source: *page\n", "d.yml")
    assert read_entries(again) == [(1, {"source": {"file": "a.txt"}}), (2, {"source": {"file": "a.txt"}})]
    assert read_entries(written(tmp_path, "version: 1\n", "b.yml")) == []
    assert read_entries(written(tmp_path, "", "c.yml")) == []


@pytest.mark.parametrize("content", [b"- id: [", b"- \xff", b"- 2012-02-31"])
def test_yaml_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, content, "a.yml")
    for read in (read_yaml, read_entries):
        with pytest.raises(CriteriaError, match=r"^a\.yml: cannot be read as YAML in UTF-8: "):
            read(path)


def test_a_value_that_is_none_of_those_allowed_is_refused_and_not_repeated(tmp_path: Path) -> None:
    path, allowed = tmp_path / "a.csv", ("yes", "no")
    assert one_of(path, 7, "active", "no", allowed) == "no"
    with pytest.raises(CriteriaError, match=r"^a\.csv line 7: active must be one of yes, no$"):
        one_of(path, 7, "active", "maybe", allowed)
