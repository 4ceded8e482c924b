"""A text read aloud, on WhatsApp: uploaded to Meta, then sent as a voice message of its own."""

from __future__ import annotations

import pytest
from fake_graph_api import text_of, titles
from sounds import recorded, synthetic
from turns import says
from whatsapp_rig import NADIA, Rig

from bot.store.models import Outgoing


def test_a_tap_is_answered_with_a_voice_message_and_the_engine_is_not_asked(rig: Rig) -> None:
    path = recorded(rig.means)
    [question] = rig.says("Hello")
    assert titles(question) == ["18 or older", "Under 18", "Listen", "Back", "✕"]
    [voice] = rig.presses("Listen")
    assert voice["type"] == "audio"
    assert voice["audio"]["voice"] is True
    assert rig.graph.media == {voice["audio"]["id"]: path.read_bytes()}
    assert len(rig.heard) == 1
    rig.presses("18 or older")
    assert rig.heard[-1]["tap"]["entities"] == {"answer": "adult"}


def test_without_a_recording_the_list_is_as_it_was(rig: Rig) -> None:
    [question] = rig.says("Hello")
    assert titles(question) == ["18 or older", "Under 18", "Back", "✕"]


def test_a_computers_voice_comes_after_its_mark(rig: Rig) -> None:
    synthetic(rig.means)
    rig.says("Hello")
    mark, voice = rig.presses("Listen")
    assert text_of(mark) == "Test voice."
    assert voice["type"] == "audio"


@pytest.mark.parametrize(("code", "status", "paused"), [(131053, "failed", False), (130429, "sent", True)])
def test_an_upload_that_is_refused_fails_alone_or_is_tried_again(
    rig: Rig, code: int, status: str, paused: bool
) -> None:
    recorded(rig.means)
    rig.says("Hello")
    rig.clock.forward(seconds=60)
    item = rig.graph.presses(NADIA, "Listen")
    rig.graph.refuse.append(code)
    rig.bring(item)
    assert rig.graph.media == {}
    if paused:
        rig.channel._graph._paused_until = 0
        rig.clock.forward(seconds=60)
        rig.send()
    assert rig.rows(Outgoing)[-1].status == status
    assert bool(rig.graph.media) is paused


def test_turning_the_page_keeps_the_control_among_the_rows(rig: Rig) -> None:
    recorded(rig.means, "ask_many", "Which one?")
    rig.engine.answer = says("ask_many")
    rig.says("Hello")
    [second] = rig.presses("Other choices")
    assert titles(second) == ["Somewhere else, on an island or on a boat", "Listen", "Back", "Other choices", "✕"]
    [voice] = rig.presses("Listen")
    assert voice["type"] == "audio"
