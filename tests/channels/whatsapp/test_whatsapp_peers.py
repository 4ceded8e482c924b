"""The fake Graph API is held to what an independent client of the Cloud API sends, and reads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from fake_graph_api import PHONE_ID, SECRET, TOKEN, VERIFY_TOKEN, FakeGraph, Someone, shown, text_of
from graph_limits import Json
from pywa_async.client import WhatsApp
from pywa_async.errors import RateLimitHit, ReEngagementMessage, WhatsAppError
from pywa_async.types.callback import Button, Section, SectionList, SectionRow
from pywa_async.types.templates import BodyText, TemplateLanguage

from bot.channels.channel import Bubble, Choice, Knock
from bot.channels.whatsapp.messages import message, template_message
from bot.language.templates import Template

NADIA = Someone()


def peer(graph: FakeGraph) -> WhatsApp:
    """pywa, with the fake where Meta would be."""
    session = httpx.AsyncClient(transport=httpx.ASGITransport(graph.app))
    return WhatsApp(
        phone_id=PHONE_ID,
        token=TOKEN,
        session=session,
        server=None,
        app_secret=SECRET,
        verify_token=VERIFY_TOKEN,
        api_version=24.0,
    )


def read(*messages: Json, statuses: tuple[Json, ...] = (), who: Someone = NADIA) -> list[Any]:
    """What pywa reads in a delivery of the fake: what its handlers are given."""
    graph, heard = FakeGraph(), list[Any]()

    async def scene() -> None:
        wa: Any = peer(graph)

        async def hear(_: WhatsApp, update: Any) -> None:
            heard.append(update)

        for on in (wa.on_message, wa.on_callback_button, wa.on_callback_selection, wa.on_message_status):
            on(hear)
        body, headers = graph.signed(graph.batch(messages, statuses, [who]))
        refused = await wa.webhook_update_validator(body, headers["x-hub-signature-256"])
        assert refused is None
        assert (await wa.webhook_update_handler(body))[1] == 200
        await asyncio.sleep(0)

    asyncio.run(scene())
    return heard


def test_a_text_is_read_as_it_was_written() -> None:
    [update] = read(FakeGraph().says(NADIA, body="سلام 👋"))
    assert (update.text, update.from_user.wa_id, update.from_user.bsuid) == ("سلام 👋", NADIA.wa_id, NADIA.user_id)


def test_somebody_who_hides_their_number_is_read_by_their_id() -> None:
    hidden = Someone(wa_id=None)
    [update] = read(FakeGraph().says(hidden, body="hi"), who=hidden)
    assert (update.from_user.wa_id, update.from_user.bsuid) == (None, NADIA.user_id)


@pytest.mark.parametrize(
    ("kind", "content", "has"),
    [
        ("image", {"mime_type": "image/jpeg", "sha256": "x", "id": "1", "caption": "c"}, lambda one: one.image),
        (
            "audio",
            {"mime_type": "audio/ogg", "sha256": "x", "id": "1", "voice": True},
            lambda one: one.audio.voice,
        ),
        (
            "sticker",
            {"mime_type": "image/webp", "sha256": "x", "id": "1", "animated": False},
            lambda one: one.sticker,
        ),
        ("location", {"latitude": 13.7, "longitude": 100.5}, lambda one: one.location.latitude == 13.7),
    ],
)
def test_other_kinds_are_read_as_what_they_are(kind: str, content: Json, has: Callable[[Any], Any]) -> None:
    [update] = read(FakeGraph().says(NADIA, kind, **content))
    assert has(update)


def test_presses_are_read_with_the_id_of_what_was_shown() -> None:
    graph = FakeGraph()
    few = (Choice("id1", "Yes"), Choice("id2", "No"))
    many = (*few, Choice("id3", "Perhaps"), Choice("id4", "Neither"))
    for choices in (few, many):
        graph.sent.append(
            {**message(str(NADIA.wa_id), Bubble("?", "en", "ltr", choices), "Choose"), "id": "wamid.1"}
        )
        [update] = read(graph.presses(NADIA, "No"))
        assert (update.data, update.title) == ("id2", "No")


@pytest.mark.parametrize("state", ["sent", "delivered", "read"])
def test_statuses_are_read(state: str) -> None:
    ours = {"id": "wamid.1", "to": NADIA.wa_id}
    [update] = read(statuses=(FakeGraph().status(ours, state),))
    assert (update.status.value, update.id) == (state, "wamid.1")


def test_a_status_that_failed_is_read_with_its_code() -> None:
    [update] = read(statuses=(FakeGraph().status({"id": "wamid.1", "to": NADIA.wa_id}, "failed", 131047),))
    assert isinstance(update.error, ReEngagementMessage)


def test_a_signature_that_is_wrong_is_refused_there_too() -> None:
    async def scene() -> Any:
        graph = FakeGraph()
        body, headers = graph.signed(graph.batch([graph.says(NADIA, body="hi")]))
        return await peer(graph).webhook_update_validator(body + b" ", headers["x-hub-signature-256"])

    assert asyncio.run(scene())[1] != 200


# -- as a client ------------------------------------------------------------------------------------------------

Sending = Callable[[WhatsApp], Coroutine[Any, Any, Any]]
BUTTONS = [Button("Yes", "id1"), Button("No", "id2")]
ROWS = SectionList("Choose", [Section("", [SectionRow("One", "id1"), SectionRow("Two", "id2")])])


def sent(send: Sending, graph: FakeGraph | None = None) -> Json:
    """What the fake took from pywa."""
    graph = graph or FakeGraph()
    graph.says(NADIA, body="hi")
    asyncio.run(send(peer(graph)))
    return graph.sent[-1]


def test_it_takes_the_texts_buttons_and_place_requests_that_another_client_sends() -> None:
    to = str(NADIA.wa_id)
    assert text_of(sent(lambda wa: wa.send_message(to, "Hello"))) == "Hello"
    assert [label[0] for _, _, label in shown(sent(lambda wa: wa.send_message(to, "?", buttons=BUTTONS)))] == [
        "Yes",
        "No",
    ]
    listed = sent(lambda wa: wa.send_message(to, "?", buttons=ROWS))
    assert [label[0] for _, _, label in shown(listed)] == ["One", "Two"]
    asked = sent(lambda wa: wa.request_location(to, "Where?"))
    assert asked["interactive"]["type"] == "location_request_message"


def test_it_is_written_to_by_the_persons_id_as_we_do() -> None:
    theirs = sent(lambda wa: wa.send_message(str(NADIA.user_id), "Hello"))
    ours = message(str(NADIA.user_id), Bubble("Hello", "en", "ltr"), "Choose")
    assert theirs.get("recipient") == ours.get("recipient") == NADIA.user_id


def without_defaults(one: Json) -> Json:
    """What remains of a message when what means nothing is left out."""
    kept: Json = json.loads(json.dumps(one), object_hook=lambda part: {k: v for k, v in part.items() if v})
    return {key: value for key, value in kept.items() if key != "id"}


@pytest.mark.parametrize(
    ("choices", "theirs"),
    [
        ((), lambda wa: wa.send_message(NADIA.wa_id, "Hello")),
        (
            (Choice("id1", "Yes"), Choice("id2", "No")),
            lambda wa: wa.send_message(NADIA.wa_id, "Hello", buttons=BUTTONS),
        ),
    ],
)
def test_we_send_what_it_sends(choices: tuple[Choice, ...], theirs: Sending) -> None:
    ours = message(str(NADIA.wa_id), Bubble("Hello", "en", "ltr", choices), "Choose")
    assert without_defaults(ours) == without_defaults(sent(theirs))


def test_set_messages_are_taken_alike() -> None:
    graph = FakeGraph()
    params: Any = BodyText.params
    theirs = sent(
        lambda wa: wa.send_template(
            str(NADIA.wa_id), "message_waiting", TemplateLanguage.PERSIAN, [params("K7PM-2QXD")]
        ),
        graph,
    )
    template = Template("message_waiting", "x", "UTILITY", {"reference": "K7PM-2QXD"})
    ours = template_message(str(NADIA.wa_id), template, "fa", Knock("fa", "K7PM-2QXD"))
    assert theirs["template"]["name"] == ours["template"]["name"]
    assert theirs["template"]["language"]["code"] == ours["template"]["language"]["code"]
    assert theirs["template"]["components"][0]["parameters"] == ours["template"]["components"][0]["parameters"]


def test_it_marks_as_read_and_shows_that_it_writes() -> None:
    graph = FakeGraph()
    incoming = graph.says(NADIA, body="hi")
    asyncio.run(peer(graph).indicate_typing(incoming["id"]))
    from bot.channels.whatsapp.messages import seen

    assert without_defaults(graph.marked[0]) == without_defaults(seen(incoming["id"]))


@pytest.mark.parametrize(
    ("code", "error"), [(131047, ReEngagementMessage), (130429, RateLimitHit), (190, WhatsAppError)]
)
def test_its_refusals_are_known_errors_there(code: int, error: type[Exception]) -> None:
    graph = FakeGraph()
    graph.refuse.append(code)

    async def scene() -> Any:
        sending = peer(graph).send_message(str(NADIA.wa_id), "Hello")
        return (await asyncio.gather(sending, return_exceptions=True))[0]

    raised = asyncio.run(scene())
    assert isinstance(raised, error)
