"""Step 1 and 9 in a terminal: for those who work on the words. Bubbles are printed, buttons have numbers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.routing import BaseRoute

from bot.channels.channel import Arrival, Bubble, Choice, Delivered, Limits, Pressed, Text
from bot.conversation.inbox import Inbox

LIMITS = Limits(text=20_000, title=200, choices=300)
ADDRESS = "here"


@dataclass
class Terminal:
    """A channel with one person. `write` prints a line; what is typed is given to `typed`."""

    inbox: Inbox
    write: Callable[[str], None]
    name: str = "terminal"
    limits: Limits = LIMITS
    choices: tuple[Choice, ...] = field(default=(), init=False)

    def routes(self) -> list[BaseRoute]:
        """None: it is not reached over a network."""
        return []

    async def deliver(self, address: str, bubble: Bubble) -> Delivered:  # noqa: ARG002 - there is but one
        """Print `bubble`, and number its buttons from 1."""
        self.write("")
        self.write(bubble.text)
        if bubble.choices:
            self.choices = bubble.choices
            for number, choice in enumerate(bubble.choices, start=1):
                self.write(f"  {number} {'·' if choice.group == 'control' else '>'} {choice.title}")
        return Delivered()

    async def typed(self, line: str) -> None:
        """Bring one line to the inbox: a button's number presses it, all else is text."""
        content: Pressed | Text = Text(line)
        bare = line.strip()
        if bare.isdecimal() and 1 <= int(bare) <= len(self.choices):
            content = Pressed(self.choices[int(bare) - 1].id)
        await self.inbox.receive(self.name, Arrival(ADDRESS, secrets.token_hex(16), content))
