"""A turn engine that keeps nothing, as Rasa: it says of each message which it was, and does what that asks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions.referral import reference_code

OFFICE = "TH-BKK"
AT = {"kind": "office", "value": OFFICE}
SAID = "status_accepted"  # it has no buttons, and room for a code: which message of whom was taken
CONTENT = {
    "outcome": "COUNSELLOR",
    "answers": {"age": "adult", "country_now": "TH"},
    "criteria_version": "2026-11-22",
    "contact": {"way": "chat", "number": None, "time": "any", "style": []},
}
Json = dict[str, Any]


def code(value: str) -> Json:
    return {"kind": "code", "value": value}


def say(name: str, **variables: Any) -> Json:
    return {"name": name, "variables": variables, "buttons": []}


@dataclass
class Engine:
    """`failing`: as Rasa answers while the actions are away. `seconds`: how long a turn takes."""

    failing: bool = False
    seconds: float = 0.0

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/webhooks/turn/take", self.take, methods=["POST"])])

    async def take(self, request: Request) -> Response:
        turn = await request.json()
        await asyncio.sleep(self.seconds)
        if self.failing:
            return JSONResponse({"error": "failed"}, 503)
        return JSONResponse({**answer(turn), "heard": {"intent": "any", "confidence": 1.0}})


def answer(turn: Mapping[str, Any]) -> Json:
    """The turn for one message: `WHO/NUMBER [what to do]`, or the yes under the question of consent."""
    state = turn["state"] if "who" in (turn["state"] or {}) else {"who": "", "heard": []}
    words = turn["message"].get("text", "").split()
    heard = words[0] if words else f"{state['who']}/{len(state['heard']):02}"
    saying, doing = [say(SAID, reference=code(heard), office=AT)], []
    if words:
        doing += [effect for effect in (EFFECTS.get(word) for word in words[1:]) if effect]
    if "share" in words:
        saying.append(say("ask_consent", office=AT, lines={"kind": "lines", "value": []}))
    if not words:
        # Asked for although one may be open already: it is not the engine that keeps it from being two.
        reference = reference_code()
        doing.append({"effect": "refer", "office": OFFICE, "reference": reference, "content": CONTENT})
        if not (turn["facts"]["referral"] or {}).get("open"):
            phone = {"kind": "phone", "value": "+66 2 343 9300"}
            saying.append(say("referral_sent", reference=code(reference), office=AT, days=3, phone=phone))
    state = {"who": heard.partition("/")[0], "heard": [*state["heard"], heard]}
    return {"say": saying, "do": doing, "state": state}


EFFECTS: Mapping[str, Json] = {
    "back": {"effect": "withdraw"},
    "tell": {"effect": "write_to_office", "text": "any words"},
    "erase": {"effect": "erase"},
}
