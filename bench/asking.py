"""How the measures ask servers: by aiohttp, since whoever asks takes of the same cores as who answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp

IDLE = 4.0  # seconds for which an unused connection is kept: fewer than any of the servers keeps it


@asynccontextmanager
async def client_for(address: str, at_once: int, patience: float) -> AsyncIterator[aiohttp.ClientSession]:
    """Asks the server at `address`, with `at_once` connections and `patience` seconds for an answer."""
    async with aiohttp.ClientSession(
        address,
        connector=aiohttp.TCPConnector(limit=at_once, keepalive_timeout=IDLE),
        timeout=aiohttp.ClientTimeout(total=patience),
        raise_for_status=True,
    ) as client:
        yield client


async def delivered(client: aiohttp.ClientSession, path: str, headers: Mapping[str, str], body: bytes) -> None:
    """One delivery, as it was signed, until it is answered; an error if it is not, or not 200."""
    async with client.post(path, headers=headers, data=body) as answer:
        await answer.read()


async def is_taken(client: aiohttp.ClientSession, path: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one delivery was answered 200."""
    try:
        await delivered(client, path, headers, body)
    except (aiohttp.ClientError, TimeoutError):
        return False
    return True
