from __future__ import annotations

import pytest

from bot.processes.preflight import check_disk, check_ports, is_free
from bot.processes.roster import child_environment, roster
from bot.processes.secrets_file import KEYS, TOKENS, ensure_secrets
from bot.processes.start_error import StartError
from bot.settings import read_settings

SECRETS = {*KEYS, *TOKENS}


@pytest.fixture
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    secrets, _ = ensure_secrets(home / "secrets.env", {}, None)
    ports = {
        "BOT_RASA_PORT": "15005",
        "BOT_ACTION_PORT": "15055",
        "BOT_TELEGRAM_TOKEN": f"123456:{'a' * 30}",
        "BOT_TELEGRAM_MODE": "polling",
        "BOT_DEMO": "1",
    }
    return {"PATH": "/bin", "BOT_HOME": str(home), "BOT_DATABASE_URL": "postgresql://u:p@h/d", **secrets, **ports}


def test_each_process_is_given_only_the_secrets_it_needs(environ: dict[str, str]) -> None:
    given = {
        name: SECRETS & set(child_environment(name, environ)) for name in ("rasa", "actions", "gateway", "console")
    }
    assert given["rasa"] == {"BOT_TURN_SECRET", "BOT_ACTION_SECRET"}
    assert given["actions"] == {"BOT_ACTION_SECRET"}
    assert given["gateway"] == SECRETS - {"BOT_CONSOLE_KEY"}
    assert given["console"] == SECRETS
    assert "BOT_TELEGRAM_TOKEN" in child_environment("gateway", environ)
    assert "BOT_TELEGRAM_TOKEN" not in child_environment("console", environ)


@pytest.mark.parametrize("name", ["rasa", "actions"])
def test_what_takes_a_turn_knows_nothing_of_database_and_channels(environ: dict[str, str], name: str) -> None:
    ours = {key for key in child_environment(name, environ) if key.startswith("BOT_")}
    assert ours <= {"BOT_TURN_SECRET", "BOT_ACTION_SECRET", "BOT_ACTION_PORT"}


def test_no_secret_stands_in_a_command_line(environ: dict[str, str]) -> None:
    settings = read_settings(environ, console=True)
    words = " ".join(" ".join(spec.command) for spec in roster(settings, environ))
    assert not [name for name in SECRETS if environ[name] in words]


def test_rasa_listens_on_the_loopback_alone_and_keeps_telemetry_off(environ: dict[str, str]) -> None:
    rasa = roster(read_settings(environ, console=True), environ)[0]
    assert rasa.command[rasa.command.index("--interface") + 1] == "127.0.0.1"
    assert "--enable-api" not in rasa.command
    assert rasa.environment["RASA_TELEMETRY_ENABLED"] == "false"


@pytest.mark.network
def test_a_taken_port_is_named_with_its_setting() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free("127.0.0.1", port)
        with pytest.raises(StartError, match=rf"Port {port} .* is taken: .* BOT_GATEWAY_PORT"):
            check_ports([("127.0.0.1", port, "BOT_GATEWAY_PORT")])
    check_ports([("127.0.0.1", port, "BOT_GATEWAY_PORT")])


@pytest.mark.network
def test_one_port_for_two_processes_is_refused() -> None:
    with pytest.raises(StartError, match="BOT_GATEWAY_PORT and BOT_CONSOLE_PORT are both 18000"):
        check_ports([("127.0.0.1", 18000, "BOT_GATEWAY_PORT"), ("127.0.0.1", 18000, "BOT_CONSOLE_PORT")])


def test_a_full_disk_is_said_before_anything_starts(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path_factory.mktemp("home")
    check_disk(home)
    monkeypatch.setattr("bot.processes.preflight.LEAST_FREE_MB", 10**9)
    with pytest.raises(StartError, match="free at least"):
        check_disk(home)
