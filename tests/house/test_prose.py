"""No sentence that a person would read is written in Python: those are in domain.yml and locales/."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from house_tree import python_files, tree_of

FILES = python_files("bot/conversation", "bot/channels", "actions")
A_SENTENCE = re.compile(r"[^\W\d_]+(?:[,;:']? [^\W\d_]+){3,}")
LOG_CALLS = {"debug", "info", "warning", "error", "exception", "critical"}


def sentences(node: ast.AST) -> Iterator[str]:
    """String constants of four words or more, docstrings, errors and log lines left out."""
    if isinstance(node, ast.Raise | ast.Assert) or _is_docstring(node) or _tells_operators(node):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and A_SENTENCE.search(node.value):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from sentences(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _tells_operators(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in LOG_CALLS
    return isinstance(node.func, ast.Name) and node.func.id.endswith("Error")


@pytest.mark.parametrize("path", FILES, ids=str)
def test_python_holds_no_sentences(path: Path) -> None:
    assert list(sentences(tree_of(path))) == []


def test_a_sentence_is_found() -> None:
    assert list(sentences(ast.parse('say("You may qualify for this.")'))) == ["You may qualify for this."]
    assert list(sentences(ast.parse('say(f"Please tell us your {what}")')))
    assert not list(
        sentences(ast.parse('"""A docstring of many words."""\nraise ValueError("not so many words")'))
    )
