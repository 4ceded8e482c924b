"""For every test: no skipping, and no sockets but for those that say so, and then on this machine alone."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts

ON_LOOPBACK = {"network", "browser", "rasa"}


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
