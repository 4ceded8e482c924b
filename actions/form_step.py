"""Step 4: what either form does with a message: hears what was asked for, and asks on."""

from __future__ import annotations

from collections.abc import Callable

from actions.knowledge import Knowledge
from actions.turn import Reply, Turn

Part = Callable[[Turn, Knowledge], Reply]


def hear_then_ask(turn: Turn, known: Knowledge, hear: Part, ask: Part) -> Reply:
    """A form's step, by its own `hear` and `ask`; empty if the message was no answer, so that rules take it."""
    if turn.used_up or not turn.asked:
        return ask(turn, known)
    heard = hear(turn, known)
    if not heard.slots:
        return Reply()
    return heard.then(ask(turn.having(**heard.slots), known))
