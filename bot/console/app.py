"""Step 8 of the message's way: the console put together, a web application for officers on the staff network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import Engine, text
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.console.acts import ACTS, do_act
from bot.console.desk import Desk
from bot.console.door import enter, leave, show_login
from bot.console.gate import Gate
from bot.console.pages import load_pages
from bot.console.passwords import Passwords
from bot.console.referral_pages import search, show_list, show_one
from bot.language.catalogue import Catalogue, load_catalogue
from bot.language.wording import Wording
from bot.settings import ROOT, Settings, SettingsError
from bot.store.database import now, transaction

STYLE = Path(__file__).parent / "static" / "console.css"


def create_app(
    settings: Settings,
    engine: Engine,
    *,
    catalogue: Catalogue | None = None,
    clock: Callable[[], datetime] = now,
    passwords: Passwords | None = None,
) -> Starlette:
    """The console as an ASGI application; `SettingsError` when it is not given the console's key."""
    if settings.console_key is None:
        raise SettingsError("BOT_CONSOLE_KEY is not set: the console cannot open referrals without it.")
    words = catalogue or load_catalogue(ROOT)
    desk = Desk(
        settings=settings,
        console_key=settings.console_key,
        engine=engine,
        clock=clock,
        passwords=passwords or Passwords(),
        pages=load_pages(words.locales),
        words_in=partial(Wording, words),
        direction_of=lambda code: words.language(code).direction,
    )
    return Starlette(
        routes=_routes(desk),
        middleware=[Middleware(Gate, desk=desk)],
        exception_handlers={HTTPException: partial(_trouble, desk)},
    )


def _routes(desk: Desk) -> list[Route]:
    style = STYLE.read_bytes()
    one = "/referrals/{reference}"
    return [
        Route("/", partial(show_list, desk), methods=["GET"]),
        Route("/login", partial(show_login, desk), methods=["GET"]),
        Route("/login", partial(enter, desk), methods=["POST"]),
        Route("/logout", partial(leave, desk), methods=["POST"]),
        Route("/search", partial(search, desk), methods=["GET"]),
        Route(one, partial(show_one, desk), methods=["GET"]),
        *(Route(f"{one}/{name}", partial(do_act, desk, act), methods=["POST"]) for name, act in ACTS.items()),
        Route("/static/console.css", lambda _: Response(style, media_type="text/css"), methods=["GET"]),
        Route("/healthz", partial(_healthz, desk), methods=["GET"]),
    ]


def _healthz(desk: Desk, _request: Request) -> Response:
    with transaction(desk.engine) as session:
        session.execute(text("SELECT 1"))
    return PlainTextResponse("ok")


def _trouble(desk: Desk, request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    return desk.trouble(request, status)
