"""Beside the message's way: what an installation needs before it serves people, for `bot doctor`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.eligibility import Offices
from bot.metrics_settings import HERE
from bot.processes.finding import Finding, some_of
from bot.settings import Settings
from bot.store.database import open_database, transaction
from bot.store.models import Office, Officer
from bot.store.purge_mark import LEAP, leapt
from bot.store.schema import Schema, schema_of
from bot.watching.collecting import newest_backup

OLDEST_BACKUP_HOURS = 26  # one a night, and some time to make it
CASEWORK = ("officer", "lead")  # the roles of those who read an office's referrals


def addresses(settings: Settings) -> Finding:
    """Whether officers sign in over an address that nobody can listen to."""
    address = urlsplit(settings.console_url)
    here = address.hostname in HERE
    if not settings.demo and address.scheme != "https" and not here:
        return Finding(
            "console's address",
            f"BOT_CONSOLE_URL is {settings.console_url}: passwords go there in clear. Put TLS in front of the "
            "console, and give its https:// address.",
        )
    if not settings.demo and not settings.secure_cookies:
        return Finding(
            "cookies", "BOT_SECURE_COOKIES is not 1: put TLS in front of gateway and console, and set it."
        )
    return Finding("addresses")


def database(settings: Settings) -> Finding:
    """Whether the database is there and its tables are this program's. Makes none."""
    url = make_url(settings.database_url)
    if _is_missing(settings):
        return Finding("database", f"there is no {url.database} yet: `bot run` or `bot office init` makes it.")
    engine = open_database(settings.database_url)
    schema = schema_of(engine)
    engine.dispose()
    wrong = {
        Schema.OK: "",
        Schema.OLD: "its tables are not the newest: `bot office init` brings them up to date, as `bot run` does.",
        Schema.NEWER: "a later version of this program has been at work on it: bring this one up to date too.",
        Schema.AWAY: "it cannot be reached: look at BOT_DATABASE_URL, and whether its server runs.",
    }
    return Finding("database", wrong[schema])


def backups(settings: Settings, seconds: float | None = None) -> Finding:
    """Whether there is a backup of the last night. `seconds`: the present moment, since 1970."""
    if make_url(settings.database_url).get_backend_name() != "sqlite":
        return Finding("backups are PostgreSQL's own: look after them there")
    newest = newest_backup(settings.home / "backup")
    if newest is None:
        if settings.demo:
            return Finding("no backup yet: a demonstration needs none")
        return Finding("backup", "there is none: `bot backup --new-key FILE` once, then `bot backup` every night.")
    hours = ((time.time() if seconds is None else seconds) - newest) / 3600
    if hours > OLDEST_BACKUP_HOURS:
        return Finding("backup", f"the newest is {hours:.0f} hours old: run `bot backup`, and see why it did not.")
    return Finding("backup")


def staffing(settings: Settings, listed: Offices) -> Iterator[Finding]:
    """Whether each office can be sent referrals, has somebody to read them, and can be reminded of them."""
    if _is_missing(settings):
        return
    engine = open_database(settings.database_url)
    try:
        with transaction(engine) as session:
            yield _keyless(session, listed)
            yield _unread(session, demo=settings.demo)
            yield _unreminded(session, settings)
    except SQLAlchemyError:  # told by the finding about the database
        yield Finding("offices could not be looked at")
    finally:
        engine.dispose()


def forgetting(settings: Settings) -> Finding:
    """Whether what is due is forgotten, or that waits because the clock leapt ahead."""
    engine = open_database(settings.database_url)
    try:
        with transaction(engine) as session:
            mark = leapt(session)
    finally:
        engine.dispose()
    if mark is None:
        return Finding("forgetting")
    hours = LEAP.total_seconds() / 3600 - mark.waited / 3600
    return Finding(
        "forgetting",
        f"the clock leapt from {mark.at:%Y-%m-%d %H:%M} to {mark.seen_at:%Y-%m-%d %H:%M} UTC, so nothing is "
        "erased yet: see with `date` that it is right. If not, set it right, and nothing is lost. If it is, and "
        f"the bot was off for so long, let it run: in {hours:.1f} hours it erases what is due.",
    )


def _keyless(session: Session, listed: Offices) -> Finding:
    known = set(session.scalars(select(Office.id)))
    lacking = sorted(one.id for one in listed.by_id.values() if one.active and one.id not in known)
    told = f"{len(lacking)} without keys ({some_of(lacking)}) get no referrals: run `bot office init`."
    return Finding("keys of offices", told if lacking else "")


def _unread(session: Session, *, demo: bool) -> Finding:
    if demo:
        return Finding("officers of each office not counted: this is a demonstration")
    read = select(Officer.office_id).where(Officer.disabled.is_(False), Officer.role.in_(CASEWORK))
    wanted = select(Office.id).where(Office.active.is_(True), Office.id.not_in(read)).order_by(Office.id)
    unread = session.scalars(wanted).all()
    told = (
        f"nobody reads the referrals of {len(unread)} offices ({some_of(unread)}): `bot officer invite LOGIN "
        "--office …`, or `bot office set … --active off`."
    )
    return Finding("officers", told if unread else "")


def _unreminded(session: Session, settings: Settings) -> Finding:
    reminded = session.scalars(select(Office.id).where(Office.digest_to.is_not(None)).order_by(Office.id)).all()
    if reminded and settings.smtp is None and not settings.demo:
        return Finding(
            "reminders",
            f"{some_of(reminded)} asked for them by mail: set BOT_SMTP_HOST and BOT_SMTP_FROM, or none goes.",
        )
    return Finding("reminders")


def _is_missing(settings: Settings) -> bool:
    # Looked at first: SQLite would make an empty file where there is none.
    url = make_url(settings.database_url)
    file = settings.home / (url.database or "")  # an absolute path stays what it is
    return url.get_backend_name() == "sqlite" and not file.exists()
