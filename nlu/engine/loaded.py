"""Step 3, Rasa's agent with the trained model as a turn needs it: how the model was trained is left unread.

Rasa loads every class that training ran, and with them its neural networks, to describe a model that it only
serves; its runner writes the whole graph into a debug line at each run. Here its steps are simply run in order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.shared.utils.io import read_json_file
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name


class TurnAgent(Agent):  # type: ignore[misc]  # rasa's classes are untyped here
    """An agent whose model is loaded by `TurnProcessor`."""

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Loads the model at `model_path`; whatever is wrong with it is raised, never served."""
        self.processor = TurnProcessor(
            model_path, self.tracker_store, self.lock_store, self.nlg, self.action_endpoint
        )
        self.domain = self.tracker_store.domain = self.processor.domain
        self._set_fingerprint(fingerprint)


class TurnProcessor(MessageProcessor):  # type: ignore[misc]
    """Rasa's processor on `ServedModel` and `InOrder`."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            metadata, runner = load_predict_graph_runner(Path(folder), Path(model_path), ServedModel, InOrder)
        return Path(model_path).name, metadata, runner


class ServedModel(LocalModelStorage):  # type: ignore[misc]
    """A model's files, without the graph that trained it."""

    @staticmethod
    def _load_metadata(directory: Path) -> ModelMetadata:
        written = read_json_file(directory / "metadata.json")
        return ModelMetadata.from_dict({**written, "train_schema": {"nodes": {}}})


class InOrder(GraphRunner):  # type: ignore[misc]
    """Runs the steps that a target needs, each after what it needs itself."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema, self._nodes = schema, nodes
        self._orders: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> InOrder:
        """The steps of `graph_schema`, loaded."""
        nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        return cls(graph_schema, nodes)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """What each of `targets` gives for `inputs`, by name."""
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._orders:
            self._orders[wanted] = order(self._schema.minimal_graph_schema(list(wanted)))
        # A step takes and gives a name with what it stands for, or the name alone of what is not there.
        given = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._orders[wanted]:
            given[name] = self._nodes[name](*(given.get(need, need) for need in needs))
        return dict(given[name] for name in wanted)


def order(schema: GraphSchema) -> list[tuple[str, tuple[str, ...]]]:
    """The steps of a graph with what each needs, none before what it needs. Inputs are needed, and are no steps.

    `ValueError` names the steps that need one another.
    """
    needs = {name: tuple(node.needs.values()) for name, node in schema.nodes.items()}
    found: list[tuple[str, tuple[str, ...]]] = []
    while needs:
        ready = [name for name, needed in needs.items() if not needs.keys() & set(needed)]
        if not ready:
            raise ValueError(f"These steps need one another: {', '.join(sorted(needs))}.")
        found += [(name, needs.pop(name)) for name in ready]
    return found
