"""The console where browsers have passkeys, and what it keeps of them, for the tests of both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from authenticator import ORIGIN, PRESENT, Device, enter
from console_world import World
from sqlalchemy import select

from bot.store.database import transaction
from bot.store.models import Audit, Passkey


def kept(world: World) -> list[Passkey]:
    with transaction(world.engine) as session:
        return list(session.scalars(select(Passkey)))


def acts(world: World) -> list[str]:
    with transaction(world.engine) as session:
        return [row.act for row in session.scalars(select(Audit).order_by(Audit.id))]


def opens(world: World, answer: str) -> int:
    return enter(world.browser(), answer).status_code


WRONG: dict[str, Callable[[Device], Device]] = {
    "origin": lambda device: replace(device, origin="https://console.example.com"),
    "plain http": lambda device: replace(device, origin=ORIGIN.replace("https", "http")),
    "site": lambda device: replace(device, host="example.com"),
    "owner not verified": lambda device: replace(device, flags=PRESENT),
    "nobody there": lambda device: replace(device, flags=4),
    "key": lambda device: replace(device, key=Device().key),
    "handle": lambda device: replace(device, handle=b"h" * 32),
    "no handle": lambda device: replace(device, handle=b""),
    "credential": lambda device: replace(device, credential=b"d" * 32),
}
