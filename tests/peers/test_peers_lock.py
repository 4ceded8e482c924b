"""What the lock of the npm peers holds: every package by its hash, and no place it came from."""

from __future__ import annotations

import json

from bot.settings import ROOT

PEERS = ROOT / "tests" / "peers"


def test_every_package_is_pinned_by_its_hash_and_by_no_address() -> None:
    asked = json.loads((PEERS / "package.json").read_text())["dependencies"]
    packages = json.loads((PEERS / "package-lock.json").read_text())["packages"]
    root = packages.pop("")
    assert root["dependencies"] == asked
    assert all(version[0].isdecimal() for version in asked.values())
    assert {f"node_modules/{name}" for name in asked} <= packages.keys()
    assert [name for name, one in packages.items() if not one["integrity"].startswith("sha512-")] == []
    assert [name for name, one in packages.items() if "resolved" in one] == []


def test_nothing_of_theirs_runs_when_it_is_installed() -> None:
    assert "ignore-scripts=true" in (PEERS / ".npmrc").read_text().splitlines()
