"""Units, compose file and image name only commands, settings and files that there are, and stay shut in."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands.main import _parser
from bot.commands.serve import NAMES
from bot.settings import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
BOT = "/opt/avrr-bot/.venv/bin/bot "
SHUT = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
}


def lines(unit: Path) -> list[tuple[str, str]]:
    """Every `Name=value` of a unit; names may stand several times."""
    plain = (line for line in unit.read_text().splitlines() if line and line[0] not in "#[")
    return [(name, value) for name, _, value in (line.partition("=") for line in plain)]


def commands(unit: Path) -> list[str]:
    return [value for name, value in lines(unit) if name.startswith("Exec")]


def understood(words: list[str]) -> None:
    """Fails where `bot` would not take these words."""
    try:
        _parser(words).parse_args(words)
    except SystemExit:
        pytest.fail(f"bot {' '.join(words)} is no command")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_that_there_is_and_is_shut_in(unit: Path) -> None:
    assert commands(unit)
    for command in commands(unit):
        assert command.startswith(BOT)
        understood(shlex.split(command.removeprefix(BOT)))
    said = dict(lines(unit))
    assert {name: said.get(name) for name in SHUT} == SHUT
    assert "MemoryMax" in said
    assert ("User" in said) != ("DynamicUser" in said)
    assert said.get("Restart") == "on-failure" or said["Type"] == "oneshot"


def test_each_process_has_a_unit_and_the_engine_reaches_the_loopback_alone() -> None:
    started = {command.removeprefix(f"{BOT}serve "): unit for unit in UNITS for command in commands(unit)}
    assert set(NAMES) <= set(started)
    for name in ("rasa", "actions"):
        said = dict(lines(started[name]))
        assert (said["IPAddressDeny"], said["IPAddressAllow"], said["DynamicUser"]) == ("any", "localhost", "yes")


def test_every_setting_that_is_named_is_read_somewhere() -> None:
    code = "".join(path.read_text() for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py"))
    code += (ROOT / "endpoints.yml").read_text() + (ROOT / "credentials.yml").read_text()
    files = [path for path in DEPLOY.rglob("*") if path.is_file()]
    named = {name for path in files for name in re.findall(r"BOT_[A-Z][A-Z_]*[A-Z]", path.read_text())}
    assert len(named) > 5
    made = {f"BOT_{name}_HOST" for name in ("GATEWAY", "CONSOLE")}
    assert {name for name in named - made if name not in code} == set()


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "loopback"])
def test_a_container_runs_a_command_that_there_is(name: str) -> None:
    service = SERVICES[name]
    understood(service["command"])
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    if name in NAMES:
        assert service["restart"] == "unless-stopped"  # what hangs is killed, for this to start it anew
        assert service["healthcheck"]["test"] == ["CMD", "bot", "serve", name, "--check"]
        understood(service["healthcheck"]["test"][2:])


def test_containers_are_shut_in_and_only_this_machine_reaches_them() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
    for service in SERVICES.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
    for name in ("rasa", "actions"):
        assert (SERVICES[name]["volumes"], SERVICES[name]["env_file"]) == ([], ["engine.env"])
        assert SERVICES[name]["network_mode"] == SERVICES["gateway"]["network_mode"] == "service:loopback"


def test_the_image_is_made_of_what_there_is_and_never_of_what_is_kept() -> None:
    allowed = [
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    ]
    assert [name for name in allowed if not (ROOT / name).exists()] == []
    assert not {"var", "models", ".git", "deploy"} & set(allowed)
    steps = (DEPLOY / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", steps, re.MULTILINE)
    assert {name for line in copied for name in line.split()} - {"."} <= set(allowed)
    for part in re.findall(r"requirements/install (\w+)", steps):
        assert part in (ROOT / "requirements" / "install").read_text()
    needed = {
        "config.yml",
        "domain.yml",
        "endpoints.yml",
        "credentials.yml",
        "criteria",
        "locales",
        "stories",
        "nlu",
    }
    assert needed <= set(allowed)
