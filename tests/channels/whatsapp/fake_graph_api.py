"""Meta's side: a Graph API that keeps Meta's published limits to the letter, and signs what it delivers.

It knows who wrote when, so that its 24 hours, its pair limit and its templates are those of a real number.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from fake_accounts import FakeAccounts
from graph_limits import Json, RefusalError, check_content, only
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PHONE_ID = "106540352242922"
TOKEN = "EAAG-a-system-persons-token"
SECRET, NEXT_SECRET = "a1b2c3d4e5f60718293a4b5c6d7e8f90", "00112233445566778899aabbccddeeff"
VERIFY_TOKEN = "told-to-meta-once-and-long-enough"
VERSION = "v24.0"
ACCOUNT = "102290129340398"
WINDOW = 24 * 3600
STATUS_OF = {190: 401, 130429: 429, 131056: 400, 131047: 400, 131026: 400, 368: 403, 131000: 500, 4: 429}


@dataclass(frozen=True)
class Someone:
    """A person on WhatsApp, as Meta shows them to a business: with a number, with an id, or with both."""

    wa_id: str | None = "66812345678"
    user_id: str | None = "TH.13491208655302741918"
    name: str = "Nadia"

    @property
    def known_as(self) -> set[str]:
        return {name for name in (self.wa_id, self.user_id) if name}


@dataclass
class FakeGraph:
    """The API and the delivering side of one business number. `now` gives seconds since 1970."""

    now: Callable[[], float] = time.time
    token: str = TOKEN
    phone_id: str = PHONE_ID
    secret: str = SECRET
    pair_burst: int = 45
    templates: Mapping[tuple[str, str], int] = field(
        default_factory=lambda: {("message_waiting", "en"): 1, ("message_waiting", "fa"): 1}
    )
    refuse: deque[int] = field(default_factory=deque)
    sent: list[Json] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    marked: list[Json] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    wrote_at: dict[str, float] = field(default_factory=dict)
    sent_at: dict[str, deque[float]] = field(default_factory=dict)
    known_messages: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    accounts: FakeAccounts = field(default_factory=lambda: FakeAccounts(TOKEN, {ACCOUNT: [PHONE_ID]}))

    # -- the API ------------------------------------------------------------------------------------------------

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/{version}/{phone_id}/messages", self.take, methods=["POST"]),
                Route("/{version}/{phone_id}/media", self.take_media, methods=["POST"]),
                *self.accounts.routes(),
            ]
        )

    async def take(self, request: Request) -> Response:
        try:
            answer = self.accept(
                request.headers.get("authorization"), request.path_params["phone_id"], await request.body()
            )
        except RefusalError as refusal:
            return self._refused(refusal)
        return JSONResponse(answer)

    async def take_media(self, request: Request) -> Response:
        try:
            self._admit(request.headers.get("authorization"), request.path_params["phone_id"])
            async with request.form() as form:
                file = form["file"]
                assert isinstance(file, UploadFile)
                name = self._keep_media(dict(form), file.content_type, await file.read())
        except RefusalError as refusal:
            return self._refused(refusal)
        return JSONResponse({"id": name})

    def _keep_media(self, form: Mapping[str, Any], kind: str | None, content: bytes) -> str:
        if form.keys() != {"messaging_product", "type", "file"} or form["messaging_product"] != "whatsapp":
            raise RefusalError(100, "parameters")
        # The bare type audio/ogg is not taken, nor Opus of more than one channel.
        if not form["type"] == kind == "audio/ogg; codecs=opus" or len(content) > 16 << 20:
            raise RefusalError(131053, "Media upload error")
        head = content.find(b"OpusHead")
        if content[:4] != b"OggS" or not 0 < head < 64 or content[head + 9] != 1:
            raise RefusalError(131053, "Media upload error")
        name = f"10{next(self.numbers):014d}"
        self.media[name] = content
        return name

    def _refused(self, refusal: RefusalError) -> Response:
        self.refused.append((refusal.code, refusal.why))
        error = {"message": f"(#{refusal.code}) {refusal.why}", "type": "OAuthException", "code": refusal.code}
        return JSONResponse({"error": {**error, "fbtrace_id": "x"}}, STATUS_OF.get(refusal.code, 400))

    def _admit(self, authorization: str | None, phone_id: str) -> None:
        if authorization != f"Bearer {self.token}":
            raise RefusalError(190, "Invalid OAuth access token")
        if self.refuse:
            raise RefusalError(self.refuse.popleft(), "as the test wished")
        if phone_id != self.phone_id:
            raise RefusalError(100, "Unsupported post request")

    def accept(self, authorization: str | None, phone_id: str, body: bytes) -> Json:
        self._admit(authorization, phone_id)
        try:
            message = json.loads(body)
        except ValueError:
            raise RefusalError(100, "not JSON") from None
        if message.get("messaging_product") != "whatsapp":
            raise RefusalError(100, "messaging_product is required")
        if "status" in message:
            return self._mark(message)
        return self._send(message)

    def _mark(self, message: Json) -> Json:
        only(message, {"messaging_product", "status", "message_id", "typing_indicator"})
        if message["status"] != "read" or message["message_id"] not in self.known_messages:
            raise RefusalError(131009, "no such message")
        self.marked.append(message)
        return {"success": True}

    def _send(self, message: Json) -> Json:
        to = self._recipient(message)
        check_content(message, self.templates)
        if message["type"] == "audio" and message["audio"]["id"] not in self.media:
            raise RefusalError(131009, "no such media")
        at = self.now()
        if message["type"] != "template" and at - self.wrote_at.get(to, -1e12) >= WINDOW:
            raise RefusalError(131047, "Re-engagement message")
        times = self.sent_at.setdefault(to, deque())
        while times and at - times[0] >= 6 * self.pair_burst:
            times.popleft()
        if len(times) >= self.pair_burst:
            raise RefusalError(131056, "Pair rate limit hit")
        times.append(at)
        wamid = f"wamid.HBg{next(self.numbers):06d}{to.encode().hex()}"
        self.sent.append({**message, "id": wamid})
        contact = {"input": to, "user_id": to} if "recipient" in message else {"input": to, "wa_id": to}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]}

    def _recipient(self, message: Json) -> str:
        only(message, {"messaging_product", "recipient_type", "to", "recipient", "type", str(message.get("type"))})
        if message.get("recipient_type", "individual") != "individual":
            raise RefusalError(100, "recipient_type")
        to, recipient = message.get("to"), message.get("recipient")
        if to is not None and not (isinstance(to, str) and to.isascii() and to.isdecimal()):
            raise RefusalError(131009, "to is no telephone number")
        if recipient is not None and not (isinstance(recipient, str) and recipient[2:3] == "."):
            raise RefusalError(131009, "recipient is no business-scoped id")
        if not to and not recipient:
            raise RefusalError(131008, "to or recipient is missing")
        return str(to or recipient)

    # -- what it delivers ---------------------------------------------------------------------------------------

    def says(self, who: Someone, kind: str = "text", **content: Any) -> Json:
        """One message of `who`, as an item of `messages`; `content` is what stands under its type."""
        for name in who.known_as:
            self.wrote_at[name] = self.now()
        wamid = f"wamid.IN{next(self.numbers):06d}{(who.wa_id or who.user_id or '').encode().hex()}"
        self.known_messages.add(wamid)
        item = {"id": wamid, "timestamp": str(int(self.now())), "type": kind, kind: content}
        named = {"from": who.wa_id, "from_user_id": who.user_id}
        return {**{key: value for key, value in named.items() if value is not None}, **item}

    def presses(self, who: Someone, title: str) -> Json:
        """A press on the button or row `title` of the last message to `who` that has it; only what was shown."""
        for message in reversed(self.to(who)):
            for kind, key, label in shown(message):
                if title in label:
                    reply = {"type": kind, kind: {"id": key, "title": label[0]}}
                    context = {"from": "15550783881", "id": message["id"]}
                    return {**self.says(who, "interactive", **reply), "context": context}
        raise AssertionError(f"no button {title}")

    def status(self, message: Json, state: str, *codes: int) -> Json:
        """A status of a message of ours, as an item of `statuses`."""
        told = {"title": "as told", "message": "as told", "error_data": {"details": "as told"}}
        errors = {"errors": [{"code": code, **told} for code in codes]} if codes else {}
        to = message.get("to") or message.get("recipient")
        name = {"recipient_id": to} if "to" in message else {"recipient_user_id": to, "recipient_id": to}
        return {"id": message["id"], "status": state, "timestamp": str(int(self.now())), **name, **errors}

    def batch(
        self,
        messages: Sequence[Any] = (),
        statuses: Sequence[Any] = (),
        who: Sequence[Someone] = (Someone(),),
        phone_id: str | None = None,
    ) -> Json:
        """A whole delivery."""
        value: Json = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550783881", "phone_number_id": phone_id or self.phone_id},
        }
        value["contacts"] = [contact(one) for one in who]
        if messages:
            value["messages"] = list(messages)
        if statuses:
            value["statuses"] = list(statuses)
        change = {"field": "messages", "value": value}
        return {"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "changes": [change]}]}

    def signed(self, payload: Json | bytes, secret: str | None = None) -> tuple[bytes, dict[str, str]]:
        """The raw body and the headers of a delivery."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
        digest = hmac.new((secret or self.secret).encode(), body, hashlib.sha256).hexdigest()
        return body, {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}

    def to(self, who: Someone) -> list[Json]:
        """What was taken for `who`, in order."""
        return [one for one in self.sent if {one.get("to"), one.get("recipient")} & who.known_as]


def contact(who: Someone) -> Json:
    known = {"wa_id": who.wa_id, "user_id": who.user_id}
    return {"profile": {"name": who.name}, **{key: value for key, value in known.items() if value is not None}}


def shown(message: Json) -> list[tuple[str, str, tuple[str, str]]]:
    """Every button of a message: how it answers, its id, and its title and description."""
    action = message.get("interactive", {}).get("action", {})
    buttons = [
        ("button_reply", one["reply"]["id"], (one["reply"]["title"], "")) for one in action.get("buttons", ())
    ]
    rows = [row for section in action.get("sections", ()) for row in section["rows"]]
    return [*buttons, *(("list_reply", row["id"], (row["title"], row.get("description", ""))) for row in rows)]


def titles(message: Json) -> list[str]:
    return [label[1] or label[0] for _, _, label in shown(message)]


def text_of(message: Json) -> str:
    return str(
        message[message["type"]]["body"] if message["type"] == "text" else message["interactive"]["body"]["text"]
    )
