"""Beside the message's way: `bot serve` is one of the four processes, for systemd or a container to keep up."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from typing import Any, NoReturn

from bot.commands.run import with_secrets
from bot.commands.secrets import home_of
from bot.processes.child import is_healthy
from bot.processes.demo_defaults import DEFAULTS
from bot.processes.hearing import stand_beside
from bot.processes.roster import LOOPBACK, MODULES, child_environment, command_of
from bot.processes.secrets_file import read_secrets, secrets_path
from bot.settings import ROOT

NAMES = ("rasa", *MODULES)
PORTS = {"gateway": "8000", "console": "8001"}  # the usual ones; those of the other two are in `DEFAULTS`
PORT_OF = {"actions": "BOT_ACTION_PORT"}  # the others are named for their process
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound


def add_parser(subparsers: Any) -> None:
    """Adds `serve` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "serve",
        help="be one process of the four, for systemd or a container",
        description="Becomes the process NAME, with those settings and secrets of the environment and of "
        "var/secrets.env that it may have, and no others. Unlike `bot run` it makes no secrets, trains nothing, "
        "migrates nothing (`bot secrets`, `bot train`, `bot office init` do) and keeps nothing up: deploy/ has "
        "units and a compose file for that. A demonstration only with BOT_DEMO=1.",
    )
    parser.add_argument("name", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument(
        "--check", action="store_true", help="ask whether it lives instead: exit code 0 when it does, else 1"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """With --check 0 or 1; else it does not come back: this process is that one."""
    environ = {**DEFAULTS, "BOT_DEMO": "0", **os.environ}
    if not args.check:
        become(args.name, environ)
    return 0 if is_healthy(health_of(args.name, environ)) else 1


def become(name: str, environ: Mapping[str, str]) -> NoReturn:
    """The process `name`, with what it may know of `environ` and the file of secrets; killed when it is deaf."""
    home = home_of(environ)
    whole = with_secrets(home, environ, read_secrets(secrets_path(environ, home)))
    command = command_of(name, whole)
    stand_beside(os.getpid(), health_of(name, whole), os.environ)
    os.chdir(ROOT)
    os.execve(command[0], command, child_environment(name, whole))  # noqa: S606 - our own command


def health_of(name: str, environ: Mapping[str, str]) -> str:
    """Where the process `name` of this machine is asked whether it lives."""
    setting = PORT_OF.get(name, f"BOT_{name.upper()}_PORT")
    port = environ.get(setting) or PORTS[name]
    host = environ.get(f"BOT_{name.upper()}_HOST", LOOPBACK) if name in PORTS else LOOPBACK
    path = "/webhooks/turn/" if name == "rasa" else "/healthz"
    return f"http://{LOOPBACK if host in EVERYWHERE else host}:{port}{path}"
