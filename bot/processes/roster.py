"""Beside the message's way: which processes there are, how each is started, and which secrets each is given.

A process is given a secret only if its work needs it: the console's key opens referrals, so no public process has
it; Rasa and the actions hold no key to anything stored.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from bot.processes.child import Spec
from bot.settings import ROOT, Settings

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
LOOPBACK = "127.0.0.1"
MODULES = {"actions": "actions.server", "gateway": "bot.gateway", "console": "bot.console"}

# All that Rasa and the actions may know of our settings; the others get all, less what is withheld.
GIVEN = {
    "rasa": {"BOT_TURN_SECRET", "BOT_ACTION_SECRET", "BOT_ACTION_PORT"},
    "actions": {"BOT_ACTION_SECRET", "BOT_ACTION_PORT", "BOT_KEEP_UNCLEAR"},
}
CHANNEL_SECRETS = {
    *("BOT_TELEGRAM_TOKEN", "BOT_TELEGRAM_SECRET", "BOT_WHATSAPP_TOKEN", "BOT_WHATSAPP_PHONE_ID"),
    *("BOT_WHATSAPP_APP_SECRET", "BOT_WHATSAPP_VERIFY_TOKEN"),
}
METRICS = {"BOT_METRICS_PORT", "BOT_METRICS_HOST", "BOT_METRICS_TOKEN"}  # the gateway alone has them
WITHHELD = {
    "gateway": {"BOT_CONSOLE_KEY", "BOT_SMTP_USER", "BOT_SMTP_PASSWORD"},
    "console": CHANNEL_SECRETS | METRICS,
}

# Two cores are shared by four processes: more threads than that only wait for one another.
RASA_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TQDM_DISABLE": "1",  # its bars fill the log
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def roster(settings: Settings, environ: Mapping[str, str]) -> list[Spec]:
    """The four processes, in the order they are started. `environ` holds the secrets and the ports too."""
    gateway = _shown(settings.gateway_host, settings.gateway_port)
    console = _shown(settings.console_host, settings.console_port)
    return [
        *engine_roster(settings.home, environ),
        _python_spec(settings.home, environ, "gateway", gateway),
        _python_spec(settings.home, environ, "console", console),
    ]


def engine_roster(home: Path, environ: Mapping[str, str]) -> list[Spec]:
    """What takes a turn: Rasa and the actions. `environ` must hold their ports and secrets."""
    port = environ["BOT_RASA_PORT"]
    address = f"http://{LOOPBACK}:{port}"
    rasa = Spec(
        name="rasa",
        command=command_of("rasa", environ),
        environment=child_environment("rasa", environ),
        address=address,
        health=f"{address}/webhooks/turn/",
        log=log_path(home, "rasa"),
    )
    actions = f"http://{LOOPBACK}:{environ['BOT_ACTION_PORT']}"
    return [rasa, _python_spec(home, environ, "actions", actions)]


def rasa_command(port: str) -> tuple[str, ...]:
    """How Rasa is started: on the loopback only, without its HTTP API."""
    return (
        *(str(RASA_PYTHON), "-m", "nlu.engine.serve", "--interface", LOOPBACK, "--port", port),
        *("--model", "models/avrr.tar.gz"),
    )


def child_environment(name: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the process `name`: the machine's, and of ours what it may have."""
    ours = {key for key in environ if key.startswith("BOT_")}
    kept = ours & GIVEN[name] if name in GIVEN else ours - WITHHELD[name]
    plain = {key: value for key, value in environ.items() if key not in ours or key in kept}
    quiet = RASA_QUIET if name == "rasa" else {}
    return {**plain, **quiet, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def log_path(home: Path, name: str) -> Path:
    """Where what a process prints is kept."""
    return home / "log" / f"{name}.log"


def command_of(name: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """How the process `name` is started; `environ` holds Rasa's port."""
    if name == "rasa":
        return (sys.executable, "-m", "bot.processes.vouched", *rasa_command(environ["BOT_RASA_PORT"]))
    return (sys.executable, "-m", MODULES[name])


def _python_spec(home: Path, environ: Mapping[str, str], name: str, address: str) -> Spec:
    command, environment = command_of(name, environ), child_environment(name, environ)
    return Spec(name, command, environment, address, f"{address}/healthz", log_path(home, name))


def _shown(host: str, port: int) -> str:
    # A process that listens on every address is asked, and shown, on the loopback.
    return f"http://{LOOPBACK if host in {'0.0.0.0', '::'} else host}:{port}"  # noqa: S104 - compared, not bound
