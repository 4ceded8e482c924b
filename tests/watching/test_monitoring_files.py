"""Dashboard, alerts and their page name metrics that exist, with labels and values that they have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from gateway_rig import new_gateway
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.gateway import create_gateway
from bot.settings import ROOT

OPERATING = ROOT / "docs" / "operating"
NAME = re.compile(r"\b(?:avrr|process)_[a-z_]+\b")
SELECTED = re.compile(r"\b((?:avrr|process)_[a-z_]+)\{(\w+)=\"(\w+)\"")
FOR_PROMETHEUS = {"job"}  # a label that Prometheus adds


def expressions() -> Iterator[str]:
    rules = yaml.safe_load((OPERATING / "alerts.yml").read_text())
    yield from (rule["expr"] for group in rules["groups"] for rule in group["rules"])
    board = json.loads((OPERATING / "grafana.json").read_text())
    yield from (target["expr"] for panel in board["panels"] for target in panel["targets"])


def alerts() -> list[dict[str, Any]]:
    rules = yaml.safe_load((OPERATING / "alerts.yml").read_text())
    return [rule for group in rules["groups"] for rule in group["rules"]]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[str, str]]]:
    """Each sample of a whole gateway, and its labels with their values."""
    with new_gateway(tmp_path_factory.mktemp("gateway")) as gateway:
        folder = gateway.means.settings.home / "backup"
        folder.mkdir()
        (folder / "one.sealed").touch()
        said = generate_latest(create_gateway(gateway.means, gateway.engine).marks.registry).decode()
    found: dict[str, set[tuple[str, str]]] = {}
    for family in text_string_to_metric_families(said):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels.items())
    return found


def test_every_metric_and_label_that_is_asked_for_exists(samples: dict[str, set[tuple[str, str]]]) -> None:
    asked = list(expressions())
    assert len(asked) > 25
    assert {name for one in asked for name in NAME.findall(one)} <= samples.keys()
    for name, label, value in (found for one in asked for found in SELECTED.findall(one)):
        assert label in FOR_PROMETHEUS or (label, value) in samples[name]
    by = {label for one in asked for found in re.findall(r"by \(([a-z, ]+)\)", one) for label in found.split(", ")}
    assert by <= {label for labels in samples.values() for label, _ in labels}


def test_every_metric_of_ours_is_in_the_page_and_on_the_dashboard(
    samples: dict[str, set[tuple[str, str]]],
) -> None:
    ours = {name for name in samples if name.startswith("avrr_") and not name.endswith("_created")}
    told = set(NAME.findall((OPERATING / "monitoring.md").read_text()))
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in ours} == {
        name for name in told if name.startswith("avrr_")
    }
    shown = {name for one in expressions() for name in NAME.findall(one)}
    assert {name for name in ours if not name.endswith(("_count", "_sum"))} - shown == set()


def test_every_alert_says_what_is_wrong_and_stands_in_the_page() -> None:
    page = (OPERATING / "monitoring.md").read_text()
    for alert in alerts():
        assert f"**{alert['alert']}**" in page
        assert alert["annotations"]["summary"].endswith(".")
        assert alert["labels"]["severity"] in {"page", "ticket"}
        assert re.fullmatch(r"\d+[mhd]", alert.get("for", "1m"))


def test_the_page_has_every_setting_of_the_metrics() -> None:
    page, read = (OPERATING / "monitoring.md").read_text(), (ROOT / "bot" / "metrics_settings.py").read_text()
    assert set(re.findall(r"BOT_METRICS_\w+", page)) == set(re.findall(r"BOT_METRICS_[A-Z]+", read))


def test_the_dashboard_has_no_panel_upon_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads((OPERATING / "grafana.json").read_text())["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken
        assert place["x"] + place["w"] <= 24
        taken |= cells
