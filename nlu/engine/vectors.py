"""Step 3, the pipeline of `config.yml`: a message's embedding, as Rasa hands it from one component to the next."""

from __future__ import annotations

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message

from nlu.engine.letters import Array

_ORIGIN = "Embedding"


def add_vector(message: Message, vector: Array) -> None:
    """Give a message its embedding, of shape (384,)."""
    message.add_features(Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, _ORIGIN))


def vector_of(message: Message) -> Array | None:
    """The embedding that a message was given, of shape (384,), or none."""
    found = [each for each in message.features if each.attribute == TEXT and each.origin == _ORIGIN]
    vector: Array | None = found[0].features[0] if found else None
    return vector
