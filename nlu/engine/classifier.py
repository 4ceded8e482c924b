"""Step 3, the reading of a message: how likely each intent is, by one logistic regression.

What it sees of a text: its n-grams, and its embedding when there is one. It is plain numbers in plain files
(JSON and NumPy arrays, nothing that runs when read), made by `training.fit`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlu.engine.ngrams import KINDS, Ngrams

Array = npt.NDArray[np.float32]
# The embedding's scale against the n-grams'; measured by cross-validation on the training messages.
MEANING = 1.5


@dataclass(frozen=True)
class Features:
    """How a text becomes columns: the n-grams, kind after kind, then (if `centre` is there) the embedding.

    `centre` is the mean embedding of the training texts, shape (384,); embeddings point much the same way, and
    only what is left without the mean tells texts apart.
    """

    ngrams: tuple[Ngrams, ...]
    centre: Array | None

    @property
    def ngrams_width(self) -> int:
        """The number of n-gram columns."""
        return sum(len(each.weights) for each in self.ngrams)

    def row(self, text: str) -> dict[int, float]:
        """The n-gram columns of a normalised text that are not zero, and their values."""
        row: dict[int, float] = {}
        shift = 0
        for each in self.ngrams:
            row.update({shift + column: value for column, value in each.row(text).items()})
            shift += len(each.weights)
        return row

    def meanings(self, vectors: Array | None, number: int) -> Array:
        """The embedding columns of `number` texts from their embeddings, shape (number, 384), or (number, 0).

        `ValueError` when embeddings are there and training had none, or the other way round.
        """
        if self.centre is None and vectors is None:
            return np.zeros((number, 0), np.float32)
        if self.centre is None or vectors is None:
            raise ValueError("The model was trained with another `enabled` of the embedding: train it again.")
        off_centre = vectors - self.centre
        lengths = np.maximum(np.linalg.norm(off_centre, axis=1, keepdims=True), 1e-9)
        scaled: Array = (MEANING * off_centre / lengths).astype(np.float32)
        return scaled


@dataclass(frozen=True)
class Classifier:
    """A trained reading: `weights` of shape (n-gram and embedding columns, intents), `bias` of shape (intents,).

    `temperature` divides the scores so that a confidence of 0.8 is right about 8 times in 10.
    """

    intents: tuple[str, ...]
    features: Features
    weights: Array
    bias: Array
    temperature: float

    def ranking(self, text: str, vector: Array | None) -> list[tuple[str, float]]:
        """Every intent with its probability, best first, for a normalised text and its embedding."""
        row = self.features.row(text)
        meaning = self.features.meanings(None if vector is None else vector[np.newaxis, :], 1)[0]
        scores = np.array(list(row.values()), np.float32) @ self.weights[list(row)] + self.bias
        scores += meaning @ self.weights[self.features.ngrams_width :]
        chances = softmax(scores / self.temperature)
        return [(self.intents[index], float(chances[index])) for index in np.argsort(-chances, kind="stable")]


def softmax(scores: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.floating[Any]]:
    """Scores as probabilities along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: npt.NDArray[np.floating[Any]] = raised / raised.sum(axis=-1, keepdims=True)
    return chances


def save(classifier: Classifier, folder: Path) -> None:
    """The classifier as `classifier.json` and `classifier.npz` in an existing folder."""
    features = classifier.features
    plain = {
        "intents": classifier.intents,
        "ngrams": [{"grams": list(each.columns), "weights": each.weights} for each in features.ngrams],
        "temperature": classifier.temperature,
    }
    (folder / "classifier.json").write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
    centre = np.zeros(0, np.float32) if features.centre is None else features.centre
    np.savez(folder / "classifier.npz", weights=classifier.weights, bias=classifier.bias, centre=centre)


def load(folder: Path) -> Classifier:
    """The classifier that `save` wrote; `OSError` when there is none."""
    plain = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
    with np.load(folder / "classifier.npz", allow_pickle=False) as arrays:
        weights, bias, centre = arrays["weights"], arrays["bias"], arrays["centre"]
    ngrams = tuple(
        Ngrams(kind, {gram: column for column, gram in enumerate(kept["grams"])}, tuple(kept["weights"]))
        for kind, kept in zip(KINDS, plain["ngrams"], strict=True)
    )
    features = Features(ngrams, centre if centre.size else None)
    return Classifier(tuple(plain["intents"]), features, weights, bias, plain["temperature"])
