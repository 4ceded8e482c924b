"""Beside the message's way: whether this gateway lives, and whether all that it needs is there, part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from anyio.to_thread import run_sync
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.store.database import transaction
from bot.store.schema import Schema, schema_of
from bot.watching.census import late

STUCK_SECONDS = 120.0  # for which a message may be due before something must be wrong with the sending
OK, AWAY, STUCK, UNKNOWN = "ok", "away", "stuck", "unknown"


@dataclass(frozen=True)
class Health:
    """What is asked: the database, the turn engine (`engine_answers`), and whether anything is being sent."""

    database: Engine
    clock: Callable[[], datetime]
    engine_answers: Callable[[], bool]

    def routes(self) -> list[Route]:
        """`/healthz` and `/readyz`."""
        return [Route("/healthz", healthy), Route("/readyz", self.ready)]

    async def ready(self, _request: Request) -> Response:
        """200 when every part is well, else 503; the parts by name, without a word more."""
        parts = await run_sync(self.parts)
        return ready_answer(parts)

    def parts(self) -> Mapping[str, str]:
        """Each part and how it is."""
        schema = schema_of(self.database)
        return {
            "database": schema.value,
            "engine": OK if self.engine_answers() else AWAY,
            "outbox": self._outbox() if schema in {Schema.OK, Schema.NEWER} else UNKNOWN,
        }

    def _outbox(self) -> str:
        try:
            with transaction(self.database) as session:
                return STUCK if late(session, self.clock()) > STUCK_SECONDS else OK
        except SQLAlchemyError:
            return UNKNOWN


def ready_answer(parts: Mapping[str, str]) -> Response:
    """200 when every part is well, else 503. A database that is newer than this program is well enough."""
    well = all(said in {OK, Schema.NEWER} for said in parts.values())
    return JSONResponse(dict(parts), 200 if well else 503)


async def healthy(_request: Request) -> Response:
    """The process lives and answers; nothing else is asked."""
    return JSONResponse({"status": OK})
