"""Step 3, a reading by meaning: how likely each intent is for a sentence's embedding, in all languages at once.

Small neural networks that differ only in the numbers they began with; together they are right more often than
any one. They are plain numbers, made by `training.fit_meaning`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlu.engine.letters import Array

# Length of an embedding as the networks see it, so that they learn at their usual pace.
_LENGTH = 8.0


@dataclass(frozen=True)
class Network:
    """One hidden layer: `inner` of shape (384, hidden), `outer` of shape (hidden, intents), and their biases."""

    inner: Array
    inner_bias: Array
    outer: Array
    outer_bias: Array

    def logarithms(self, seen: Array) -> Array:
        """Logarithms of probabilities, shape (intents,), for an embedding as `see` gives it."""
        hidden = np.maximum(seen @ self.inner + self.inner_bias, 0)
        scores: Array = hidden @ self.outer + self.outer_bias
        return log_softmax(scores)


@dataclass(frozen=True)
class Meaning:
    """The networks, and `centre`, the mean embedding of the training messages, shape (384,).

    Embeddings point much the same way, and only what is left without the mean tells texts apart.
    """

    centre: Array
    networks: tuple[Network, ...]

    def logarithms(self, vector: Array) -> Array:
        """The mean of the networks' logarithms of probabilities, shape (intents,), for one embedding."""
        seen = see(vector, self.centre)
        mean: Array = np.mean([network.logarithms(seen) for network in self.networks], axis=0)
        return mean


def see(vectors: Array, centre: Array) -> Array:
    """Embeddings as the networks see them, of any shape (…, 384)."""
    rest = vectors - centre
    lengths = np.maximum(np.linalg.norm(rest, axis=-1, keepdims=True), 1e-9)
    seen: Array = (_LENGTH * rest / lengths).astype(np.float32)
    return seen


def log_softmax(scores: npt.NDArray[np.float32]) -> Array:
    """Logarithms of the probabilities that scores stand for, along the last axis."""
    moved = scores - scores.max(axis=-1, keepdims=True)
    logarithms: Array = moved - np.log(np.exp(moved).sum(axis=-1, keepdims=True))
    return logarithms
