"""Step 9, said: the English of every response, as `domain.yml` has it; the msgids of all catalogues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.speech import Tap

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ResponsesError(Exception):
    """`domain.yml` has no such response, or one that is malformed; the message names it and what to do."""


@dataclass(frozen=True)
class ResponseButton:
    """A button that a response always has: its English title, and what a tap on it means."""

    title: str
    tap: Tap


@dataclass(frozen=True)
class Response:
    """One response of `domain.yml` in English. `controls` names the response whose buttons follow its own.

    `place`: it can be answered with a place, such as a pin on a map.
    """

    name: str
    text: str
    buttons: tuple[ResponseButton, ...]
    controls: str | None
    place: bool = False


def load_responses(path: Path) -> dict[str, Response]:
    """The responses of the `domain.yml` at `path` by name; `ResponsesError` names the first that is wrong."""
    raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, in C if there is one
    responses = raw.get("responses") if isinstance(raw, dict) else None
    if not isinstance(responses, dict):
        raise ResponsesError(f"{path.name} has no `responses:`; nothing could be said.")
    return {str(name): _response(str(name), variations) for name, variations in responses.items()}


def _response(name: str, variations: Any) -> Response:
    if not isinstance(variations, list) or len(variations) != 1 or not isinstance(variations[0], dict):
        raise ResponsesError(f"domain.yml: {name} must be a list of exactly one response.")
    variation: Mapping[str, Any] = variations[0]
    text = variation.get("text", "")
    if not isinstance(text, str):
        raise ResponsesError(f"domain.yml: the text of {name} must be words; put it in quotation marks.")
    metadata = variation.get("metadata") or {}
    controls = metadata.get("controls")
    return Response(
        name=name,
        text=text.strip(),
        buttons=tuple(_button(name, button) for button in variation.get("buttons") or ()),
        controls=f"controls_{controls}" if controls else None,
        place=metadata.get("place") is True,
    )


def _button(name: str, raw: Any) -> ResponseButton:
    if (
        not isinstance(raw, dict)
        or not isinstance(raw.get("title"), str)
        or not isinstance(raw.get("payload"), str)
    ):
        raise ResponsesError(
            f"domain.yml: a button of {name} needs a title and a payload, both in quotation marks."
        )
    return ResponseButton(raw["title"].strip(), read_payload(name, raw["payload"]))


def read_payload(name: str, payload: str) -> Tap:
    """The tap that a payload such as `/inform{"answer":"adult"}` of response `name` stands for."""
    intent, brace, entities = payload.strip().removeprefix("/").partition("{")
    try:
        read = json.loads(brace + entities) if brace else {}
    except json.JSONDecodeError as error:
        raise ResponsesError(f"domain.yml: the payload «{payload}» of {name} is not /intent{{…}}.") from error
    if not payload.strip().startswith("/") or not intent or not isinstance(read, dict):
        raise ResponsesError(f"domain.yml: the payload «{payload}» of {name} is not /intent{{…}}.")
    return Tap(intent, {str(key): str(value) for key, value in read.items()})
