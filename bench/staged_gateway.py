"""The gateway's process with clocks in it: `staged_gateway.py OUT MODULE` runs MODULE.

Each step that ends adds a line of JSON to OUT: its stage and its seconds. What is not in any of them is waiting.
"""

from __future__ import annotations

import functools
import json
import runpy
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

# Where each stage is: a module, and in it a function or a class's method.
STAGES = (
    ("verify", "bot.channels.whatsapp.chat", "is_signed"),
    ("verify", "bot.channels.whatsapp.chat", "read_batch"),
    ("store", "bot.conversation.inbox", "Inbox._store"),
    ("claim", "bot.conversation.dialogue", "claim"),
    ("turn engine", "bot.conversation.turn_engine", "HttpTurnEngine.take"),
    ("decide", "bot.conversation.dialogue", "Dialogue._commit"),
    ("render", "bot.conversation.speaking", "worded"),
    ("claim to send", "bot.conversation.outbox", "Outbox._letters"),
    ("send", "bot.channels.whatsapp.graph", "Graph.send"),
    ("mark as read", "bot.channels.whatsapp.graph", "Graph.mark"),
    ("note as sent", "bot.conversation.outbox", "Outbox._sent"),
    ("commit", "sqlalchemy.engine.default", "DefaultDialect.do_commit"),
)


def timed(call: Callable[..., Any], stage: str, out: Path) -> Callable[..., Any]:
    """`call`, each of which is noted in `out`."""

    @contextmanager
    def clocked() -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            took = time.perf_counter() - began
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps([stage, took]) + "\n")

    if not iscoroutinefunction(call):
        return clocked()(call)

    @functools.wraps(call)
    async def wrapper(*args: Any, **named: Any) -> Any:
        with clocked():
            return await call(*args, **named)

    return wrapper


def main() -> None:
    """Puts the clocks in and becomes MODULE."""
    out, module = Path(sys.argv[1]), sys.argv[2]
    for stage, place, name in STAGES:
        *classes, last = name.split(".")
        owner = functools.reduce(getattr, classes, import_module(place))
        setattr(owner, last, timed(getattr(owner, last), stage, out))
    sys.argv = sys.argv[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
