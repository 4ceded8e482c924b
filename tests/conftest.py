"""For every test: no skipping, no sockets but for those that say so, and what takes long goes first."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts

# What stands beside the tests of each messenger, and is what the whole product talks to.
sys.path += [str(Path(__file__).parent / "channels" / name) for name in ("telegram", "whatsapp")]
pytest_plugins = ["whole_product", "chromium"]

ON_LOOPBACK = {"network", "browser", "rasa"}
STARTED_ONCE = ("product", "trained")  # fixtures that take long to start
SLOW = ("rasa", "browser", "network")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is started once is started by one worker alone; the last to run are short, so that all end together."""
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        groups.setdefault(kept_together(item), []).append(item)
    for name, group in groups.items():
        for item in group:
            item.add_marker(pytest.mark.xdist_group(name))
    items[:] = [
        item for name in sorted(groups, key=lambda name: slowness(name, groups[name])) for item in groups[name]
    ]


def kept_together(item: pytest.Item) -> str:
    """What a worker has whole: a module, or all that share what is started once."""
    fixtures = getattr(item, "fixturenames", ())
    return next((name for name in STARTED_ONCE if name in fixtures), item.path.stem)


def slowness(name: str, group: list[pytest.Item]) -> tuple[int, int, int]:
    """Less is slower: what is shared, what starts processes or browsers of its own, what is many tests."""
    shared = STARTED_ONCE.index(name) if name in STARTED_ONCE else len(STARTED_ONCE)
    marked = [number for number, mark in enumerate(SLOW) if any(one.get_closest_marker(mark) for one in group)]
    return shared, min(marked, default=len(SLOW)), -len(group)


@pytest.fixture(autouse=True)
def closed_sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    if any(request.node.get_closest_marker(name) for name in ON_LOOPBACK):
        socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    else:
        disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _never_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"A skipped module proves nothing: {report.longrepr}"
    return report


def _never_skipped(report: pytest.TestReport) -> pytest.TestReport:
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"A skipped test proves nothing: {report.longrepr}"
    return report
