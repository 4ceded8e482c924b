"""Where the time of a turn goes: step by step through the gateway, and inside Rasa."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from engine_alone import EngineAlone
from held import settled
from part import Part
from servers import START_SECONDS, free_ports
from staged_gateway import STAGES as STEPS
from stock_project import plain_environment
from talks import TALK, spent_between, talk_at_once
from whole import running_ours

from bot.processes.child import Spec
from bot.processes.engine import Engine
from bot.processes.model import check_model
from bot.processes.roster import LOOPBACK, engine_roster
from bot.processes.supervisor import Supervisor

WARM, TALKS = 2, 10
STAGES = ("parse", "policy", "action call")


def stages() -> list[Part]:
    """Of the whole product, and of Rasa alone, one person at a time."""
    return [in_the_gateway(), in_rasa()]


def in_the_gateway() -> Part:
    """What a turn spends in each step, from its delivery on."""
    with tempfile.TemporaryDirectory() as home:
        out = Path(home) / "steps.jsonl"
        clocked = partial(with_clock, script="staged_gateway.py", out=out)
        with running_ours(
            Path(home) / "ours", lambda spec: clocked(spec) if spec.name == "gateway" else spec
        ) as side:
            asyncio.run(talk_at_once(side, range(WARM), TALK))
            out.write_text("")
            turns = [asyncio.run(talk_at_once(side, [number], TALK)) for number in range(WARM, WARM + TALKS)]
            settled(side.pieces)
            steps = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    times = [took for talk in turns for _, took in talk]
    table = [["step", "times a turn", "ms each, median", "ms of a turn"]]
    for stage in dict.fromkeys(stage for stage, *_ in STEPS):
        took = [seconds for name, seconds in steps if name == stage]
        each = statistics.median(took) if took else 0.0
        table.append(
            [
                stage,
                f"{len(took) / len(times):.2f}",
                f"{1000 * each:.1f}",
                f"{1000 * sum(took) / len(times):.1f}",
            ]
        )
    table.append(["**from delivery to answer**", "", f"{1000 * statistics.median(times):.1f}", ""])
    return Part(
        name="gateway_stages",
        title="Where a turn's time goes in the gateway",
        goal="to find what costs most",
        method=(
            f"{TALKS} whole talks, one after another, at the whole product, with clocks in the gateway. «Turn "
            "engine» is Rasa and the actions, of which the next table tells. «Decide» is all that comes of a "
            "turn, with its words (render) and without the disk (commit). Marking as read and noting as sent are "
            "nothing that the person waits for. What is in no step is web server, threads and waiting."
        ),
        columns=("step", "seconds"),
        rows=[(stage, seconds) for stage, seconds in steps],
        table=table,
    )


def in_rasa() -> Part:
    """Medians of the stages of typed and tapped turns."""
    with tempfile.TemporaryDirectory() as home, staged_engine(Path(home)) as (engine, out):
        side = EngineAlone(engine)
        asyncio.run(talk_at_once(side, range(WARM), TALK))
        out.unlink()
        before = settled(side.pieces)
        for number in range(WARM, WARM + TALKS):
            asyncio.run(talk_at_once(side, [number], TALK))
        cpu = spent_between(before, settled(side.pieces))
        turns = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    table = [["turn", "turns", *(f"{stage}, ms" for stage in STAGES), "rest of Rasa, ms", "in all, ms"]]
    for name, typed in (("typed", True), ("tapped", False)):
        found = [one for one in turns if one["typed"] is typed]
        middle = {stage: statistics.median(one.get(stage, 0.0) for one in found) for stage in STAGES}
        rest = statistics.median(rest_of(one) for one in found)
        cells = [*middle.values(), rest, statistics.median(one["in all"] for one in found)]
        table.append([name, str(len(found)), *(f"{1000 * cell:.1f}" for cell in cells)])
    spent = ", ".join(f"{name} {1000 * seconds / len(turns):.1f}" for name, seconds in cpu.items())
    return Part(
        name="stages",
        title="Where a turn's time goes inside Rasa",
        goal="to find what costs most",
        method=(
            f"{TALKS} whole talks, one after another, at the real Rasa and actions, with clocks around Rasa's own "
            "steps. Medians of each stage. The call is an HTTP request to the actions and back, with their work. "
            f"CPU of a turn: {spent} ms."
        ),
        columns=("turn", "typed", "stage", "seconds"),
        rows=[
            (number, int(one["typed"]), stage, one.get(stage, 0.0))
            for number, one in enumerate(turns)
            for stage in ("in all", *STAGES)
        ],
        table=table,
    )


def rest_of(turn: Mapping[str, float]) -> float:
    """What is in no stage."""
    return turn["in all"] - sum(turn.get(stage, 0.0) for stage in STAGES)


@contextmanager
def staged_engine(home: Path) -> Iterator[tuple[Engine, Path]]:
    """Rasa with a clock in it, and the actions; the file in which each turn is noted."""
    check_model()
    out, ports = home / "turns.jsonl", free_ports(2)
    environ = {"BOT_RASA_PORT": str(ports[0]), "BOT_ACTION_PORT": str(ports[1])}
    environ |= {"BOT_TURN_SECRET": "turn", "BOT_ACTION_SECRET": "action"}
    rasa, actions = engine_roster(home, {**plain_environment(), **environ})
    supervisor = Supervisor([with_clock(rasa, "staged_rasa.py", out), actions], lambda _line: None)
    try:
        supervisor.start()
        supervisor.wait_ready(lambda: False, START_SECONDS)
        yield Engine(f"http://{LOOPBACK}:{ports[0]}", "turn"), out
    finally:
        supervisor.stop()


def with_clock(spec: Spec, script: str, out: Path) -> Spec:
    """The same process, started through `script`: what stands after its last `-m` is what that runs."""
    at = len(spec.command) - 1 - spec.command[::-1].index("-m")
    path = str(Path(__file__).with_name(script))
    return replace(spec, command=(*spec.command[:at], path, str(out), *spec.command[at + 1 :]))
