"""Step 4: consent. What is shown is made of what would be sent, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.knowledge import Knowledge
from actions.turn import Turn
from bot.speech import Say, Worded, answer, language, lines, nested, office, phone, question

CHILD_FLAGS = ("child", "priority")


def content_of(turn: Turn, known: Knowledge) -> dict[str, Any]:
    """What a referral would hold, in codes, and nothing else (eligibility.md, "Referrals")."""
    found = turn.verdict(known)
    contact = {
        "way": turn.slots.get("contact_way"),
        "number": turn.slots.get("contact_number"),
        "time": turn.slots.get("contact_time"),
        "style": styles(turn),
    }
    content: dict[str, Any] = {"contact": contact, "criteria_version": known.programme.version}
    if "child" in found.flags:
        # "Child needs a protection worker" and how to reach them; no answers, no result.
        flags = [flag for flag in found.flags if flag in CHILD_FLAGS]
        return {**content, "outcome": "COUNSELLOR", "reasons": ["child"], "flags": flags, "answers": {}}
    return {
        **content,
        "outcome": found.outcome or "COUNSELLOR",
        "reasons": list(found.reasons),
        "routes": list(found.routes),
        "flags": list(found.flags),
        "to_check": list(found.to_check),
        "answers": turn.answers,
        "adults": turn.slots.get("adults") or 1,
        "children": turn.slots.get("children") or 0,
        "needs": list(turn.slots.get("needs") or ()),
    }


def styles(turn: Turn) -> list[str]:
    """How the office must write or speak."""
    text_only = ["text_only"] if turn.slots.get("contact_way") == "text" else []
    hidden = ["do_not_say_iom"] if turn.slots.get("contact_name") == "do_not_say_iom" else []
    return text_only + hidden


def ask_consent(turn: Turn, known: Knowledge) -> Say:
    """The consent screen: every line of what would be sent, in the person's words."""
    content = content_of(turn, known)
    shown = [line("language", language(turn.facts["language"]))]
    shown += [line("flags", nested(f"flag_{flag}")) for flag in content["flags"]]
    if content["answers"]:
        shown.append(line("outcome", nested(f"outcome_{content['outcome']}")))
        shown += [
            nested("answer_line", question=question(q), answer=answer(q, v)) for q, v in content["answers"].items()
        ]
        shown.append(nested("consent_rules"))
    if "adults" in content:
        shown.append(
            line("people", nested("people_count", adults=content["adults"], children=content["children"]))
        )
        shown += [line("needs", nested(f"need_{need}")) for need in content["needs"]]
    shown += contact_lines(turn, content["contact"])
    return Say("ask_consent", {"office": office(turn.slots["office"]), "lines": lines(shown)})


def contact_lines(turn: Turn, contact: Mapping[str, Any]) -> list[Worded]:
    """The safe way to be reached, line by line."""
    shown = [line("contact_way", answer("contact_way", contact["way"]))]
    if contact["number"]:
        shown.append(line("contact_number", phone(contact["number"])))
    shown.append(line("contact_time", answer("contact_time", contact["time"])))
    shown.append(line("contact_name", answer("contact_name", turn.slots["contact_name"])))
    return shown


def line(label: str, value: Worded) -> Worded:
    """One line of the consent screen."""
    return nested("consent_line", label=nested(f"label_{label}"), value=value)
