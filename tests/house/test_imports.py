"""Which part may know of which. Imports are followed through, so that no detour is possible."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from house_tree import CODE, module_of, python_files, tree_of

MODULES = {module_of(path): path for path in python_files(*CODE)}

# Each part, and what it may not reach.
APART = [
    ("bot.conversation", ("actions", "bot.console", "nlu")),
    ("bot.channels", ("actions", "bot.console", "nlu")),
    ("actions", ("bot.channels", "bot.conversation", "bot.console", "bot.store", "nlu")),
    ("bot.console", ("actions", "bot.channels", "bot.conversation", "nlu")),
    ("nlu", ("bot", "actions")),
]


def imported(path: Path) -> set[str]:
    """The dotted names that a file imports, at its top or anywhere within."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = path.parent.parts if node.level else ()
            base = ".".join([*package[: len(package) - max(node.level - 1, 0)], *filter(None, [node.module])])
            names |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return names


@cache
def reached(module: str) -> frozenset[str]:
    """Every module of ours that a module imports, through whatever way."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        now = waiting.pop()
        new = {name for name in imported(MODULES[now]) if name in MODULES} - seen
        seen |= new
        waiting += new
    return frozenset(seen)


def within(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


@pytest.mark.parametrize(("part", "others"), APART)
def test_parts_that_never_know_one_another(part: str, others: tuple[str, ...]) -> None:
    members = [module for module in MODULES if within(module, part)]
    assert members
    found = [(m, name) for m in members for name in reached(m) for other in others if within(name, other)]
    assert not found


def test_eligibility_knows_nothing_of_ours_but_itself() -> None:
    members = [module for module in MODULES if within(module, "bot.eligibility")]
    assert members
    ours = {(m, n) for m in members for n in imported(MODULES[m]) if n.split(".")[0] in {"bot", "actions", "nlu"}}
    assert {pair for pair in ours if not within(pair[1], "bot.eligibility")} == set()


def test_rasa_is_imported_only_in_its_own_environment() -> None:
    outside = [module for module in MODULES if not within(module, "nlu")]
    libraries = {(m, name.split(".")[0]) for m in outside for name in imported(MODULES[m])}
    assert not [pair for pair in libraries if pair[1] == "rasa"]
    assert not [m for m, library in libraries if library == "rasa_sdk" and not within(m, "actions")]


def test_nothing_imports_the_tests() -> None:
    assert not [(m, n) for m, path in MODULES.items() for n in imported(path) if within(n, "tests")]
