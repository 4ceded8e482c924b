"""What may stand in git, and what the locks hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from house_tree import kept_files

from bot.settings import ROOT

# Written in two parts, so that this file does not hold what it forbids.
HOSTS = re.compile(
    "|".join(rf"{name}\.{end}" for name, end in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "(com|org)")))
    + r"|(deb|ftp)\.debian\.org|(^|\s)--(extra-)?index-" + r"url[ =]|https?://\S+\.(whl|tgz)\b"
)  # fmt: skip
GENERATED = re.compile(
    r"\.(mo|pyc|db|sqlite3?|log|whl)$|\.tar\.gz$|\.sqlite3|(^|/)(models|var|node_modules|\.venv[^/]*|\.rasa)/"
)
MOST_KB = 1024
LOCKS = ("tools", "app", "dev", "rasa", "audit", "mutation")


def test_no_file_names_a_registry_host() -> None:
    found = []
    for path in kept_files():
        words = (ROOT / path).read_bytes().decode("utf-8", errors="ignore")
        found += [f"{path}: {match.group()}" for match in HOSTS.finditer(words)]
    assert found == []


def test_nothing_generated_is_in_git() -> None:
    assert [path for path in kept_files() if GENERATED.search(path.as_posix())] == []


def test_no_file_is_large() -> None:
    assert [path for path in kept_files() if (ROOT / path).stat().st_size > MOST_KB * 1024] == []


def pins(name: str) -> dict[str, str]:
    words = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", words, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_with_its_hashes(name: str) -> None:
    words = (ROOT / "requirements" / f"{name}.txt").read_text()
    blocks = re.split(r"^(?=[a-z0-9])", words, flags=re.MULTILINE)
    packages = [block for block in blocks if re.match(r"[a-z0-9]", block)]
    assert packages
    assert [block.split()[0] for block in packages if "--hash=sha256:" not in block] == []
    assert len(pins(name)) == len(packages)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_all_that_is_asked_for(name: str) -> None:
    asked = Path(ROOT / "requirements" / f"{name}.in").read_text()
    wanted = {match.lower() for match in re.findall(r"^([A-Za-z0-9._-]+)[<>=]", asked, re.MULTILINE)}
    assert wanted - set(pins(name)) == set()


def test_tests_run_on_the_very_packages_that_run() -> None:
    assert pins("app").items() <= pins("dev").items()
