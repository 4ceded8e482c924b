"""The gateway with every channel switched on, as the internet meets it, without a socket."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from gateway_rig import Gateway, new_gateway
from starlette.applications import Starlette
from starlette.routing import Route

from bot.channels.offered import LIMITS
from bot.channels.whatsapp.guard import SIGNATURE, sign
from bot.gateway import create_gateway
from bot.language.templates import TEMPLATES
from bot.settings import ROOT, TelegramSettings, WhatsAppSettings

TELEGRAM_SECRET, APP_SECRET = "a-secret_of-the-webhook", "an-app-secret-of-tests"
TELEGRAM = TelegramSettings(f"7000000001:{'t' * 30}", TELEGRAM_SECRET, "https://telegram.test", polling=False)
WHATSAPP = WhatsAppSettings("token", "1000", (APP_SECRET,), "a-verify-token-of-tests", "https://graph.test/v24.0")
BASE = "http://chat.test"
ADDRESS = "A" * 43
OURS = {"x-chat": "1", "origin": BASE, "sec-fetch-site": "same-origin", "cookie": f"chat={ADDRESS}"}
Body = bytes | AsyncIterator[bytes]


@dataclass(frozen=True)
class Public:
    """`app` is what the gateway's process serves. What fails in it is raised here, not hidden in a 500."""

    gateway: Gateway
    app: Starlette

    def routes(self, method: str) -> list[str]:
        """The addresses that take this method, by the application's own table; parts are filled."""
        parts = {"{name}": "chat.css", "{name:path}": "en/notice.ogg"}
        found = []
        for route in self.app.routes:
            assert isinstance(route, Route)
            if method in (route.methods or ()):
                path = route.path
                for part, value in parts.items():
                    path = path.replace(part, value)
                assert "{" not in path, f"Say in `routes` what stands for the part of {path}."
                found.append(path)
        return found

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Body = b"") -> httpx.Response:
        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, path, headers=dict(headers), content=body)

        return asyncio.run(asking())

    def genuine(self, path: str, body: bytes) -> dict[str, str]:
        """What makes a request genuine there: the platform's secret or signature, our page's own headers."""
        return {
            "content-type": "application/json",
            "x-telegram-bot-api-secret-token": TELEGRAM_SECRET,
            SIGNATURE: sign(body, APP_SECRET),
            **(OURS if path.startswith("/chat/") else {}),
        }


@contextmanager
def public(home: Path) -> Iterator[Public]:
    """The whole gateway, with all its files in `home`."""
    with new_gateway(home) as gateway:
        settings = replace(gateway.means.settings, telegram=TELEGRAM, whatsapp=WHATSAPP)
        gateway.means = replace(gateway.means, settings=settings, limits=LIMITS)
        shutil.copy(ROOT / "locales" / TEMPLATES, gateway.means.catalogue.locales / TEMPLATES)
        yield Public(gateway, create_gateway(gateway.means, gateway.engine).app)


def says(words: str) -> str:
    """A message of the web chat, as the page sends it; `words` must be plain."""
    return f'{{"delivery": "{uuid.uuid4()}", "text": "{words}"}}'
