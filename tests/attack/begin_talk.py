"""Begins a talk over the web chat and answers its first questions: `begin_talk.py http://…/`. 1 if nobody asks."""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any

import httpx

PRESSED = ("English", "OK, ask me", "Yes, I can")  # each shown only after the engine has taken the one before
PATIENCE = 120.0  # seconds for each: the machine may be busy


def choices(event: dict[str, Any]) -> dict[str, str]:
    """The buttons of what was shown, by title."""
    return {str(each["title"]): str(each["id"]) for each in event.get("choices", ())}


def say(client: httpx.Client, **content: Any) -> None:
    """One message of the page."""
    headers = {"x-chat": "1", "origin": str(client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    client.post(
        "chat/messages", json={"delivery": str(uuid.uuid4()), **content}, headers=headers
    ).raise_for_status()


def main() -> int:
    """Presses each of `PRESSED` when it is shown."""
    waiting = list(PRESSED)
    with httpx.Client(base_url=sys.argv[1], trust_env=False, timeout=PATIENCE) as client:
        client.get("").raise_for_status()
        say(client, start=True)
        with client.stream("GET", "chat/stream") as stream:
            for line in stream.iter_lines():
                if not line.startswith("data: "):
                    continue
                shown = choices(json.loads(line.removeprefix("data: ")))
                if waiting and waiting[0] in shown:
                    say(client, button=shown[waiting.pop(0)])
                elif not waiting and shown:
                    sys.stdout.write(f"asked, with {len(shown)} buttons, after {', '.join(PRESSED)}\n")
                    return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
