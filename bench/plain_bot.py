"""Beside the message's way: a plain python-telegram-bot webhook server, for `bench/channels.py` to compare with.

Built as the library's documentation shows for a web application of one's own: the update goes into the queue in
memory, and is acknowledged. Each is noted once its handler is done, which takes as long as a quick turn.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import uvicorn
from fake_bot_api import TOKEN, FakeBotApi
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

TURN = 0.04  # seconds


def main(port: int, noted: Path) -> None:
    """Serve until killed; one line in `noted` for each message that was handled."""
    fake = HTTPXRequest(httpx_kwargs={"transport": httpx.ASGITransport(FakeBotApi().app)})
    application = Application.builder().token(TOKEN).updater(None).request(fake).build()

    async def handle(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await asyncio.sleep(TURN)
        if update.message is not None:
            with noted.open("a") as file:
                file.write(f"{update.message.text}\n")

    async def take(request: Request) -> Response:
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return Response()

    async def healthy(_request: Request) -> Response:
        return Response()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with application:
            await application.start()
            yield
            await application.stop()

    application.add_handler(MessageHandler(filters.TEXT, handle))
    routes = [Route("/telegram", take, methods=["POST"]), Route("/healthz", healthy)]
    uvicorn.run(Starlette(routes=routes, lifespan=lifespan), port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2])))
