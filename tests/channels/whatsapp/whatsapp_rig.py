"""The WhatsApp channel between a gateway without a network and the fake Graph API."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from asgi_http import http_to
from fake_graph_api import NEXT_SECRET, PHONE_ID, SECRET, TOKEN, VERIFY_TOKEN, FakeGraph, Someone
from gateway_rig import Clock, new_gateway
from graph_limits import Json
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from turns import FakeEngine

from bot.channels.whatsapp import LIMITS, NAME, WhatsApp
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.means import Means
from bot.conversation.outbox import Outbox
from bot.conversation.screen import Screen
from bot.conversation.speaking import read_screen
from bot.language.templates import TEMPLATES, load_templates
from bot.settings import ROOT, WhatsAppSettings
from bot.store.models import Person

SETTINGS = WhatsAppSettings(TOKEN, PHONE_ID, (SECRET, NEXT_SECRET), VERIFY_TOKEN, "https://graph.test/v24.0")
NADIA = Someone()


@dataclass
class Rig:
    """`graph` is Meta; what is posted goes to the channel's own routes."""

    means: Means
    graph: FakeGraph
    channel: WhatsApp
    app: Starlette
    engine: FakeEngine
    dialogue: Dialogue
    outbox: Outbox
    clock: Clock

    async def post(self, payload: Json | bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        body, signed = self.graph.signed(payload)
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="https://bot.test") as client:
            return await client.post("/whatsapp", content=body, headers=signed if headers is None else headers)

    async def work(self) -> None:
        while await self.dialogue.take_one() or await self.outbox.send_one():
            pass

    def bring(self, *messages: Any, who: Someone = NADIA) -> list[Json]:
        """Deliver messages in one batch, let everything be done; what was sent because of them."""
        before = len(self.graph.sent)

        async def scene() -> None:
            assert (await self.post(self.graph.batch(messages, who=[who]))).status_code == 200
            await self.work()

        asyncio.run(scene())
        return self.graph.sent[before:]

    def says(self, body: str, who: Someone = NADIA) -> list[Json]:
        return self.bring(self.graph.says(who, body=body), who=who)

    def presses(self, title: str, who: Someone = NADIA) -> list[Json]:
        return self.bring(self.graph.presses(who, title), who=who)

    def notes(self, *statuses: Json) -> None:
        async def scene() -> None:
            assert (await self.post(self.graph.batch(statuses=statuses))).status_code == 200

        asyncio.run(scene())

    def send(self) -> None:
        asyncio.run(self.work())

    def rows(self, table: Any) -> list[Any]:
        with Session(self.means.database) as session:
            return list(session.scalars(select(table).order_by(table.id)).all())

    def people(self) -> list[Person]:
        with Session(self.means.database) as session:
            return list(session.scalars(select(Person).order_by(Person.id)).all())

    def screen(self) -> Screen:
        return read_screen(self.means, self.people()[-1].screen)

    @property
    def heard(self) -> list[Any]:
        return self.engine.messages


@contextmanager
def new_rig(home: Path, settings: WhatsAppSettings = SETTINGS) -> Iterator[Rig]:
    """A rig with all its files in `home`; its clock is the gateway's and Meta's alike."""
    with new_gateway(home) as gateway:
        clock = gateway.clock
        clock.at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        means = replace(
            gateway.means,
            settings=replace(gateway.means.settings, whatsapp=settings),
            limits={NAME: LIMITS},
        )
        graph = FakeGraph(now=lambda: clock.at.replace(tzinfo=UTC).timestamp())
        templates = load_templates(ROOT / "locales" / TEMPLATES)
        channel = WhatsApp(Inbox(means), means, settings, templates, http_to(graph.app))
        yield Rig(
            means=means,
            graph=graph,
            channel=channel,
            app=Starlette(routes=channel.routes()),
            engine=gateway.engine,
            dialogue=Dialogue(means, gateway.engine),
            outbox=Outbox(means, {NAME: channel}),
            clock=clock,
        )
