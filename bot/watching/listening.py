"""Beside the message's way: where the metrics are asked for: a port of their own, never the public one."""

from __future__ import annotations

import hmac
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from anyio.to_thread import run_sync
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.metrics_settings import MetricsSettings
from bot.processes.start_error import StartError
from bot.watching.health import healthy

END_SECONDS = 5.0  # in which what is being asked may end


def metrics_app(registry: CollectorRegistry, token: str | None) -> Starlette:
    """`/metrics`, for who brings `token` (as `Authorization: Bearer …`), for anyone where it is None."""

    async def metrics(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if token is not None and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return PlainTextResponse("forbidden", 403)
        return Response(await run_sync(generate_latest, registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/metrics", metrics), Route("/healthz", healthy)])


@contextmanager
def listening(registry: CollectorRegistry, settings: MetricsSettings | None) -> Iterator[None]:
    """Answer meanwhile, in a thread of its own; nothing without settings. `StartError`: the port is taken."""
    if settings is None:
        yield
        return
    config = uvicorn.Config(
        metrics_app(registry, settings.token),
        host=settings.host,
        port=settings.port,
        access_log=False,
        server_header=False,
        log_level="warning",
    )
    server = uvicorn.Server(config)
    with _bound(settings) as bound:
        thread = threading.Thread(target=server.run, args=([bound],), name="metrics", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(END_SECONDS)


def _bound(settings: MetricsSettings) -> socket.socket:
    # Before the thread begins: in it a port that is taken would go unnoticed.
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise StartError(
            f"Port {settings.port} of {settings.host} cannot be listened on ({error.strerror}): choose another "
            "with BOT_METRICS_PORT, or another address with BOT_METRICS_HOST."
        ) from error
