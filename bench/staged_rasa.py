"""Rasa's process with a clock in it, in Rasa's environment: `staged_rasa.py OUT MODULE ARGUMENT…` runs MODULE.

Each turn adds a line of JSON to OUT: whether it was typed, and seconds in all and of each stage of Rasa's.
"""

from __future__ import annotations

import functools
import json
import runpy
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.processor import MessageProcessor

from nlu.engine import turn as turns

SPENT: ContextVar[dict[str, float]] = ContextVar("spent")
STAGES = (
    (MessageProcessor, "parse_message", "parse"),
    (MessageProcessor, "predict_next_with_tracker_if_should", "policy"),
    (RemoteAction, "run", "action call"),
)
Call = Callable[..., Awaitable[Any]]


@contextmanager
def clocked(stage: str) -> Iterator[None]:
    """Adds the seconds within to the stage, in the turn being taken."""
    began = time.perf_counter()
    try:
        yield
    finally:
        spent = SPENT.get()
        spent[stage] = spent.get(stage, 0.0) + time.perf_counter() - began


def timed(call: Callable[..., Any], stage: str) -> Callable[..., Any]:
    """`call`, whose seconds are added to its stage. Some of Rasa's steps are coroutines and some are not."""
    if not iscoroutinefunction(call):
        return clocked(stage)(call)

    @functools.wraps(call)
    async def wrapper(*args: Any, **named: Any) -> Any:
        with clocked(stage):
            return await call(*args, **named)

    return wrapper


def noted(answer: Call, out: Path) -> Call:
    """`answer`, each turn of which is noted in `out`."""

    @functools.wraps(answer)
    async def wrapper(turn: dict[str, Any], *args: Any) -> Any:
        SPENT.set({})
        began = time.perf_counter()
        answered = await answer(turn, *args)
        whole = {"typed": "text" in turn["message"], "in all": time.perf_counter() - began, **SPENT.get()}
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(whole) + "\n")
        return answered

    return wrapper


def main() -> None:
    """Puts the clocks in and becomes MODULE."""
    out, module = Path(sys.argv[1]), sys.argv[2]
    for owner, method, stage in STAGES:
        setattr(owner, method, timed(getattr(owner, method), stage))
    turns.answer = noted(turns.answer, out)
    sys.argv = sys.argv[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
