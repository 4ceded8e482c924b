"""Beside the message's way: looks over an installation, for `bot doctor`; changes nothing."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from yaml import YAMLError

from bot.eligibility import CriteriaError, load_offices
from bot.language.catalogue import load_catalogue
from bot.language.english import ResponsesError
from bot.language.languages import SOURCE, LanguagesError, served
from bot.processes.child import is_healthy
from bot.processes.deliveries import telegram
from bot.processes.finding import Finding, some_of
from bot.processes.installation import addresses, backups, database, forgetting, staffing
from bot.processes.machine import clock, disk, open_files
from bot.processes.model import check_model, is_current
from bot.processes.preflight import is_free, ports
from bot.processes.roster import RASA_PYTHON
from bot.processes.secrets_file import read_secrets, secrets_path
from bot.processes.start_error import StartError
from bot.settings import ROOT, Settings, SettingsError, read_settings
from bot.store.database import open_database, transaction
from bot.store.key_check import check_keys

__all__ = ["Finding", "look_over", "words"]


def look_over(environ: Mapping[str, str], home: Path) -> Iterator[Finding]:
    """Every finding, one by one. The secrets of the file count unless the environment has others."""
    yield from (_ours(), _rasas(), disk(home), open_files(), _secrets(secrets_path(environ, home)))
    yield _model()
    kept = read_secrets(secrets_path(environ, home))
    try:
        settings = read_settings({**kept, **environ}, console=True)
    except SettingsError as error:
        yield Finding("settings", str(error))
        return
    yield Finding("settings")
    yield from words(ROOT, settings.languages, demo=settings.demo)
    found = database(settings)
    yield found
    if not found.wrong:
        yield _keys(settings)
        yield from staffing(settings, load_offices(ROOT / "criteria"))
        yield forgetting(settings)
    yield from (backups(settings), addresses(settings), clock(settings))
    if settings.telegram is not None:
        yield asyncio.run(telegram(settings.telegram))
    yield from _processes(settings, int(environ["BOT_RASA_PORT"]))


def _ours() -> Finding:
    right = sys.version_info[:2] == (3, 12)
    return Finding("Python 3.12", "" if right else f"this runs on {sys.version.split()[0]}: run `make clean run`.")


def _rasas() -> Finding:
    try:
        found = subprocess.run(  # noqa: S603 - our own command, no shell
            [
                str(RASA_PYTHON),
                "-c",
                "import sys, importlib.metadata as m; print(*sys.version_info[:2], m.version('rasa'))",
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return Finding("Rasa's environment", f"{RASA_PYTHON} does not run Rasa: run `make run`, which builds it.")
    major, minor, rasa = found.stdout.split()
    return Finding(f"Rasa {rasa} on Python {major}.{minor}")


def _model() -> Finding:
    if not is_current():
        return Finding("model", "the model is missing or stale: run `make train`.")
    try:
        check_model()
    except StartError as error:
        return Finding("model", str(error))
    return Finding("model")


def _secrets(path: Path) -> Finding:
    if not path.exists():
        return Finding("secrets", f"{path} is missing: run `bot secrets`, or set each BOT_… in the environment.")
    if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding("secrets", f"{path} can be read by others than its owner: run `chmod 600 {path}`.")
    return Finding("secrets")


def words(root: Path, listed: Sequence[str], *, demo: bool) -> Iterator[Finding]:
    """Whether every language offered has all its words; `listed` are those that the deployment names."""
    try:
        catalogue = load_catalogue(root)
        languages = served(catalogue.languages, listed, demo=demo)
    except (ResponsesError, CriteriaError, LanguagesError, YAMLError, OSError) as error:
        yield Finding("words", str(error))
        return
    for code in languages:
        english = catalogue.lacking(code) if code != SOURCE else []
        told = f"people read English in {len(english)} places ({some_of(english)}): `bot i18n check` says why."
        yield Finding(f"words in {code}", told if english else "")


def _keys(settings: Settings) -> Finding:
    engine = open_database(settings.database_url)
    try:
        with transaction(engine) as session:
            check_keys(session, settings)
    except SettingsError as error:
        return Finding("keys", str(error))
    except SQLAlchemyError:  # told by the finding about the database
        return Finding("keys could not be tried")
    finally:
        engine.dispose()
    return Finding("keys")


def _processes(settings: Settings, rasa_port: int) -> Iterator[Finding]:
    health: Mapping[str, str] = {"BOT_RASA_PORT": "/webhooks/turn/"}
    for host, port, setting in ports(settings, rasa_port):
        name = setting.removeprefix("BOT_").removesuffix("_PORT").lower()
        url = f"http://{host}:{port}{health.get(setting, '/healthz')}"
        yield _process(name, url, setting, free=is_free(host, port))


def _process(name: str, url: str, setting: str, *, free: bool) -> Finding:
    if free:
        return Finding(f"{name} is not running; its port is free")
    if is_healthy(url):
        return Finding(f"{name} answers")
    return Finding(
        name,
        f"its port is taken, but {url} does not answer 200: see its log in var/log; if another program "
        f"has it, choose another with {setting}.",
    )
