"""What Meta's Graph API takes as the content of a message: its published limits, to the letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
# Meta's published limits.
TEXT, BODY, BUTTONS, BUTTON, ROWS, ROW, DESCRIPTION, LIST_BUTTON, ROW_ID = 4096, 1024, 3, 20, 10, 24, 72, 20, 200


class RefusalError(Exception):
    """What the API answers instead of taking a message."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code, self.why = code, why


def only(part: Json, names: set[str]) -> None:
    if unknown := part.keys() - names:
        raise RefusalError(100, f"unexpected {sorted(unknown)}")


def sized(value: Any, most: int, what: str) -> None:
    if not isinstance(value, str) or not 1 <= len(value.encode("utf-16-le")) // 2 <= most:
        raise RefusalError(131009, f"{what} must have 1 to {most} characters")


def check_content(message: Json, templates: Mapping[tuple[str, str], int]) -> None:
    match message.get("type"):
        case "text":
            only(message["text"], {"body", "preview_url"})
            sized(message["text"]["body"], TEXT, "text")
        case "interactive":
            _check_interactive(message["interactive"])
        case "audio":
            only(message["audio"], {"id", "voice"})
        case "template":
            _check_template(message["template"], templates)
        case _:
            raise RefusalError(131051, "unsupported type")


def _check_interactive(part: Json) -> None:
    only(part, {"type", "body", "action"})
    sized(part["body"]["text"], BODY, "body")
    match part["type"]:
        case "button":
            _check_buttons(part["action"])
        case "list":
            _check_list(part["action"])
        case "location_request_message":
            if part["action"] != {"name": "send_location"}:
                raise RefusalError(131009, "action")
        case _:
            raise RefusalError(131009, "interactive type")


def _check_buttons(action: Json) -> None:
    only(action, {"buttons"})
    buttons = action["buttons"]
    if not 1 <= len(buttons) <= BUTTONS:
        raise RefusalError(131009, "1 to 3 buttons")
    for one in buttons:
        only(one, {"type", "reply"})
        sized(one["reply"]["title"], BUTTON, "button title")
        sized(one["reply"]["id"], 256, "button id")
    _unlike([one["reply"]["id"] for one in buttons])
    _unlike([one["reply"]["title"] for one in buttons])


def _check_list(action: Json) -> None:
    only(action, {"button", "sections"})
    sized(action["button"], LIST_BUTTON, "list button")
    rows = [row for section in action["sections"] for row in section["rows"]]
    if not 1 <= len(rows) <= ROWS:
        raise RefusalError(131009, "1 to 10 rows")
    if len(action["sections"]) > 1 and not all(section.get("title") for section in action["sections"]):
        raise RefusalError(131009, "section title")
    for row in rows:
        only(row, {"id", "title", "description"})
        sized(row["id"], ROW_ID, "row id")
        sized(row["title"], ROW, "row title")
        if "description" in row:
            sized(row["description"], DESCRIPTION, "row description")
    _unlike([row["id"] for row in rows])


def _unlike(names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise RefusalError(131009, "two alike")


def _check_template(part: Json, templates: Mapping[tuple[str, str], int]) -> None:
    only(part, {"name", "language", "components"})
    wanted = templates.get((part["name"], part["language"]["code"]))
    if wanted is None:
        raise RefusalError(132001, "Template name does not exist in the translation")
    parameters = [one for component in part.get("components", ()) for one in component["parameters"]]
    if len(parameters) != wanted:
        raise RefusalError(132000, "Number of parameters does not match")
    for one in parameters:
        if "\n" in one["text"] or "    " in one["text"] or not one["text"]:
            raise RefusalError(132012, "Parameter format does not match")
