"""Steps 1, 2, 3 and 9 in one process: the channels' routes, and the workers that take, send and forget."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import anyio
import structlog
import uvicorn
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.channel import Channel, Working
from bot.channels.offered import LIMITS, messengers
from bot.channels.webchat import WebChat
from bot.conversation.apology import Apologies
from bot.conversation.choosing import load_choice_words
from bot.conversation.dialogue import Dialogue
from bot.conversation.leaving import load_exit_words
from bot.conversation.left_behind import free_left_behind
from bot.conversation.means import Means
from bot.conversation.office_news import OfficeNews
from bot.conversation.outbox import Outbox
from bot.conversation.purge import Purge
from bot.conversation.turn_engine import HttpTurnEngine, TurnEngine
from bot.http import Http
from bot.language.catalogue import load_catalogue
from bot.language.languages import served
from bot.processes.child import is_healthy
from bot.referrals import intake
from bot.referrals.notify import PrintingNotifier
from bot.settings import ROOT, Settings, read_settings
from bot.store.database import now, open_database, transaction
from bot.store.key_check import check_keys
from bot.store.schema import Schema, schema_of
from bot.watching.collecting import Collecting
from bot.watching.health import Health
from bot.watching.listening import listening
from bot.watching.marks import Marks
from bot.watching.watched import WatchedEngine, WatchedInbox

GRACE = 8  # seconds in which requests and turns may end after a stop was asked for

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class SafeHeaders:
    """Adds `HEADERS` to every response, without holding any of it back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


@dataclass(frozen=True)
class Gateway:
    """The application, what ends its streams when it stops, and what it counts."""

    app: Starlette
    webchat: WebChat
    marks: Marks


def make_means(settings: Settings, database: Engine, root: Path = ROOT) -> Means:
    """What every step works with; errors name the file or setting that is wrong."""
    catalogue = load_catalogue(root)
    languages = served(catalogue.languages, settings.languages, demo=settings.demo)
    return Means(
        database=database,
        settings=settings,
        catalogue=catalogue,
        languages=languages,
        exits=load_exit_words(root / "locales", languages),
        places=load_choice_words(root / "locales", languages),
        limits=LIMITS,
        referrals=intake,
        clock=now,
    )


def create_gateway(means: Means, engine: TurnEngine | None = None) -> Gateway:
    """The gateway over `means`. `engine` takes the turns: the one at `settings.turn_url` unless given."""
    marks = Marks(sorted(LIMITS))
    inbox, client = WatchedInbox(means, marks), Http()
    webchat = WebChat(inbox, means)
    offered: list[Channel] = [webchat, *messengers(inbox, means, client)]
    channels: Mapping[str, Channel] = {channel.name: channel for channel in offered}
    # An engine that is given lives in this very process.
    engine_answers = partial(is_healthy, f"{means.settings.turn_url}/webhooks/turn/") if engine is None else _here
    marks.registry.register(
        Collecting(means.database, means.clock, sorted(LIMITS), engine_answers, means.settings.home / "backup")
    )
    routes: list[BaseRoute] = [*Health(means.database, means.clock, engine_answers).routes()]
    for channel in channels.values():
        routes.extend(channel.routes())
    asked = engine or HttpTurnEngine(means.settings, client)
    app = Starlette(routes=routes, lifespan=_lifespan(means, channels, asked, marks, client))
    app.add_middleware(SafeHeaders)
    return Gateway(app, webchat, marks)


def _here() -> bool:
    return True


def _lifespan(
    means: Means, channels: Mapping[str, Channel], engine: TurnEngine, marks: Marks, client: Http
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with aclosing(client), anyio.create_task_group() as tasks:
            workers: list[Callable[[], Coroutine[Any, Any, None]]] = [
                Dialogue(means, WatchedEngine(engine, marks)).run,
                Outbox(means, channels).run,
                Apologies(means).run,
                Purge(means, marks.purged).run,
                OfficeNews(means, PrintingNotifier()).run,
            ]
            for channel in channels.values():
                workers.extend(channel.workers() if isinstance(channel, Working) else ())
            for worker in workers:
                tasks.start_soon(worker)
            yield
            tasks.cancel_scope.cancel()

    return lifespan


class Server(uvicorn.Server):
    """A server that ends its open streams when a stop is asked for, instead of waiting for them."""

    def __init__(self, config: uvicorn.Config, webchat: WebChat) -> None:
        super().__init__(config)
        self._webchat = webchat

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A stop was asked for."""
        self._webchat.end()
        super().handle_exit(sig, frame)


def quiet_logs() -> None:
    """Libraries say warnings only: their lines hold addresses and web addresses with secrets."""
    for name in ("aiohttp", "httpx", "httpcore", "sqlalchemy", "telegram", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))


def main() -> None:
    """Run the gateway until it is told to stop."""
    quiet_logs()
    settings = read_settings()
    database = open_database(settings.database_url)
    if schema_of(database) is Schema.OLD:
        sys.exit("The database is not migrated: `bot office init` brings it up to date, as `bot run` does.")
    with transaction(database) as session:
        check_keys(session, settings, "gateway")
        free_left_behind(session, now())
    gateway = create_gateway(make_means(settings, database))
    config = uvicorn.Config(
        gateway.app,
        host=settings.gateway_host,
        port=settings.gateway_port,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        log_level="warning",
    )
    with listening(gateway.marks.registry, settings.metrics):
        Server(config, gateway.webchat).run()
    database.dispose()


if __name__ == "__main__":
    main()
