"""How a turn's time grows with the length of its conversation: message 5 against message 500, in one run.

Every turn goes through the real turn engine and the real actions. Medians of 40 turns around each place; what
counts is the ratio, since the machine's own speed differs from run to run.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from bot.processes.engine import Engine, running_engine

PLACES = (5, 50, 500)
AROUND = 20  # turns on each side of a place
TYPED = ({"text": "is it free? do i have to pay"}, {"text": "will police catch me if i call you"})
TAPPED = ({"tap": {"intent": "explain_question"}}, {"tap": {"intent": "repeat_question"}})
OPENING = (
    {"tap": {"intent": "change_language", "entities": {"language": "en"}}},
    {"tap": {"intent": "affirm"}},
    {"tap": {"intent": "inform", "entities": {"answer": "yes"}}},
)


def main() -> int:
    """Prints one table."""
    with tempfile.TemporaryDirectory() as home, running_engine(Path(home), lambda _line: None) as engine:
        times = converse(engine, max(PLACES) + AROUND)
    print("| message | median, typed | median, tapped | typed, against message 5 | tapped, against message 5 |")
    print("|---|---|---|---|---|")
    first: tuple[float, float] | None = None
    for place in PLACES:
        window = times[max(len(OPENING), place - AROUND) : place + AROUND]
        typed, tapped = (
            statistics.median(t for is_typed, t in window if is_typed is kind) for kind in (True, False)
        )
        first = first or (typed, tapped)
        ratios = f"{typed / first[0]:.2f} | {tapped / first[1]:.2f}"
        print(f"| {place} | {typed * 1000:.1f} ms | {tapped * 1000:.1f} ms | {ratios} |")
    return 0


def converse(engine: Engine, length: int) -> list[tuple[bool, float]]:
    """One conversation of `length` turns: whether each was typed, and its seconds."""
    state: dict[str, Any] | None = None
    times: list[tuple[bool, float]] = []
    with httpx.Client(trust_env=False, timeout=60) as client:
        for turn in range(1, length + 1):
            message = OPENING[turn - 1] if turn <= len(OPENING) else (TYPED + TAPPED)[turn % 4]
            request = {
                "conversation": "bench",
                "turn": turn,
                "language": "en",
                "message": message,
                "state": state,
                "facts": {
                    "referral": None,
                    "inactive_offices": [],
                    "answer_days": {},
                    "silent_minutes": 0,
                    "languages": ["en"],
                    "operator": "",
                },
            }
            start = time.perf_counter()
            answer = client.post(
                f"{engine.turn_url}/webhooks/turn/take",
                json=request,
                headers={"X-Turn-Secret": engine.turn_secret},
            ).raise_for_status()
            times.append(("text" in message, time.perf_counter() - start))
            state = answer.json()["state"]
    return times


if __name__ == "__main__":
    raise SystemExit(main())
