"""Step 1 and 9 on WhatsApp: the channel, its webhook, and what goes out through it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.channel import Arrival, Bubble, Delivered, Knock, Limits, Receipt
from bot.channels.recorded import sound_of
from bot.channels.whatsapp import messages
from bot.channels.whatsapp.afterwards import Afterwards
from bot.channels.whatsapp.graph import Graph, TemplateError
from bot.channels.whatsapp.guard import SIGNATURE, RefusedError, challenge, is_signed, read_body
from bot.channels.whatsapp.number import find
from bot.channels.whatsapp.reading import Batch, read_batch
from bot.conversation.inbox import Inbox
from bot.conversation.means import Means
from bot.conversation.working import whereabouts
from bot.http import Http
from bot.language.languages import SOURCE
from bot.language.templates import Templates
from bot.language.wording import Wording
from bot.settings import WhatsAppSettings
from bot.store.sealing import lookup_hash

NAME = "whatsapp"
PATH = "/whatsapp"
LIMITS = Limits(
    text=messages.LONGEST_TEXT,
    title=messages.ROW_DESCRIPTION,
    choices=300,
    text_with_choices=messages.LONGEST_BODY,
    choices_at_once=messages.MOST_ROWS,
    place_apart=True,
    one_message_per_turn=True,
    sound="bare",
)
OPENER = "button_open_list"  # response of domain.yml: what opens a list
WAITING = "message_waiting"  # the set message: something waits for the person to write
SEEN_AGAIN_AFTER = 2.0  # seconds: a receipt can be faster than the answer to the message it is about
AGAIN_AT_ONCE = 20  # such receipts: what is noted at once is committed together
MOST_AGAIN = 5000  # such receipts
log = structlog.get_logger(__name__)


class WhatsApp:
    """One number on WhatsApp. Deliveries are stored before they are acknowledged; a second one changes nothing."""

    name = NAME
    limits = LIMITS

    def __init__(
        self,
        inbox: Inbox,
        means: Means,
        settings: WhatsAppSettings,
        templates: Templates,
        client: Http,
    ) -> None:
        self._inbox, self._means, self._settings, self._templates = inbox, means, settings, templates
        self._client, self._graph = client, Graph(settings, client)
        self._to_mark = Afterwards[str]("whatsapp.marks", self._mark)
        self._to_note = Afterwards[Receipt](
            "whatsapp.receipts", self._note_again, after=SEEN_AGAIN_AFTER, hands=AGAIN_AT_ONCE, most=MOST_AGAIN
        )

    def routes(self) -> list[BaseRoute]:
        """Meta's questions (GET) and deliveries (POST)."""
        return [Route(PATH, self.verify, methods=["GET"]), Route(PATH, self.take, methods=["POST"])]

    def workers(self) -> Sequence[Callable[[], Coroutine[Any, Any, None]]]:
        """What is done besides: messages are marked as read, receipts that came too early are looked at again.

        And Meta is asked which number is ours, if no setting says so.
        """
        asking = [self.find_number] if self._graph.phone_id is None else []
        return [self._to_mark.run, self._to_note.run, *asking]

    async def find_number(self) -> None:
        """Ask Meta which number is ours, until it says. Till then nothing is taken or sent, and nothing lost."""
        self._graph.phone_id = await find(self._settings, self._client)

    async def verify(self, request: Request) -> Response:
        """Meta asks whether this address is ours."""
        try:
            return PlainTextResponse(challenge(request.query_params, self._settings.verify_token))
        except RefusedError as refused:
            return Response(status_code=refused.status)

    async def take(self, request: Request) -> Response:
        """One delivery: 403 unless it is signed; 200 once all of it is stored; 503 to have it again.

        Meta delivers again for 7 days, so nothing is lost while our number is not known.
        """
        try:
            body = await read_body(request)
        except RefusedError as refused:
            return Response(status_code=refused.status)
        if not is_signed(body, request.headers.get(SIGNATURE), self._settings.app_secrets):
            log.warning("whatsapp.unsigned")
            return Response(status_code=403)
        if self._graph.phone_id is None:
            return Response(status_code=503, headers={"Retry-After": "10"})
        batch = read_batch(body, self._graph.phone_id)
        try:
            await self._store(batch)
        except DBAPIError:
            return Response(status_code=503, headers={"Retry-After": "2"})
        return Response(status_code=200)

    async def deliver(self, address: str, bubble: Bubble) -> Delivered:
        """Send one message to a person's id or number."""
        if bubble.audio is not None:
            media = await self._graph.upload(await sound_of(self._means, bubble))
            return self._delivered(await self._graph.send(messages.audio_message(address, media)))
        opener = Wording(self._means.catalogue, bubble.language.replace("-", "_")).text(OPENER)
        return self._delivered(await self._graph.send(messages.message(address, bubble, opener)))

    async def knock(self, address: str, knock: Knock) -> Delivered:
        """Send the set message in the person's language, in English if Meta has it in no other."""
        template = self._templates.by_name[WAITING]
        language = self._templates.language(knock.language)
        try:
            sent = await self._graph.send(messages.template_message(address, template, language, knock))
        except TemplateError:
            english = self._templates.language(SOURCE)
            if language == english:
                raise
            sent = await self._graph.send(messages.template_message(address, template, english, knock))
        return self._delivered(sent)

    async def _store(self, batch: Batch) -> None:
        new: set[str] = set()
        for arrival in batch.arrivals:
            if await self._received(arrival):
                new.add(arrival.delivery)
        for receipt in batch.receipts:
            await self._noted(receipt)
        for raw in batch.aside:
            log.error("whatsapp.aside", bytes=len(raw))
            await self._inbox.set_aside(self.name, raw)
        for notice in batch.notices:
            log.warning("whatsapp.account", notice=notice)
        for message_id in batch.seen.values():
            if message_id in new:
                self._to_mark.put(message_id)

    async def _received(self, arrival: Arrival) -> bool:
        try:
            return await self._inbox.receive(self.name, arrival)
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - one message must not stop those that came with it
            log.error("whatsapp.poison", error=whereabouts(error))  # noqa: TRY400
            await self._inbox.set_aside(self.name, repr(arrival).encode(errors="replace"))
            return False

    async def _noted(self, receipt: Receipt) -> None:
        known = replace(receipt, provider_id=self._known_as(receipt.provider_id))
        if not await self._inbox.receipt(self.name, known):
            self._to_note.put(known)

    def _known_as(self, message_id: str) -> str:
        # Meta's ids of messages hold the person's number, so only a keyed hash of them is kept.
        return lookup_hash(self._means.settings.lookup_key, "sent", self.name, message_id)

    def _delivered(self, message_id: str) -> Delivered:
        return Delivered(self._known_as(message_id) if message_id else None)

    async def _mark(self, message_id: str) -> None:
        await self._graph.mark(messages.seen(message_id))

    async def _note_again(self, receipt: Receipt) -> None:
        await self._inbox.receipt(self.name, receipt)
