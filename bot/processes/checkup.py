"""Beside the message's way: looks over an installation, for `bot doctor`; changes nothing."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import SQLAlchemyError
from yaml import YAMLError

from bot.eligibility import CriteriaError
from bot.language.catalogue import load_catalogue
from bot.language.english import ResponsesError
from bot.language.languages import SOURCE, LanguagesError, served
from bot.processes.child import is_healthy
from bot.processes.model import check_model, is_current
from bot.processes.preflight import check_disk, is_free, ports
from bot.processes.roster import RASA_PYTHON
from bot.processes.secrets_file import read_secrets, secrets_path
from bot.processes.start_error import StartError
from bot.settings import ROOT, Settings, SettingsError, read_settings
from bot.store.database import open_database, transaction
from bot.store.key_check import check_keys
from bot.store.models import Table

_NAMED = 3  # responses that a finding names


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is, and what is wrong and to be done about it (empty when nothing is)."""

    what: str
    wrong: str = ""


def look_over(environ: Mapping[str, str], home: Path) -> Iterator[Finding]:
    """Every finding, one by one. The secrets of the file count unless the environment has others."""
    yield from (_ours(), _rasas(), _disk(home), _secrets(secrets_path(environ, home)))
    yield _model()
    kept = read_secrets(secrets_path(environ, home))
    try:
        settings = read_settings({**kept, **environ}, console=True)
    except SettingsError as error:
        yield Finding("settings", str(error))
        return
    yield Finding("settings")
    yield from words(ROOT, settings.languages, demo=settings.demo)
    yield _database(settings)
    yield _keys(settings)
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


def _disk(home: Path) -> Finding:
    try:
        check_disk(home)
    except StartError as error:
        return Finding("disk", str(error))
    return Finding("disk")


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
        several = ", ".join(english[:_NAMED]) + (" …" if len(english) > _NAMED else "")
        told = f"people read English in {len(english)} places ({several}): `bot i18n check` says why."
        yield Finding(f"words in {code}", told if english else "")


def _database(settings: Settings) -> Finding:
    try:
        engine = open_database(settings.database_url)
        with engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), Table.metadata)
        engine.dispose()
    except SQLAlchemyError as error:
        return Finding("database", f"it cannot be read ({type(error).__name__}): look at BOT_DATABASE_URL.")
    return Finding(
        "database", "its tables are not the newest: `bot run` brings them up to date." * bool(differences)
    )


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
        yield _process(name, url, free=is_free(host, port))


def _process(name: str, url: str, *, free: bool) -> Finding:
    if free:
        return Finding(f"{name} is not running; its port is free")
    if is_healthy(url):
        return Finding(f"{name} answers")
    return Finding(name, f"its port is taken, but {url} does not answer 200: see its log in var/log.")
