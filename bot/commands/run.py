"""Beside the message's way: `bot run` prepares this machine and keeps all four processes up until stopped."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine

from bot.commands.secrets import database_file, home_of
from bot.commands.train import say, train_if_stale
from bot.console.demo import ensure_demo_officer
from bot.console.officers import DEMO_ROLES
from bot.eligibility import load_offices
from bot.processes.demo_defaults import with_defaults
from bot.processes.preflight import check_disk, check_environments, check_ports, ports
from bot.processes.roster import roster
from bot.processes.secrets_file import ensure_secrets, read_secrets, secrets_path
from bot.processes.start_error import StartError
from bot.processes.supervisor import Supervisor
from bot.processes.watched import Watched
from bot.referrals.offices import ensure_offices
from bot.settings import ROOT, Settings, SettingsError, read_settings
from bot.store.database import migrate, open_database, transaction
from bot.store.key_check import check_keys


def add_parser(subparsers: Any) -> None:
    """Adds `run` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "run",
        help="start everything on this machine and keep it up",
        description="Makes missing secrets, brings the database up to date, trains the model if it is stale, "
        "starts rasa, actions, gateway and console, and starts again the one that ends. Ctrl-C stops all. "
        "Logs are in var/log. Settings are BOT_… in the environment; BOT_DEMO=0 leaves out the demo officer.",
    )
    parser.set_defaults(run=run)


class Stopping:
    """Whether someone asked for the stop. Called, it says so; given to `signal`, it hears."""

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def __call__(self) -> bool:
        """Whether it was asked for."""
        return self._asked

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True


def run(_args: argparse.Namespace) -> int:
    """0 after a stop that was asked for; what must be put right first is a `StartError` or `SettingsError`."""
    environ = with_defaults(os.environ)
    home = home_of(environ)
    settings, environ = prepare(home, environ)
    database = open_database(settings.database_url)
    prepare_store(database, settings)
    train_if_stale(home)
    stopping = Stopping()
    supervisor = Supervisor(roster(settings, environ), say)
    try:
        supervisor.start()
        supervisor.wait_ready(stopping)
        if not stopping():
            announce(settings, database)
        database.dispose()
        keep_up(supervisor, stopping, home)
    finally:
        say("stopping")
        supervisor.stop()
    say("stopped")
    return 0


def keep_up(supervisor: Supervisor, stopping: Stopping, home: Path) -> None:
    """Keep all up until the stop; when the file of secrets is another, start anew those that it concerns."""
    given = with_defaults(os.environ)
    watched = Watched(secrets_path(given, home))
    while not stopping():
        supervisor.run_until(lambda: stopping() or watched.changed())
        if stopping():
            return
        try:
            environ = with_secrets(home, given, read_secrets(watched.path))
            specs = roster(read_settings(environ, console=True), environ)
        except (StartError, SettingsError) as error:
            say(f"secrets   not taken up: {error}")
            continue
        supervisor.renew(specs, stopping)


def with_secrets(home: Path, environ: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    """The whole environment: what the file of secrets has, unless `environ` says otherwise."""
    lacking = {name: value for name, value in secrets.items() if not environ.get(name)}
    return {**environ, **lacking, "BOT_HOME": str(home)}


def prepare(home: Path, environ: dict[str, str]) -> tuple[Settings, dict[str, str]]:
    """The settings and the whole environment, once nothing stands in the way of a start."""
    check_environments()
    check_disk(home)
    kept = secrets_path(environ, home)
    secrets, made = ensure_secrets(kept, environ, database_file(environ, home))
    say(f"secrets   {'made in' if made else 'in'} {kept}")
    environ = with_secrets(home, environ, secrets)
    settings = read_settings(environ, console=True)
    check_ports(ports(settings, int(environ["BOT_RASA_PORT"])))
    return settings, environ


def prepare_store(database: Engine, settings: Settings) -> None:
    """The schema at its newest, and keys for every active office."""
    began = time.monotonic()
    if settings.console_key is None:
        raise StartError("BOT_CONSOLE_KEY is not set: run `bot secrets`.")
    migrate(database)
    with transaction(database) as session:
        check_keys(session, settings)
    offices = load_offices(ROOT / "criteria")
    with transaction(database) as session:
        ensure_offices(
            session,
            (office.id for office in offices.by_id.values() if office.active),
            settings.console_key,
            offices,
        )
    say(f"database  up to date in {time.monotonic() - began:.1f} s")


def announce(settings: Settings, database: Engine) -> None:
    """Where to go now; in a demo also how to sign in, with a password that is new at every start."""
    say("")
    say(f"Chat      http://{settings.gateway_host}:{settings.gateway_port}/")
    say(f"Console   http://{settings.console_host}:{settings.console_port}/")
    if settings.demo:
        with transaction(database) as session:
            demo = ensure_demo_officer(session, settings)
        left = 30 - int(time.time()) % 30
        say(f"          login {demo.login}   password {demo.password}   code {demo.totp_now} (for {left} s)")
        say(f"          the next code: .venv/bin/bot officer code {demo.login}")
        others = ", ".join(login for login in DEMO_ROLES if login != demo.login)
        say(f"          with the same password and code, as other roles: {others}")
    say("Stop      Ctrl-C")
    say("")
