"""Step 5, decided: the files of `criteria/` are read here, and a fault in one names its file and line."""

import csv
from pathlib import Path
from typing import Any

import yaml


class CriteriaError(ValueError):
    """A file of `criteria/` that cannot be used. The message says which file, where, and what to do."""


def read_rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file in UTF-8 with their line numbers; its first line must be exactly `columns`.

    Spaces around a field are dropped. A row with too many or too few fields raises `CriteriaError`.
    """
    try:
        # utf-8-sig: spreadsheets put a mark at the front of the file, and the file is still right.
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header = tuple(next(reader, []))
            if header != columns:
                raise CriteriaError(f"{path.name} line 1: the columns must be {','.join(columns)}")
            return [(reader.line_num, _row(path, reader.line_num, columns, row)) for row in reader if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CriteriaError(f"{path.name}: cannot be read as a CSV file in UTF-8: {error}") from error


def _row(path: Path, line: int, columns: tuple[str, ...], fields: list[str]) -> dict[str, str]:
    if len(fields) != len(columns):
        raise CriteriaError(
            f"{path.name} line {line}: {len(fields)} fields where {len(columns)} belong; "
            "put a field that holds a comma in double quotes"
        )
    return {column: fields[place].strip() for place, column in enumerate(columns)}


def read_yaml(path: Path) -> Any:
    """What a YAML file holds; `CriteriaError` when it is missing or not YAML."""
    try:
        return yaml.safe_load(_text(path))
    except (yaml.YAMLError, ValueError) as error:
        raise CriteriaError(f"{path.name}: cannot be read as YAML in UTF-8: {error}") from error


def read_entries(path: Path) -> list[tuple[int, Any]]:
    """The entries of a YAML list with the lines that they begin on; none when the file holds no list."""
    loader = yaml.SafeLoader(_text(path))
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.SequenceNode):
            return []
        return [(one.start_mark.line + 1, loader.construct_object(one, deep=True)) for one in node.value]
    except (yaml.YAMLError, ValueError) as error:  # a date that no calendar has is a ValueError
        raise CriteriaError(f"{path.name}: cannot be read as YAML in UTF-8: {error}") from error
    finally:
        loader.dispose()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CriteriaError(f"{path.name}: cannot be read as YAML in UTF-8: {error}") from error


def one_of(path: Path, line: int, column: str, value: str, allowed: tuple[str, ...]) -> str:
    """`value` when it is one of `allowed`; otherwise a `CriteriaError` that names file, line and column."""
    if value not in allowed:
        raise CriteriaError(f"{path.name} line {line}: {column} must be one of {', '.join(allowed)}")
    return value
