from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from gateway_rig import new_gateway

from bot.channels.terminal import LIMITS, Terminal
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.outbox import Outbox


def test_buttons_are_numbered_and_a_number_presses(tmp_path: Path) -> None:
    lines: list[str] = []
    with new_gateway(tmp_path) as gateway:
        means = replace(gateway.means, limits={"terminal": LIMITS})
        terminal = Terminal(Inbox(means), lines.append)
        dialogue, outbox = Dialogue(means, gateway.engine), Outbox(means, {"terminal": terminal})

        async def scene() -> None:
            for line in ("hello", "2", "9", "3"):
                await terminal.typed(line)
                while await dialogue.take_one() or await outbox.send_one():
                    pass

        asyncio.run(scene())
        assert lines[:6] == [
            "",
            "How old are you?",
            "  1 > 18 or older",
            "  2 > Under 18",
            "  3 · Back",
            "  4 · ✕",
        ]
        taps = [message.get("tap", {}).get("intent") for message in gateway.engine.messages]
        assert taps == [None, "inform", None, "go_back"]
