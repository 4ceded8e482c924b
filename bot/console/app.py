"""Step 8 of the message's way: the console put together, a web application for officers on the staff network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from bot.console.crossing import crossing
from bot.console.desk import Desk
from bot.console.gate import Gate
from bot.console.mail import post_for
from bot.console.pages import load_pages
from bot.console.passwords import Passwords
from bot.console.reminders import reminding
from bot.console.routes import make_routes
from bot.eligibility import load_programme
from bot.language.catalogue import Catalogue, has_words, load_catalogue
from bot.language.languages import SOURCE
from bot.language.wording import Wording
from bot.referrals.phrases import phrases_in
from bot.settings import ROOT, Settings, SettingsError
from bot.store.database import now


def create_app(
    settings: Settings,
    engine: Engine,
    *,
    catalogue: Catalogue | None = None,
    clock: Callable[[], datetime] = now,
    passwords: Passwords | None = None,
) -> Starlette:
    """The console as an ASGI application; `SettingsError` when it is not given the console's key."""
    desk = make_desk(settings, engine, catalogue=catalogue, clock=clock, passwords=passwords)
    return Starlette(
        routes=make_routes(desk),
        middleware=[Middleware(Gate, desk=desk)],
        exception_handlers={HTTPException: partial(_trouble, desk)},
        lifespan=crossing(desk, reminding(desk, post_for(settings))),
    )


def make_desk(
    settings: Settings,
    engine: Engine,
    *,
    catalogue: Catalogue | None = None,
    clock: Callable[[], datetime] = now,
    passwords: Passwords | None = None,
) -> Desk:
    """What the pages work with; `SettingsError` without the console's key."""
    if settings.console_key is None:
        raise SettingsError("BOT_CONSOLE_KEY is not set: the console cannot open referrals without it.")
    words = catalogue or load_catalogue(ROOT)
    return Desk(
        settings=settings,
        console_key=settings.console_key,
        engine=engine,
        clock=clock,
        passwords=passwords or Passwords(),
        pages=load_pages(words.locales, words.languages),
        words_in=partial(Wording, words),
        direction_of=lambda code: words.language(code).direction,
        worded_in=lambda code: code if has_words(words, code) else SOURCE,
        offices=words.offices,
        spoken=tuple(words.languages),
        languages=words.languages,
        programme=load_programme(ROOT / "criteria"),
        phrases=phrases_in((name, response.text) for name, response in words.responses().items()),
    )


def _trouble(desk: Desk, request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    return desk.trouble(request, status)
