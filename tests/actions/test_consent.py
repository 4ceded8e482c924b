from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from scenes import KNOWN, REACHED, tapped

from actions.consent import ask_consent, content_of
from actions.turn import Turn

CHILD = {**REACHED, "age": "minor_without_parent", "who": None, "needs": None}
FAMILY = {**REACHED, "who": "family", "mixed_status": False, "adults": 2, "children": 3}
FEAR = {**REACHED, "fear_of_return": "yes", "helped_before": "this_project", "held": "prison_sentence"}
CHAT = {**REACHED, "contact_way": "chat", "contact_number": None, "contact_name": "say_iom", "needs": []}
# What consent_rules tells of: the codes of the programme's rules about the answers, and which rules those were.
BY_THE_RULES = {"reasons", "routes", "to_check", "criteria_version"}


def worded(value: Any) -> Iterator[tuple[str, Any]]:
    """Every worded value in a screen, at any depth: its kind and what it words."""
    if isinstance(value, dict) and "kind" in value:
        if value["kind"] == "say":
            yield "say", value["value"]["name"]
            yield from worded(value["value"]["variables"])
        elif value["kind"] == "lines":
            yield from worded(value["value"])
        else:
            found = value["value"]
            yield value["kind"], tuple(found) if isinstance(found, list) else found
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from worded(one) if isinstance(one, dict) else iter([(name, one)])
    elif isinstance(value, list):
        for one in value:
            yield from worded(one)


def shown_on(turn: Turn) -> set[tuple[str, Any]]:
    return set(worded(dict(ask_consent(turn, KNOWN).variables)))


def to_be_sent(content: dict[str, Any], slots: dict[str, Any]) -> set[tuple[str, Any]]:
    """What a screen must word so that all of `content` is on it."""
    contact = content["contact"]
    sent: set[tuple[str, Any]] = {("office", slots["office"]), ("language", "en")}
    sent |= {("say", f"flag_{flag}") for flag in content["flags"]}
    sent |= {("answer", pair) for pair in content["answers"].items()}
    sent |= {("say", f"outcome_{content['outcome']}"), ("say", "consent_rules")} if content["answers"] else set()
    sent |= {("adults", content["adults"]), ("children", content["children"])} if "adults" in content else set()
    sent |= {("say", f"need_{need}") for need in content.get("needs", ())}
    sent |= {("answer", ("contact_way", contact["way"])), ("answer", ("contact_time", contact["time"]))}
    sent |= {("phone", contact["number"])} if contact["number"] else set()
    name = "do_not_say_iom" if "do_not_say_iom" in contact["style"] else "say_iom"
    return sent | {("answer", ("contact_name", name))}


KINDS = {"office", "language", "answer", "phone", "adults", "children"}


@pytest.mark.parametrize(
    "slots", [REACHED, CHILD, FAMILY, FEAR, CHAT], ids=["me", "child", "family", "fear", "chat"]
)
def test_the_screen_shows_what_would_be_sent_and_nothing_else(slots: dict[str, Any]) -> None:
    turn = tapped(slots=slots)
    content = content_of(turn, KNOWN)
    shown, sent = shown_on(turn), to_be_sent(content, slots)
    assert sent <= shown
    values = {one for one in shown if one[0] in KINDS or str(one[1]).startswith(("flag_", "need_", "outcome_"))}
    assert values <= sent


@pytest.mark.parametrize("slots", [REACHED, FAMILY, FEAR, CHAT])
def test_no_part_is_sent_that_the_screen_does_not_speak_of(slots: dict[str, Any]) -> None:
    parts = {"contact", "outcome", "flags", "answers", "adults", "children", "needs"}
    assert set(content_of(tapped(slots=slots), KNOWN)) == parts | BY_THE_RULES


def test_a_child_s_request_holds_the_need_and_the_contact_alone() -> None:
    content = content_of(tapped(slots={**CHILD, "fear_of_return": "yes", "exploitation": "not_free"}), KNOWN)
    assert content == {
        "outcome": "COUNSELLOR",
        "reasons": ["child"],
        "flags": ["child", "priority"],
        "answers": {},
        "contact": {
            "way": "text",
            "number": "+66812345678",
            "time": "evening",
            "style": ["text_only", "do_not_say_iom"],
        },
        "criteria_version": KNOWN.programme.version,
    }


def test_exclusions_beside_a_sign_are_for_the_office_to_check() -> None:
    content = content_of(tapped(slots=FEAR), KNOWN)
    assert content["outcome"] == "COUNSELLOR"
    assert content["to_check"] == ["helped_before", "prison_sentence"]


@pytest.mark.parametrize(("way", "name"), list(product(["chat", "call", "text"], ["say_iom", "do_not_say_iom"])))
def test_how_the_office_must_write_follows_from_the_choices(way: str, name: str) -> None:
    content = content_of(tapped(slots={**REACHED, "contact_way": way, "contact_name": name}), KNOWN)
    wanted = (["text_only"] if way == "text" else []) + (["do_not_say_iom"] if name == "do_not_say_iom" else [])
    assert content["contact"]["style"] == wanted


def test_a_checklist_that_is_not_finished_is_for_a_counsellor() -> None:
    early = {
        slot: value for slot, value in REACHED.items() if slot not in {"held", "helped_before", "private_talk"}
    }
    content = content_of(tapped(slots=early), KNOWN)
    assert content["outcome"] == "COUNSELLOR"
    assert "held" not in content["answers"]
