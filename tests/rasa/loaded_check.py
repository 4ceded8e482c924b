"""Run in Rasa's environment by test_loaded.py: what serving does in another way than Rasa, beside Rasa's own."""

import ast
import asyncio
import copy
import inspect
import json
import sys
from types import ModuleType
from typing import Any

from nlu.engine.put_off import put_off_all

put_off_all()

from aiohttp import web  # noqa: E402  # after `put_off_all`
from jsonschema import ValidationError, validate  # noqa: E402
from rasa.core.actions.action import RemoteAction  # noqa: E402
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode  # noqa: E402
from rasa.engine.runner.dask import DaskGraphRunner  # noqa: E402
from rasa.engine.runner.interface import GraphRunner  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import Event  # noqa: E402
from rasa.shared.utils.common import all_subclasses  # noqa: E402

from nlu.engine.calls import Actions, check_answer  # noqa: E402
from nlu.engine.loaded import InOrder, order  # noqa: E402
from nlu.engine.spared import SPEAKING, spare  # noqa: E402

SLOT = {"event": "slot", "name": "age", "value": "adult"}
ANSWERS: list[Any] = [
    {"events": [], "responses": []},
    {"events": [SLOT, {"event": "followup", "name": "action_listen"}], "responses": [{"response": "thank"}]},
    {"events": [{**SLOT, "value": None, "timestamp": 1.5}]},
    {},
    {"responses": ["thank"]},
    {"events": [{"event": "slot", "value": 1}]},
    {"events": [{**SLOT, "name": 1}]},
    {"events": [SLOT, {"event": "applause"}]},
    {"events": [{"name": "age"}]},
    {"events": [{"event": ["slot"]}]},
    {"events": ["slot"]},
    {"events": SLOT},
    {"events": [SLOT], "responses": {}},
    [],
    None,
]


def rasas(answer: Any) -> str | None:
    """What Rasa's own check has against an answer."""
    try:
        validate(answer, RemoteAction.action_response_format_spec())
    except ValidationError as error:
        return str(error.message)
    return None


def ours(answer: Any) -> str | None:
    """What ours has."""
    try:
        assert check_answer(RemoteAction("action", None), answer)
    except ValidationError as error:
        return str(error.message)
    return None


class Adding(GraphComponent):  # type: ignore[misc]  # rasa is untyped here
    """Adds what it is given, and one."""

    @classmethod
    def create(cls, *_: Any, **__: Any) -> "Adding":
        return cls()

    def add(self, one: int, two: int = 0) -> int:
        return one + two + 1


def node(**needs: str) -> SchemaNode:
    return SchemaNode(needs=needs, uses=Adding, constructor_name="create", fn="add", config={}, eager=True)


# "last" needs two ways from the same step, and stands before what it needs; "aside" is of no use to it.
GRAPH = GraphSchema(
    {
        "last": node(one="left", two="right"),
        "aside": node(one="__given__"),
        "left": node(one="first"),
        "right": node(one="first", two="__given__"),
        "first": node(one="__given__"),
    }
)


def ran(runner: type[GraphRunner]) -> dict[str, Any]:
    """What the graph gives, run by `runner`."""
    made = runner.create(GRAPH, None, ExecutionContext(GRAPH, "model"))
    result: dict[str, Any] = made.run({"__given__": 10}, ["last", "left"])
    return result


def cycle() -> str:
    """What is said of steps that need one another."""
    try:
        order(GraphSchema({"hen": node(one="egg"), "egg": node(one="hen")}))
    except ValueError as error:
        return str(error)
    return ""


async def calls() -> dict[str, Any]:
    """Ten calls of an action: what came to it, over how many connections, and whether they are gone afterwards."""
    callers, came = set(), []

    async def webhook(request: web.Request) -> web.Response:
        callers.add(request.transport)
        came.append((request.headers["X-Action-Secret"], await request.json()))
        return web.json_response({"events": []})

    app = web.Application()
    app.router.add_post("/webhook", webhook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    actions = Actions(f"http://127.0.0.1:{port}/webhook", headers={"X-Action-Secret": "s"})
    answers = [await actions.request(json=number) for number in range(10)]
    await actions.close()
    for _ in range(100):  # the other side sees it a moment later
        gone = all(caller is None or caller.is_closing() for caller in callers)
        if gone:
            break
        await asyncio.sleep(0.02)
    await runner.cleanup()
    return {"came": came, "answers": answers, "connections": len(callers), "gone": gone}


def copies() -> list[tuple[str, Any, Any]]:
    """Of every slot, set: its kind, what a copy of it holds, and what it holds once the copy was changed."""
    found = []
    for slot in Domain.load("domain.yml").slots:
        slot.value = [slot.name]
        own = copy.copy(slot)
        held = [vars(own).copy(), type(own) is type(slot)]
        own.value = None
        found.append((slot.type_name, repr(held), repr(vars(slot))))
    return found


def kinds() -> dict[str, str]:
    """The class of each kind of event."""
    return {
        kind: str(Event.resolve_by_type(kind)) for kind in sorted({one.type_name for one in all_subclasses(Event)})
    }


def copied_elsewhere(module: ModuleType) -> list[str]:
    """What a module of Rasa copies for anything but a debug line."""
    tree = ast.parse(inspect.getsource(module))
    said = {
        id(within)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "structlogger.debug"
        for within in ast.walk(call)
    }
    names = [
        one for one in ast.walk(tree) if isinstance(one, ast.Name) and one.id == "copy" and id(one) not in said
    ]
    return [f"{module.__name__}:{one.lineno}" for one in names]


def spared() -> dict[str, Any]:
    """What Rasa does before and after some of it is spared."""
    before = {"copies": copies(), "kinds": kinds()}
    elsewhere = [line for module in SPEAKING for line in copied_elsewhere(module)]
    spare()
    return {"before": before, "after": {"copies": copies(), "kinds": kinds()}, "copied elsewhere": elsewhere}


if __name__ == "__main__":
    found = {
        "answers": [(rasas(answer), ours(answer)) for answer in ANSWERS],
        "ran": (ran(InOrder), ran(DaskGraphRunner)),
        "steps": [name for name, _ in order(GRAPH.minimal_graph_schema(["last"]))],
        "cycle": cycle(),
        "calls": asyncio.run(calls()),
        "spared": spared(),
        "neural": sorted({"tensorflow", "keras"} & sys.modules.keys()),
    }
    json.dump(found, sys.stdout)
