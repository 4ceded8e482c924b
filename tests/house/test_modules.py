"""The form of modules and functions, and the words that names are made of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from house_tree import CODE, python_files, tree_of

from bot.settings import ROOT

MOST_LINES_OF_MODULE = 250
MOST_LINES_OF_FUNCTION = 40
FORBIDDEN = {"util", "utils", "helper", "helpers", "manager", "user", "users"}
FORBIDDEN_MODULES = FORBIDDEN | {"data"}

FILES = python_files(*CODE)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, Function))


def words_of(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_module_says_first_where_it_stands(path: Path) -> None:
    said = ast.get_docstring(tree_of(path))
    assert said
    assert len(said.splitlines()[0].split()) > 3


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_module_and_its_functions_are_short(path: Path) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= MOST_LINES_OF_MODULE
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > MOST_LINES_OF_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_names_are_made_of_the_project_s_words(path: Path) -> None:
    assert not FORBIDDEN_MODULES & {part.removesuffix(".py") for part in path.parts}
    definitions = [n.name for n in ast.walk(tree_of(path)) if isinstance(n, Function | ast.ClassDef)]
    assert not [name for name in definitions if words_of(name) & FORBIDDEN]


def test_no_two_test_modules_share_a_name() -> None:
    # pytest and mypy know a test module by its name alone.
    names = [path.name for path in python_files("tests") if path.name != "conftest.py"]
    assert {name for name in names if names.count(name) > 1} == set()
