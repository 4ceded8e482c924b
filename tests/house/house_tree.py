"""The project's own files, for the tests of its house rules."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

from bot.settings import ROOT

CODE = ("bot", "actions", "nlu")


def python_files(*folders: str) -> list[Path]:
    """Every Python file under the folders, relative to the project, migrations' versions left out."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT) for path in found if "versions" not in path.parts)


def kept_files() -> list[Path]:
    """Every file that is in git or would be put there, relative to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = (name for name in listed.stdout.split("\0") if name)
    return sorted(Path(name) for name in names if (ROOT / name).is_file())


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file, read as the oldest Python that it must run on reads it."""
    oldest = (3, 10) if path.parts[0] == "nlu" else (3, 12)
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path), feature_version=oldest)


def module_of(path: Path) -> str:
    """The dotted name of a file's module."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")
